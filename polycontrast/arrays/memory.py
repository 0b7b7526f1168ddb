"""Memory that a worker uses again from tile to tile.

The system takes freed arrays of a few MiB back, and a fresh one costs a page fault every 4 KiB when
it is written: as much time as the arithmetic on it. So the temporaries of a tile lie in blocks that
stay until the walk ends. Large blocks begin at a boundary of huge pages, where those exist.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from polycontrast.arrays.mapped import MappedArray, is_mapped, scratch
from polycontrast.arrays.namespaces import Array

HUGE_PAGE = 2 * 2**20


def block(entries: int, dtype: Any) -> Array:
    """Uninitialised NumPy array (entries,), on huge pages if it is large and there are any."""
    size = entries * np.dtype(dtype).itemsize
    if size < 2 * HUGE_PAGE:  # NumPy asks for huge pages from 4 MiB on
        return np.empty(entries, dtype=dtype)
    memory = np.empty(size + HUGE_PAGE, dtype=np.uint8)
    start = -memory.ctypes.data % HUGE_PAGE
    return memory[start : start + size].view(dtype)


def room_for(like: Array) -> Array:
    """Unspecified numbers in the shape of an array of NumPy's, in a file if that one is."""
    if is_mapped(like):
        return MappedArray(scratch(like.shape, like.dtype))
    return block(like.size, like.dtype).reshape(like.shape)


class Temporaries:
    """Blocks of one worker, handed out in the order in which a tile asks for them."""

    def __init__(self) -> None:
        self.blocks: list[Array] = []
        self.used = 0

    def take(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """Uninitialised array, valid until the tile is done."""
        entries, k = int(np.prod(shape)), self.used
        self.used += 1
        if k == len(self.blocks):
            self.blocks.append(block(entries, dtype))
        elif self.blocks[k].size < entries or self.blocks[k].dtype != dtype:
            self.blocks[k] = block(entries, dtype)
        return self.blocks[k][:entries].reshape(shape)


class _Current(threading.local):
    temporaries: Temporaries | None = None


_current = _Current()


@contextlib.contextmanager
def reusing(temporaries: Temporaries) -> Iterator[None]:
    """Within this, on this thread, temporaries lie in these blocks."""
    before, _current.temporaries, temporaries.used = _current.temporaries, temporaries, 0
    try:
        yield
    finally:
        _current.temporaries = before


def temporary(shape: tuple[int, ...], dtype: Any) -> Array | None:
    """Memory for a temporary of a tile; None outside of a walk, where NumPy finds its own."""
    here = _current.temporaries
    return None if here is None else here.take(shape, dtype)
