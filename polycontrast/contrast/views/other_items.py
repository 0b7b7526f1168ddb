"""Who is a negative of whom, where some samples stand for the same thing."""

from typing import Any

from polycontrast.arrays import Array, device, namespace
from polycontrast.context import whole_batch
from polycontrast.similarity import SCORES, Labels, OtherSamples, Rule, Similarity, Sum


def other_items(ids: Array | None) -> Rule:
    """Rule for pairs of samples of different items; every sample is its own without `ids`."""
    return OtherSamples() if ids is None else Labels(ids, same=False)


def count_others(ids: Array | None, rows: Array) -> Array:
    """Number of samples of other items in the whole batch, for each of the rows (B, D)."""
    if ids is None:
        ones = namespace(rows).ones_like(rows[:, 0])
        return (whole_batch().samples(rows.shape[0]) - 1) * ones
    return count_pairs(other_items(ids), rows)[0]


def count_pairs(pairs: Rule, rows: Array, columns: bool = False) -> tuple[Array, Any]:
    """Number of pairs that count for each row (B, D), and for each column where these differ."""
    xp = namespace(rows)
    ones, one = xp.ones_like(rows[:, :1]), xp.ones((), dtype=rows.dtype, device=device(rows))
    other = ones if columns else None
    return Similarity(ones, other, scale=one, pairs=pairs, what="counts").reduce(Sum(SCORES))[:2]


def is_there(lse: Array) -> Array:
    """Where a log-sum-exp has a pair; also where it is nan, which must be seen."""
    return lse != -namespace(lse).inf


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
    return namespace(values).where(is_there(negatives), values, 0.0)
