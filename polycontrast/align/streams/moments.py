"""Means and covariances of rows in files, in one pass."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from polycontrast.align.streams.rows import BLOCK, StreamedRows
from polycontrast.arrays import Array, to_float64, to_numpy, transpose


def moments(x: StreamedRows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Units, means and covariances of the columns, in one pass over the rows.

    The blocks are merged by the formula of Chan, Golub and LeVeque (1979), which keeps the digits
    of columns whose mean is large.

    Returns
    -------
    unit : ndarray (columns,)
        A power of two near the first values of each column; the others are in these units.
    mean : ndarray (columns,)
    covariance : ndarray (columns, columns)
    """
    columns = x.shape[1]
    unit, count = np.ones(columns), 0
    mean, squares = np.zeros(columns), np.zeros((columns, columns))
    for start, read in x.blocks():
        block = to_numpy(read).astype(np.float64)
        if start == 0:
            unit = np.ldexp(1.0, np.frexp(np.max(np.abs(block), axis=0))[1] - 1)
        block /= unit
        rows, own = len(block), block.mean(axis=0)
        block -= own
        apart = own - mean
        squares += block.T @ block
        squares += np.outer(apart, apart) * (count * rows / (count + rows))
        count += rows
        mean += apart * (rows / count)
    return unit, mean, squares / count


def products(views: Sequence[Any]) -> dict[tuple[int, int], np.ndarray]:
    """Sums over the rows of the products of the columns of views a < b, in one pass."""
    count, rows = len(views), views[0].shape[0]
    streamed = any(isinstance(view, StreamedRows) for view in views)
    step = max(1, BLOCK // (8 * max(view.shape[1] for view in views))) if streamed else rows
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    sums: dict[tuple[int, int], np.ndarray] = {}
    for start in range(0, rows, step):
        blocks = [_some(view, start, min(start + step, rows)) for view in views]
        for a, b in pairs:
            part = to_float64(transpose(blocks[a]) @ blocks[b])
            sums[a, b] = part if start == 0 else sums[a, b] + part
    return sums


def _some(x: Any, start: int, stop: int) -> Array:
    return x.read(start, stop) if isinstance(x, StreamedRows) else x[start:stop, :]
