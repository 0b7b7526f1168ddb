"""What is computed for one tile where the arrays' library has kernels for it.

The statistics, their states and what is kept are those of `TileBody`; a kernel takes everything
elementwise in one pass. Weights are written over the scores, or in the dtype of the operands of the
product they go into.
"""

from collections.abc import Callable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, Multiplier, Namespace, softplus
from polycontrast.similarity.pairs import Rule, Tile
from polycontrast.similarity.scores import Score
from polycontrast.similarity.statistics import RunningExpSum, Statistic, Sum
from polycontrast.similarity.tile_body import TileBody


def tile_body(
    like: Array,
    pairs: Rule,
    offsets: tuple[Array | None, Array | None] | None,
    score: Score | None,
    multiplier: Multiplier,
) -> TileBody:
    """Body of the tiles of a matrix: fused where there are kernels and scores are inner products.

    Parameters
    ----------
    like : array
        Gives library and dtype.
    pairs, offsets, score, multiplier
        As in `TileBody`.
    """
    kernels, given = arrays.kernels(like), (arrays.namespace(like), pairs, offsets)
    if kernels is None or score is not None:
        return TileBody(*given, score, multiplier)
    return FusedBody(*given, multiplier, kernels)


class FusedBody(TileBody):
    """`TileBody` for scores that are inner products and offsets.

    Log-sum-exps always have running maxima: the pass is bound by memory, so they cost little, and
    nobody waits to hear how large the scores are.

    Parameters
    ----------
    xp, pairs, offsets, multiplier
        As in `TileBody`.
    kernels : module
        See `polycontrast.arrays.kernels`.
    """

    looks = False

    def __init__(
        self,
        xp: Namespace,
        pairs: Rule,
        offsets: tuple[Array | None, Array | None] | None,
        multiplier: Multiplier,
        kernels: Any,
    ):
        super().__init__(xp, pairs, offsets, None, multiplier)
        self.kernels = kernels

    def merge(self, statistic: Statistic) -> Callable[[Any, Any], Any]:
        """What merges states; those with maxima in one kernel."""
        running = type(statistic) is RunningExpSum
        return self.kernels.merged if running else statistic.merge

    def states(
        self,
        statistic: Statistic,
        x: Array,
        y: Array,
        tile: Tile,
        columns: bool,
        out: Array | None = None,
    ) -> tuple[Any, Any, Array]:
        """One pass over the products, which are what is kept."""
        function = self._function(statistic)
        if function is None:
            return super().states(statistic, x, y, tile, columns, out)
        scores, offsets = self._scores(x, y, tile), self._offsets(tile)
        if type(statistic) is RunningExpSum:
            return *self.kernels.peaks(scores, offsets, columns), scores
        found = self.kernels.visit(function, scores, offsets, values=(True, columns))
        return *found.values, scores

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
        """Sums of values, weights and sums of weights in one pass."""
        function = self._function(statistic)
        if function is None:
            return super().values_and_weights(statistic, x, y, tile, columns, u, v)
        scores = self._scores(x, y, tile)
        found = self.kernels.visit(
            function,
            scores,
            self._offsets(tile),
            factors=(u, v),
            weights=self._place(scores, False),
            values=(True, columns),
            sums=self._sums(),
        )
        return *found.values, (found.weights, *found.sums)

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
        """Weights, and their sums along rows and columns if there are offsets, in one pass."""
        function = self._function(statistic)
        if function is None:
            return super().weights(statistic, x, y, tile, kept, u, v)
        scores = self._scores(x, y, tile) if kept is None else kept
        factors, lse = (u, v), (None, None)
        if type(statistic) is RunningExpSum:
            (on_rows, row_lse), (on_columns, column_lse) = u, (None, None) if v is None else v
            factors, lse = (on_rows, on_columns), (row_lse, column_lse)
        found = self.kernels.visit(
            function,
            scores,
            self._offsets(tile),
            factors=factors,
            lse=lse,
            weights=self._place(scores, kept is not None),
            sums=self._sums(),
        )
        return found.weights, *found.sums

    def _function(self, statistic: Statistic) -> str | None:
        """Name of the kernels of a statistic; None where there are none."""
        if type(statistic) is RunningExpSum:
            return "softmax"
        known = {softplus: "softplus", self.xp.exp: "exponential"}
        return known.get(statistic.function) if type(statistic) is Sum else None

    def _scores(self, x: Array, y: Array, tile: Tile) -> Array:
        """Products, -inf where a pair does not count; offsets leave that as it is."""
        products = self.multiplier.product(x, arrays.transpose(y))
        return self._masked(products, tile)

    def _offsets(self, tile: Tile) -> tuple[Array | None, Array | None]:
        on_rows, on_columns = self.offsets
        return (
            None if on_rows is None else tile.of_rows(on_rows),
            None if on_columns is None else tile.of_columns(on_columns),
        )

    def _place(self, scores: Array, kept: bool) -> Array:
        """Where weights go."""
        if self.multiplier.rounds:
            return self.xp.empty(scores.shape, dtype=self.xp.uint16, device=arrays.device(scores))
        return self.xp.empty_like(scores) if kept else scores

    def _sums(self) -> tuple[bool, bool]:
        wanted = any(t is not None for t in self.offsets)
        return wanted, wanted
