"""Gradients of a matrix's rows and columns, gathered tile by tile."""

from typing import TYPE_CHECKING, Any

from polycontrast.arrays import (
    Array,
    Multiplier,
    Namespace,
    is_numpy,
    loaded,
    namespace,
    room_for,
    transpose,
)
from polycontrast.similarity.partition import Partition
from polycontrast.similarity.pulled import Pulled
from polycontrast.similarity.statistics import Statistic
from polycontrast.similarity.walk import BlockSums

if TYPE_CHECKING:
    from polycontrast.similarity.matrix import Similarity


class Gradients:
    """Running sums of what the tiles give to each block of rows and of columns.

    Cotangents come times the scale, so that the operands here are plain rows and columns.

    Parameters
    ----------
    matrix : Similarity
    only_rows : bool, default False
        Whether the gradients of the columns are of no interest.
    """

    def __init__(self, matrix: "Similarity", only_rows: bool = False):
        self.matrix, self.only_rows = matrix, only_rows
        multiplier = matrix.body.multiplier
        x = multiplier.operand(matrix.x)
        y = x if matrix.symmetric else multiplier.operand(matrix.y)
        self.left, self.right = matrix.row_blocks.cut(x), matrix.column_blocks.cut(y)
        rows, columns = matrix.row_blocks, matrix.column_blocks
        # Where rows meet themselves both sides add to one gradient.
        self.gx = _Blocks(rows, matrix.x, multiplier)
        self.gy = self.gx if matrix.symmetric else _Blocks(columns, matrix.y, multiplier)
        self.row_sums = BlockSums(len(rows))
        self.column_sums = self.row_sums if matrix.symmetric else BlockSums(len(columns))

    def add(self, i: int, j: int, weights: Array, on_rows: Array, on_columns: Array) -> None:
        """Add what one tile's dL/dproducts give, and sums along its rows and columns."""
        xp, sums = self.matrix.xp, self.matrix.sums
        weights = self.matrix.body.multiplier.operand(weights)
        self.gx.add_product(i, weights, self.right[j])
        if sums:
            self.row_sums.add(i, _summed(xp, on_rows, 1))
        if self.only_rows or (self.matrix.symmetric and i == j):
            return
        self.gy.add_product(j, transpose(weights), self.left[i])
        if sums:
            self.column_sums.add(j, _summed(xp, on_columns, 0))

    def pulled(self) -> Pulled:
        """All blocks together."""
        matrix, depth = self.matrix, self.matrix.x.shape[2]
        rows, columns = matrix.row_blocks, matrix.column_blocks
        two_sided = not matrix.symmetric and not self.only_rows
        y = on_rows = on_columns = None
        if two_sided:
            y = self.gy.joined((*matrix.y_shape, depth))
        if matrix.sums:  # offsets are not scaled
            on_rows = rows.join(self.row_sums.parts, matrix.shape) / matrix.scale
            if two_sided:
                on_columns = columns.join(self.column_sums.parts, matrix.column_shape)
                on_columns = on_columns / matrix.scale
        return Pulled(self.gx.joined((*matrix.shape, depth)), y, on_rows, on_columns)


def _summed(xp: Namespace, t: Array, axis: int) -> Array:
    """Sums along an axis of a tile, unless its body has taken them."""
    return t if t.ndim == 1 else xp.sum(t, axis=axis)


class _Blocks(BlockSums):
    """Gradients of an array (views, samples, depth), by blocks of samples.

    Those of a single view lie in one array from the start, where NumPy can write them there.
    """

    def __init__(self, blocks: Partition, like: Array, multiplier: Multiplier):
        self.blocks, self.whole = blocks, None
        places = None
        if like.shape[0] == 1 and is_numpy(namespace(like)):
            self.whole = room_for(like)
            places = [loaded(self.whole)[0, a:b] for a, b in blocks.bounds]
        super().__init__(len(blocks), places, multiplier)

    def joined(self, shape: tuple[int, ...]) -> Array:
        """All blocks as one array of that shape."""
        if self.whole is not None:
            return namespace(self.whole).reshape(self.whole, shape)
        return self.blocks.join(self.parts, shape)


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
