"""Means of a function of the scores with softmax weights, in one pass over the tiles."""

from collections.abc import Callable, Sequence
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.similarity import Function, Map


class SoftMean:
    """Mean of f(S) over a row with the weights ``softmax(a(S))``: a statistic of the scores.

    It finishes to the log-sum-exp of a, the mean, and the means of other functions. The cotangent
    is that of the mean alone: ``dS = w (f' + a' (f - mean))``, or ``w f'`` with held weights.

    Parameters
    ----------
    log_weights : Map
        The function a.
    function : Function or Map
        The function f.
    others : sequence of callable
        Functions whose means are wanted too.
    held : bool, default False
        Whether weights are constants.
    """

    def __init__(
        self,
        log_weights: Map,
        function: Function | Map,
        others: Sequence[Callable[[Array], Array]] = (),
        held: bool = False,
    ):
        self.log_weights, self.function, self.held = log_weights, function, held
        self.values = (function.value, *others)

    def of_shape(self, t: Array) -> tuple[Array, ...]:
        """As many arrays as it finishes to."""
        return (t,) * (1 + len(self.values))

    def prepare(self, scores: Array) -> Array:
        """Nothing to do."""
        return scores

    def _logits(self, scores: Array) -> tuple[Array, Array]:
        """Logarithms of the weights, -inf for pairs that do not count, and scores with 0 there."""
        xp, finite = arrays.namespace(scores), arrays.finite_or_zero(scores)
        logits = arrays.fill_(self.log_weights.value(finite), xp.isinf(scores), -xp.inf)
        return arrays.constant(logits) if self.held else logits, finite

    def reduce(self, prepared: Array, axis: Any) -> tuple[Array, ...]:
        """Largest logarithm, and sums relative to it: of the weights, and times each function."""
        xp = arrays.namespace(prepared)
        logits, scores = self._logits(prepared)
        peak = xp.max(logits, axis=axis, keepdims=True)
        weights = arrays.exp_(arrays.subtracted(logits, arrays.finite_or_zero(peak)))
        sums = [xp.sum(weights * value(scores), axis=axis) for value in self.values]
        return xp.squeeze(peak, axis=axis), xp.sum(weights, axis=axis), *sums

    def merge(self, one: tuple[Array, ...], other: tuple[Array, ...]) -> tuple[Array, ...]:
        """All sums relative to the larger maximum."""
        xp = arrays.namespace(one[0])
        peak = xp.maximum(one[0], other[0])
        a, b = (xp.exp(t[0] - arrays.finite_or_zero(peak)) for t in (one, other))
        return peak, *(s * a + t * b for s, t in zip(one[1:], other[1:], strict=True))

    def finish(self, state: tuple[Array, ...]) -> tuple[Array, ...]:
        """Log-sum-exp, and means; 0 where no pair counts."""
        peak, total, *sums = state
        xp = arrays.namespace(total)
        safe = xp.where(total == 0, 1.0, total)
        return arrays.finite_or_zero(peak) + arrays.safe_log(total), *(t / safe for t in sums)

    def factors(self, g: Array, finished: tuple[Array, ...]) -> tuple[Array, ...]:
        """Cotangent, log-sum-exp and mean."""
        return g, arrays.finite_or_zero(finished[0]), finished[1]

    def weigh(self, prepared: Array, factors: Sequence[tuple[Array, ...]]) -> Array:
        """``w_row dS_row + w_column dS_column + ...``."""
        logits, scores = self._logits(prepared)
        slopes, total = self.function.derivative(scores), None
        for g, lse, mean in factors:
            # A mirror image of a score may be rounded otherwise: no weight exceeds 1 for it.
            weights = arrays.exp_(arrays.negative_part_(arrays.subtracted(logits, lse)))
            on_scores = slopes
            if not self.held:
                excess = self.function.value(scores) - mean
                on_scores = slopes + self.log_weights.derivative(scores) * excess
            part = weights * on_scores * g
            total = part if total is None else total + part
        return total
