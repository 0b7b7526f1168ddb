"""One tile of a matrix: the rows and columns that it covers."""

from dataclasses import dataclass, replace
from typing import Any

from polycontrast.arrays import Array, device, namespace


@dataclass(frozen=True)
class Tile:
    """Indices of one tile, and the array whose namespace and device its masks take."""

    i0: int
    i1: int
    j0: int
    j1: int
    views: tuple[int, int]
    like: Array
    starts: tuple[Any, Any] = (0, 0)
    """Index in the whole batch of the first row and the first column, where ranks share a batch."""
    apart: bool = False
    """True where rows and columns are of different ranks, which have no sample in common."""
    scores: Any = None
    """Scores of the tile (`shape`), for a rule that sees them."""
    companion: Any = None
    """Those of the companion of the matrix, likewise."""

    known = True  # its indices are numbers, not yet to be computed

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Row views, rows, column views, columns."""
        return self.views[0], self.i1 - self.i0, self.views[1], self.j1 - self.j0

    def collapsed(self, rows: bool) -> "Tile":
        """The same tile after the views of each column, and row, became one score."""
        return replace(self, views=(1 if rows else self.views[0], 1))

    def indices(self) -> tuple[Array, Array]:
        """Sample indices in the whole batch of rows (1, n, 1, 1) and of columns (1, 1, 1, m)."""
        xp, where = namespace(self.like), device(self.like)
        i = xp.arange(self.i0, self.i1, dtype=xp.int32, device=where) + self.starts[0]
        j = xp.arange(self.j0, self.j1, dtype=xp.int32, device=where) + self.starts[1]
        return xp.reshape(i, (1, -1, 1, 1)), xp.reshape(j, (1, 1, 1, -1))

    @property
    def bounds(self) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        """First and last plus one of the rows and of the columns, in the whole batch."""
        i, j = self.starts
        return (i + self.i0, i + self.i1), (j + self.j0, j + self.j1)

    @property
    def holds_diagonal(self) -> bool:
        """True when some sample is among the rows and among the columns."""
        return not self.apart and self.i0 < self.j1 and self.j0 < self.i1

    @property
    def diagonal(self) -> tuple[int, int, int] | None:
        """First row and first column of samples that are in both, and their number, if known."""
        i, j = self.starts
        if not (self.known and isinstance(i, int) and isinstance(j, int)) or self.apart:
            return None
        (i0, i1), (j0, j1) = self.bounds
        first, last = max(i0, j0), min(i1, j1)
        return (first - i0, first - j0, last - first) if first < last else (0, 0, 0)

    def of_rows(self, t: Array, axis: int = -1) -> Array:
        """Entries that belong to the rows, along an axis of samples."""
        return t[(slice(None),) * (axis % t.ndim) + (slice(self.i0, self.i1), ...)]

    def of_columns(self, t: Array, axis: int = -1) -> Array:
        """Entries that belong to the columns, along an axis of samples."""
        return t[(slice(None),) * (axis % t.ndim) + (slice(self.j0, self.j1), ...)]

    def select(self, rule: Any) -> Any:
        """Pairs of the tile that a rule selects."""
        return rule.select(self)
