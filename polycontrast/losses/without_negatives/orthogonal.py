"""Orthogonality of two sets of features."""

from typing import Annotated, Any

from polycontrast.calculus import row_squares, unit_rows
from polycontrast.objective import Embeddings, Normalize, Reduction, Role, objective, whole_batch

OtherRows = Annotated[Any, Role("rows", ("N D",), about="Rows of the other set.")]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def orthogonal(
    u: Embeddings, v: OtherRows, *, normalize: Normalize = True, reduction: Reduction = "mean"
):
    r"""Mean squared inner product of the rows of two sets.

    .. math:: \frac{1}{PQ} \sum_{ij} \langle \hat u_i, \hat v_j \rangle^2

    Parameters
    ----------
    u
        The P rows of one set.
    v
        The Q rows of the other. With ``comm=``, both are those of this rank.
    reduction
        There is one for each row of `u`.

    Returns
    -------
    value
        In [0, 1] for unit rows, up to rounding; 0 when the sets are orthogonal.

    Notes
    -----
    With :math:`G = V^\top V` the squares of a row sum to :math:`u_i^\top G u_i`, which costs
    O((P + Q) D^2) and forms no pair; the products themselves are used where they cost less. The
    authors take one set for liveness and the other for identity, and each in turn as a constant:
    ``wrt="u"`` and ``wrt="v"``.

    References
    ----------
    J. Yang, Z. Yu, X. Ni, J. He, H. Li, "Generalized Face Anti-spoofing via Finer Domain Partition
    and Disentangling Liveness-irrelevant Factors" (DLIF), ECAI 2024, arXiv 2407.08243.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> u, v = np.eye(3)[:2], np.eye(3)[1:]
    >>> float(pc.orthogonal(u, v)), float(pc.orthogonal(u, v[1:]))
    (0.25, 0.0)
    """
    batch = whole_batch()
    a, a_back = unit_rows(u, normalize)
    b, b_back = unit_rows(v, normalize)
    count = batch.add_up(v.shape[0])
    squares, pull = row_squares(a, b, batch)

    def back(g):
        ga, gb = pull(g / count)
        return {"u": a_back(ga), "v": b_back(gb)}

    return squares / count, back
