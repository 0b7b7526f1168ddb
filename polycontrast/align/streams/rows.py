"""Rows of a matrix in a file, read block by block."""

import mmap
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from polycontrast.align.watch import Watch
from polycontrast.arrays import Array, like, namespace, to_numpy

BLOCK = 2**25  # bytes of the file that are read at a time
SCATTERED = 2**11  # rows that are read at a time: the system maps some 64 KiB around each of them

Step = Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class StreamedRows:
    """A matrix whose rows are in a file, and in memory only while they are used.

    Parameters
    ----------
    source : ndarray (rows, columns)
        A view of a file that is mapped to memory.
    numbers : integer array (n,), optional
        Which rows of the file are the rows of this matrix, in this order; -1 for a row that is
        missing, which is 0 after all steps. Default: all.
    steps : tuple of callable
        What is done to each block of rows after it has been read.
    columns : int, optional
        Number of columns after the steps. Default: as in the file.
    kind : dtype, optional
        Of the entries after the steps. Default: as in the file.
    finite : bool
        Whether somebody found that the file has neither nan nor infinity.
    """

    source: np.ndarray
    numbers: np.ndarray | None = None
    steps: tuple[Step, ...] = ()
    columns: int | None = None
    kind: Any = None
    finite: bool = False
    ndim = 2

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows = self.source.shape[0] if self.numbers is None else len(self.numbers)
        return rows, self.source.shape[1] if self.columns is None else self.columns

    @property
    def dtype(self) -> Any:
        """Of the entries after all steps."""
        return self.source.dtype if self.kind is None else self.kind

    def __len__(self) -> int:
        return self.shape[0]

    def take(self, rows: np.ndarray) -> "StreamedRows":
        """Some of the rows; nothing is read."""
        numbers = rows if self.numbers is None else self.numbers[rows]
        return replace(self, numbers=np.asarray(numbers))

    def then(self, step: Step, columns: int | None = None, dtype: Any = None) -> "StreamedRows":
        """The rows after one more step, which maps each block of rows; nothing is read."""
        columns = self.columns if columns is None else columns
        kind = self.kind if dtype is None else dtype
        return replace(self, steps=(*self.steps, step), columns=columns, kind=kind)

    def only(self, there: np.ndarray) -> "StreamedRows":
        """The rows, with zeros in those that are not there."""
        numbers = np.arange(self.shape[0]) if self.numbers is None else self.numbers
        return replace(self, numbers=np.where(there, numbers, -1))

    def found_finite(self) -> "StreamedRows":
        """The same rows, which need no second look for nan and infinity."""
        return replace(self, finite=True)

    def read(self, start: int = 0, stop: int | None = None) -> Array:
        """Rows from `start` to `stop` as an array in memory."""
        stop = self.shape[0] if stop is None else min(stop, self.shape[0])
        numbers = None if self.numbers is None else self.numbers[start:stop]
        rows: Any = np.empty((stop - start, self.source.shape[1]), dtype=self.source.dtype)
        for at in range(0, len(rows), SCATTERED):
            part = slice(at, min(at + SCATTERED, len(rows)))
            if numbers is None:
                rows[part] = self.source[start + part.start : start + part.stop]
            else:
                rows[part] = self.source[np.maximum(numbers[part], 0)]
            release(self.source)
        for step in self.steps:
            rows = step(rows)
        return rows if numbers is None else zeroed(rows, numbers >= 0)

    def blocks(self) -> Iterator[tuple[int, Array]]:
        """Blocks of rows in order, each with the number of its first row."""
        width = max(self.shape[1], self.source.shape[1])
        step = max(1, BLOCK // max(1, width * max(4, self.source.dtype.itemsize)))
        for start in range(0, self.shape[0], step):
            yield start, self.read(start, min(start + step, self.shape[0]))


def blocks_of(x: Any) -> Iterator[tuple[int, Array]]:
    """Blocks of a matrix: of one in memory the matrix itself."""
    if isinstance(x, StreamedRows):
        yield from x.blocks()
    else:
        yield 0, x


def watched_blocks(x: Any, watch: Watch, phase: str) -> Iterator[tuple[int, Array]]:
    """Blocks of a matrix, also of one in memory; `watch` gets the rows of the phase so far."""
    rows, columns = x.shape
    step = max(1, BLOCK // max(1, 8 * columns))
    in_steps = ((start, x[start : min(start + step, rows), :]) for start in range(0, rows, step))
    for start, block in x.blocks() if isinstance(x, StreamedRows) else in_steps:
        watch(phase, start, rows)
        yield start, block
    watch(phase, rows, rows)


def in_memory(x: Any) -> Any:
    """The rows as an array; other arrays as they are."""
    return x.read() if isinstance(x, StreamedRows) else x


def on_host(x: Any) -> Any:
    """The rows as a NumPy array, or as rows of a file that become NumPy arrays."""
    if isinstance(x, StreamedRows):
        return x.then(to_numpy)
    return to_numpy(x)


def zeroed(rows: Array, there: np.ndarray) -> Array:
    """The rows with zeros in those that are not there."""
    if isinstance(rows, StreamedRows):
        return rows.only(there)
    if there.all():
        return rows
    xp = namespace(rows)
    kept = like(there, rows, dtype=xp.bool)
    return xp.where(kept[:, None], rows, xp.zeros_like(rows))


def without(rows: Array, there: np.ndarray) -> Array:
    """The rows of an array in memory, with nan in those that are not there."""
    if there.all():
        return rows
    xp = namespace(rows)
    kept = like(there, rows, dtype=xp.bool)
    return xp.where(kept[:, None], rows, xp.full_like(rows, xp.nan))


def release(x: np.ndarray) -> None:
    """Let the system take back the memory of pages that were read; the file keeps its numbers."""
    base: Any = x
    while isinstance(base, (np.ndarray, memoryview)):
        base = base.obj if isinstance(base, memoryview) else base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        with suppress(OSError, ValueError):
            base.madvise(mmap.MADV_DONTNEED)
