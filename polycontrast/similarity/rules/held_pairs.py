"""Rules that hold something of the rows and of the columns: which pairs count, and for how much."""

from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array, device, is_listed, is_numpy, namespace
from polycontrast.similarity.rules.pairs import ALL, NONE, Count, Rule
from polycontrast.similarity.tiles.tile import Tile


class Labels(Rule):
    """Pairs of samples with equal labels, or with different ones.

    Of labels in main memory the smallest and the largest of each block are known: where samples are
    sorted by label, few tiles have both equal and different ones, and the others need no comparing.

    Parameters
    ----------
    rows, columns : integer arrays (B,) or (M, B)
        Labels of the samples, or of each view of them; `columns` defaults to `rows`.
    same : bool, default True
        Equal labels or different ones.
    """

    def __init__(self, rows: Array, columns: Array | None = None, same: bool = True):
        self.rows, self.columns, self.same = rows, rows if columns is None else columns, same
        self._ranges: dict[tuple[bool, int, int], tuple[Any, Any]] = {}

    def known(self, tile: Tile) -> Count | None:
        """Compare the ranges of the labels of the tile."""
        if not (tile.known and _in_sight(self.rows) and _in_sight(self.columns)):
            return None
        low_i, high_i = self._range(True, tile.i0, tile.i1)
        low_j, high_j = self._range(False, tile.j0, tile.j1)
        if high_i < low_j or high_j < low_i:
            return NONE if self.same else ALL
        if low_i == high_i == low_j == high_j:
            return ALL if self.same else NONE
        return None

    def _range(self, rows: bool, first: int, last: int) -> tuple[Any, Any]:
        """Smallest and largest label of a block."""
        found = self._ranges.get((rows, first, last))
        if found is None:
            block = (self.rows if rows else self.columns)[..., first:last]
            found = self._ranges[rows, first, last] = block.min(), block.max()
        return found

    def compare(self, tile: Tile) -> Any:
        """Compare the labels of the tile."""
        xp = namespace(self.rows)
        a, b = tile.of_rows(self.rows), tile.of_columns(self.columns)
        a = xp.reshape(a, (1, *a.shape, 1, 1)[-4:])
        b = xp.reshape(b, (1, 1, 1, *b.shape)[-4:])
        return a == b if self.same else a != b

    def column_arrays(self) -> tuple[Array, ...]:
        """Labels of the columns."""
        return (self.columns,)

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Other labels."""
        return Labels(self.rows, arrays[0], self.same)


class Above(Rule):
    """Pairs whose row has a larger number than the column, by more than a margin.

    Of numbers in main memory the range of each block is known: where they are sorted, most tiles
    count all pairs or none.

    Parameters
    ----------
    rows, columns : arrays (B,)
    margin : float, default 0.0
    """

    sided = True

    def __init__(self, rows: Array, columns: Array, margin: float = 0.0):
        self.rows, self.columns, self.margin = rows, columns, margin

    def known(self, tile: Tile) -> Count | None:
        """Compare the ranges of the numbers of the tile."""
        if not (tile.known and _in_sight(self.rows) and _in_sight(self.columns)):
            return None
        rows, columns = self.rows[tile.i0 : tile.i1], self.columns[tile.j0 : tile.j1]
        if rows.max() - columns.min() <= self.margin:
            return NONE
        return ALL if rows.min() - columns.max() > self.margin else None

    def compare(self, tile: Tile) -> Any:
        """Compare the numbers of the tile."""
        xp = namespace(self.rows)
        a = xp.reshape(tile.of_rows(self.rows), (1, -1, 1, 1))
        b = xp.reshape(tile.of_columns(self.columns), (1, 1, 1, -1))
        return a - b > self.margin

    def column_arrays(self) -> tuple[Array, ...]:
        """Numbers of the columns."""
        return (self.columns,)

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Other numbers."""
        return Above(self.rows, arrays[0], self.margin)


class Mask(Rule):
    """Pairs that an explicit boolean matrix of the user's selects.

    Parameters
    ----------
    mask : bool array (rows, columns)
        One entry a pair of samples. It must be symmetric where the matrix is. Where ranks
        share a batch: the rows of this rank by the columns of all.
    """

    def __init__(self, mask: Array):
        self.mask = mask

    def compare(self, tile: Tile) -> Any:
        """Cut the tile out of the mask."""
        return _cut(self.mask, tile)


class Listed(Rule):
    """Pairs of a row and the columns that are listed for it.

    Parameters
    ----------
    index : integer array (rows, P)
        Columns that count, in any order; a number that is no column lists none. Where ranks share a
        batch: the rows of this rank, and places among the columns of all.
    """

    def __init__(self, index: Array):
        self.index = index

    def known(self, tile: Tile) -> Count | None:
        """Look for columns of the tile in the lists of its rows."""
        if not (tile.known and _in_sight(self.index)):
            return None
        index, (first, last) = tile.of_rows(self.index, axis=0), tile.bounds[1]
        return None if ((index >= first) & (index < last)).any() else NONE

    def compare(self, tile: Tile) -> Any:
        """Mark the columns that are listed."""
        index = tile.of_rows(self.index, axis=0)
        found = is_listed(index - tile.starts[1], tile.j0, tile.j1)
        return namespace(index).reshape(found, (1, tile.shape[1], 1, tile.shape[3]))


class Present(Rule):
    """Pairs of rows that exist, where some samples lack some views.

    Parameters
    ----------
    rows, columns : bool arrays (M, B)
        True where the view of the sample exists; `columns` defaults to `rows`.
    """

    def __init__(self, rows: Array, columns: Array | None = None):
        self.rows, self.columns = rows, rows if columns is None else columns

    def compare(self, tile: Tile) -> Any:
        """Pairs of which both members exist."""
        xp = namespace(self.rows)
        a, b = tile.of_rows(self.rows), tile.of_columns(self.columns)
        return xp.reshape(a, (*a.shape, 1, 1)) & xp.reshape(b, (1, 1, *b.shape))

    def column_arrays(self) -> tuple[Array, ...]:
        """Which columns exist."""
        return (self.columns,)

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Other columns."""
        return Present(self.rows, arrays[0])


class NotTheMatch(Rule):
    """All pairs but a row with its match, where matches do not stand at the row's own place.

    Parameters
    ----------
    matches : integer array (B,)
        Sample among the columns, in the whole batch, that belongs to each row.
    """

    sided = True

    def __init__(self, matches: Array):
        self.matches = matches

    def compare(self, tile: Tile) -> Any:
        """Compare the columns with the matches of the rows."""
        matches = tile.of_rows(self.matches)
        return namespace(matches).reshape(matches, (1, -1, 1, 1)) != tile.indices()[1]


class Cutoff(Rule):
    """Pairs whose score is at most the threshold of their anchor; with ``~``, those above it.

    The scores are those that a statistic is taken of. Anchors are the rows, or the columns. A
    reading of both sides has one rule for each: ``Reading(..., pairs=Cutoff(rows=t),
    column_pairs=Cutoff(columns=t))``, which a symmetric matrix needs as well. A score
    that should be level with its threshold may be rounded to either side of it. A nan counts, so
    that it shows.

    Parameters
    ----------
    rows, columns : array (B,) or (M, B), optional
        Thresholds; with both a score must be at most either.
    of_companion : bool, default False
        Whether the scores are those of the companion of the matrix.
    """

    sided = True

    def __init__(
        self,
        rows: Array | None = None,
        columns: Array | None = None,
        of_companion: bool = False,
    ):
        if rows is None and columns is None:
            raise TypeError("Cutoff: needs thresholds of the rows or of the columns, got neither")
        self.rows, self.columns, self.of_companion = rows, columns, of_companion
        self.sees_scores = not of_companion

    def compare(self, tile: Tile) -> Any:
        """Compare the scores of the tile."""
        selected: Any = ALL
        scores = tile.companion if self.of_companion else tile.scores
        if self.rows is not None:
            bound = tile.of_rows(self.rows)
            shape = (-1, tile.shape[1], 1, 1)
            selected = ~(scores > namespace(bound).reshape(bound, shape))
        if self.columns is not None:
            bound = tile.of_columns(self.columns)
            shape = (1, 1, -1, tile.shape[3])
            below = ~(scores > namespace(bound).reshape(bound, shape))
            selected = below if selected is ALL else selected & below
        return selected

    def column_arrays(self) -> tuple[Array, ...]:
        """Thresholds of the columns."""
        return () if self.columns is None else (self.columns,)

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Other thresholds."""
        return Cutoff(self.rows, arrays[0] if arrays else None, self.of_companion)


class LogWeights(Rule):
    """All pairs, with the logarithm of a weight added to each score; 0 weighs as -inf does.

    Parameters
    ----------
    table : array (rows, columns)
        One number a pair of samples. It must be symmetric where the matrix is. Where ranks
        share a batch: the rows of this rank by the columns of all.
    """

    weighs = True

    def __init__(self, table: Array):
        self.table = table

    def known(self, tile: Tile) -> Count | None:
        """Every pair."""
        return ALL

    def log_weights(self, tile: Tile) -> Array | None:
        """Cut the tile out of the table."""
        return _cut(self.table, tile)


class LogWeightsOf(LogWeights):
    """The same, computed for each tile from what is known of its rows and of its columns.

    Parameters
    ----------
    function : callable
        From entries of the rows (..., 1, n, 1, 1) and of the columns (..., 1, 1, 1, m) to numbers
        that broadcast against (1, n, 1, m). Symmetric where the matrix is.
    rows, columns : array (..., B)
        What is known of each sample; `columns` defaults to `rows`.
    """

    def __init__(
        self, function: Callable[[Array, Array], Array], rows: Array, columns: Array | None = None
    ):
        self.function, self.rows = function, rows
        self.columns = rows if columns is None else columns

    def log_weights(self, tile: Tile) -> Array | None:
        """Compute those of the tile."""
        a, b = tile.of_rows(self.rows), tile.of_columns(self.columns)
        reshape = namespace(a).reshape
        a = reshape(a, (*a.shape[:-1], 1, a.shape[-1], 1, 1))
        return self.function(a, reshape(b, (*b.shape[:-1], 1, 1, 1, b.shape[-1])))

    def column_arrays(self) -> tuple[Array, ...]:
        """What is known of the columns."""
        return (self.columns,)

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Other columns."""
        return LogWeightsOf(self.function, self.rows, arrays[0])


def _in_sight(labels: Array) -> bool:
    """Whether labels can be read at no cost."""
    return is_numpy(namespace(labels))


def _cut(table: Array, tile: Tile) -> Array:
    """Part of a table (rows of this rank, columns of all) that belongs to a tile."""
    rows, start = tile.of_rows(table, axis=0), tile.starts[1]
    if isinstance(start, int) and start == 0:
        part = tile.of_columns(rows, axis=1)
    else:  # columns of another rank, by their place in the whole batch
        xp, where = namespace(rows), device(rows)
        columns = xp.arange(tile.j0, tile.j1, dtype=xp.int32, device=where) + start
        part = xp.take(rows, columns, axis=1)
    return namespace(part).reshape(part, (1, tile.shape[1], 1, tile.shape[3]))
