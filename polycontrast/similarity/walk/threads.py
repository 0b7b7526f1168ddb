"""Drivers that call the tile body from Python: a plain loop and a pool of threads.

Tiles come in rounds. No two tiles of a round share a block of rows or of columns, so the workers
of a round add to blocks that nobody else touches, and the order of additions to each block is
always the same: two runs give the same bits.

The plain loop serves every library; NumPy, which runs a tile on one thread, gets a pool.
"""

import functools
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from polycontrast.arrays import Array, Multiplier, Temporaries, add_, reusing

Body = Callable[[int, int], Any]


def rounds(rows: int, columns: int, symmetric: bool) -> Iterator[list[tuple[int, int]]]:
    """Tiles (row block, column block) in rounds without a shared block.

    All tiles of a rectangle, along its cyclic diagonals; or the upper triangle of a symmetric
    matrix: its diagonal, then the rounds of a tournament in which every block meets every other.
    """
    if not symmetric:
        for shift in range(max(rows, columns)):
            if rows <= columns:
                yield [(i, (i + shift) % columns) for i in range(rows)]
            else:
                yield [((j + shift) % rows, j) for j in range(columns)]
        return
    yield [(i, i) for i in range(rows)]
    # The circle method: the last player stays, the others turn; an odd number gets a bye.
    players = rows + rows % 2
    for turn in range(players - 1):
        circle = [(turn + k) % (players - 1) for k in range(players - 1)]
        pairs = [(circle[0], players - 1)]
        pairs += [(circle[k], circle[-k]) for k in range(1, players // 2)]
        yield [(min(p), max(p)) for p in pairs if max(p) < rows]


def walk(tiles: Iterator[list[tuple[int, int]]], body: Body, workers: int) -> None:
    """Call ``body(row block, column block)`` for every tile.

    The temporaries of a tile lie where those of the worker's last tile did.
    """
    own = _Own()

    def visit(tile: tuple[int, int]) -> None:
        with reusing(own.temporaries):
            body(*tile)

    if workers == 1:
        for batch in tiles:
            for tile in batch:
                visit(tile)
        return
    # Tiles share the processors, so each product must stay on one.
    with _blas().limit(limits=1, user_api="blas"):
        pool = _pool(workers)
        for batch in tiles:
            for _ in pool.map(visit, batch):
                pass


class _Own(threading.local):
    """What each worker has of a walk for itself."""

    def __init__(self) -> None:
        self.temporaries = Temporaries()


class BlockSums:
    """One running sum a block; the tiles of a round never meet in a block.

    Parameters
    ----------
    count : int
    places : list of array, optional
        Where the sums are to lie.
    multiplier : Multiplier, optional
        What makes products.
    """

    def __init__(
        self,
        count: int,
        places: list[Array] | None = None,
        multiplier: Multiplier | None = None,
    ):
        self.parts: list[Any] = [None] * count
        self.places, self.multiplier = places, multiplier or Multiplier()

    def add(self, k: int, part: Array) -> None:
        """Add to block k; the first part becomes the buffer, so it must be no temporary."""
        self.parts[k] = part if self.parts[k] is None else add_(self.parts[k], part)

    def add_product(self, k: int, x: Array, y: Array) -> None:
        """Add a product of matrices to block k."""
        place = None if self.places is None else self.places[k]
        self.parts[k] = self.multiplier.added(self.parts[k], x, y, place)


@functools.cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


@functools.cache
def _pool(workers: int) -> ThreadPoolExecutor:
    # Workers do not have the caller's settings of NumPy, and warn where the caller does not.
    quiet = functools.partial(np.seterr, all="ignore")
    return ThreadPoolExecutor(workers, thread_name_prefix="polycontrast", initializer=quiet)


if hasattr(os, "register_at_fork"):  # a child has no threads of its parent's pools
    os.register_at_fork(after_in_child=_pool.cache_clear)
