"""Drivers that call the tile body from Python: a plain loop, and workers that share tiles.

Tiles come in rounds. No two tiles of a round share a block of rows or of columns, so no two workers
of a round add to the same block. The order of additions to each block is always the same: two runs
give the same bits, with any number of workers.

The plain loop serves every library; NumPy, which runs a tile on one thread, gets workers.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from polycontrast.arrays import Temporaries, reusing, share

Body = Callable[..., Any]


def rounds(rows: int, columns: int, symmetric: bool) -> Iterator[list[tuple[int, int]]]:
    """Tiles (row block, column block) in rounds without a shared block.

    All tiles of a rectangle, along its cyclic diagonals; or the upper triangle of a symmetric
    matrix: its diagonal, then rounds that pair each two blocks once.
    """
    if not symmetric:
        for shift in range(max(rows, columns)):
            if rows <= columns:
                yield [(i, (i + shift) % columns) for i in range(rows)]
            else:
                yield [((j + shift) % rows, j) for j in range(columns)]
        return
    yield [(i, i) for i in range(rows)]
    # The circle method: the last block stays, the others turn. Of an odd number one has no partner.
    count = rows + rows % 2
    for turn in range(count - 1):
        circle = [(turn + k) % (count - 1) for k in range(count - 1)]
        pairs = [(circle[0], count - 1)]
        pairs += [(circle[k], circle[-k]) for k in range(1, count // 2)]
        yield [(min(p), max(p)) for p in pairs if max(p) < rows]


def walk(tiles: Iterator[Sequence[tuple[int, ...]]], body: Body, workers: int | None) -> None:
    """Call ``body(row block, column block)`` for every tile; in a cube, a block of every view.

    The temporaries of a tile reuse the memory of the worker's last tile.

    Parameters
    ----------
    tiles : iterator
        Rounds of tiles.
    body : callable
    workers : int, optional
        Threads that share the tiles of a round. None for a plain loop, whose tiles may share out
        their large products.
    """
    own = _Own()

    def visit(tile: tuple[int, ...]) -> None:
        with reusing(own.temporaries):
            body(*tile)

    for batch in tiles:
        if workers is None:
            for tile in batch:
                visit(tile)
        else:
            share(visit, batch, workers)


class _Own(threading.local):
    """Memory of a walk that each worker has for itself."""

    def __init__(self) -> None:
        self.temporaries = Temporaries()
