"""A matrix that grows block by block: in memory while it is small, then in a file."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Self

import numpy as np

from polycontrast.align.streams.rows import StreamedRows, blocks_of

LARGE = 2**27  # bytes of a view: with more it stays in its file


def is_large(size: int) -> bool:
    """True for so many bytes that they stay in a file."""
    return size > LARGE


class RowStore:
    """Blocks of rows, put together in order.

    Up to `LARGE` bytes are in memory. More are written to a temporary file, which is deleted
    together with the last array that reads it. As a context, a store closes its file at the end.
    """

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []
        self._file: IO[bytes] | None = None
        self._rows = self._bytes = 0

    def __enter__(self) -> Self:
        """Begin without rows."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file; the map of a result keeps it."""
        if self._file is not None:
            self._file.close()

    def add(self, block: np.ndarray) -> None:
        """Append rows; all blocks have equally many columns, and one dtype."""
        self._blocks.append(block)
        self._rows, self._bytes = self._rows + len(block), self._bytes + block.nbytes
        if is_large(self._bytes):
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="polycontrast-")  # noqa: SIM115
            for one in self._blocks:
                one.tofile(self._file)
            self._blocks = [block[:0].copy()]  # which keeps the dtype and the columns

    def result(self) -> Any:
        """The whole matrix: an array, or rows in the file. Nothing can be added after this."""
        if self._file is None:
            return self._blocks[0] if len(self._blocks) == 1 else np.concatenate(self._blocks)
        like = self._blocks[0]
        shape = (self._rows, *like.shape[1:])
        self._file.flush()
        return StreamedRows(np.asarray(np.memmap(self._file, like.dtype, "r", shape=shape)))


def save_rows(
    path: Path, rows: Any, there: np.ndarray, watch: Callable[[int], object] | None = None
) -> None:
    """Write rows as a .npy file, block by block; those that are not there as nan.

    `watch` gets the number of rows so far before each block.
    """
    dtype = np.dtype(rows.dtype)
    head = dict(descr=dtype.str, fortran_order=False, shape=tuple(rows.shape))
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, head)
        for start, block in blocks_of(rows):
            if watch is not None:
                watch(start)
            block = np.array(block, order="C")
            block[~there[start : start + len(block)]] = np.nan
            file.write(block.data)


def in_file(x: np.ndarray) -> Any:
    """Rows of a mapped file as they are used; columns that lie one after another are turned."""
    if x.flags.c_contiguous:
        return StreamedRows(x)
    with RowStore() as store:
        for _, block in StreamedRows(x).blocks():
            store.add(np.ascontiguousarray(block))
        return store.result()
