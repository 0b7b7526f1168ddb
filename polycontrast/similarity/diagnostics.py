"""A statistic that gathers diagnostics as well, from the same tiles while they are in the cache."""

from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import Anchors, Watch
from polycontrast.similarity.matrix import Matrix
from polycontrast.similarity.statistics import Axis, ExpSum, Statistic, Sum


class Noticing:
    """A statistic together with the largest score and the spread of the weights.

    The finished statistic is a tuple: the inner statistic, the largest score, the number of scores
    level with it, and the logarithms of the sum of the weights and of the sum of their squares.
    Weights are exponentials of the scores, or the derivatives of a function of them.

    Parameters
    ----------
    inner : ExpSum, RunningExpSum or Sum
    tolerance : 0-d array
        Scores that differ by no more are level.
    """

    def __init__(self, inner: Statistic, tolerance: Array):
        self.inner: Any = inner
        self.tolerance = tolerance
        self.prepare, self.weigh = inner.prepare, inner.weigh

    def reduce(self, prepared: Array, axis: Axis) -> Any:
        """State of each row (axis 1) or column (axis 0) of a prepared tile."""
        xp = arrays.namespace(prepared)
        largest = xp.max(prepared, axis=axis, keepdims=True)
        if isinstance(self.inner, Sum):
            level = _count(prepared >= largest - self.tolerance, axis, prepared)
            slopes = self.inner.function.derivative(prepared)
            return self.inner.reduce(prepared, axis), *_spread(largest, level, slopes, axis)
        if isinstance(self.inner, ExpSum):
            level = _count(prepared >= largest * xp.exp(-self.tolerance), axis, prepared)
            total = self.inner.reduce(prepared, axis)
            return total, *_spread(arrays.safe_log(largest), level, prepared, axis, total)
        shift = arrays.finite_or_zero(largest)
        shifted = arrays.exp_(arrays.subtracted(prepared, shift))
        level = _count(shifted >= xp.exp(-self.tolerance), axis, prepared)
        total = arrays.sums(shifted, axis)
        spread = _spread(largest, level, shifted, axis, total, xp.squeeze(shift, axis=axis))
        return (xp.squeeze(largest, axis=axis), total), *spread

    def sums_and_slopes(self, scores: Array, columns: bool) -> tuple[Any, Any, Array]:
        """States of a temporary tile and its slopes, as in `Sum`."""
        xp = arrays.namespace(scores)
        axes = (1, 0) if columns else (1,)
        largest = [xp.max(scores, axis=axis, keepdims=True) for axis in axes]
        levels = [
            _count(scores >= peak - self.tolerance, axis, scores)
            for axis, peak in zip(axes, largest, strict=True)
        ]
        *sums, slopes = self.inner.sums_and_slopes(scores, columns)
        states = [
            (total, *_spread(peak, level, slopes, axis))
            for axis, total, peak, level in zip(axes, sums, largest, levels, strict=False)
        ]
        return states[0], states[1] if columns else None, slopes

    def merge(self, one: Any, other: Any) -> Any:
        """State of two parts together."""
        xp = arrays.namespace(one[1])
        largest = xp.maximum(one[1], other[1])
        level = sum(xp.where(t[1] >= largest - self.tolerance, t[2], 0.0) for t in (one, other))
        logs = (xp.logaddexp(a, b) for a, b in zip(one[3:], other[3:], strict=True))
        return self.inner.merge(one[0], other[0]), largest, level, *logs

    def finish(self, state: Any) -> Any:
        """The inner statistic, and the other numbers."""
        return self.inner.finish(state[0]), *state[1:]

    def factors(self, g: Array, finished: Any) -> Any:
        """Factors of the inner statistic."""
        return self.inner.factors(g, None if finished is None else finished[0])


def _count(level: Array, axis: Axis, like: Array) -> Array:
    return arrays.count_true(level, axis, like.dtype)


def _spread(
    largest: Array,
    level: Array,
    weights: Array,
    axis: Axis,
    total: Array | None = None,
    shift: Any = 0.0,
) -> tuple[Array, ...]:
    """Largest score, its count, logs of the sums of ``exp(shift) weights`` and of their squares.

    `total` is the sum of the weights, where it is known.
    """
    xp = arrays.namespace(weights)
    total = arrays.sums(weights, axis) if total is None else total
    squares = arrays.safe_log(arrays.sum_of_products(weights, weights, axis)) + 2 * shift
    total = arrays.safe_log(total) + shift
    return xp.squeeze(largest, axis=axis), level, total, squares


def record(
    watch: Watch,
    matrix: Matrix,
    positives: Array,
    noticing: Noticing,
    rows: Any,
    columns: Any,
    shift: Any = 0.0,
) -> None:
    """Add the anchors of each side to the diagnostics: the views of the rows, then the columns.

    Parameters
    ----------
    watch : Watch
    matrix : Matrix
    positives : array
        Logits of the matches, in the shape of the rows or of their samples.
    noticing : Noticing
    rows, columns : tuple
        The finished statistics; None for columns that are no anchors.
    shift : number
        Part of a logit that is no similarity.
    """
    matches = positives if positives.ndim == 2 else positives[None, :]
    matches = matches + matrix.xp.zeros_like(matrix.like[:, :, 0])
    of_rows = [matrix.xp.reshape(t, tuple(matrix.x.shape[:2])) for t in rows[1:]]
    for view in range(matrix.views[0]):
        watch.sides.append(_side(matches[view, :], *(t[view, :] for t in of_rows)))
    if columns is not None:
        watch.sides.append(_side(matches[0, :], *columns[1:]))
    watch.scale, watch.shift, watch.tolerance = matrix.scale, shift, noticing.tolerance


def _side(matches: Array, largest: Array, level: Array, total: Array, squares: Array) -> Anchors:
    return Anchors(
        positives=matches, negatives=total, hardest=largest, log_squares=squares, level=level
    )
