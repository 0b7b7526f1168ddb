"""Memory that a worker reuses from tile to tile.

A freed array of a few MiB goes back to the system, and a new one costs a page fault per 4 KiB when
it is written. That takes as much time as the arithmetic on it. So the temporaries of a tile are in
blocks that stay until the walk ends. Large blocks begin at a boundary of huge pages, if any exist.
"""

import math
import threading
from typing import Any

import numpy as np

from polycontrast.arrays.namespaces import Array, namespace
from polycontrast.arrays.stand_ins.in_files import MappedArray, is_mapped
from polycontrast.arrays.stand_ins.scratch import scratch

HUGE_PAGE = 2 * 2**20


def reuses(x: Any) -> bool:
    """Whether functions of `x` can write their results into memory that is given."""
    return type(x) is np.ndarray


def block(entries: int, dtype: Any) -> Array:
    """Uninitialised NumPy array (entries,), on huge pages if it is large and they exist."""
    size = entries * np.dtype(dtype).itemsize
    if size < 2 * HUGE_PAGE:  # NumPy requests huge pages from 4 MiB on
        return np.empty(entries, dtype=dtype)
    memory = np.empty(size + HUGE_PAGE, dtype=np.uint8)
    start = -memory.ctypes.data % HUGE_PAGE
    return memory[start : start + size].view(dtype)


def room_for(like: Array) -> Array:
    """Uninitialised array in the shape of an array, in a file if that array is in a file."""
    if is_mapped(like):
        return MappedArray(scratch(like.shape, like.dtype), own=True)
    if type(like) is not np.ndarray:
        return namespace(like).empty_like(like)
    return block(like.size, like.dtype).reshape(like.shape)


class Temporaries:
    """Blocks of one worker, given out in the order in which a tile needs them."""

    def __init__(self) -> None:
        self.blocks: list[Array] = []
        self.used = 0

    def take(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """Uninitialised array, valid until the tile is finished."""
        entries, k = math.prod(shape), self.used
        self.used += 1
        if k == len(self.blocks):
            self.blocks.append(block(entries, dtype))
        elif self.blocks[k].size < entries or self.blocks[k].dtype != dtype:
            self.blocks[k] = block(entries, dtype)
        return self.blocks[k][:entries].reshape(shape)


class _Current(threading.local):
    temporaries: Temporaries | None = None


_current = _Current()


class reusing:
    """Context in which the temporaries of this thread are in these blocks.

    Parameters
    ----------
    temporaries : Temporaries or None
        None where NumPy is to allocate each temporary anew.
    """

    def __init__(self, temporaries: Temporaries | None):
        self.temporaries = temporaries

    def __enter__(self) -> None:
        self.before, _current.temporaries = _current.temporaries, self.temporaries
        if self.temporaries is not None:
            self.temporaries.used = 0

    def __exit__(self, *error: object) -> None:
        _current.temporaries = self.before


def temporary(shape: tuple[int, ...], dtype: Any) -> Array | None:
    """Memory for a temporary of a tile; None outside of a walk, where NumPy allocates it."""
    here = _current.temporaries
    return None if here is None else here.take(shape, dtype)
