"""Rules for the pairs that count, evaluated for a tile from its indices.

For the tile of samples ``i0:i1`` against samples ``j0:j1`` a rule returns one of three things:
`ALL` (every pair counts), `NONE` (no pair counts: the tile is skipped), or an array of booleans
with the axes (row views, rows, column views, columns), 1 where it does not vary.

This file has the rules that need only indices, and the combinations of rules. `held_pairs` has the
rules that hold arrays of rows and columns.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import replace
from enum import Enum
from typing import Any

from polycontrast.arrays import Array, add_, device, fill_, fill_diagonals_, namespace
from polycontrast.similarity.tiles.tile import Tile


class Count(Enum):
    """Answers that need no array."""

    ALL = "all"
    NONE = "none"


ALL, NONE = Count.ALL, Count.NONE


class Rule:
    """A set of pairs. Rules combine with ``&``, ``|`` and ``~``.

    A rule may hold arrays of its rows and columns, and cuts them by the indices of a tile
    (``i0:i1``, ``j0:j1``). Ranks that share a batch exchange the arrays of the columns
    (`column_arrays`).
    """

    sees_scores = False
    """Whether it needs the scores of the tile, ``tile.scores``."""
    sided = False
    """Whether a pair may count for one member and not for the other. In a symmetric matrix
    such a rule is one of a `Reading`, which has another for the columns."""
    weighs = False
    """Whether it has `log_weights`."""

    def select(self, tile: Tile) -> Any:
        """Pairs of the tile that count: what is known of them, else what a comparison finds."""
        found = self.known(tile)
        return self.compare(tile) if found is None else found

    def compare(self, tile: Tile) -> Any:
        """Pairs of a tile of which nothing is known."""
        raise NotImplementedError(f"{type(self).__name__}: must define `compare` or `select`")

    def known(self, tile: Tile) -> Count | None:
        """The answer where it is known without an array; tiles that are known as NONE are skipped.

        None where it is not known.
        """
        return None

    def log_weights(self, tile: Tile) -> Array | None:
        """Numbers to add to the scores of the tile, with the axes of a selection; None for none."""
        return None

    def exclude_(self, scores: Array, tile: Tile) -> Array:
        """Scores of a tile, a temporary, with log-weights, and -inf where pairs do not count."""
        if self.sees_scores:
            tile = replace(tile, scores=namespace(scores).reshape(scores, tile.shape))
        selected = tile.select(self)
        if selected is ALL and not self.weighs:
            return scores
        xp, shape = namespace(scores), tuple(scores.shape)
        if selected is NONE:
            return xp.full_like(scores, -math.inf)
        if selected is not ALL:
            scores = fill_(xp.reshape(scores, tile.shape), ~selected, -math.inf)
        if self.weighs:
            scores = add_(xp.reshape(scores, tile.shape), self.log_weights(tile))
        return xp.reshape(scores, shape)

    def column_arrays(self) -> tuple[Array, ...]:
        """Arrays that the rule holds of its columns; their last axis is that of the samples."""
        return ()

    def with_columns(self, arrays: tuple[Array, ...]) -> "Rule":
        """Return the same rule for other columns."""
        return self

    def __and__(self, other: "Rule") -> "Rule":
        return Both(self, other)

    def __or__(self, other: "Rule") -> "Rule":
        return Either(self, other)

    def __invert__(self) -> "Rule":
        return Not(self)


class Every(Rule):
    """All pairs."""

    def known(self, tile: Tile) -> Count | None:
        """Every pair."""
        return ALL


class OtherRows(Rule):
    """All pairs but a row with itself: same view, same sample."""

    def known(self, tile: Tile) -> Count | None:
        """All pairs, away from the diagonal."""
        return None if tile.holds_diagonal else ALL

    def compare(self, tile: Tile) -> Any:
        """Exclude the same view of the same sample."""
        return OtherViews().compare(tile) | OtherSamples().compare(tile)


class OtherSamples(Rule):
    """Pairs of different samples, whatever their views."""

    def known(self, tile: Tile) -> Count | None:
        """All pairs, away from the diagonal."""
        return None if tile.holds_diagonal else ALL

    def compare(self, tile: Tile) -> Any:
        """Exclude the same sample."""
        i, j = tile.indices()
        return i != j

    def exclude_(self, scores: Array, tile: Tile) -> Array:
        """Write on the diagonals alone, where that can be done."""
        diagonal = tile.diagonal
        if diagonal is not None:
            row, column, count = diagonal
            filled = fill_diagonals_(scores, tile.shape, -math.inf, (row, column), count)
            if filled is not None:
                return filled
        return super().exclude_(scores, tile)


class SameSample(Rule):
    """Pairs of rows of one sample, whatever their views; a row with itself is one of them."""

    def known(self, tile: Tile) -> Count | None:
        """No pair, away from the diagonal."""
        return None if tile.holds_diagonal else NONE

    def compare(self, tile: Tile) -> Any:
        """Compare the samples of the tile."""
        i, j = tile.indices()
        return i == j


class OtherViews(Rule):
    """Pairs of different views, whatever their samples."""

    def compare(self, tile: Tile) -> Any:
        """Exclude the same view."""
        xp, where = namespace(tile.like), device(tile.like)
        a = xp.arange(tile.views[0], dtype=xp.int32, device=where)
        return xp.reshape(a, (-1, 1, 1, 1)) != xp.reshape(a, (1, 1, -1, 1))


class Groups(Rule):
    """Pairs within consecutive groups of equal size; tiles between groups are skipped.

    Parameters
    ----------
    size : int
        Samples in a group.
    """

    def __init__(self, size: int):
        self.size = size

    def known(self, tile: Tile) -> Count | None:
        """Compare the first and last groups of the tile."""
        if not (tile.known and all(isinstance(start, int) for start in tile.starts)):
            return None
        (i0, i1), (j0, j1) = tile.bounds
        first_i, last_i = i0 // self.size, (i1 - 1) // self.size
        first_j, last_j = j0 // self.size, (j1 - 1) // self.size
        if first_i > last_j or first_j > last_i:
            return NONE
        return ALL if first_i == last_i == first_j == last_j else None

    def compare(self, tile: Tile) -> Any:
        """Compare the groups of the tile."""
        i, j = tile.indices()
        return i // self.size == j // self.size


class Combined(Rule, ABC):
    """A rule made of others.

    Parameters
    ----------
    *parts : Rule
    """

    def __init__(self, *parts: Rule):
        self.parts = parts
        self.sees_scores = any(part.sees_scores for part in parts)
        self.sided = any(part.sided for part in parts)
        self.weighs = any(part.weighs for part in parts)

    def select(self, tile: Tile) -> Any:
        """Combine the selections."""
        return self._combined([part.select(tile) for part in self.parts])

    def known(self, tile: Tile) -> Count | None:
        """Combine what is known."""
        found = self._combined([part.known(tile) for part in self.parts])
        return found if isinstance(found, Count) else None

    @abstractmethod
    def _combined(self, answers: list[Any]) -> Any:
        """One answer; None, what is not known, stays None where it matters."""

    def column_arrays(self) -> tuple[Array, ...]:
        """Those of all parts."""
        return tuple(t for part in self.parts for t in part.column_arrays())

    def with_columns(self, arrays: tuple[Array, ...]) -> Rule:
        """Give each part its own."""
        moved = []
        for part in self.parts:
            count = len(part.column_arrays())
            moved.append(part.with_columns(arrays[:count]))
            arrays = arrays[count:]
        return type(self)(*moved)


class Both(Combined):
    """Pairs that two rules select; log-weights add."""

    def _combined(self, answers: list[Any]) -> Any:
        a, b = answers
        if a is NONE or b is NONE:
            return NONE
        if a is ALL or b is ALL:
            return b if a is ALL else a
        return None if a is None or b is None else a & b

    def log_weights(self, tile: Tile) -> Array | None:
        """Sum of those of both."""
        found = [t for t in (part.log_weights(tile) for part in self.parts) if t is not None]
        return sum(found[1:], found[0]) if found else None


class Unweighted(Combined):
    """A combination that has no meaning for log-weights."""

    def __init__(self, *parts: Rule):
        super().__init__(*parts)
        if self.weighs:
            raise TypeError("rules with log-weights combine with & only, got | or ~")


class Either(Unweighted):
    """Pairs that one of two rules selects, or both."""

    def _combined(self, answers: list[Any]) -> Any:
        a, b = answers
        if a is ALL or b is ALL:
            return ALL
        if a is NONE or b is NONE:
            return b if a is NONE else a
        return None if a is None or b is None else a | b


class Not(Unweighted):
    """Pairs that a rule does not select."""

    def _combined(self, answers: list[Any]) -> Any:
        (a,) = answers
        if isinstance(a, Count):
            return NONE if a is ALL else ALL
        return None if a is None else ~a
