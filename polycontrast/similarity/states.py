"""States of the blocks of a matrix, merged tile by tile."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from polycontrast.arrays import Array

if TYPE_CHECKING:
    from polycontrast.similarity.matrix import Similarity


class States:
    """State of each block of rows, and of columns.

    Parameters
    ----------
    matrix : Similarity
    reduce, merge : callable
        As in `Statistic`: from a prepared tile and an axis to a state, and from two states to one.
    columns : bool
        Whether those of the columns are wanted. Where rows meet themselves they are those of rows.
    """

    def __init__(
        self,
        matrix: "Similarity",
        reduce: Callable[[Array, int], Any],
        merge: Callable[[Any, Any], Any],
        columns: bool,
    ):
        self.reduce, self.merge = reduce, merge
        self.symmetric, self.wanted = matrix.symmetric, columns
        self.rows: list[Any] = [None] * len(matrix.row_blocks)
        self.columns = self.rows if self.symmetric else [None] * len(matrix.column_blocks)

    def add(self, i: int, j: int, of_rows: Array, of_columns: Array) -> None:
        """Add a tile, as its rows see it and as its columns do."""
        self._add(self.rows, i, of_rows, 1)
        if self.wanted or (self.symmetric and i != j):
            self._add(self.columns, j, of_columns, 0)

    def _add(self, states: list[Any], k: int, prepared: Array, axis: int) -> None:
        state = self.reduce(prepared, axis)
        states[k] = state if states[k] is None else self.merge(states[k], state)
