"""Whitening of shuffled groups of columns."""

from typing import Annotated, Any

from polycontrast.losses.retrieval._whitening import check_groups, shuffled_whitening
from polycontrast.objective import (
    Count,
    Embeddings,
    Held,
    Nonnegative,
    Permutation,
    objective,
)

_PERM = "Order in which columns are cut into groups; by default their own."
Order = Annotated[Any, Permutation("D", about=_PERM)]


@objective(invariances=("sample_permutation",), held=Held("x", detach_whitening=True))
def group_whiten(
    x: Embeddings,
    perm: Order | None = None,
    *,
    num_groups: Count,
    eps: Nonnegative = 0.0,
    detach_whitening: bool = False,
):
    r"""Whitened columns: each group of them has mean 0 and covariance I.

    .. math:: (X_g - \bar X_g) \, \Big( \tfrac{1}{B} (X_g - \bar X_g)^\top (X_g - \bar X_g)
              + \epsilon I \Big)^{-1/2}

    Parameters
    ----------
    num_groups
        Number of groups of equal size d; it must divide D.
    eps
        Number :math:`\epsilon` that is added to the variances. It bounds the gradient.
    detach_whitening
        Take the inverse root as a constant, as the authors' code does.

    Returns
    -------
    rows : array (B, D)
        Columns in their places. `group_whiten.vjp` takes a cotangent of this shape.

    Raises
    ------
    ValueError
        When `num_groups` does not divide D, or a group has as many columns as there are rows and
        `eps` is 0.

    Notes
    -----
    The rows of a batch are those of all ranks. With :math:`S + \epsilon I = U \mathrm{diag}(r^2)
    U^\top`, the derivative by the covariance is :math:`U (K \circ U^\top M U) U^\top` with
    :math:`K_{kl} = -1 / (r_k r_l (r_k + r_l))` and the symmetric part M of the centred rows times
    the cotangent: finite where eigenvalues coincide. The cost is O(B D d + D d^2). Directions whose
    variance is 0 up to rounding, as of equal rows, become 0 and have gradient 0. Derivatives of the
    third and higher orders, which frameworks may ask for, are not those of the formula. A rotation
    within a group rotates the result.

    References
    ----------
    W. Zhuo, Y. Sun, X. Wang, L. Zhu, Y. Yang, "WhitenedCSE: Whitening-based Contrastive Learning of
    Sentence Embeddings", ACL 2023, arXiv 2305.17746.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.random.default_rng(0).normal(size=(9, 4))
    >>> z = pc.group_whiten(x, num_groups=2)
    >>> bool(np.allclose(z[:, :2].T @ z[:, :2] / 9, np.eye(2)))
    True
    """
    check_groups(x.shape, num_groups, eps)
    out, pull = shuffled_whitening(x, perm, num_groups, eps, detach_whitening)
    return out, lambda g: {"x": pull(g)}
