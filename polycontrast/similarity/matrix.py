"""The lazy matrix of similarities."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.objective import Settings, current_settings, current_watch, whole_batch
from polycontrast.similarity import ring
from polycontrast.similarity.fused_body import tile_body
from polycontrast.similarity.gradients import Gradients, factors_of_blocks
from polycontrast.similarity.pairs import Every, OtherSamples, Rule, Tile
from polycontrast.similarity.partition import Partition
from polycontrast.similarity.plan import ledger, make_plan
from polycontrast.similarity.pulled import Pulled
from polycontrast.similarity.scores import Score
from polycontrast.similarity.states import KeptTiles, States
from polycontrast.similarity.statistics import (
    CAP_BEYOND,
    SAFE_EXPONENT,
    ExpSum,
    RunningExpSum,
    Statistic,
    Sum,
)
from polycontrast.similarity.walk import rounds, walk
from polycontrast.similarity.watched import WatchedExpSum, WatchedRunningExpSum, WatchedSum, tell


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
        multiplier = arrays.multiplier(self.x, self.settings.precision)
        self.body = tile_body(self.x, self.pairs, offsets, score, multiplier)
        if self.settings.comm is not None:
            return  # blocks of this matrix are walked, each with a plan of its own
        threads = arrays.is_numpy(self.xp)
        self.plan = make_plan(
            what,
            rows=self.x.shape[1],
            columns=self.y.shape[1],
            views=(self.x.shape[0], self.y.shape[0]),
            depth=self.x.shape[2],
            itemsize=self.xp.finfo(x.dtype).bits // 8,
            settings=self.settings,
            symmetric=self.symmetric,
            threads=threads,
            accelerator=arrays.on_accelerator(self.x),
        )
        self.row_blocks = Partition(self.plan.rows, self.plan.tile[0])
        self.column_blocks = Partition(self.plan.columns, self.plan.tile[1])
        several = len(self.row_blocks) * len(self.column_blocks) > 1
        self.workers = self.plan.workers if threads and several else None

    # Statistics

    def logsumexp(
        self, columns: bool = True, positives: Array | None = None
    ) -> tuple[Array, Array | None, Callable[..., Pulled]]:
        """Log-sum-exp of each row and, unless rows meet themselves, of each column.

        Parameters
        ----------
        columns : bool, default True
            Whether those of the columns are wanted.
        positives : array, optional
            Logits of the rows' matches, in the shape of the rows or of their samples; columns have
            the same. Only diagnostics look at them.

        Returns
        -------
        rows, columns : arrays
            -inf where no pair counts. `columns` is None if not asked for.
        back : callable
            Takes the cotangents of rows (and columns), returns `Pulled`.
        """
        watch = current_watch()
        largest = self._largest_score()
        safe = SAFE_EXPONENT[self.xp.finfo(self.x.dtype).bits]
        capped = self._is_capped(largest)
        if watch is None or positives is None:
            statistic = ExpSum() if largest <= safe else RunningExpSum(capped)
            return self.reduce(statistic, columns=columns)
        tolerance = self._tolerance()
        level = self.xp.exp(-tolerance)
        noticing = (
            WatchedExpSum(level) if largest <= safe / 2 else WatchedRunningExpSum(level, capped)
        )
        rows, cols, back = self.reduce(noticing, columns=columns)
        tell(watch, self, positives, noticing.noticed, cols is not None, tolerance)
        if isinstance(self.pairs, OtherSamples):
            watch.negatives = self.y.shape[0] * (whole_batch().samples(self.x.shape[1]) - 1)
        return rows, cols, back

    def sums_of(
        self,
        function: Callable[[Array], Array],
        derivative: Callable[[Array], Array],
        columns: bool = True,
        ahead: tuple[Array, ...] | None = None,
        both: Callable[[Array], tuple[Array, Array]] | None = None,
        positives: Array | None = None,
        shift: Any = 0.0,
    ) -> tuple[Array, Array | None, Callable[..., Pulled]]:
        """Sums of a function of the scores over rows and columns; it is 0 at -inf.

        Parameters
        ----------
        function, derivative : callable
            Elementwise on arrays.
        columns : bool, default True
            Whether sums over columns are wanted.
        ahead : tuple of array, optional
            Cotangents that `back` will certainly be called with, see `expected_cotangent`. Value
            and gradients then come from one walk, with three products in place of four.
        both : callable, optional
            Function and derivative of a temporary, at less than the price of two.
        positives : array, optional
            As in `logsumexp`; `shift` is the part of a logit that is no similarity.
        """
        watch = None if positives is None else current_watch()
        if watch is None:
            return self._sums(Sum(function, derivative, both), columns, ahead)
        tolerance = self._tolerance()
        noticing = WatchedSum(tolerance, function, derivative, both)
        rows, cols, back = self._sums(noticing, True, ahead)  # columns are anchors as well
        tell(watch, self, positives, noticing.noticed, cols is not None, tolerance, shift)
        return rows, cols if columns else None, back

    def _sums(
        self, statistic: Sum, columns: bool, ahead: tuple[Array, ...] | None
    ) -> tuple[Array, Array | None, Callable[..., Pulled]]:
        several = self.settings.comm is not None or self._is_compiled()
        if ahead is None or several:
            return self.reduce(statistic, columns=columns)
        self.plan = replace(self.plan, keep=False, at_once=True)
        if arrays.is_abstract(self.x):
            return self._note(columns)
        columns = columns and not self.symmetric
        row_states, column_states, pulled = self._at_once(statistic, columns, ahead)
        rows = self.row_blocks.join([statistic.finish(t) for t in row_states], self.shape)
        cols = None
        if columns:
            finished = [statistic.finish(t) for t in column_states]
            cols = self.column_blocks.join(finished, self.column_shape)
        return rows, cols, lambda *cotangents: pulled

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

    def states(self, statistic: Statistic, columns: bool) -> tuple[list[Any], list[Any], KeptTiles]:
        """States of each block of rows and of columns, and the tiles that were kept."""
        left, right = self._operands()
        kept = KeptTiles(self)
        states = States(self, self.body.merge(statistic), columns)

        def body(i: int, j: int) -> None:
            tile = self._tile(i, j, left[i])
            place = kept.place(i, j, left[i].shape[0], right[j].shape[0])
            wanted = states.wants_columns(i, j)
            *found, keep = self.body.states(statistic, left[i], right[j], tile, wanted, place)
            kept.put(i, j, keep)
            states.add(i, j, *found)

        walk(self.tiles(), body, self.workers)
        return states.rows, states.columns, kept

    def _operands(self) -> tuple[Sequence[Array], Sequence[Array]]:
        """Blocks of rows and blocks of columns, each one matrix of operands."""
        operand, (x, y) = self.body.multiplier.operand, self.scaled()
        rows = operand(x)
        columns = rows if self.symmetric else operand(y)
        return self.row_blocks.cut(rows), self.column_blocks.cut(columns)

    def scaled(self) -> tuple[Array, Array]:
        """Rows and columns whose products are the scores.

        Where rows meet themselves both sides share the scale: a score and its mirror image, which
        one tile holds for both, are then of the same operands and rounded alike.
        """
        if not self.symmetric:
            return self.x * self.scale, self.y
        x = self.x * self.xp.sqrt(self.scale)
        return x, x

    def tiles(self) -> Iterator[list[tuple[int, int]]]:
        """Rounds of tiles, as a walk visits them."""
        return rounds(len(self.row_blocks), len(self.column_blocks), self.symmetric)

    def _tile(self, i: int, j: int, like: Array) -> Tile:
        views = self.x.shape[0], self.y.shape[0]
        return Tile(*self.row_blocks[i], *self.column_blocks[j], views, like, *self.place)

    def pull(
        self,
        statistic: Statistic,
        kept: KeptTiles,
        rows: tuple[Array, Array],
        columns: tuple[Array | None, Array | None],
        only_rows: bool = False,
    ) -> Pulled:
        """Gradients from statistics and cotangents; those of the rows alone if that is wanted."""
        left, right = self._operands()
        u, v = self._factors(statistic, rows, columns)
        gradients = Gradients(self, only_rows)

        def body(i: int, j: int) -> None:
            tile = self._tile(i, j, left[i])
            weights = self.body.weights(
                statistic, left[i], right[j], tile, kept.get(i, j), u[i], v[j]
            )
            gradients.add(i, j, *weights)

        walk(self.tiles(), body, self.workers)
        return gradients.pulled()

    def _factors(
        self,
        statistic: Statistic,
        rows: tuple[Array, Array],
        columns: tuple[Array | None, Array | None],
    ) -> tuple[list[Any], list[Any]]:
        """Factors of the blocks of rows and of columns, times the scale."""

        def cut(side: tuple[Any, Array], blocks: Partition, rows: bool) -> list[Any]:
            finished, g = side
            return factors_of_blocks(statistic, finished, g * self.scale, blocks, rows)

        u = cut(rows, self.row_blocks, True)
        if self.symmetric:
            return u, cut(rows, self.row_blocks, False)
        if columns[1] is None:
            return u, [None] * len(self.column_blocks)
        return u, cut((columns[0], columns[1]), self.column_blocks, False)

    def _at_once(
        self, statistic: Sum, columns: bool, ahead: tuple[Array, ...]
    ) -> tuple[list[Any], list[Any], Pulled]:
        """Sums and gradients in one walk: the derivative of a sum needs no sum."""
        left, right = self._operands()
        sums = States(self, self.body.merge(statistic), columns)
        g_rows, g_columns = ahead if len(ahead) == 2 else (ahead[0], None)
        u, v = self._factors(statistic, (None, g_rows), (None, g_columns))
        gradients = Gradients(self)

        def body(i: int, j: int) -> None:
            tile = self._tile(i, j, left[i])
            of_rows, of_columns, weights = self.body.values_and_weights(
                statistic, left[i], right[j], tile, sums.wants_columns(i, j), u[i], v[j]
            )
            sums.add(i, j, of_rows, of_columns)
            gradients.add(i, j, *weights)

        walk(self.tiles(), body, self.workers)
        return sums.rows, sums.columns, gradients.pulled()

    def _is_compiled(self) -> bool:
        """True where several tiles are to be traced: a compiled loop visits them then."""
        several = len(self.row_blocks) * len(self.column_blocks) > 1
        return several and any(map(arrays.is_traced, (self.x, self.y, self.scale)))

    def _is_capped(self, largest: float) -> bool:
        """Whether rounding may take a score far beyond the log-sum-exp that it is part of."""
        mirrored = self.symmetric or self.settings.comm is not None
        return mirrored and not largest < CAP_BEYOND / self.xp.finfo(self.x.dtype).eps

    def _largest_score(self) -> float:
        """Bound of the sizes of all scores; nan where that is not known."""
        if self.score is not None or not self.body.looks:
            return math.nan
        largest = [self._largest(arrays.row_dot(t, t)) for t in (self.x, self.y)]
        largest += [self._largest(self.xp.abs(t)) for t in self.offsets or () if t is not None]
        bounds = [arrays.known(t) for t in (self.scale, *largest)]
        scale, x, y, *offsets = (math.nan if b is None else b for b in bounds)
        comm = self.settings.comm
        if comm is not None and None not in bounds:
            x, y, *offsets = comm.largest([x, y, *offsets])  # states of different ranks must meet
        return abs(scale) * math.sqrt(x * y) + sum(offsets)

    def _tolerance(self) -> Array:
        """Largest difference of two scores that are level."""
        return self.xp.abs(self.scale) * arrays.rounding_of_products(self.x, self.y)

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
