"""The arithmetic of one tile, which every walk calls."""

from dataclasses import replace
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, Multiplier
from polycontrast.similarity.matrix import Matrix
from polycontrast.similarity.rules.pairs import NONE
from polycontrast.similarity.statistics import Statistic
from polycontrast.similarity.tiles.plan import SMALL_BYTES, SMALL_BYTES_READ_OFTEN
from polycontrast.similarity.tiles.tile import Tile


class TileBody:
    """From blocks of rows and columns to a statistic of their scores, and to dL/dproducts.

    Parameters
    ----------
    matrix : Matrix
        The matrix of the tiles.
    statistic : Statistic
        The statistic to compute.
    multiplier : Multiplier
        Makes the products.
    """

    small = SMALL_BYTES
    """Bytes up to which a matrix is one tile."""
    keeps = False
    """Whether tiles are kept for the gradient, so that each needs memory of its own."""
    tiles = 1
    """How many are kept for the gradient of each tile of the matrix."""

    def __init__(self, matrix: Matrix, statistic: Statistic, multiplier: Multiplier):
        self.xp, self.pairs, self.score = matrix.xp, matrix.pairs, matrix.score
        if self.score is not None and self.score.collapses:
            self.small = SMALL_BYTES_READ_OFTEN
        self.offsets, self.companion = matrix.offsets, matrix.companion
        self.statistic: Any = statistic
        self.multiplier = multiplier
        self.merge, self.finish = statistic.merge, statistic.finish
        self.factors = statistic.factors

    def release(self) -> None:
        """Give back the memory that tiles of a pass have shared."""

    def of_shape(self, t: Array) -> Any:
        """A result of the statistic, with this array in place of each of its arrays."""
        return shaped(self.statistic, t)

    def is_empty(self, tile: Tile) -> bool:
        """True where it is known that no pair of a tile counts."""
        return self.pairs.known(tile) is NONE

    def prepare(
        self, x: Array, y: Array, tile: Tile, out: Array | None = None
    ) -> tuple[Array, Array, Array]:
        """Prepared scores of a tile for its rows and for its columns, and the array to keep.

        The gradient needs the products where there is a score, because a score cannot be undone;
        else prepared scores are enough. The kept array lies in `out` where that is given.
        """
        products = self.products(x, y, tile, out)
        row_scores, column_scores = self.scores(products, tile)
        rows = self.statistic.prepare(row_scores)
        columns = rows if column_scores is row_scores else self.statistic.prepare(column_scores)
        return rows, columns, rows if self.score is None else products

    def states(
        self,
        x: Array,
        y: Array,
        tile: Tile,
        columns: bool,
        out: Array | None = None,
    ) -> tuple[Any, Any, Array]:
        """States of a tile's rows and, with ``columns=True``, of its columns; the array to keep."""
        on_rows, on_columns, keep = self.prepare(x, y, tile, out)
        of_rows = self.statistic.reduce(on_rows, 1)
        return of_rows, self.statistic.reduce(on_columns, 0) if columns else None, keep

    def products(self, x: Array, y: Array, tile: Tile, out: Array | None = None) -> Array:
        """Inner products plus offsets."""
        y, make = arrays.transpose(y), self.multiplier
        products = make.product(x, y) if out is None else make.added(None, x, y, out)
        of_rows, of_columns = self.offsets
        if of_rows is not None:
            products = arrays.add_(products, self.xp.reshape(tile.of_rows(of_rows), (-1, 1)))
        if of_columns is not None:
            products = arrays.add_(products, self.xp.reshape(tile.of_columns(of_columns), (1, -1)))
        return products

    def scores(self, products: Array, tile: Tile) -> tuple[Array, Array]:
        """Scores for the rows and for the columns, -inf for pairs that do not count."""
        if self.score is None:
            masked = self._masked(products, tile)
            return masked, masked
        rows, columns = self.score.forward(products, tile)
        if self.score.collapses:
            tile = tile.collapsed(self.score.collapses_rows)
        masked = self._masked(rows, tile)
        return masked, masked if columns is rows else self._masked(columns, tile)

    def accompanied(self, tile: Tile, kept: bool = False) -> Tile:
        """The tile with the scores of the companion, if there is one; a temporary unless `kept`."""
        if self.companion is None or tile.companion is not None:
            return tile
        products = self.companion.products(tile, self.multiplier, kept)
        return replace(tile, companion=self.xp.reshape(products, tile.shape))

    def _masked(self, scores: Array, tile: Tile) -> Array:
        return self.pairs.exclude_(scores, self.accompanied(tile))

    def values_and_weights(
        self,
        x: Array,
        y: Array,
        tile: Tile,
        columns: bool,
        u: Any,
        v: Any,
    ) -> tuple[Array, Array | None, tuple[Array, Array, Array]]:
        """States of a sum over a tile's rows and, with ``columns=True``, columns; and its weights.

        The weights are those of `weights`. All of this takes one product.
        """
        products = self.products(x, y, tile)
        rows, others = self.scores(products, tile)
        if self.score is not None and others is not rows:
            of_rows, _, row_slopes = self.statistic.sums_and_slopes(rows, False)
            _, of_columns, column_slopes = self.statistic.sums_and_slopes(others, True)
            seen = arrays.multiplied(row_slopes, u), arrays.multiplied(column_slopes, v)
            pulled = self.score.pull(products, seen, tile)
            return of_rows, of_columns if columns else None, pulled
        of_rows, of_columns, slopes = self.statistic.sums_and_slopes(rows, columns)
        weights = arrays.multiply_(slopes, u if v is None else arrays.added(u, v))
        if self.score is None:
            return of_rows, of_columns, (weights, weights, weights)
        return of_rows, of_columns, self.score.pull(products, (weights,), tile)

    def weights(
        self,
        x: Array,
        y: Array,
        tile: Tile,
        kept: Array | None,
        u: Any,
        v: Any,
    ) -> tuple[Array, ...]:
        """dL/dproducts of a tile, of both triangles together where the matrix is symmetric.

        The second and the third array are to be summed along rows and along columns, or are such
        sums.
        """
        factors = (u,) if v is None else (u, v)
        if self.score is None:
            if kept is None:
                scores, _ = self.scores(self.products(x, y, tile), tile)
                kept = self.statistic.prepare(scores)
            weights = self.statistic.weigh(kept, factors)
            return weights, weights, weights
        products = self.products(x, y, tile) if kept is None else kept
        rows, columns = self.scores(products, tile)
        if columns is rows:
            seen = (self.statistic.weigh(self.statistic.prepare(rows), factors),)
        else:
            weigh, prepare = self.statistic.weigh, self.statistic.prepare
            sides = (rows, u), (columns, v)
            seen = tuple(weigh(prepare(scores), (factor,)) for scores, factor in sides)
        return self.score.pull(products, seen, tile)


def shaped(statistic: Statistic, t: Array) -> Any:
    """What a statistic finishes to, with arrays like this one: itself unless there are several."""
    several = getattr(statistic, "of_shape", None)
    return t if several is None else several(t)
