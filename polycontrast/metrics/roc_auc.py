"""The area under the ROC curve."""

from polycontrast.arrays import Array, namespace, quiet
from polycontrast.metrics._two_sets import two_sets


@quiet
def roc_auc(pos: Array, neg: Array) -> Array:
    r"""Share of pairs of a positive and a negative whose positive has the higher score.

    .. math:: \frac{1}{P Q} \sum_{p,q} \Big( 1[s_p > s_q] + \frac{1}{2} 1[s_p = s_q] \Big)

    Parameters
    ----------
    pos : array (P,)
        Scores of the positives, in any real floating dtype.
    neg : array (Q,)
        Scores of the negatives, in the same library, device and dtype.

    Returns
    -------
    area : array
        0-d, in [0, 1]; chance is 0.5. Half precision is computed and returned in float32.

    Raises
    ------
    ValueError
        When an array has no axis or several, or when one set is empty.
    TypeError
        When an argument is no real floating array.

    Notes
    -----
    One sort and one search: O((P + Q) log Q) time and O(P + Q) memory. The area depends on the
    order of the scores alone, and that of the exchanged sets is one minus it. It has no gradient:
    `mann_whitney_scores` is a smooth bound of it. A nan makes the result nan.

    References
    ----------
    J. A. Hanley, B. J. McNeil, "The Meaning and Use of the Area under a Receiver Operating
    Characteristic (ROC) Curve", Radiology 143, 1982.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.roc_auc(np.asarray([0.9, 0.4]), np.asarray([0.1, 0.4, 0.5])).round(6))
    0.75
    """
    pos, neg = two_sets("roc_auc", pos, neg)
    xp = namespace(pos)
    ordered = xp.sort(neg)
    below = xp.searchsorted(ordered, pos, side="left")
    up_to = xp.searchsorted(ordered, pos, side="right")
    # Shares first: a sum of counts of large sets has too many digits for float32.
    shares = (xp.astype(below, pos.dtype) + xp.astype(up_to, pos.dtype)) / (2 * neg.shape[0])
    nan = xp.any(xp.isnan(pos)) | xp.any(xp.isnan(neg))
    return xp.where(nan, xp.nan, xp.mean(shares))
