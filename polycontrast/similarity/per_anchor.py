"""A score whose scale and offset are the anchor's own, in both directions."""

from typing import Any

from polycontrast.arrays import Array, add_
from polycontrast.similarity.pairs import Tile
from polycontrast.similarity.scores import Pull, Weights

Side = tuple[Array | None, Array | None]


class PerAnchor:
    """Row i sees ``slope_i P_ij + shift_i`` where column j sees ``slope_j P_ij + shift_j``.

    One tile of products P thus serves two directions, each anchor with a normaliser and, if it
    has a slope, a temperature of its own. With slopes, the row sums of what is pulled are
    dL/dslope of the rows, the column sums that of the columns.

    Parameters
    ----------
    rows : (slope, shift)
        Arrays (B,); the slope may be None, for 1.
    columns : (slope, shift), optional
        The same of the columns. Default: those of the rows, for rows that meet themselves.
    """

    collapses = False

    def __init__(self, rows: Side, columns: Side | None = None):
        self.rows, self.columns = rows, rows if columns is None else columns
        self.sums = rows[0] is not None

    def _of_rows(self, tile: Tile) -> list[Array | None]:
        return [None if t is None else tile.of_rows(t)[:, None] for t in self.rows]

    def _of_columns(self, tile: Tile) -> list[Array | None]:
        return [None if t is None else tile.of_columns(t)[None, :] for t in self.columns]

    def forward(self, products: Array, tile: Tile) -> tuple[Array, Array]:
        """Scores of each side, out of place: the products may be kept."""
        return (
            _line(products, *self._of_rows(tile)),
            _line(products, *self._of_columns(tile)),
        )

    def pull(self, products: Array, weights: Weights, tile: Tile) -> Pull:
        """``dL/dP = slope_i W_i + slope_j W_j``."""
        on_rows, on_columns = weights
        if not self.sums:
            total = on_rows + on_columns
            return total, total, total
        row_slope, column_slope = self._of_rows(tile)[0], self._of_columns(tile)[0]
        total = on_rows * row_slope + on_columns * column_slope
        return total, on_rows * products, on_columns * products

    def column_arrays(self) -> tuple[Array, ...]:
        """Slopes, if there are any, and shifts of the columns."""
        return tuple(t for t in self.columns if t is not None)

    def with_columns(self, arrays: tuple[Array, ...]) -> "PerAnchor":
        """Other columns."""
        slope, shift = arrays if self.sums else (None, *arrays)
        return PerAnchor(self.rows, (slope, shift))


def _line(products: Array, slope: Array | None, shift: Any) -> Array:
    return products + shift if slope is None else add_(products * slope, shift)
