"""The contrast of rows with the prototypes of clusters."""

from typing import Annotated, Any

from polycontrast.arrays import device, namespace, softplus_with_slope
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    Embeddings,
    IndexInto,
    Normalize,
    Reduction,
    Role,
    objective,
)
from polycontrast.similarity import CountedSum, Labels, Reading, Similarity

_ABOUT = "Row k is the centre of cluster k."
_SPREAD = r"Temperature :math:`\varphi_k` of each cluster."
Prototypes = Annotated[Any, Role("rows", ("C D",), about=_ABOUT)]
Assignment = Annotated[Any, IndexInto("C", "B", about="Cluster of each row.")]
Concentrations = Annotated[
    Any, Role("rows", ("C",), constant=True, low=0.0, open_low=True, about=_SPREAD)
]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def proto_nce(
    x: Embeddings,
    prototypes: Prototypes,
    assign: Assignment,
    concentration: Concentrations,
    *,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each row's prototype among the prototypes of all clusters (PCL).

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_k e^{\langle \hat x_i, \hat c_k \rangle /
              \varphi_k} - \langle \hat x_i, \hat c_{a_i} \rangle / \varphi_{a_i} \Big]

    Parameters
    ----------
    prototypes
        Constants in the papers: leave them out of ``wrt=``. With ``comm=``, all ranks have the
        same.
    assign
        :math:`a_i`.
    concentration
        See `polycontrast.concentration`.

    Notes
    -----
    The papers add `info_nce` or `meow`, and average over several clusterings. PCL draws some of the
    other prototypes; here all of them count. MEOW's code has a mean over k in place of the sum,
    times B, which adds :math:`\log(B / C)`. The matches and all others are read from one product,
    in tiles. With the softmax P of a row, the derivative by :math:`\langle \hat x_i, \hat c_k
    \rangle` is :math:`(P_{ik} - [k = a_i]) / \varphi_k`. One prototype: 0.

    References
    ----------
    J. Li, P. Zhou, C. Xiong, S. Hoi, "Prototypical Contrastive Learning of Unsupervised
    Representations" (PCL), ICLR 2021, arXiv 2005.04966. J. Yu, Q. Ge, X. Li, A. Zhou (MEOW), arXiv
    2212.13847.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.proto_nce(x, x[:2], np.array([0, 1, 1]), np.array([1.0, 0.5])).round(6))
    0.377779
    """
    xp, where = namespace(x), device(x)
    u, u_back = unit_rows(x, normalize)
    v, v_back = unit_rows(prototypes, normalize)
    by_cluster = concentration[:, None]
    clusters = xp.arange(v.shape[0], dtype=assign.dtype, device=where)
    one = xp.ones((), dtype=u.dtype, device=where)
    matrix = Similarity(u, v / by_cluster, scale=one, everywhere=True, what="prototypes")
    (others, (own, _)), _, pull = matrix.read(
        Reading(matrix.exp_sum(), Labels(assign, clusters, same=False)),
        Reading(CountedSum(), Labels(assign, clusters)),
        columns=False,
    )
    losses, slope = softplus_with_slope(others - own)

    def back(g):
        weights = g * slope()
        pulled = pull((weights, -weights))
        return {"x": u_back(pulled.x), "prototypes": v_back(pulled.y / by_cluster)}

    return losses, back
