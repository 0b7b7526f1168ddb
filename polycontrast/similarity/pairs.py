"""Rules for the pairs that count, evaluated for a tile from its indices.

For the tile of samples ``i0:i1`` against samples ``j0:j1`` a rule returns one of three things:
`ALL` (every pair counts), `NONE` (no pair counts: the tile is skipped), or an array of booleans
with the axes (row views, rows, column views, columns), 1 where it does not vary.
"""

import math
from abc import ABC, abstractmethod
from enum import Enum
from typing import Any

from polycontrast.arrays import Array, device, fill_, fill_diagonals_, namespace
from polycontrast.similarity.tile import Tile


class Count(Enum):
    """Results that need no array."""

    ALL = "all"
    NONE = "none"


ALL, NONE = Count.ALL, Count.NONE


class Rule(ABC):
    """A set of pairs. Rules combine with ``&``.

    A rule may hold arrays of its rows and columns, and cuts them by the indices of a tile
    (``i0:i1``, ``j0:j1``). Ranks that share a batch exchange the arrays of the columns
    (`column_arrays`).
    """

    @abstractmethod
    def select(self, tile: Tile) -> Any:
        """Pairs of the tile that count."""

    def exclude_(self, scores: Array, tile: Tile) -> Array:
        """Scores of a tile, a temporary, with -inf for the pairs that do not count."""
        selected = tile.select(self)
        if selected is ALL:
            return scores
        xp = namespace(scores)
        if selected is NONE:
            return xp.full_like(scores, -math.inf)
        masked = fill_(xp.reshape(scores, tile.shape), ~selected, -math.inf)
        return xp.reshape(masked, tuple(scores.shape))

    def column_arrays(self) -> tuple[Array, ...]:
        """Arrays that the rule holds of its columns; their last axis is that of the samples."""
        return ()

    def with_columns(self, arrays: tuple[Array, ...]) -> "Rule":
        """Return the same rule for other columns."""
        return self

    def __and__(self, other: "Rule") -> "Rule":
        return Both(self, other)


class Every(Rule):
    """All pairs."""

    def select(self, tile: Tile) -> Any:
        """Select every pair."""
        return ALL


class OtherRows(Rule):
    """All pairs but a row with itself: same view, same sample."""

    def select(self, tile: Tile) -> Any:
        """Exclude the same view of the same sample."""
        if not tile.meets_diagonal:
            return ALL
        xp, where = namespace(tile.like), device(tile.like)
        i, j = tile.indices()
        a = xp.arange(tile.views[0], dtype=xp.int32, device=where)
        other_view = xp.reshape(a, (-1, 1, 1, 1)) != xp.reshape(a, (1, 1, -1, 1))
        return other_view | (i != j)


class OtherSamples(Rule):
    """Pairs of different samples, whatever their views."""

    def select(self, tile: Tile) -> Any:
        """Exclude the same sample."""
        if not tile.meets_diagonal:
            return ALL
        i, j = tile.indices()
        return i != j

    def exclude_(self, scores: Array, tile: Tile) -> Array:
        """Write on the diagonals alone, where the library can do that."""
        if tile.is_on_diagonal:
            filled = fill_diagonals_(scores, tile.shape, -math.inf)
            if filled is not None:
                return filled
        return super().exclude_(scores, tile)


class OtherViews(Rule):
    """Pairs of different views, whatever their samples."""

    def select(self, tile: Tile) -> Any:
        """Exclude the same view."""
        xp, where = namespace(tile.like), device(tile.like)
        a = xp.arange(tile.views[0], dtype=xp.int32, device=where)
        return xp.reshape(a, (-1, 1, 1, 1)) != xp.reshape(a, (1, 1, -1, 1))


class Labels(Rule):
    """Pairs of samples with equal labels, or with different ones.

    Parameters
    ----------
    rows, columns : integer arrays (B,)
        Labels of the samples; `columns` defaults to `rows`.
    same : bool, default True
        Equal labels or different ones.
    """

    def __init__(self, rows: Array, columns: Array | None = None, same: bool = True):
        self.rows, self.columns, self.same = rows, rows if columns is None else columns, same

    def select(self, tile: Tile) -> Any:
        """Compare the labels of the tile."""
        xp = namespace(self.rows)
        a = xp.reshape(tile.of_rows(self.rows), (1, -1, 1, 1))
        b = xp.reshape(tile.of_columns(self.columns), (1, 1, 1, -1))
        return a == b if self.same else a != b

    def column_arrays(self) -> tuple[Array, ...]:
        """Labels of the columns."""
        return (self.columns,)

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Other labels."""
        return Labels(self.rows, arrays[0], self.same)


class Groups(Rule):
    """Pairs within consecutive groups of equal size; tiles between groups are skipped.

    Parameters
    ----------
    size : int
        Samples in a group.
    """

    def __init__(self, size: int):
        self.size = size

    def select(self, tile: Tile) -> Any:
        """Compare the groups of the tile."""
        if tile.known and all(isinstance(start, int) for start in tile.starts):
            (i0, i1), (j0, j1) = tile.bounds
            first_i, last_i = i0 // self.size, (i1 - 1) // self.size
            first_j, last_j = j0 // self.size, (j1 - 1) // self.size
            if first_i > last_j or first_j > last_i:
                return NONE
            if first_i == last_i == first_j == last_j:
                return ALL
        i, j = tile.indices()
        return i // self.size == j // self.size


class Mask(Rule):
    """Pairs that an explicit boolean matrix of the user's selects.

    Parameters
    ----------
    mask : bool array (rows, columns)
        One entry a pair of samples. It must be symmetric where the matrix is. Where ranks share a
        batch: the rows of this rank by the columns of all.
    """

    def __init__(self, mask: Array):
        self.mask = mask

    def select(self, tile: Tile) -> Any:
        """Cut the tile out of the mask."""
        rows, start = tile.of_rows(self.mask, axis=0), tile.starts[1]
        if isinstance(start, int) and start == 0:
            part = tile.of_columns(rows, axis=1)
        else:  # columns of another rank, by their place in the whole batch
            xp, where = namespace(rows), device(rows)
            columns = xp.arange(tile.j0, tile.j1, dtype=xp.int32, device=where) + start
            part = xp.take(rows, columns, axis=1)
        return namespace(part).reshape(part, (1, tile.shape[1], 1, tile.shape[3]))


class Present(Rule):
    """Pairs of rows that exist, where some samples lack some views.

    Parameters
    ----------
    rows, columns : bool arrays (M, B)
        True where the view of the sample exists; `columns` defaults to `rows`.
    """

    def __init__(self, rows: Array, columns: Array | None = None):
        self.rows, self.columns = rows, rows if columns is None else columns

    def select(self, tile: Tile) -> Any:
        """Select pairs of which both members exist."""
        xp = namespace(self.rows)
        a, b = tile.of_rows(self.rows), tile.of_columns(self.columns)
        return xp.reshape(a, (*a.shape, 1, 1)) & xp.reshape(b, (1, 1, *b.shape))

    def column_arrays(self) -> tuple[Array, ...]:
        """Booleans of the columns."""
        return (self.columns,)

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Other columns."""
        return Present(self.rows, arrays[0])


class Both(Rule):
    """Pairs that two rules select."""

    def __init__(self, first: Rule, second: Rule):
        self.first, self.second = first, second

    def select(self, tile: Tile) -> Any:
        """Intersect."""
        a, b = self.first.select(tile), self.second.select(tile)
        if a is NONE or b is NONE:
            return NONE
        if a is ALL or b is ALL:
            return b if a is ALL else a
        return a & b

    def column_arrays(self) -> tuple[Array, ...]:
        """Arrays of both rules."""
        return (*self.first.column_arrays(), *self.second.column_arrays())

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Give each rule its own."""
        count = len(self.first.column_arrays())
        return Both(
            self.first.with_columns(arrays[:count]), self.second.with_columns(arrays[count:])
        )
