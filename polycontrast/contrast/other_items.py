"""Who is a negative of whom, where some samples stand for the same thing."""

from polycontrast.arrays import Array, namespace
from polycontrast.similarity import Labels, OtherSamples, Rule


def other_items(ids: Array | None) -> Rule:
    """Rule for pairs of samples of different items; every sample is its own without `ids`."""
    return OtherSamples() if ids is None else Labels(ids, same=False)


def where_some(values: Array, negatives: Array, ids: Array | None) -> Array:
    """Losses or cotangents, 0 for anchors that `ids` leave without a negative.

    Parameters
    ----------
    values : array
    negatives : array
        Log-sum-exp of each anchor's negatives; -inf where there is none.
    ids : array or None
    """
    if ids is None:
        return values
    xp = namespace(values)
    return xp.where(xp.isinf(negatives) & (negatives < 0), 0.0, values)
