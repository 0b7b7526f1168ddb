"""Pearson's correlation as a loss."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.losses.ranking._arguments import Scores
from polycontrast.objective import objective


@objective(invariances=("sample_permutation",), shards=False)
def pearson(pred: Scores, target: Scores):
    r"""One minus Pearson's correlation of scores with targets.

    .. math:: 1 - \langle a, b \rangle, \quad a = \frac{s - \bar s}{|s - \bar s|}, \quad
              b = \frac{t - \bar t}{|t - \bar t|}

    Parameters
    ----------
    pred, target
        Scores s and targets t. Both have a gradient, and the loss does not change when they are
        exchanged.

    Returns
    -------
    value
        In [0, 2]; 0 when scores are a rising line of targets.

    Notes
    -----
    Gradient: :math:`-(b - \langle a, b \rangle a) / |s - \bar s|` for the scores, and likewise for
    the targets. A positive factor or a shift of either changes nothing. When all scores or all
    targets are equal, as for ``B = 1``, there is no correlation: value and gradient are then 0.

    The loss is computed as :math:`|a - b|^2 / 2`, which keeps its digits near 0.

    References
    ----------
    B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
    Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.pearson(np.asarray([0.0, 1.0, 2.0]), np.asarray([1.0, 3.0, 2.0])).round(6))
    0.5
    """
    xp = namespace(pred)
    a, a_back = _standard(pred)
    b, b_back = _standard(target)
    both = xp.any(a != 0) & xp.any(b != 0)
    apart = xp.where(both, a - b, 0 * (a + b))  # a nan shows

    def back(g):
        return {"pred": a_back(g * apart), "target": b_back(-g * apart)}

    return row_dot(apart, apart) / 2, back


def _standard(t: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Numbers less their mean, scaled to length 1; all 0 where they are equal."""
    xp = namespace(t)
    # Differences from one of them first: they are exactly 0 where all are equal.
    d = t - t[:1]
    z, z_back = unit_rows((d - xp.mean(d))[None, :])

    def back(g: Array) -> Array:
        gd = z_back(g[None, :])[0, :]
        return gd - xp.mean(gd)

    return z[0, :], back
