"""The walk over several ranks: columns travel in a ring, and what they gather comes home.

Each rank keeps its rows. At step s the columns of the rank s steps behind visit it: one block of
the matrix, walked like any other, while the columns are already on their way to the next rank.
Their statistics (later: their gradients) follow one step behind, so that they too move during the
work, and go home in one hop after the last visit. Where rows meet themselves, ``S[i, j]`` serves
both rows, and columns go only half way round: with an even number of ranks the last visit is paid
by both sides, each of which then counts only its own rows.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.similarity.partition import Partition
from polycontrast.similarity.plan import kept_bytes
from polycontrast.similarity.pulled import Pulled
from polycontrast.similarity.states import KeptTiles
from polycontrast.similarity.statistics import Statistic

if TYPE_CHECKING:
    from polycontrast.similarity.matrix import Similarity

LAST = -1  # axis of the samples in everything but embeddings


def reduce(
    matrix: "Similarity", statistic: Statistic, columns: bool
) -> tuple[Array, Array | None, Callable[..., Pulled]]:
    """Statistic of the local rows, and of the local columns, over the batch of all ranks."""
    ring = Ring(matrix, statistic)
    rows, cols, kept = ring.statistics(columns)

    def back(g_rows: Array, g_columns: Array | None = None) -> Pulled:
        return ring.pull(kept, (rows, g_rows), (cols, g_columns))

    return rows, cols, back


class Ring:
    """The journey of one matrix's columns, for one statistic."""

    def __init__(self, matrix: "Similarity", statistic: Statistic):
        self.matrix, self.statistic, self.xp = matrix, statistic, matrix.xp
        self.batch = matrix.settings.comm
        size = 1 if matrix.everywhere else self.batch.size
        self.hops = size // 2 if matrix.symmetric else size - 1
        """How far columns travel."""
        self.counted = (size - 1) // 2 if matrix.symmetric else size - 1
        """Up to which visit they gather something."""
        memory = kept_bytes(matrix.settings) // (self.hops + 1)
        self.settings = replace(matrix.settings, comm=None, memory=memory)

    def statistics(self, columns: bool) -> tuple[Array, Array | None, list[Any]]:
        """Finished statistics of rows and (if wanted) of columns; the tiles each visit kept."""
        matrix, statistic = self.matrix, self.statistic
        found: dict[str, Any] = {"rows": None, "columns": None}
        kept: list[Any] = []

        def merged(one: Any, other: Any) -> Any:
            return other if one is None else statistic.merge(one, other)

        def visit(step: int, packet: list[Array]) -> list[Array]:
            counts = columns or (matrix.symmetric and 1 <= step <= self.counted)
            on_rows, on_columns, tiles = self._states(step, packet, counts)
            kept.append(tiles)
            found["rows"] = merged(found["rows"], on_rows)
            if step == 0:
                found["columns"] = on_columns
            return _flat(on_columns)

        def merge(one: list[Array], other: list[Array]) -> list[Array]:
            return _flat(statistic.merge(_nested(one), _nested(other)))

        packet = self._columns()
        home = self._travel(packet, (1, *[LAST] * (len(packet) - 1)), LAST, visit, merge)
        side = "rows" if matrix.symmetric else "columns"
        if home is not None:
            found[side] = statistic.merge(found[side], _nested(home))
        finished = statistic.finish(found["rows"])
        return finished, statistic.finish(found["columns"]) if columns else None, kept

    def pull(
        self,
        kept: list[Any],
        rows: tuple[Array, Array],
        columns: tuple[Array | None, Array | None],
    ) -> Pulled:
        """Gradients of the local rows and columns from statistics and cotangents."""
        matrix, sums = self.matrix, self.matrix.sums
        factors = rows if matrix.symmetric else columns
        totals: list[Any] = [None, None, None, None]

        def add(one: Any, other: Any) -> Any:
            return other if one is None else arrays.add_(one, other)

        def visit(step: int, packet: list[Array]) -> list[Array]:
            theirs: Any = (None, None)
            if factors[1] is not None:
                packet, theirs = packet[:-2], tuple(packet[-2:])
            only_rows = step > self.counted
            got = self._gradients(step, packet, kept[step], rows, theirs, only_rows)
            totals[0] = add(totals[0], got.x)
            if sums:
                totals[2] = add(totals[2], got.row_sums)
            if step == 0:
                totals[1], totals[3] = got.y, got.column_sums
            return [] if only_rows else [t for t in (got.y, got.column_sums) if t is not None]

        def merge(one: list[Array], other: list[Array]) -> list[Array]:
            return [arrays.add_(b, a) for a, b in zip(one, other, strict=True)]

        packet = self._columns() + [t for t in factors if t is not None and factors[1] is not None]
        home = self._travel(packet, (1, *[LAST] * (len(packet) - 1)), -2, visit, merge)
        for side, part in zip((0, 2) if matrix.symmetric else (1, 3), home or (), strict=False):
            totals[side] = arrays.add_(totals[side], part)
        return Pulled(*totals)

    def _travel(
        self,
        packet: list[Array],
        axes: tuple[int, ...],
        answer_axis: int,
        visit: Callable[[int, list[Array]], list[Array]],
        merge: Callable[[list[Array], list[Array]], list[Array]],
    ) -> list[Array] | None:
        """Send each rank's packet round; return what was gathered for the own one on the way.

        Parameters
        ----------
        packet : list of array
        axes : tuple of int
            Their axes of samples.
        answer_axis : int
            The axis of samples of the first array of an answer; it is the last one in the others.
        visit : callable
            From step and packet to an answer for its owner: arrays, or none where none is wanted.
        merge : callable
            From two answers to one.
        """
        batch = self.batch
        following = home = None
        for step in range(self.hops + 1):
            packet = packet if following is None else following.wait()
            if step < self.hops:
                following = batch.shift(packet, axes, by=1, coming=step + 1)
            answer = visit(step, packet)
            if not (1 <= step <= self.counted and answer):
                continue
            if home is not None:
                answer = merge(home.wait(), answer)
            way = (1, step + 1) if step < self.counted else (-step, 0)
            answer_axes = (answer_axis, *[LAST] * (len(answer) - 1))
            home = batch.shift(answer, answer_axes, by=way[0], coming=way[1])
        return None if home is None else home.wait()

    # One visit

    def _columns(self) -> list[Array]:
        """What travels: the columns, and what offsets, rules and scores hold of them."""
        matrix = self.matrix
        packet = [matrix.y]
        if matrix.offsets is not None and matrix.offsets[1] is not None:
            packet.append(matrix.offsets[1])
        packet += matrix.pairs.column_arrays()
        return packet + list(() if matrix.score is None else matrix.score.column_arrays())

    def _is_empty(self, packet: list[Array]) -> bool:
        return 0 in self.matrix.x.shape or 0 in packet[0].shape

    def _block(self, step: int, packet: list[Array]) -> "Similarity":
        """Local rows against the columns that visit."""
        matrix = self.matrix
        x = matrix.x if len(matrix.shape) == 2 else matrix.x[0, ...]
        options: dict[str, Any] = dict(
            scale=matrix.scale, what=matrix.what, settings=self.settings, score=matrix.score
        )
        here = self.batch.start()
        if step == 0 and matrix.symmetric:
            options |= dict(pairs=matrix.pairs, offsets=matrix.offsets, starts=(here, here))
            return type(matrix)(x, **options)
        y, *rest = packet
        offsets = matrix.offsets
        if offsets is not None and offsets[1] is not None:
            offsets = offsets[0], rest.pop(0)
        count = len(matrix.pairs.column_arrays())
        if matrix.score is not None:
            options["score"] = matrix.score.with_columns(tuple(rest[count:]))
        return type(matrix)(
            x,
            y if len(matrix.y_shape) == 2 else y[0, ...],
            pairs=matrix.pairs.with_columns(tuple(rest[:count])),
            offsets=offsets,
            starts=(here, 0 if matrix.everywhere else self.batch.start(step)),
            apart=step > 0,
            **options,
        )

    def _shapes(self, packet: list[Array]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Shapes of the embeddings that visit, and of a statistic of them."""
        matrix, count = self.matrix, packet[0].shape[1]
        return (
            (*matrix.y_shape[:-1], count, matrix.y.shape[2]),
            (*matrix.column_shape[:-1], count),
        )

    def _states(
        self, step: int, packet: list[Array], columns: bool
    ) -> tuple[Any, Any, KeptTiles | None]:
        """States of rows and of columns (None if not wanted) after one visit, and kept tiles."""
        shape = self._shapes(packet)[1]
        if self._is_empty(packet):
            return self._nothing(self.matrix.shape), self._nothing(shape) if columns else None, None
        block = self._block(step, packet)
        on_rows, on_columns, kept = block.states(self.statistic, columns)
        rows = _joined(block.row_blocks, on_rows, self.matrix.shape)
        return rows, _joined(block.column_blocks, on_columns, shape) if columns else None, kept

    def _nothing(self, shape: tuple[int, ...]) -> Any:
        """State of rows or columns of which no pair counts."""
        like, statistic = self.matrix.x, self.statistic
        tile = self.xp.full(
            (1, math.prod(shape)), -math.inf, dtype=like.dtype, device=arrays.device(like)
        )
        state = _flat(statistic.reduce(statistic.prepare(tile), 0))
        return _nested([self.xp.reshape(part, shape) for part in state])

    def _gradients(
        self,
        step: int,
        packet: list[Array],
        kept: Any,
        rows: tuple[Array, Array],
        columns: tuple[Array | None, Array | None],
        only_rows: bool,
    ) -> Pulled:
        """What one visit adds to the gradients of the rows, and to those of its columns."""
        if not self._is_empty(packet):
            block = self._block(step, packet)
            return block.pull(self.statistic, kept, rows, columns, only_rows)
        x = self.matrix.x
        embeddings, shape = self._shapes(packet)

        def zeros(shape: tuple[int, ...], wanted: bool = True) -> Array:
            if not wanted:
                return None
            return self.xp.zeros(shape, dtype=x.dtype, device=arrays.device(x))

        two_sided = not only_rows and not (step == 0 and self.matrix.symmetric)
        return Pulled(
            zeros((*self.matrix.shape, x.shape[2])),
            zeros(embeddings, two_sided),
            zeros(self.matrix.shape, self.matrix.sums),
            zeros(shape, two_sided and self.matrix.sums),
        )


def _flat(state: Any) -> list[Array]:
    """Arrays of a state; none of None."""
    return [] if state is None else list(state) if isinstance(state, tuple) else [state]


def _nested(parts: list[Array]) -> Any:
    """State whose arrays these are."""
    return parts[0] if len(parts) == 1 else tuple(parts)


def _joined(blocks: Partition, states: list[Any], shape: tuple[int, ...]) -> Any:
    """State of all samples from those of their blocks."""
    parts = zip(*map(_flat, states), strict=True)
    return _nested([blocks.join(list(part), shape) for part in parts])
