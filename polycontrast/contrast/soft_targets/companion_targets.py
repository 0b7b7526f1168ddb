"""Soft targets that are the softmax of a companion's scores, as a statistic of both tiles."""

from collections.abc import Sequence
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array

Pair = tuple[Array, Array]


class CompanionTargets:
    """Statistics of scores S and of the scores C of a companion, with ``R = softmax(C)``.

    It finishes to the log-sum-exps of S and of C, and the means of S and of C with the weights R.
    Cotangents are those of the first and the third, ``g`` and ``h``; those of the others are None:
    ``dS = g softmax(S) + h R`` and ``dC = h R (S - mean)``.

    Parameters
    ----------
    held : bool, default True
        Whether the companion has no gradient.
    """

    reads_companion = True

    def __init__(self, held: bool = True):
        self.held = held

    def of_shape(self, t: Array) -> tuple[Array, ...]:
        """Four arrays."""
        return (t,) * 4

    def prepare(self, scores: Array, others: Array | None = None) -> Pair:
        """Nothing to do; one tile stands for both."""
        return scores, scores if others is None else others

    def reduce(self, prepared: Pair, axis: Any) -> tuple[Array, ...]:
        """Largest score and sum of exponentials relative to it, of both; weighted sums of both."""
        scores, others = prepared
        xp = arrays.namespace(scores)
        state, weights = [], scores
        for t in prepared:
            peak = xp.max(t, axis=axis, keepdims=True)
            weights = arrays.exp_(arrays.subtracted(t, arrays.finite_or_zero(peak)))
            state += [xp.squeeze(peak, axis=axis), xp.sum(weights, axis=axis)]
        for t in (scores, others):
            state.append(arrays.sum_of_products(weights, arrays.finite_or_zero(t), axis))
        return tuple(state)

    def merge(self, one: tuple[Array, ...], other: tuple[Array, ...]) -> tuple[Array, ...]:
        """All sums relative to the larger maximum."""
        xp, state = arrays.namespace(one[0]), []
        for peak, sums in ((0, (1,)), (2, (3, 4, 5))):
            largest = xp.maximum(one[peak], other[peak])
            shift = arrays.finite_or_zero(largest)
            a, b = xp.exp(one[peak] - shift), xp.exp(other[peak] - shift)
            state += [largest, *(one[k] * a + other[k] * b for k in sums)]
        return tuple(state)

    def finish(self, state: tuple[Array, ...]) -> tuple[Array, ...]:
        """Log-sum-exps, and means; -inf and 0 where no pair counts."""
        xp = arrays.namespace(state[0])
        sums = [arrays.finite_or_zero(state[k]) + arrays.safe_log(state[k + 1]) for k in (0, 2)]
        total = xp.where(state[3] == 0, 1.0, state[3])
        return *sums, *(t / total for t in state[4:])

    def factors(self, g: Sequence[Any], finished: tuple[Array, ...]) -> tuple[Array, ...]:
        """Cotangents of a log-sum-exp and of a mean, both log-sum-exps, and the mean."""
        own, other, mean, _ = finished
        return g[0], g[2], arrays.finite_or_zero(own), arrays.finite_or_zero(other), mean

    def weigh(self, prepared: Pair, factors: Sequence[tuple[Array, ...]]) -> tuple[Array, Any]:
        """``dS`` and, unless it is held, ``dC`` of the rows and of the columns together."""
        scores, others = prepared
        on_scores = on_others = None
        for on_lse, on_mean, own, other, mean in factors:
            softmax = arrays.exp_(arrays.subtracted(scores, own))
            targets = arrays.exp_(arrays.subtracted(others, other))
            targets = arrays.multiply_(targets, on_mean)
            if not self.held:
                apart = arrays.subtracted(arrays.finite_or_zero(scores), mean)
                part = arrays.multiply_(apart, targets)
                on_others = part if on_others is None else arrays.add_(on_others, part)
            part = arrays.add_(arrays.multiply_(softmax, on_lse), targets)
            on_scores = part if on_scores is None else arrays.add_(on_scores, part)
        return on_scores, on_others
