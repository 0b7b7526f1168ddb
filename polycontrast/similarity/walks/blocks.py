"""Samples in consecutive blocks, and the sums and states of a walk for each block.

States and statistics are arrays, or tuples of them.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from polycontrast.arrays import (
    Array,
    Multiplier,
    UnitRows,
    add_,
    block,
    device,
    is_mapped,
    is_numpy,
    loaded,
    namespace,
    room_for,
    share,
    sharing,
)
from polycontrast.similarity.statistics import Statistic

Tiles = Iterator[list[tuple[int, int]]]


def mapped(function: Callable[..., Any], *trees: Any) -> Any:
    """A function of the arrays that stand at the same place of several trees; None stays None."""
    first = trees[0]
    if first is None:
        return None
    if isinstance(first, tuple):
        return tuple(mapped(function, *parts) for parts in zip(*trees, strict=True))
    return function(*trees)


class Partition:
    """Blocks of nearly equal size. It cuts arrays (views, samples, ...) and joins the parts.

    Within a block the views of its samples lie one after another, as rows of one matrix.
    """

    def __init__(self, length: int, size: int):
        self.bounds = [(a, min(a + size, length)) for a in range(0, length, size)]

    def __len__(self) -> int:
        return len(self.bounds)

    def __getitem__(self, k: int) -> tuple[int, int]:
        return self.bounds[k]

    def cut(self, t: Array) -> Sequence[Array]:
        """Blocks (views * samples, ...) of an array (views, samples, ...)."""
        blocks = self.views(t)
        return blocks if is_mapped(t) else [blocks[k] for k in range(len(self.bounds))]

    def scaled(self, t: Array, scale: Array | None) -> Sequence[Array]:
        """Blocks of an array times a number.

        Blocks of NumPy that must be copied are in one allocation, and workers share the copying.
        """
        if type(t) is not np.ndarray or (scale is None and t.shape[0] == 1):
            return self.cut(t if scale is None else t * scale)
        factor = 1 if scale is None else scale
        memory, each = block(t.size, t.dtype), t.size // t.shape[1]
        blocks = [memory[a * each : b * each] for a, b in self.bounds]

        def copy(k: int) -> None:
            (a, b), shape = self.bounds[k], (t.shape[0], -1, *t.shape[2:])
            np.multiply(t[:, a:b], factor, out=blocks[k].reshape(shape))

        share(copy, range(len(blocks)), sharing() or 1)
        return [part.reshape(-1, *t.shape[2:]) for part in blocks]

    def views(self, t: Array) -> Sequence[Array]:
        """The same blocks, each made when it is used."""
        return _Blocks(t, self.bounds)

    def join(self, parts: list[Array], shape: tuple[int, ...]) -> Array:
        """Array of that shape, whose samples come from blocks as `cut` makes them."""
        xp, rest = namespace(parts[0]), tuple(parts[0].shape[1:])
        blocks: list[Any] = [
            xp.reshape(part, (-1, b - a, *rest))
            for part, (a, b) in zip(parts, self.bounds, strict=True)
        ]
        return xp.reshape(blocks[0] if len(blocks) == 1 else xp.concat(blocks, axis=1), shape)

    def join_trees(self, trees: list[Any], shape: tuple[int, ...]) -> Any:
        """The same for trees of arrays."""
        return mapped(lambda *parts: self.join(list(parts), shape), *trees)


class _Blocks(Sequence[Array]):
    """Blocks of an array, each made when it is used: together they may exceed the memory."""

    def __init__(self, t: Array, bounds: list[tuple[int, int]]):
        self.t, self.bounds = t, bounds

    def __len__(self) -> int:
        return len(self.bounds)

    def __getitem__(self, k: Any) -> Array:
        a, b = self.bounds[k]
        if is_mapped(self.t):
            rest = (slice(None),) * (self.t.ndim - 2)
            return self.t.read((slice(None), slice(a, b), *rest)).reshape(-1, *self.t.shape[2:])
        return namespace(self.t).reshape(self.t[:, a:b, ...], (-1, *self.t.shape[2:]))


class MadeBlocks(Sequence[Array]):
    """Blocks of operands, each made when it is used, after that of its scale.

    The last is kept, because neighbouring tiles have a block in common.

    Parameters
    ----------
    blocks : Partition
    t : array (views, samples, depth) or UnitRows
    multiplier : Multiplier
        Makes operands.
    scale : 0-d array, optional
    both_sides : bool, default False
        Whether rows and columns of a tile are both among the blocks: the last two are kept.
    """

    def __init__(
        self,
        blocks: Partition,
        t: Any,
        multiplier: Multiplier,
        scale: Array | None = None,
        both_sides: bool = False,
    ):
        self.blocks, self.t, self.multiplier, self.scale = blocks, t, multiplier, scale
        self.kept: dict[int, Array] = {}
        self.most = 1 + both_sides

    def __len__(self) -> int:
        return len(self.blocks)

    def __getitem__(self, k: Any) -> Array:
        if k not in self.kept:
            if len(self.kept) == self.most:
                del self.kept[next(iter(self.kept))]  # before another one is made
            self.kept[k] = self._made(k)
        return self.kept[k]

    def _made(self, k: int) -> Array:
        if isinstance(self.t, UnitRows):
            return self.t.part(*self.blocks[k], self.scale, self.multiplier.rounds)
        block = self.blocks.views(self.t)[k]
        return self.multiplier.operand(block if self.scale is None else block * self.scale)


def empty_state(statistic: Statistic, rows: int, like: Array) -> Any:
    """State of each of these rows, or columns, of which no pair counts.

    Parameters
    ----------
    statistic : Statistic
    rows : int
        Their number.
    like : array
        Gives library, dtype and device.
    """
    xp = namespace(like)
    scores = xp.full((rows, 1), -math.inf, dtype=like.dtype, device=device(like))
    return statistic.reduce(statistic.prepare(scores), 1)


class States:
    """State of each block of rows, and of columns.

    Parameters
    ----------
    rows, columns : int
        Number of blocks.
    merge : callable
        From two states to one, as in `Statistic`.
    symmetric : bool
        Whether the matrix is symmetric: then the states of the columns are those of the rows.
    of_columns : bool
        Whether to gather those of the columns.
    """

    def __init__(
        self,
        rows: int,
        columns: int,
        merge: Callable[[Any, Any], Any],
        symmetric: bool,
        of_columns: bool,
    ):
        self.merge, self.symmetric, self.of_columns = merge, symmetric, of_columns
        self.rows: list[Any] = [None] * rows
        self.columns = self.rows if symmetric else [None] * columns

    def needs_columns(self, i: int, j: int) -> bool:
        """True where the states of a tile's columns are needed."""
        return self.of_columns or (self.symmetric and i != j)

    def add(self, i: int, j: int, of_rows: Any, of_columns: Any) -> None:
        """Add a tile's states to those of its rows, and of its columns if they are needed."""
        self._add(self.rows, i, of_rows)
        if self.needs_columns(i, j):
            self._add(self.columns, j, of_columns)

    def fill(self, side: str, made: Callable[[int], Any]) -> None:
        """Put a state in each block of a side, "rows" or "columns", that no tile has reached."""
        states = getattr(self, side)
        for k, state in enumerate(states):
            if state is None:
                states[k] = made(k)

    def _add(self, states: list[Any], k: int, state: Any) -> None:
        states[k] = state if states[k] is None else self.merge(states[k], state)


class KeptTiles:
    """Tiles that are kept for the gradient.

    On NumPy all of them share one allocation, separate from the memory of temporaries: one large
    allocation costs fewer page faults than many.

    Parameters
    ----------
    keep : bool
        Whether any tile is kept.
    tiles : iterator
        Rounds of tiles.
    size : int
        Entries of the largest tile.
    like : array
        Gives library and dtype.
    """

    def __init__(self, keep: bool, tiles: Tiles, size: int, like: Array):
        self.tiles: dict[tuple[int, int], Array] = {}
        self.keep, self.size = keep, size
        self.memory: Array | None = None
        if keep and is_numpy(namespace(like)):
            self.order = {tile: k for k, tile in enumerate(chain.from_iterable(tiles))}
            self.memory = block(len(self.order) * size, like.dtype)

    def room(self, i: int, j: int, rows: int, columns: int) -> Array | None:
        """Memory for a tile of this size; None where its library allocates it."""
        if self.memory is None:
            return None
        start = self.order[i, j] * self.size
        return self.memory[start : start + rows * columns].reshape(rows, columns)

    def put(self, i: int, j: int, tile: Array) -> None:
        """Keep a tile if tiles are kept."""
        if self.keep:
            self.tiles[i, j] = tile

    def get(self, i: int, j: int) -> Array | None:
        """Return a kept tile, or None."""
        return self.tiles.get((i, j))


class BlockSums:
    """One running sum per block; the tiles of a round have no block in common.

    Parameters
    ----------
    blocks : Partition
    like : array
        Gives library, dtype and device.
    """

    def __init__(self, blocks: Partition, like: Array):
        self.blocks, self.like = blocks, like
        self.parts: list[Any] = [None] * len(blocks)

    def add(self, k: int, part: Array) -> None:
        """Add to block k; the first part becomes the buffer, so it must be no temporary."""
        self.parts[k] = part if self.parts[k] is None else add_(self.parts[k], part)

    def joined(self, shape: tuple[int, ...]) -> Array:
        """All blocks as one array of that shape; 0 where nothing was added."""
        xp, like, views = namespace(self.like), self.like, shape[0] if len(shape) == 2 else 1
        for k, (a, b) in enumerate(self.blocks.bounds):
            if self.parts[k] is None:
                self.parts[k] = xp.zeros(views * (b - a), dtype=like.dtype, device=device(like))
        return self.blocks.join(self.parts, shape)


class GradientBlocks:
    """Gradients of an array (views, samples, depth), by blocks of samples: sums of products.

    On NumPy they are one array from the start; on CuPy those of a single view are.

    Parameters
    ----------
    blocks : Partition
    like : array
        The array that has the gradients.
    multiplier : Multiplier
        Makes the products.
    """

    def __init__(self, blocks: Partition, like: Array, multiplier: Multiplier):
        self.blocks, self.like, self.multiplier = blocks, like, multiplier
        self.parts: list[Any] = [None] * len(blocks)
        self.whole: Array = None
        self.memory: list[Any] = [None] * len(blocks)
        """Place of the first product of each block; None for a new array."""
        self.several = like.shape[0] > 1
        if is_numpy(namespace(like)) or (multiplier.fills and not self.several):
            self.whole = room_for(like)
            inside = loaded(self.whole)
            for k, (a, b) in enumerate(blocks.bounds):
                self.memory[k] = inside[:, a:b] if self.several else inside[0, a:b]

    def add_product(self, k: int, x: Array, y: Array) -> None:
        """Add a product of matrices to block k."""
        place, total = self.memory[k], self.parts[k]
        if place is None or not self.several:
            self.parts[k] = self.multiplier.added(total, x, y, place)
            return
        product = self.multiplier.product(x, y).reshape(place.shape)
        if total is None:
            place[...] = product
            self.parts[k] = place
        else:
            add_(place, product)

    def joined(self, shape: tuple[int, ...]) -> Array:
        """All blocks as one array of that shape; 0 where nothing was added."""
        xp, (views, _, depth) = namespace(self.like), self.like.shape
        for k, (a, b) in enumerate(self.blocks.bounds):
            if self.parts[k] is None and self.whole is not None:
                self.memory[k][...] = 0
            elif self.parts[k] is None:
                size, where = (views * (b - a), depth), device(self.like)
                self.parts[k] = xp.zeros(size, dtype=self.like.dtype, device=where)
        if self.whole is not None:
            return namespace(self.whole).reshape(self.whole, shape)
        return self.blocks.join(self.parts, shape)
