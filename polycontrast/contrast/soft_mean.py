"""Means of scores with softmax weights, in one pass over the tiles."""

from collections.abc import Sequence
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.similarity import Map


class SoftMean:
    """Log-sum-exp of a(S), and the mean of S with the weights ``w = softmax(a(S))``: a statistic.

    Cotangents are those of these two: ``dS = w (a' g_lse + (1 + a' (S - mean)) g_mean)``.

    Parameters
    ----------
    log_weights : Map
        The function a. Its derivative may be a number.
    held : bool, default False
        Whether the weights are constants, so that ``dS = w g_mean``.
    squares : bool, default False
        Whether the mean of S^2 is wanted too, which has no cotangent.
    """

    def __init__(self, log_weights: Map, held: bool = False, squares: bool = False):
        self.log_weights, self.held, self.squares = log_weights, held, squares

    def of_shape(self, t: Array) -> tuple[Array, ...]:
        """As many arrays as it finishes to."""
        return (t,) * (3 if self.squares else 2)

    def prepare(self, scores: Array) -> Array:
        """Nothing to do."""
        return scores

    def _logits(self, scores: Array) -> tuple[Array, Array]:
        """Logarithms of the weights, -inf for pairs that do not count, and scores with 0 there."""
        xp, finite = arrays.namespace(scores), arrays.finite_or_zero(scores)
        logits = arrays.fill_(self.log_weights.value(finite), xp.isinf(scores), -xp.inf)
        return arrays.constant(logits) if self.held else logits, finite

    def reduce(self, prepared: Array, axis: Any) -> tuple[Array, ...]:
        """Largest logarithm, and sums relative to it: of the weights, and times the scores."""
        xp = arrays.namespace(prepared)
        logits, scores = self._logits(prepared)
        peak = xp.max(logits, axis=axis, keepdims=True)
        weights = arrays.exp_(arrays.subtracted(logits, arrays.finite_or_zero(peak)))
        sums = [xp.sum(weights, axis=axis)]
        for _ in range(2 if self.squares else 1):
            weights = arrays.multiply_(weights, scores)
            sums.append(xp.sum(weights, axis=axis))
        return xp.squeeze(peak, axis=axis), *sums

    def merge(self, one: tuple[Array, ...], other: tuple[Array, ...]) -> tuple[Array, ...]:
        """All sums relative to the larger maximum."""
        xp = arrays.namespace(one[0])
        peak = xp.maximum(one[0], other[0])
        a, b = (xp.exp(t[0] - arrays.finite_or_zero(peak)) for t in (one, other))
        return peak, *(s * a + t * b for s, t in zip(one[1:], other[1:], strict=True))

    def finish(self, state: tuple[Array, ...]) -> tuple[Array, ...]:
        """Log-sum-exp, and means; -inf and 0 where no pair counts."""
        peak, total, *sums = state
        safe = arrays.namespace(total).where(total == 0, 1.0, total)
        return arrays.finite_or_zero(peak) + arrays.safe_log(total), *(t / safe for t in sums)

    def factors(self, g: Sequence[Any], finished: tuple[Array, ...]) -> tuple[Any, ...]:
        """Cotangents, either of which may be None, log-sum-exp and mean."""
        return g[0], g[1], arrays.finite_or_zero(finished[0]), finished[1]

    def weigh(self, prepared: Array, factors: Sequence[tuple[Any, ...]]) -> Array:
        """``dS`` of the rows, the columns, ... together."""
        logits, scores = self._logits(prepared)
        slope = 0 if self.held else self.log_weights.derivative(scores)
        total = None
        for on_lse, on_mean, lse, mean in factors:
            # A mirror image of a score may be rounded otherwise: no weight exceeds 1 for it.
            weights = arrays.exp_(arrays.negative_part_(arrays.subtracted(logits, lse)))
            factor = 0 if on_lse is None else slope * on_lse
            if on_mean is not None:
                excess = 1 if self.held else 1 + slope * (scores - mean)
                factor = factor + excess * on_mean
            part = arrays.multiply_(weights, factor)
            total = part if total is None else arrays.add_(total, part)
        return total
