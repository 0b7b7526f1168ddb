"""A matrix ready to be walked: its plan, its blocks, and the arithmetic of its tiles."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import Settings
from polycontrast.similarity.matrix import Matrix, MatrixGradients
from polycontrast.similarity.statistics import Statistic
from polycontrast.similarity.tiles.fused_body import tile_body
from polycontrast.similarity.tiles.plan import made_at_once, make_plan
from polycontrast.similarity.tiles.tile import Tile
from polycontrast.similarity.walks.blocks import (
    BlockSums,
    GradientBlocks,
    KeptTiles,
    MadeBlocks,
    Partition,
    States,
    empty_state,
    mapped,
)
from polycontrast.similarity.walks.threads import rounds

Side = tuple[Any, Any]
"""A statistic of the rows or of the columns, and its cotangent."""


class Job:
    """One statistic of one matrix, to be computed with one plan.

    Parameters
    ----------
    matrix : Matrix
    statistic : Statistic
    settings : Settings
    what : str
        Name of the matrix in a printed plan.
    """

    def __init__(
        self,
        matrix: Matrix,
        statistic: Statistic,
        settings: Settings,
        what: str,
    ):
        self.matrix, self.what, other = matrix, what, matrix.companion
        multiplier = arrays.multiplier(matrix.like, settings.precision)
        self.body = tile_body(matrix, statistic, multiplier)
        threads = arrays.is_on_threads(matrix.xp)
        self.plan = make_plan(
            what,
            rows=matrix.samples[0],
            columns=matrix.samples[1],
            views=matrix.views,
            depth=matrix.x.shape[2],
            itemsize=matrix.xp.finfo(matrix.like.dtype).bits // 8 * self.body.tiles,
            settings=settings,
            symmetric=matrix.symmetric,
            held_columns=matrix.held_columns,
            threads=threads,
            accelerator=arrays.on_accelerator(matrix.like),
            beside=0 if other is None else other.depth,
            pulled=0 if other is None or other.held else other.depth,
            keeps=matrix.score is None or matrix.score.keeps,
            small=self.body.small,
        )
        self.body.keeps = self.plan.keep
        self.row_blocks = Partition(self.plan.rows, self.plan.tile[0])
        self.column_blocks = Partition(self.plan.columns, self.plan.tile[1])
        self.several = len(self.row_blocks) * len(self.column_blocks) > 1
        """True where there is more than one tile."""
        self.workers = self.plan.workers if threads and self.several else None
        """Threads that share the tiles; None for a plain loop."""

    def make_at_once(self) -> None:
        """Plan value and gradients in one pass, which keeps no tile."""
        self.plan = made_at_once(self.plan)
        self.body.keeps = False

    def operands(self) -> tuple[Sequence[Array], Sequence[Array]]:
        """Blocks of rows, times the scale, and blocks of columns, each one matrix of operands.

        They are made again in each pass: O(B D) of work in place of O(B D) of memory.
        """
        matrix = self.matrix
        of_rows, of_columns = matrix.scales()
        rows = self.cut(self.row_blocks, matrix.x, of_rows)
        same = matrix.symmetric and not self._makes_blocks
        return rows, rows if same else self.cut(self.column_blocks, matrix.y, of_columns)

    @property
    def _makes_blocks(self) -> bool:
        """True where blocks of operands are made when they are used."""
        sides = self.matrix.x, self.matrix.y
        apart = any(isinstance(t, arrays.UnitRows) for t in sides)
        return self.body.multiplier.rounds or apart

    def cut(self, blocks: Partition, t: Any, scale: Array | None = None) -> Sequence[Array]:
        """Blocks of operands of an array."""
        multiplier = self.body.multiplier
        if self._makes_blocks:
            return MadeBlocks(blocks, t, multiplier, scale, self.matrix.symmetric)
        return blocks.scaled(multiplier.operand(t), scale)

    def tiles(self) -> Iterator[list[tuple[int, int]]]:
        """Rounds of tiles, in the order of a walk."""
        return rounds(len(self.row_blocks), len(self.column_blocks), self.matrix.symmetric)

    def tile(self, i: int, j: int, like: Array) -> Tile:
        """Tile of a block of rows and a block of columns."""
        return self.matrix.tile(self.row_blocks[i], self.column_blocks[j], like)

    def skips(self, i: int, j: int) -> bool:
        """Whether a tile is known to hold no pair that counts."""
        return self.body.is_empty(self.tile(i, j, self.matrix.like))

    def states(self, columns: bool) -> States:
        """Empty states of all blocks."""
        rows, across = len(self.row_blocks), len(self.column_blocks)
        return States(rows, across, self.body.merge, self.matrix.symmetric, columns)

    def fill(self, states: States) -> None:
        """Give blocks of which every tile was skipped the state of rows without a pair."""
        views = self.matrix.row_views, self.matrix.column_views

        def empty(block: tuple[int, int], views: int) -> Any:
            return empty_state(self.body.statistic, views * (block[1] - block[0]), self.matrix.like)

        states.fill("rows", lambda k: empty(self.row_blocks[k], views[0]))
        if states.of_columns:
            states.fill("columns", lambda k: empty(self.column_blocks[k], views[1]))

    def kept_tiles(self) -> KeptTiles:
        """An empty store for tiles."""
        size = math.prod(self.plan.tile) * math.prod(self.plan.views)
        return KeptTiles(self.plan.keep, self.tiles(), size, self.matrix.like)

    def statistics(self, states: States, columns: bool) -> tuple[Any, Any]:
        """Finished statistics of the rows and, with ``columns=True``, of the columns."""
        finish, matrix = self.body.finish, self.matrix
        rows = self.row_blocks.join_trees([finish(t) for t in states.rows], matrix.shape)
        if not columns:
            return rows, None
        found = [finish(t) for t in states.columns]
        return rows, self.column_blocks.join_trees(found, matrix.column_shape)

    def factors(self, rows: Side, columns: Side) -> tuple[list[Any], list[Any]]:
        """Factors of the blocks of rows and of columns, times the scale."""
        u = self._factors(rows, self.row_blocks, True)
        if self.matrix.symmetric:
            return u, self._factors(rows, self.row_blocks, False)
        if columns[1] is None:
            return u, [None] * len(self.column_blocks)
        return u, self._factors(columns, self.column_blocks, False)

    def _factors(self, side: Side, blocks: Partition, rows: bool) -> list[Any]:
        """Factors of each block, shaped to broadcast against a tile."""
        finished, g = side
        scale = self.matrix.scale

        def cut(t: Array) -> list[Array]:
            parts = blocks.cut(t if t.ndim == 2 else t[None, :])
            return [part[:, None] if rows else part[None, :] for part in parts]

        factors = mapped(cut, self.body.factors(mapped(lambda t: t * scale, g), finished))
        return _by_block(factors, len(blocks))

    def gradients(
        self, operands: tuple[Sequence[Array], Sequence[Array]], only_rows: bool = False
    ) -> "Gradients":
        """Empty sums for the gradients."""
        return Gradients(self, self.matrix, only_rows or self.matrix.held_columns, operands)


def _by_block(factors: Any, count: int) -> list[Any]:
    """From a tree of lists with an item per block to a list with a tree per block."""
    if isinstance(factors, list):
        return factors
    if factors is None:
        return [None] * count
    return list(zip(*(_by_block(part, count) for part in factors), strict=True))


class Gradients:
    """Running sums of the tiles' gradients, for each block of rows and of columns.

    The caller has already multiplied the cotangents by the scale, so the operands here are plain
    rows and columns.

    Parameters
    ----------
    job : Job
    matrix : Matrix
        That of the job, or its companion.
    only_rows : bool
        Whether the gradients of the columns are not needed.
    operands : (blocks of rows, blocks of columns), optional
        Those of `Job.operands`. The side without the scale is not cut again.
    """

    def __init__(
        self,
        job: Job,
        matrix: Matrix,
        only_rows: bool,
        operands: tuple[Sequence[Array], Sequence[Array]] | None = None,
    ):
        multiplier = job.body.multiplier
        self.matrix, self.only_rows = matrix, only_rows
        self.operand = multiplier.operand
        rows, columns = job.row_blocks, job.column_blocks
        self.left, self.right = operands or ((), ())
        if matrix.scales_rows or operands is None:
            self.left = job.cut(rows, matrix.x)
        if matrix.symmetric:
            self.right = self.left
        elif not matrix.scales_rows or operands is None:
            self.right = job.cut(columns, matrix.y)
        # In a symmetric matrix both sides add to one gradient.
        self.gx = GradientBlocks(rows, matrix.like, multiplier)
        self.gy = self.gx
        if not matrix.symmetric:
            self.gy = GradientBlocks(columns, arrays.prototype(matrix.y), multiplier)
        self.row_sums = BlockSums(rows, matrix.like)
        self.column_sums = self.row_sums if matrix.symmetric else BlockSums(columns, matrix.like)
        pulled = matrix.pulled_companion()
        self.companion = None if pulled is None else Gradients(job, pulled, only_rows)

    def add(
        self,
        i: int,
        j: int,
        weights: Array,
        on_rows: Array,
        on_columns: Array,
        of_companion: Array = None,
    ) -> None:
        """Add the gradients of one tile's dL/dproducts, and sums along its rows and columns."""
        has_sums = self.matrix.has_sums
        if self.companion is not None:
            self.companion.add(i, j, of_companion, None, None)
        weights = self.operand(weights)
        self.gx.add_product(i, weights, self.right[j])
        if has_sums:
            self.row_sums.add(i, summed(on_rows, 1))
        if self.only_rows or (self.matrix.symmetric and i == j):
            return
        self.gy.add_product(j, arrays.transpose(weights), self.left[i])
        if has_sums:
            self.column_sums.add(j, summed(on_columns, 0))

    def joined(self) -> MatrixGradients:
        """All blocks together."""
        self.left = self.right = ()  # operands make room for the result
        matrix, depth = self.matrix, self.matrix.x.shape[2]
        two_sided = not matrix.symmetric and not self.only_rows
        y = on_rows = on_columns = None
        if two_sided:
            y = self.gy.joined((*matrix.y_shape, depth))
        if matrix.has_sums:  # offsets are not scaled
            on_rows = self.row_sums.joined(matrix.shape) / matrix.scale
            if two_sided:
                on_columns = self.column_sums.joined(matrix.column_shape) / matrix.scale
        x = self.gx.joined((*matrix.x_shape, depth))
        companion = None if self.companion is None else self.companion.joined()
        return MatrixGradients(x, y, on_rows, on_columns, companion)


def summed(t: Array, axis: int) -> Array:
    """Sums along an axis of a tile, unless its body has taken them."""
    return t if t.ndim == 1 else arrays.sums(t, axis)
