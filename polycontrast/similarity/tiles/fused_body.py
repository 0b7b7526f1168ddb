"""The arithmetic of one tile where the arrays' library has kernels for it.

Statistics and states are those of `TileBody`; kept tiles are products without offsets. A kernel
does everything elementwise in one pass, because passes over memory take most of the time. Weights
are written over the scores, or in the dtype of the operands of their product.
"""

from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, Multiplier
from polycontrast.similarity.matrix import Matrix
from polycontrast.similarity.statistics import RunningExpSum, Statistic, Sum
from polycontrast.similarity.tiles.companion_body import CompanionBody
from polycontrast.similarity.tiles.readings import Readings, ReadingsBody
from polycontrast.similarity.tiles.tile import Tile
from polycontrast.similarity.tiles.tile_body import TileBody


def tile_body(matrix: Matrix, statistic: Statistic, multiplier: Multiplier) -> TileBody:
    """Body of a matrix's tiles: fused where there is a kernel for the statistic."""
    if isinstance(statistic, Readings):
        return ReadingsBody(matrix, statistic, multiplier)
    if getattr(statistic, "reads_companion", False):
        return CompanionBody(matrix, statistic, multiplier)
    kernels = arrays.kernels(matrix.like)
    if kernels is None:
        return TileBody(matrix, statistic, multiplier)
    function = _kernel_function(statistic)
    unknown = matrix.score is not None or matrix.pairs.sees_scores  # kernels add offsets later
    if function not in kernels.FUNCTIONS or unknown:
        return TileBody(matrix, statistic, multiplier)
    return FusedBody(matrix, statistic, multiplier, kernels, function)


def _kernel_function(statistic: Statistic) -> str:
    """Name of the kernel for a statistic's function of the scores; "" for no kernel."""
    if type(statistic) is RunningExpSum:
        return "softmax"
    return statistic.function.name if type(statistic) is Sum else ""


class FusedBody(TileBody):
    """`TileBody` for scores that are inner products and offsets.

    Log-sum-exps always have maxima, which the kernel takes from the scores: the host reads no
    number. Tiles that are not kept use the same memory one after another.

    Parameters
    ----------
    matrix, statistic, multiplier
        As in `TileBody`.
    kernels : module
        See `polycontrast.arrays.kernels`.
    function : str
        Name of the kernels' function.
    """

    def __init__(
        self,
        matrix: Matrix,
        statistic: Statistic,
        multiplier: Multiplier,
        kernels: Any,
        function: str,
    ):
        super().__init__(matrix, statistic, multiplier)
        self.kernels, self.function = kernels, function
        self.room = kernels.Room()
        if function == "softmax":
            self.merge = kernels.merged  # in one kernel

    def release(self) -> None:
        """Give back the memory that tiles of a pass have shared."""
        self.room = self.kernels.Room()

    def states(
        self,
        x: Array,
        y: Array,
        tile: Tile,
        columns: bool,
        out: Array | None = None,
    ) -> tuple[Any, Any, Array]:
        """States of a tile in one pass over the products, which are kept."""
        scores, offsets = self._scores(x, y, tile), self._offsets(tile)
        if self.function == "softmax":
            return *self.kernels.peaks(scores, offsets, columns, self.room), scores
        found = self.kernels.visit(
            self.function, scores, offsets, values=(True, columns), room=self.room
        )
        return *found.values, scores

    def values_and_weights(
        self,
        x: Array,
        y: Array,
        tile: Tile,
        columns: bool,
        u: Any,
        v: Any,
    ) -> tuple[Array, Array | None, tuple[Array, Array, Array]]:
        """Sums of values, weights and sums of weights in one pass."""
        scores = self._scores(x, y, tile)
        found = self.kernels.visit(
            self.function,
            scores,
            self._offsets(tile),
            factors=(u, v),
            weights=self._memory(scores, False),
            values=(True, columns),
            sums=self._sums(),
            room=self.room,
        )
        return *found.values, (found.weights, *found.sums)

    def weights(
        self,
        x: Array,
        y: Array,
        tile: Tile,
        kept: Array | None,
        u: Any,
        v: Any,
    ) -> tuple[Array, Array, Array]:
        """Weights, and their sums along rows and columns if there are offsets, in one pass."""
        scores = self._scores(x, y, tile) if kept is None else kept
        factors, lse = (u, v), (None, None)
        if self.function == "softmax":
            (on_rows, row_lse), (on_columns, column_lse) = u, (None, None) if v is None else v
            factors, lse = (on_rows, on_columns), (row_lse, column_lse)
        found = self.kernels.visit(
            self.function,
            scores,
            self._offsets(tile),
            factors=factors,
            lse=lse,
            weights=self._memory(scores, kept is not None),
            sums=self._sums(),
            room=self.room,
        )
        return found.weights, *found.sums

    def _scores(self, x: Array, y: Array, tile: Tile) -> Array:
        """Products, -inf where a pair does not count; offsets leave that as it is."""
        place = None
        if not self.keeps:
            shape = x.shape[0], y.shape[0]
            place = self.room.take("scores", shape, self.multiplier.result_dtype(x))
        products = self.multiplier.added(None, x, arrays.transpose(y), place)
        return self._masked(products, tile)

    def _offsets(self, tile: Tile) -> tuple[Array | None, Array | None]:
        on_rows, on_columns = self.offsets
        return (
            None if on_rows is None else tile.of_rows(on_rows),
            None if on_columns is None else tile.of_columns(on_columns),
        )

    def _memory(self, scores: Array, kept: bool) -> Array:
        """Memory for the weights."""
        if self.multiplier.rounds:
            return self.room.take("weights", tuple(scores.shape), self.xp.uint16)
        return self.xp.empty_like(scores) if kept else scores

    def _sums(self) -> tuple[bool, bool]:
        wanted = any(t is not None for t in self.offsets)
        return wanted, wanted
