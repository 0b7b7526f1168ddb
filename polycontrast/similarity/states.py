"""What the first walk over a matrix leaves: states of its blocks, and tiles that are kept."""

import math
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any

from polycontrast.arrays import Array, block, is_numpy

if TYPE_CHECKING:
    from polycontrast.similarity.matrix import Similarity


class States:
    """State of each block of rows, and of columns.

    Parameters
    ----------
    matrix : Similarity
    merge : callable
        From two states to one, as in `Statistic`.
    columns : bool
        Whether those of the columns are wanted. Where rows meet themselves they are those of rows.
    """

    def __init__(
        self,
        matrix: "Similarity",
        merge: Callable[[Any, Any], Any],
        columns: bool,
    ):
        self.merge = merge
        self.symmetric, self.wanted = matrix.symmetric, columns
        self.rows: list[Any] = [None] * len(matrix.row_blocks)
        self.columns = self.rows if self.symmetric else [None] * len(matrix.column_blocks)

    def wants_columns(self, i: int, j: int) -> bool:
        """Whether states of the columns are wanted of a tile."""
        return self.wanted or (self.symmetric and i != j)

    def add(self, i: int, j: int, of_rows: Any, of_columns: Any) -> None:
        """Add what a tile gave to its rows, and to its columns if that was wanted."""
        self._add(self.rows, i, of_rows)
        if self.wants_columns(i, j):
            self._add(self.columns, j, of_columns)

    def _add(self, states: list[Any], k: int, state: Any) -> None:
        states[k] = state if states[k] is None else self.merge(states[k], state)


class KeptTiles:
    """Tiles that are kept for the gradient.

    NumPy's lie in one block, outside of the memory of temporaries; the pages of one block cost less
    to get than those of many arrays.

    Parameters
    ----------
    matrix : Similarity
    """

    def __init__(self, matrix: "Similarity"):
        self.tiles: dict[tuple[int, int], Array] = {}
        self.keep = matrix.plan.keep
        self.memory: Array | None = None
        if self.keep and is_numpy(matrix.xp):
            self.order = {tile: k for k, tile in enumerate(chain.from_iterable(matrix.tiles()))}
            self.size = math.prod(matrix.plan.tile) * math.prod(matrix.plan.views)
            self.memory = block(len(self.order) * self.size, matrix.x.dtype)

    def place(self, i: int, j: int, rows: int, columns: int) -> Array | None:
        """Where a tile of so many rows and columns is to be made; None for memory of its own."""
        if self.memory is None:
            return None
        start = self.order[i, j] * self.size
        return self.memory[start : start + rows * columns].reshape(rows, columns)

    def put(self, i: int, j: int, tile: Array) -> None:
        """Keep a tile if tiles are kept."""
        if self.keep:
            self.tiles[i, j] = tile

    def get(self, i: int, j: int) -> Array | None:
        """Return a kept tile, or None."""
        return self.tiles.get((i, j))
