"""Statistics that also notice the largest score and how weights are spread, for diagnostics.

Both are read from a tile while it is in the cache; no product is taken for them.
"""

from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.objective import Side, Watch
from polycontrast.similarity.statistics import Axis, ExpSum, RunningExpSum, Sum

if TYPE_CHECKING:
    from polycontrast.similarity.matrix import Similarity

Noticed = tuple[Array, Array, Array, Array]
"""Logarithm of the sum of weights, largest score, logarithm of the sum of squared weights, number
of scores that are level with the largest."""


def _count(level: Array, axis: Axis, like: Array) -> Array:
    xp = arrays.namespace(like)
    return xp.sum(xp.astype(level, like.dtype), axis=axis)


def _kept(level: Array, count: Array) -> Array:
    """A part's count, where its largest is level with that of the whole."""
    return arrays.namespace(count).where(level, count, 0.0)


class WatchedExpSum(ExpSum):
    """`ExpSum` for scores whose squared exponentials are safe as well.

    `noticed` holds what was noticed of each state, in the order in which they were finished.

    Parameters
    ----------
    level : 0-d array
        What exponentials of level scores differ by at most, as a factor below 1.
    """

    def __init__(self, level: Array) -> None:
        self.noticed: list[Noticed] = []
        self.level = level

    def reduce(self, prepared: Array, axis: Axis) -> Any:
        """Sum, largest, sum of squares of exponentials, and how many are level with the largest."""
        xp = arrays.namespace(prepared)
        largest = xp.max(prepared, axis=axis, keepdims=True)
        count = _count(prepared >= largest * self.level, axis, prepared)
        squares = arrays.sum_of_squares(prepared, axis)
        return super().reduce(prepared, axis), xp.squeeze(largest, axis=axis), squares, count

    def merge(self, one: Any, other: Any) -> Any:
        """Sums add; the larger one is the largest."""
        largest = arrays.namespace(one[0]).maximum(one[1], other[1])
        counts = [_kept(t[1] >= largest * self.level, t[3]) for t in (one, other)]
        return one[0] + other[0], largest, one[2] + other[2], counts[0] + counts[1]

    def finish(self, state: Any) -> Array:
        """Logarithm of the sum; the rest is put aside."""
        total, largest, squares, count = state
        lse = super().finish(total)
        self.noticed.append((lse, arrays.safe_log(largest), arrays.safe_log(squares), count))
        return lse


class WatchedRunningExpSum(RunningExpSum):
    """`RunningExpSum`, likewise."""

    def __init__(self, level: Array, capped: bool = False) -> None:
        super().__init__(capped)
        self.noticed: list[Noticed] = []
        self.level = level

    def reduce(self, prepared: Array, axis: Axis) -> Any:
        """Maximum, the sums of exponentials and of their squares relative to it, and the count."""
        xp = arrays.namespace(prepared)
        peak = xp.max(prepared, axis=axis, keepdims=True)
        shifted = arrays.exp_(arrays.subtracted(prepared, arrays.finite_or_zero(peak)))
        total = xp.sum(shifted, axis=axis)
        count = _count(shifted >= self.level, axis, prepared)
        return xp.squeeze(peak, axis=axis), total, arrays.sum_of_squares(shifted, axis), count

    def merge(self, one: Any, other: Any) -> Any:
        """Sums relative to the larger maximum."""
        xp = arrays.namespace(one[0])
        peak = xp.maximum(one[0], other[0])
        first, second = (xp.exp(t[0] - arrays.finite_or_zero(peak)) for t in (one, other))
        total = one[1] * first + other[1] * second
        squares = one[2] * first * first + other[2] * second * second
        count = _kept(first >= self.level, one[3]) + _kept(second >= self.level, other[3])
        return peak, total, squares, count

    def finish(self, state: Any) -> Array:
        """Maximum plus logarithm; the rest is put aside."""
        peak, total, squares, count = state
        of_squares = 2 * arrays.finite_or_zero(peak) + arrays.safe_log(squares)
        lse = super().finish((peak, total))
        self.noticed.append((lse, peak, of_squares, count))
        return lse


class WatchedSum(Sum):
    """`Sum`, likewise; its weights are the derivatives."""

    def __init__(self, tolerance: Array, function: Any, derivative: Any, both: Any = None):
        super().__init__(function, derivative, both)
        self.noticed: list[Noticed] = []
        self.tolerance = tolerance

    def _largest(self, scores: Array, axis: Axis) -> tuple[Array, Array]:
        """Largest score, and how many are level with it."""
        xp = arrays.namespace(scores)
        peak = xp.max(scores, axis=axis, keepdims=True)
        count = _count(scores >= peak - self.tolerance, axis, scores)
        return xp.squeeze(peak, axis=axis), count

    def visit(self, scores: Array, columns: bool) -> tuple[Any, Any, Array]:
        """Sums of values, largest scores, sums of slopes and of their squares, and counts."""
        xp = arrays.namespace(scores)
        axes = (1, 0) if columns else (1,)
        largest = [self._largest(scores, axis) for axis in axes]
        *sums, slopes = super().visit(scores, columns)
        states: list[Any] = [
            (total, peak, xp.sum(slopes, axis=axis), arrays.sum_of_squares(slopes, axis), count)
            for axis, total, (peak, count) in zip(axes, sums, largest, strict=False)
        ]
        return states[0], states[1] if columns else None, slopes

    def reduce(self, prepared: Array, axis: Axis) -> Any:
        """The same of one axis."""
        xp, slopes = arrays.namespace(prepared), self.derivative(prepared)
        peak, count = self._largest(prepared, axis)
        total, weight = super().reduce(prepared, axis), xp.sum(slopes, axis=axis)
        return total, peak, weight, arrays.sum_of_squares(slopes, axis), count

    def merge(self, one: Any, other: Any) -> Any:
        """Sums add; the larger one is the largest."""
        xp = arrays.namespace(one[0])
        peak = xp.maximum(one[1], other[1])
        counts = [_kept(t[1] >= peak - self.tolerance, t[4]) for t in (one, other)]
        return one[0] + other[0], peak, one[2] + other[2], one[3] + other[3], counts[0] + counts[1]

    def finish(self, state: Any) -> Array:
        """The sum of values; the rest is put aside."""
        total, peak, weight, squares, count = state
        self.noticed.append((arrays.safe_log(weight), peak, arrays.safe_log(squares), count))
        return total


def tell(
    watch: Watch,
    matrix: "Similarity",
    positives: Array,
    noticed: list[Noticed],
    columns: bool,
    tolerance: Array,
    shift: Any = 0.0,
) -> None:
    """Tell the diagnostics of the anchors of each side: views of the rows, and the columns.

    Logits are similarities times the scale of the matrix, and `shift` more.
    """
    xp, (views, samples) = matrix.xp, matrix.x.shape[:2]
    # Ranks and compiled loops finish a side as a whole, the walk of tiles block by block.
    whole = len(noticed) == (2 if columns else 1)
    count = 1 if whole else len(matrix.row_blocks)

    def joined(parts: list[Noticed], shape: Any, columns: bool = False) -> list[Array]:
        if whole:
            return [xp.reshape(part, shape) for part in parts[0]]
        blocks = matrix.column_blocks if columns else matrix.row_blocks
        return [blocks.join(list(part), shape) for part in zip(*parts, strict=True)]

    matches = positives if positives.ndim == 2 else positives[None, :]
    matches = matches + xp.zeros_like(matrix.x[:, :, 0])
    of_rows = [xp.reshape(t, (views, samples)) for t in joined(noticed[:count], matrix.shape)]
    for view in range(views):
        watch.sides.append(Side(matches[view, :], *(t[view, :] for t in of_rows)))
    if columns:
        of_columns = joined(noticed[count:], matrix.column_shape, columns=True)
        watch.sides.append(Side(matches[0, :], *of_columns))
    watch.scale, watch.shift, watch.tolerance = matrix.scale, shift, tolerance
