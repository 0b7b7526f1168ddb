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
        """Sums of a function over a tile's rows and (None if not wanted) columns.

        With them what `weights` returns: all of one product.
        """
        on_rows, on_columns, weights = self._values_and_weights(statistic, x, y, tile, u, v)
        of_rows = self.xp.sum(on_rows, axis=1)
        return of_rows, self.xp.sum(on_columns, axis=0) if columns else None, weights

    def _values_and_weights(
        self, statistic: Sum, x: Array, y: Array, tile: Tile, u: Any, v: Any
    ) -> tuple[Array, Array, tuple[Array, Array, Array]]:
        products = self.products(x, y, tile)
        rows, columns = self.scores(products, tile)
        values, slopes = statistic.both(rows)
        if self.score is not None and columns is not rows:
            column_values, column_slopes = statistic.both(columns)
            seen = arrays.multiplied(slopes, u), arrays.multiplied(column_slopes, v)
            return values, column_values, self.score.pull(products, seen, tile)
        factors = u if v is None else arrays.added(u, v)
        # Where the slopes are the values, these are still to be summed.
        multiply = arrays.multiplied if slopes is values else arrays.multiply_
        weights = multiply(slopes, factors)
        if self.score is None:
            return values, values, (weights, weights, weights)
        return values, values, self.score.pull(products, (weights,), tile)

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
