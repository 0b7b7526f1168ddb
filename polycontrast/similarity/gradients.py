"""Gradients of a matrix's rows and columns, gathered tile by tile."""

from typing import TYPE_CHECKING, Any

from polycontrast.arrays import Array, transpose
from polycontrast.similarity.partition import Partition
from polycontrast.similarity.pulled import Pulled
from polycontrast.similarity.statistics import Statistic
from polycontrast.similarity.walk import BlockSums

if TYPE_CHECKING:
    from polycontrast.similarity.matrix import Similarity


class Gradients:
    """Running sums of what the tiles give to each block of rows and of columns.

    Parameters
    ----------
    matrix : Similarity
    left, right : list of array
        Its operands, one a block.
    only_rows : bool, default False
        Whether the gradients of the columns are of no interest.
    """

    def __init__(
        self, matrix: "Similarity", left: list[Array], right: list[Array], only_rows: bool = False
    ):
        self.matrix, self.right, self.only_rows = matrix, right, only_rows
        # Where rows meet themselves both sides add to one gradient; its scale comes at the end.
        self.partners = right if matrix.symmetric else left
        self.gx = BlockSums(len(left))
        self.gy = self.gx if matrix.symmetric else BlockSums(len(right))
        self.row_sums = BlockSums(len(left))
        self.column_sums = self.row_sums if matrix.symmetric else BlockSums(len(right))

    def add(self, i: int, j: int, weights: Array, on_rows: Array, on_columns: Array) -> None:
        """Add what one tile's dL/dproducts give, and sums along its rows and columns."""
        xp, sums = self.matrix.xp, self.matrix.sums
        self.gx.add(i, xp.matmul(weights, self.right[j]))
        if sums:
            self.row_sums.add(i, xp.sum(on_rows, axis=1))
        if self.only_rows or (self.matrix.symmetric and i == j):
            return
        self.gy.add(j, xp.matmul(transpose(weights), self.partners[i]))
        if sums:
            self.column_sums.add(j, xp.sum(on_columns, axis=0))

    def pulled(self) -> Pulled:
        """All blocks together."""
        matrix, depth = self.matrix, self.matrix.x.shape[2]
        rows, columns = matrix.row_blocks, matrix.column_blocks
        two_sided = not matrix.symmetric and not self.only_rows
        y = on_rows = on_columns = None
        if two_sided:
            y = columns.join(self.gy.parts, (*matrix.y_shape, depth))
        if matrix.sums:
            on_rows = rows.join(self.row_sums.parts, matrix.shape)
            if two_sided:
                on_columns = columns.join(self.column_sums.parts, matrix.column_shape)
        x = rows.join(self.gx.parts, (*matrix.shape, depth)) * matrix.scale
        return Pulled(x, y, on_rows, on_columns)


def factors_of_blocks(
    statistic: Statistic, finished: Array, g: Array, blocks: Partition, rows: bool
) -> list[Any]:
    """Factors of each block of rows or columns, shaped to meet a tile."""

    def cut(t: Array) -> list[Array]:
        parts = blocks.cut(t if t.ndim == 2 else t[None, :])
        return [part[:, None] if rows else part[None, :] for part in parts]

    factors = statistic.factors(g, finished)
    if isinstance(factors, tuple):
        return list(zip(*map(cut, factors), strict=True))
    return cut(factors)
