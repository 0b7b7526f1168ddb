"""What is computed for one tile; every driver of a walk calls this."""

from collections.abc import Callable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, Multiplier, Namespace
from polycontrast.similarity.pairs import Rule, Tile
from polycontrast.similarity.scores import Score
from polycontrast.similarity.statistics import Statistic, Sum


class TileBody:
    """From blocks of rows and columns to scores, and from factors to dL/dproducts.

    Parameters
    ----------
    xp : namespace
    pairs, offsets, score
        As in `Similarity`.
    multiplier : Multiplier
        What makes products.
    """

    looks = True
    """Whether a look at the largest score may save work; it waits for what a device has to do."""

    def __init__(
        self,
        xp: Namespace,
        pairs: Rule,
        offsets: tuple[Array | None, Array | None] | None,
        score: Score | None,
        multiplier: Multiplier,
    ):
        self.xp, self.pairs, self.score = xp, pairs, score
        self.offsets = (None, None) if offsets is None else offsets
        self.multiplier = multiplier

    def prepare(
        self, statistic: Statistic, x: Array, y: Array, tile: Tile, out: Array | None = None
    ) -> tuple[Array, Array, Array]:
        """Prepared scores of a tile as its rows see them and as its columns do.

        With them what to keep for the gradient: a score cannot be undone, so what it was made of.
        It lies in `out` where that is given.
        """
        products = self.products(x, y, tile, out)
        row_scores, column_scores = self.scores(products, tile)
        rows = statistic.prepare(row_scores)
        columns = rows if column_scores is row_scores else statistic.prepare(column_scores)
        return rows, columns, rows if self.score is None else products

    def merge(self, statistic: Statistic) -> Callable[[Any, Any], Any]:
        """What merges states of a statistic."""
        return statistic.merge

    def states(
        self,
        statistic: Statistic,
        x: Array,
        y: Array,
        tile: Tile,
        columns: bool,
        out: Array | None = None,
    ) -> tuple[Any, Any, Array]:
        """States of a tile's rows and (None if not wanted) columns, and what to keep of it."""
        on_rows, on_columns, keep = self.prepare(statistic, x, y, tile, out)
        of_rows = statistic.reduce(on_rows, 1)
        return of_rows, statistic.reduce(on_columns, 0) if columns else None, keep

    def products(self, x: Array, y: Array, tile: Tile, out: Array | None = None) -> Array:
        """Inner products and what offsets add to them."""
        y, make = arrays.transpose(y), self.multiplier
        products = make.product(x, y) if out is None else make.added(None, x, y, out)
        of_rows, of_columns = self.offsets
        if of_rows is not None:
            products = arrays.add_(products, self.xp.reshape(tile.of_rows(of_rows), (-1, 1)))
        if of_columns is not None:
            products = arrays.add_(products, self.xp.reshape(tile.of_columns(of_columns), (1, -1)))
        return products

    def scores(self, products: Array, tile: Tile) -> tuple[Array, Array]:
        """Scores as rows see them and as columns do, -inf for pairs that do not count."""
        if self.score is None:
            masked = self._masked(products, tile)
            return masked, masked
        rows, columns = self.score.forward(products, tile)
        if self.score.collapses:
            tile = tile.collapsed()
        masked = self._masked(rows, tile)
        return masked, masked if columns is rows else self._masked(columns, tile)

    def _masked(self, scores: Array, tile: Tile) -> Array:
        return self.pairs.exclude_(scores, tile)

    def values_and_weights(
        self,
        statistic: Sum,
        x: Array,
        y: Array,
        tile: Tile,
        columns: bool,
        u: Any,
        v: Any,
    ) -> tuple[Array, Array | None, tuple[Array, Array, Array]]:
        """States of a sum over a tile's rows and (None if not wanted) columns.

        With them what `weights` returns: all of one product.
        """
        products = self.products(x, y, tile)
        rows, others = self.scores(products, tile)
        if self.score is not None and others is not rows:
            of_rows, _, row_slopes = statistic.visit(rows, False)
            _, of_columns, column_slopes = statistic.visit(others, True)
            seen = arrays.multiplied(row_slopes, u), arrays.multiplied(column_slopes, v)
            pulled = self.score.pull(products, seen, tile)
            return of_rows, of_columns if columns else None, pulled
        of_rows, of_columns, slopes = statistic.visit(rows, columns)
        weights = arrays.multiply_(slopes, u if v is None else arrays.added(u, v))
        if self.score is None:
            return of_rows, of_columns, (weights, weights, weights)
        return of_rows, of_columns, self.score.pull(products, (weights,), tile)

    def weights(
        self,
        statistic: Statistic,
        x: Array,
        y: Array,
        tile: Tile,
        kept: Array | None,
        u: Any,
        v: Any,
    ) -> tuple[Array, Array, Array]:
        """dL/dproducts of a tile, of both triangles together where rows meet themselves.

        With it what is summed along its rows and along its columns, or these sums.
        """
        factors = (u,) if v is None else (u, v)
        if self.score is None:
            if kept is None:
                scores, _ = self.scores(self.products(x, y, tile), tile)
                kept = statistic.prepare(scores)
            weights = statistic.weigh(kept, factors)
            return weights, weights, weights
        products = self.products(x, y, tile) if kept is None else kept
        rows, columns = self.scores(products, tile)
        if columns is rows:
            seen = (statistic.weigh(statistic.prepare(rows), factors),)
        else:
            prepared = statistic.prepare(rows), statistic.prepare(columns)
            seen = tuple(statistic.weigh(t, (f,)) for t, f in zip(prepared, factors, strict=True))
        return self.score.pull(products, seen, tile)
