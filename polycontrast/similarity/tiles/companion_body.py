"""The arithmetic of a tile whose statistic reads the scores of a companion beside its own."""

from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, Multiplier
from polycontrast.similarity.matrix import Matrix
from polycontrast.similarity.statistics import Statistic
from polycontrast.similarity.tiles.tile import Tile
from polycontrast.similarity.tiles.tile_body import TileBody


class CompanionBody(TileBody):
    """`TileBody` of two tiles: the statistic prepares, reduces and weighs both at once.

    Parameters
    ----------
    matrix : Matrix
        With a companion, and without a score.
    statistic : Statistic
        It `reads_companion`: ``prepare(scores, others)`` takes both, and `weigh` returns dL/dscores
        of both, the second one None where the companion is held.
    multiplier : Multiplier
    """

    tiles = 2

    def __init__(self, matrix: Matrix, statistic: Statistic, multiplier: Multiplier):
        if matrix.score is not None or matrix.companion is None or matrix.symmetric:
            text = "needs a companion, two sides and no score"
            raise TypeError(f"{type(statistic).__name__}: {text}")
        super().__init__(matrix, statistic, multiplier)
        own = matrix.scale
        self.ratio = None if matrix.companion.scale is None else matrix.companion.scale / own
        """What turns a cotangent times the scale of the matrix into one times that of the other."""

    def states(
        self, x: Array, y: Array, tile: Tile, columns: bool, out: Array | None = None
    ) -> tuple[Any, Any, Any]:
        """States of the rows and (None if not needed) the columns, and both tiles."""
        both = self._both(x, y, tile, out, kept=out is not None)
        prepared = self.statistic.prepare(*both)
        of_rows = self.statistic.reduce(prepared, 1)
        return of_rows, self.statistic.reduce(prepared, 0) if columns else None, both

    def weights(
        self, x: Array, y: Array, tile: Tile, kept: Any, u: Any, v: Any
    ) -> tuple[Array, ...]:
        """dL/dproducts, and last that of the companion, of which a common scale was taken out."""
        both = self._both(x, y, tile) if kept is None else kept
        factors = (u,) if v is None else (u, v)
        own, other = self.statistic.weigh(self.statistic.prepare(*both), factors)
        if other is not None and self.ratio is not None:
            other = arrays.multiply_(other, self.ratio)
        return own, own, own, other

    def _both(
        self, x: Array, y: Array, tile: Tile, out: Array | None = None, kept: bool = False
    ) -> tuple[Array, Array]:
        """Scores of the matrix and of the companion, -inf for pairs that do not count."""
        tile = self.accompanied(tile, kept)
        scores, _ = self.scores(self.products(x, y, tile, out), tile)
        others = self.xp.reshape(tile.companion, tuple(scores.shape))
        return scores, self._masked(others, tile)
