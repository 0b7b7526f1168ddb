"""The spread of clusters, as temperatures of their prototypes."""

from typing import Annotated, Any

from polycontrast.arrays import Array, device, namespace, row_dot, safe_sqrt
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    Embeddings,
    IndexInto,
    Nonnegative,
    Normalize,
    Positive,
    Role,
    measured,
)
from polycontrast.similarity import CountedSum, Labels, Similarity

Prototypes = Annotated[Any, Role("rows", ("C D",))]
Assignment = Annotated[Any, IndexInto("C", "B")]


@measured
def concentration(
    x: Embeddings,
    prototypes: Prototypes,
    assign: Assignment,
    *,
    temperature: Positive = 0.2,
    alpha: Nonnegative = 5.0,
    normalize: Normalize = True,
) -> Array:
    r"""Temperature of each cluster for `proto_nce`: small where its rows are near its prototype.

    Parameters
    ----------
    x : array (B, D)
        Rows of all samples that were clustered.
    prototypes : array (C, D)
    assign : integer array (B,)
        Cluster of each row, from 0 to C - 1.
    temperature : float, > 0, default 0.2
        Mean of the result, the value of PCL's code.
    alpha : float, >= 0, default 5.0
        Keeps small clusters from large values. MEOW's code has 5, PCL's 10.
    normalize : bool, default True
        Scale rows and prototypes to unit length first. Execution options such as ``tile=`` or
        ``comm=`` are also accepted.

    Returns
    -------
    concentration : array (C,)
        It has no gradient. It is `temperature` for all where no cluster has a spread.

    Raises
    ------
    ValueError, TypeError
        As `proto_nce` does.

    Notes
    -----
    A cluster of :math:`n_k > 1` rows has

    .. math:: \varphi_k = \frac{1}{n_k \log(n_k + \alpha)}
              \sum_{a_i = k} |\hat x_i - \hat c_k|

    and a smaller one the largest of these. The numbers are clipped to their 10th and 90th
    percentiles and scaled to the mean `temperature`. MEOW's code takes roots of inner products in
    place of the distances, as its index of neighbours returns these; the distance is meant.

    References
    ----------
    J. Li, P. Zhou, C. Xiong, S. Hoi, "Prototypical Contrastive Learning of Unsupervised
    Representations" (PCL), ICLR 2021, arXiv 2005.04966.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-0.6, 0.8], [-0.8, 0.6]])
    >>> pc.concentration(x, x[[0, 3]], np.array([0, 0, 1, 1, 1])).round(6).tolist()
    [0.208168, 0.191832]
    """
    xp, where, count = namespace(x), device(x), prototypes.shape[0]
    u, _ = unit_rows(x, normalize)
    c, _ = unit_rows(prototypes, normalize)
    apart = u - xp.take(c, assign, axis=0)
    distances = safe_sqrt(row_dot(apart, apart))[:, None]
    clusters = xp.arange(count, dtype=assign.dtype, device=where)
    ones = xp.ones((count, 1), dtype=u.dtype, device=where)
    matrix = Similarity(
        distances,
        ones,
        scale=ones[0, 0],
        pairs=Labels(assign, clusters),
        everywhere=True,
        what="clusters",
    )
    found: Any = matrix.reduce(CountedSum())[1]
    total, number = found
    several = number > 1.5
    # A nan shows, also in a cluster of one row.
    spread = xp.where(several, total / (number * xp.log(number + alpha)), 0 * total)
    spread = xp.where(several, spread, xp.max(spread))
    ordered = xp.sort(spread)
    spread = xp.maximum(spread, _percentile(ordered, 10))
    spread = xp.minimum(spread, _percentile(ordered, 90))
    mean = xp.mean(spread)
    flat = mean == 0
    scaled = temperature * spread / xp.where(flat, xp.ones_like(mean), mean)
    return xp.where(flat, xp.full_like(spread, temperature), scaled)


def _percentile(ordered: Array, percent: int) -> Array:
    """Percentile of sorted numbers, linear between two of them."""
    place, rest = divmod(percent * (ordered.shape[0] - 1), 100)
    above = ordered[min(place + 1, ordered.shape[0] - 1)]
    return ordered[place] + (rest / 100) * (above - ordered[place])
