"""Log-sum-exps that also notice the largest score and the sum of squares, for diagnostics.

Both are read from a tile while it is in the cache; no product is taken for them.
"""

from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.objective import Side, Watch, whole_batch
from polycontrast.similarity.pairs import OtherSamples
from polycontrast.similarity.statistics import Axis, ExpSum, RunningExpSum

if TYPE_CHECKING:
    from polycontrast.similarity.matrix import Similarity

Noticed = tuple[Array, Array]


class WatchedExpSum(ExpSum):
    """`ExpSum` for scores whose squared exponentials are safe as well.

    `noticed` holds, for each state in the order in which they were finished, the largest score and
    the log-sum-exp of twice the scores.
    """

    def __init__(self) -> None:
        self.noticed: list[Noticed] = []

    def reduce(self, prepared: Array, axis: Axis) -> Any:
        """Sum, largest, and sum of squares of exponentials."""
        xp = arrays.namespace(prepared)
        largest = xp.max(prepared, axis=axis)
        return super().reduce(prepared, axis), largest, arrays.sum_of_squares(prepared, axis)

    def merge(self, one: Any, other: Any) -> Any:
        """Sums add; the larger one is the largest."""
        xp = arrays.namespace(one[0])
        return one[0] + other[0], xp.maximum(one[1], other[1]), one[2] + other[2]

    def finish(self, state: Any) -> Array:
        """Logarithm of the sum; the rest is put aside."""
        total, largest, squares = state
        self.noticed.append((arrays.safe_log(largest), arrays.safe_log(squares)))
        return super().finish(total)


class WatchedRunningExpSum(RunningExpSum):
    """`RunningExpSum`, likewise."""

    def __init__(self) -> None:
        self.noticed: list[Noticed] = []

    def reduce(self, prepared: Array, axis: Axis) -> Any:
        """Maximum, and the sums of exponentials and of their squares relative to it."""
        xp = arrays.namespace(prepared)
        peak = xp.max(prepared, axis=axis, keepdims=True)
        shifted = arrays.exp_(arrays.subtracted(prepared, arrays.finite_or_zero(peak)))
        total = xp.sum(shifted, axis=axis)
        return xp.squeeze(peak, axis=axis), total, arrays.sum_of_squares(shifted, axis)

    def merge(self, one: Any, other: Any) -> Any:
        """Sums relative to the larger maximum."""
        xp = arrays.namespace(one[0])
        peak = xp.maximum(one[0], other[0])
        first, second = (xp.exp(t[0] - arrays.finite_or_zero(peak)) for t in (one, other))
        total = one[1] * first + other[1] * second
        return peak, total, one[2] * first * first + other[2] * second * second

    def finish(self, state: Any) -> Array:
        """Maximum plus logarithm; the rest is put aside."""
        peak, total, squares = state
        of_squares = 2 * arrays.finite_or_zero(peak) + arrays.safe_log(squares)
        self.noticed.append((peak, of_squares))
        return super().finish((peak, total))


def tell(
    watch: Watch,
    matrix: "Similarity",
    positives: Array,
    rows: Array,
    columns: Array | None,
    noticed: list[Noticed],
) -> None:
    """Tell the diagnostics of the anchors of each side: views of the rows, and the columns."""
    xp, (views, samples) = matrix.xp, matrix.x.shape[:2]
    # Ranks and compiled loops finish a side as a whole, the walk of tiles block by block.
    whole = len(noticed) == (1 if columns is None else 2)
    count = 1 if whole else len(matrix.row_blocks)

    def joined(parts: list[Noticed], shape: Any, columns: bool = False) -> list[Array]:
        if whole:
            return [xp.reshape(part, shape) for part in parts[0]]
        blocks = matrix.column_blocks if columns else matrix.row_blocks
        return [blocks.join(list(part), shape) for part in zip(*parts, strict=True)]

    matches = positives if positives.ndim == 2 else positives[None, :]
    matches = matches + xp.zeros_like(matrix.x[:, :, 0])
    of_rows = [rows, *joined(noticed[:count], matrix.shape)]
    of_rows = [xp.reshape(t, (views, samples)) for t in of_rows]
    for view in range(views):
        watch.sides.append(Side(matches[view, :], *(t[view, :] for t in of_rows)))
    if columns is not None:
        of_columns = joined(noticed[count:], matrix.column_shape, columns=True)
        watch.sides.append(Side(matches[0, :], columns, *of_columns))
    watch.scale = matrix.scale
    if isinstance(matrix.pairs, OtherSamples):
        watch.negatives = matrix.y.shape[0] * (whole_batch().samples(samples) - 1)
