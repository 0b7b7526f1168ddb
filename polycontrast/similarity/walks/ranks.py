"""The walk over several ranks: columns travel in a ring, and their statistics come home.

Each rank keeps its rows. At step s it has the columns of the rank s steps behind. Its rows and
these columns are one block of the matrix, walked like any other. Meanwhile the columns already
travel to the next rank. Their statistics (later: their gradients) follow one step behind, so that
they travel during the work as well. After the last step they go home in one hop.

In a symmetric matrix ``S[i, j]`` serves both rows, so columns travel only half way round. With an
even number of ranks two ranks compute the block of the last step, and each counts only its own
rows.

Columns that all ranks share do not travel. Each rank has the statistics of their pairs with its own
rows, and all ranks merge these.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import Settings
from polycontrast.similarity.matrix import Matrix, MatrixGradients, gradients_of_companion
from polycontrast.similarity.statistics import Statistic
from polycontrast.similarity.tiles.plan import kept_bytes
from polycontrast.similarity.tiles.readings import Readings
from polycontrast.similarity.walks import eager
from polycontrast.similarity.walks.blocks import KeptTiles, empty_state, mapped
from polycontrast.similarity.walks.job import Job, Side

LAST = -1  # axis of the samples in everything but embeddings


def walk(
    matrix: Matrix, statistic: Statistic, settings: Settings, what: str, columns: bool
) -> tuple[Any, Any, Any]:
    """Statistic of the local rows, and of the local columns, over the batch of all ranks."""
    ring = Ring(matrix, statistic, settings, what)
    rows, cols, kept = ring.statistics(columns)

    def back(g_rows: Any, g_columns: Any = None) -> MatrixGradients:
        return ring.gradients(kept, (rows, g_rows), (cols, g_columns))

    return rows, cols, back


class Ring:
    """One statistic of one matrix whose columns travel in a ring of ranks."""

    def __init__(self, matrix: Matrix, statistic: Statistic, settings: Settings, what: str):
        self.matrix, self.statistic, self.xp, self.what = matrix, statistic, matrix.xp, what
        self.batch = settings.comm
        size = 1 if matrix.everywhere else self.batch.size
        self.hops = size // 2 if matrix.symmetric else size - 1
        """Number of steps that columns travel."""
        self.counted = (size - 1) // 2 if matrix.symmetric else size - 1
        """Last step at which columns gather statistics or gradients."""
        memory = kept_bytes(settings) // (self.hops + 1)
        self.settings = replace(settings, comm=None, memory=memory)
        self.nothing = empty_state(statistic, 1, matrix.x)
        """State of a row that has no pair."""

    def statistics(self, columns: bool) -> tuple[Array, Array | None, list[Any]]:
        """Finished statistics of rows and, with ``columns=True``, of columns; kept tiles."""
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
            return _leaves(on_columns)

        def merge(one: list[Array], other: list[Array]) -> list[Array]:
            return _leaves(statistic.merge(self._nested(one), self._nested(other)))

        packet = self._packet()
        home = self._travel(packet, (1, *[LAST] * (len(packet) - 1)), LAST, visit, merge)
        side = "rows" if matrix.symmetric else "columns"
        if home is not None:
            found[side] = statistic.merge(found[side], self._nested(home))
        if columns and matrix.everywhere:
            found["columns"] = self._over_ranks(found["columns"])
        finished = statistic.finish(found["rows"])
        return finished, statistic.finish(found["columns"]) if columns else None, kept

    def gradients(self, kept: list[Any], rows: Side, columns: Side) -> MatrixGradients:
        """Gradients of the local rows and columns from statistics and cotangents."""
        matrix, sums = self.matrix, self.matrix.has_sums
        finished, cotangents = rows if matrix.symmetric else columns
        totals: list[Any] = [None, None, None, None]
        beside: list[Any] = [None, None]  # gradients of the companion

        def add(one: Any, other: Any) -> Any:
            return other if one is None else arrays.add_(one, other)

        def visit(step: int, packet: list[Array]) -> list[Array]:
            theirs: Side = (None, None)
            if cotangents is not None:
                packet, sent = packet[:count], iter(packet[count:])
                theirs = _like(finished, sent), _like(cotangents, sent)
            only_rows = step > self.counted or matrix.held_columns
            got = self._gradients(step, packet, kept[step], rows, theirs, only_rows)
            totals[0] = add(totals[0], got.x)
            if sums:
                totals[2] = add(totals[2], got.of_rows)
            if step == 0:
                totals[1], totals[3] = got.y, got.of_columns
            answer = [got.y, got.of_columns]
            if got.companion is not None:
                beside[0] = add(beside[0], got.companion.x)
                beside[1] = got.companion.y if step == 0 else beside[1]
                answer.append(arrays.transpose(got.companion.y))
            return [] if only_rows else [t for t in answer if t is not None]

        def merge(one: list[Array], other: list[Array]) -> list[Array]:
            return [arrays.add_(b, a) for a, b in zip(one, other, strict=True)]

        packet = self._packet()
        count = len(packet)
        if cotangents is not None:
            packet += _leaves(finished) + _leaves(cotangents)
        home = self._travel(packet, (1, *[LAST] * (len(packet) - 1)), -2, visit, merge)
        if beside[0] is None:
            companion = None
        else:
            home, part = (home[:-1], home[-1]) if home else (home, None)
            y = beside[1] if part is None else arrays.add_(beside[1], arrays.transpose(part))
            companion = gradients_of_companion(beside[0], y)
        for side, part in zip((0, 2) if matrix.symmetric else (1, 3), home or (), strict=False):
            totals[side] = arrays.add_(totals[side], part)
        return MatrixGradients(*totals)._replace(companion=companion)

    def _travel(
        self,
        packet: list[Array],
        axes: tuple[int, ...],
        answer_axis: int,
        visit: Callable[[int, list[Array]], list[Array]],
        merge: Callable[[list[Array], list[Array]], list[Array]],
    ) -> list[Array] | None:
        """Send each rank's packet round, and return the merged results for the own one.

        Parameters
        ----------
        packet : list of array
        axes : tuple of int
            Their axes of samples.
        answer_axis : int
            The axis of samples of the first array of a result; it is the last one in the others.
        visit : callable
            From step and packet to a result for the packet's owner: arrays, or an empty list.
        merge : callable
            From two results to one.
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

    def _over_ranks(self, state: Any) -> Any:
        """State of columns that all ranks share, from the states of all ranks in their order."""
        leaves = [self.batch.stacked(t) for t in _leaves(state)]
        states = [self._nested([t[k, ...] for t in leaves]) for k in range(self.batch.size)]
        return functools.reduce(self.statistic.merge, states)

    # One step

    def _packet(self) -> list[Array]:
        """The columns, and all arrays that the matrix and the readings hold of them."""
        held = self.statistic.column_arrays() if isinstance(self.statistic, Readings) else ()
        return self.matrix.column_arrays() + list(held)

    def _is_empty(self, packet: list[Array]) -> bool:
        return 0 in self.matrix.x.shape or 0 in packet[0].shape

    def _block(self, step: int, packet: list[Array]) -> Job:
        """Block of the local rows and the columns of a packet."""
        matrix, here, statistic = self.matrix, self.batch.start(), self.statistic
        if isinstance(statistic, Readings):
            count = len(matrix.column_arrays())
            packet, statistic = packet[:count], statistic.with_columns(packet[count:])
        if step == 0 and matrix.symmetric:
            block = matrix.on_diagonal(here)
        else:
            start = 0 if matrix.everywhere else self.batch.start(step)
            block = matrix.with_columns(packet, (here, start), apart=step > 0)
        return Job(block, statistic, self.settings, self.what)

    def _shapes(self, packet: list[Array]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Shapes of a packet's embeddings, and of a statistic of them."""
        matrix, count = self.matrix, packet[0].shape[1]
        return (
            (*matrix.y_shape[:-1], count, matrix.y.shape[2]),
            (*matrix.column_shape[:-1], count),
        )

    def _states(
        self, step: int, packet: list[Array], columns: bool
    ) -> tuple[Any, Any, KeptTiles | None]:
        """States of rows and, with ``columns=True``, of columns from one step, and kept tiles."""
        shapes = self.matrix.shape, self._shapes(packet)[1]
        if self._is_empty(packet):
            rows, cols = (self._filled(shape) for shape in shapes)
            return rows, cols if columns else None, None
        job = self._block(step, packet)
        states, kept = eager.states_of(job, columns)
        rows = job.row_blocks.join_trees(states.rows, shapes[0])
        cols = job.column_blocks.join_trees(states.columns, shapes[1]) if columns else None
        return rows, cols, kept

    def _filled(self, shape: tuple[int, ...]) -> Any:
        """State of rows or columns that have no pair."""
        zeros = self.xp.zeros(shape, dtype=self.matrix.x.dtype, device=arrays.device(self.matrix.x))
        return mapped(lambda t: zeros + t, self.nothing)

    def _nested(self, leaves: list[Array]) -> Any:
        """State with these arrays."""
        return _like(self.nothing, iter(leaves))

    def _gradients(
        self,
        step: int,
        packet: list[Array],
        kept: Any,
        rows: Side,
        columns: Side,
        only_rows: bool,
    ) -> MatrixGradients:
        """Gradients of the rows and of the columns from one step."""
        if not self._is_empty(packet):
            job = self._block(step, packet)
            return eager.gradients_of(job, kept, rows, columns, only_rows)
        x = self.matrix.x
        embeddings, shape = self._shapes(packet)

        def zeros(shape: tuple[int, ...], needed: bool = True) -> Array:
            if not needed:
                return None
            return self.xp.zeros(shape, dtype=x.dtype, device=arrays.device(x))

        two_sided = not only_rows and not (step == 0 and self.matrix.symmetric)
        companion, pulled = None, self.matrix.pulled_companion()
        if pulled is not None:
            sides = (pulled.shape, (*pulled.y_shape[:-1], packet[0].shape[1]))
            depth = pulled.x.shape[2]
            companion = gradients_of_companion(*(zeros((*side, depth)) for side in sides))
        return MatrixGradients(
            zeros((*self.matrix.x_shape, x.shape[2])),
            zeros(embeddings, two_sided),
            zeros(self.matrix.shape, self.matrix.has_sums),
            zeros(shape, two_sided and self.matrix.has_sums),
            companion,
        )


def _leaves(tree: Any) -> list[Array]:
    """Arrays of a tree; none of None."""
    if tree is None:
        return []
    return [t for part in tree for t in _leaves(part)] if isinstance(tree, tuple) else [tree]


def _like(tree: Any, leaves: Iterator[Array]) -> Any:
    """Tree of the same form, with the next of these arrays in place of its own."""
    return mapped(lambda _: next(leaves), tree)
