"""The ROC curve."""

import math

from polycontrast.arrays import Array, device, namespace, quiet
from polycontrast.metrics._two_sets import two_sets


@quiet
def roc_curve(pos: Array, neg: Array) -> tuple[Array, Array, Array]:
    """Rates of false and of true positives at every threshold, from the highest score down.

    Parameters
    ----------
    pos : array (P,)
        Scores of the positives, in any real floating dtype.
    neg : array (Q,)
        Scores of the negatives, in the same library, device and dtype.

    Returns
    -------
    false_positive_rate : array (1 + P + Q,)
        Share of negatives whose score is at least the threshold.
    true_positive_rate : array (1 + P + Q,)
        Share of positives whose score is at least the threshold.
    thresholds : array (1 + P + Q,)
        Infinity, then all scores in descending order.

    Raises
    ------
    ValueError
        When an array has no axis or several, or when one set is empty.
    TypeError
        When an argument is no real floating array.

    Notes
    -----
    The curve starts at (0, 0) and ends at (1, 1). Equal scores give one point several times, so
    that shapes do not depend on values. The area under the trapezoids is `roc_auc`. One sort and
    two searches: O((P + Q) log(P + Q)). A nan makes the rates of its set nan.

    References
    ----------
    T. Fawcett, "An Introduction to ROC Analysis", Pattern Recognition Letters 27, 2006.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> false, true, thresholds = pc.roc_curve(np.asarray([0.9, 0.4]), np.asarray([0.1, 0.5]))
    >>> false.tolist(), true.tolist(), thresholds.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0], [inf, 0.9, 0.5, 0.4, 0.1])
    """
    pos, neg = two_sets("roc_curve", pos, neg)
    xp = namespace(pos)
    scores = xp.flip(xp.sort(xp.concat([pos, neg])))
    highest = xp.full((1,), math.inf, dtype=pos.dtype, device=device(pos))
    thresholds = xp.concat([highest, scores])

    def share_at_least(t: Array) -> Array:
        below = xp.searchsorted(xp.sort(t), thresholds, side="left")
        shares = 1 - xp.astype(below, pos.dtype) / t.shape[0]
        return xp.where(xp.any(xp.isnan(t)), xp.nan, shares)

    return share_at_least(neg), share_at_least(pos), thresholds
