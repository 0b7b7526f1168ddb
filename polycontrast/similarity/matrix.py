"""The lazy matrix of similarities."""

import math
from collections.abc import Callable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.objective import Settings, current_settings
from polycontrast.similarity import ring
from polycontrast.similarity.pairs import ALL, NONE, Every, Rule, Tile
from polycontrast.similarity.partition import Partition
from polycontrast.similarity.plan import ledger, make_plan
from polycontrast.similarity.pulled import Pulled
from polycontrast.similarity.scores import Score
from polycontrast.similarity.statistics import (
    SAFE_EXPONENT,
    ExpSum,
    RunningExpSum,
    Statistic,
    Sum,
)
from polycontrast.similarity.walk import BlockSums, rounds, walk


class Similarity:
    """Inner products of rows times a scale, as a matrix that is never stored whole.

    ``S[i, j] = score(scale <x_i, y_j> + r_i + c_j)``. Ask for a statistic of its rows and columns
    and get the statistic and its pullback; both walk the matrix in tiles. What a pair with one
    certain partner needs (positives) is better computed apart, from `arrays.row_dot`.

    With ``scale`` the inverse temperature, ``dL/dscale = <x, dL/dx> / scale``, since the loss
    sees x only through ``scale x``; where rows meet themselves, half of that (Euler's theorem).
    So the gradient of the temperature costs no pass over the pairs.

    Parameters
    ----------
    x : array (B, D) or (M, B, D)
        Rows of B samples, or of M views of B samples.
    y : array, optional
        The other side, with as many axes. Without it rows meet themselves and half of the tiles
        are visited; statistics of rows are those of columns.
    scale : 0-d array
    pairs : Rule
        Pairs that count.
    offsets : (rows, columns), optional
        Arrays to add along rows and along columns; either may be None.
    score : Score, optional
        Map from tiles of products to tiles of scores, see `polycontrast.similarity.scores`.
    everywhere : bool, default False
        Where ranks share a batch: `y` is the same on all of them, and does not travel.
    settings : Settings, optional
        Default: those of the call in progress.
    starts, apart
        As in `Tile`, for a block of a matrix that ranks share.
    """

    def __init__(
        self,
        x: Array,
        y: Array | None = None,
        *,
        scale: Array,
        pairs: Rule | None = None,
        offsets: tuple[Array | None, Array | None] | None = None,
        score: Score | None = None,
        what: str = "pairs",
        everywhere: bool = False,
        settings: Settings | None = None,
        starts: tuple[Any, Any] = (0, 0),
        apart: bool = False,
    ):
        self.xp = arrays.namespace(x)
        self.symmetric = y is None
        self.shape = tuple(x.shape[:-1])
        self.y_shape = self.column_shape = self.shape if y is None else tuple(y.shape[:-1])
        self.pairs = Every() if pairs is None else pairs
        self.scale, self.score = scale, score
        self.x = x if x.ndim == 3 else x[None, ...]
        self.y = self.x if y is None else y if y.ndim == 3 else y[None, ...]
        self.offsets = offsets
        self.sums = offsets is not None or (score is not None and score.sums)
        if score is not None and score.collapses:
            self.column_shape = self.column_shape[1:]
        self.what, self.everywhere, self.place = what, everywhere, (starts, apart)
        self.settings = current_settings() if settings is None else settings
        if self.settings.comm is not None:
            return  # blocks of this matrix are walked, each with a plan of its own
        self.plan = make_plan(
            what,
            rows=self.x.shape[1],
            columns=self.y.shape[1],
            views=(self.x.shape[0], self.y.shape[0]),
            depth=self.x.shape[2],
            itemsize=self.xp.finfo(x.dtype).bits // 8,
            settings=self.settings,
            symmetric=self.symmetric,
            threads=arrays.is_numpy(self.xp),
        )
        self.row_blocks = Partition(self.plan.rows, self.plan.tile[0])
        self.column_blocks = Partition(self.plan.columns, self.plan.tile[1])

    # Statistics

    def logsumexp(self, columns: bool = True) -> tuple[Array, Array | None, Callable[..., Pulled]]:
        """Log-sum-exp of each row and, unless rows meet themselves, of each column.

        Returns
        -------
        rows, columns : arrays
            -inf where no pair counts. `columns` is None if not asked for.
        back : callable
            Takes the cotangents of rows (and columns), returns `Pulled`.
        """
        statistic = ExpSum() if self._is_safe() else RunningExpSum()
        return self.reduce(statistic, columns=columns)

    def sums_of(
        self,
        function: Callable[[Array], Array],
        derivative: Callable[[Array], Array],
        columns: bool = True,
    ) -> tuple[Array, Array | None, Callable[..., Pulled]]:
        """Sums of a function of the scores over rows and columns; it is 0 at -inf."""
        return self.reduce(Sum(function, derivative), columns=columns)

    def reduce(
        self, statistic: Statistic, *, columns: bool = True
    ) -> tuple[Array, Array | None, Callable[..., Pulled]]:
        """Any statistic of rows and columns, with its pullback."""
        if arrays.is_abstract(self.x):
            return self._note(columns)
        columns = columns and not self.symmetric
        if self.settings.comm is not None:
            return ring.reduce(self, statistic, columns)
        if self._is_compiled():
            from polycontrast.similarity.walk import passes  # needs JAX

            rows, cols, pull = passes.reduce(self, statistic, columns)
            return rows, cols, lambda *g: Pulled(*pull(*g))
        row_states, column_states, kept = self.states(statistic, columns)
        finish = statistic.finish
        rows = self.row_blocks.join([finish(t) for t in row_states], self.shape)
        cols = None
        if columns:
            cols = self.column_blocks.join([finish(t) for t in column_states], self.column_shape)

        def back(g_rows: Array, g_columns: Array | None = None) -> Pulled:
            # The operands are made anew: O(B D) of work in place of O(B D) of memory kept.
            return self.pull(statistic, kept, (rows, g_rows), (cols, g_columns))

        return rows, cols, back

    def states(
        self, statistic: Statistic, columns: bool
    ) -> tuple[list[Any], list[Any], dict[Any, Any]]:
        """States of each block of rows and of columns, and the tiles that were kept."""
        left, right = self._operands()
        kept: dict[tuple[int, int], Any] = {}
        row_states: list[Any] = [None] * len(self.row_blocks)
        column_states = row_states if self.symmetric else [None] * len(self.column_blocks)

        def body(i: int, j: int) -> None:
            tile = self._tile(i, j, left[i])
            *prepared, keep = self._prepare(statistic, left[i], right[j], tile)
            if self.plan.keep:
                kept[i, j] = keep
            for states, k, seen, axis in (
                (row_states, i, prepared[0], 1),
                (column_states, j, prepared[1], 0),
            ):
                if axis == 0 and not (columns or (self.symmetric and i != j)):
                    continue
                state = statistic.reduce(seen, axis)
                states[k] = state if states[k] is None else statistic.merge(states[k], state)

        walk(self._tiles(), body, self.plan.workers)
        return row_states, column_states, kept

    # One tile

    def _operands(self) -> tuple[list[Array], list[Array]]:
        """Blocks of rows, times the scale, and blocks of columns, each one matrix."""
        return self.row_blocks.cut(self.x * self.scale), self.column_blocks.cut(self.y)

    def _tiles(self) -> Any:
        return rounds(len(self.row_blocks), len(self.column_blocks), self.symmetric)

    def _tile(self, i: int, j: int, like: Array) -> Tile:
        views = self.x.shape[0], self.y.shape[0]
        return Tile(*self.row_blocks[i], *self.column_blocks[j], views, like, *self.place)

    def _prepare(
        self, statistic: Statistic, x: Array, y: Array, tile: Tile
    ) -> tuple[Array, Array, Array]:
        """Prepared scores of a tile as its rows see them and as its columns do.

        With them what to keep for the gradient: a score cannot be undone, so what it was made of.
        """
        products = self._products(x, y, tile)
        row_scores, column_scores = self._scores(products, tile)
        rows = statistic.prepare(row_scores)
        columns = rows if column_scores is row_scores else statistic.prepare(column_scores)
        return rows, columns, rows if self.score is None else products

    def _products(self, x: Array, y: Array, tile: Tile) -> Array:
        products = self.xp.matmul(x, arrays.transpose(y))
        for offset, cut, shape in zip(
            self.offsets or (None, None),
            (tile.of_rows, tile.of_columns),
            ((-1, 1), (1, -1)),
            strict=True,
        ):
            if offset is not None:
                products = arrays.add_(products, self.xp.reshape(cut(offset), shape))
        return products

    def _scores(self, products: Array, tile: Tile) -> tuple[Array, Array]:
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
        selected = tile.select(self.pairs)
        if selected is ALL:
            return scores
        if selected is NONE:
            return self.xp.full_like(scores, -math.inf)
        masked = arrays.fill_(self.xp.reshape(scores, tile.shape), ~selected, -math.inf)
        return self.xp.reshape(masked, tuple(scores.shape))

    # Pulling

    def _factors(
        self, statistic: Statistic, finished: Array, g: Array, blocks: Partition, rows: bool
    ) -> list[Any]:
        """Factors of each block of rows or columns, shaped to meet a tile."""

        def cut(t: Array) -> list[Array]:
            parts = blocks.cut(self.xp.reshape(t, (-1, t.shape[-1])))
            return [part[:, None] if rows else part[None, :] for part in parts]

        factors = statistic.factors(g, finished)
        if isinstance(factors, tuple):
            return list(zip(*map(cut, factors), strict=True))
        return cut(factors)

    def pull(
        self,
        statistic: Statistic,
        kept: dict[Any, Any],
        rows: tuple[Array, Array],
        columns: tuple[Array | None, Array | None],
        only_rows: bool = False,
    ) -> Pulled:
        """Gradients from statistics and cotangents; those of the rows alone if that is wanted."""
        left, right = self._operands()
        depth = self.x.shape[2]
        u = self._factors(statistic, *rows, self.row_blocks, rows=True)
        v: list[Any] = [None] * len(self.column_blocks)
        if self.symmetric:
            v = self._factors(statistic, *rows, self.row_blocks, rows=False)
        elif columns[1] is not None:
            v = self._factors(statistic, *columns, self.column_blocks, rows=False)
        gx = BlockSums(len(self.row_blocks))
        gy = gx if self.symmetric else BlockSums(len(self.column_blocks))
        row_sums = BlockSums(len(self.row_blocks))
        column_sums = row_sums if self.symmetric else BlockSums(len(self.column_blocks))
        # Where rows meet themselves both sides add to one gradient; its scale comes at the end.
        partners = right if self.symmetric else left

        def body(i: int, j: int) -> None:
            weights, on_rows, on_columns = self._weights(
                statistic,
                left[i],
                right[j],
                self._tile(i, j, left[i]),
                kept.get((i, j)),
                u[i],
                v[j],
            )
            gx.add(i, self.xp.matmul(weights, right[j]))
            if self.sums:
                row_sums.add(i, self.xp.sum(on_rows, axis=1))
            if only_rows or (self.symmetric and i == j):
                return
            gy.add(j, self.xp.matmul(arrays.transpose(weights), partners[i]))
            if self.sums:
                column_sums.add(j, self.xp.sum(on_columns, axis=0))

        walk(self._tiles(), body, self.plan.workers)
        y = on_rows = on_columns = None
        if not self.symmetric and not only_rows:
            y = self.column_blocks.join(gy.parts, (*self.y_shape, depth))
        if self.sums:
            on_rows = self.row_blocks.join(row_sums.parts, self.shape)
            if not self.symmetric and not only_rows:
                on_columns = self.column_blocks.join(column_sums.parts, self.column_shape)
        x = self.row_blocks.join(gx.parts, (*self.shape, depth)) * self.scale
        return Pulled(x, y, on_rows, on_columns)

    def _weights(
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

        With it what is summed along its rows and along its columns.
        """
        factors = (u,) if v is None else (u, v)
        if self.score is None:
            if kept is None:
                scores, _ = self._scores(self._products(x, y, tile), tile)
                kept = statistic.prepare(scores)
            weights = statistic.weigh(kept, factors)
            return weights, weights, weights
        products = self._products(x, y, tile) if kept is None else kept
        rows, columns = self._scores(products, tile)
        if columns is rows:
            seen = (statistic.weigh(statistic.prepare(rows), factors),)
        else:
            prepared = statistic.prepare(rows), statistic.prepare(columns)
            seen = tuple(statistic.weigh(t, (f,)) for t, f in zip(prepared, factors, strict=True))
        return self.score.pull(products, seen, tile)

    def _is_compiled(self) -> bool:
        """True where several tiles are to be traced: a compiled loop visits them then."""
        several = len(self.row_blocks) * len(self.column_blocks) > 1
        return several and any(map(arrays.is_traced, (self.x, self.y, self.scale)))

    def _is_safe(self) -> bool:
        """True when all scores are known to be small enough for plain exponentials."""
        if self.score is not None:
            return False
        largest = [self._largest(arrays.row_dot(t, t)) for t in (self.x, self.y)]
        largest += [self._largest(self.xp.abs(t)) for t in self.offsets or () if t is not None]
        bounds = [arrays.known(t) for t in (self.scale, *largest)]
        scale, x, y, *offsets = (math.nan if b is None else b for b in bounds)
        comm = self.settings.comm
        if comm is not None and None not in bounds:
            x, y, *offsets = comm.largest([x, y, *offsets])  # states of different ranks must meet
        limit = SAFE_EXPONENT[self.xp.finfo(self.x.dtype).bits]
        return bool(abs(scale) * math.sqrt(x * y) + sum(offsets) <= limit)

    def _largest(self, t: Array) -> Array | float:
        return 0.0 if 0 in t.shape else self.xp.max(t)

    def _note(self, columns: bool) -> tuple[Array, Array | None, Callable[..., Pulled]]:
        """On abstract arrays: note the plan, and answer with shapes."""
        book = ledger.get()
        if book is not None:
            book.plans.append(self.plan)

        def empty(shape: Any) -> Array:
            return self.xp.zeros(shape, dtype=self.x.dtype, device=arrays.device(self.x))

        depth = self.x.shape[2]
        pulled = Pulled(
            x=empty((*self.shape, depth)),
            y=None if self.symmetric else empty((*self.y_shape, depth)),
            row_sums=empty(self.shape),
            column_sums=None if self.symmetric else empty(self.column_shape),
        )
        wanted = columns and not self.symmetric
        cols = empty(self.column_shape) if wanted else None
        return empty(self.shape), cols, lambda *cotangents: pulled
