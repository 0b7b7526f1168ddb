"""Products of matrices, whose parts workers share."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from polycontrast.arrays.cpu.crew import share, sharing
from polycontrast.arrays.functions.sparse import Sparse
from polycontrast.arrays.namespaces import Array, namespace
from polycontrast.arrays.temporaries import reuses, temporary

PART = 2**22  # multiplications per part of a product: in smaller parts, scheduling costs too much
PARTS = 16  # most parts of a product, a power of 2
KERNEL = 16  # rows and columns of a part are multiples of this, for the kernels of BLAS
SHALLOW = 512  # depth up to which half of a product and a mirrored copy take longer than all of it


def matmul(x: Array, y: Array, out: Array | None = None) -> Array:
    """Product of two matrices; workers share the parts of a large product of NumPy arrays.

    The parts depend only on shapes, so the bits of a product do not depend on the workers.
    """
    if not reuses(x) or x.ndim != 2 or y.ndim != 2:
        if isinstance(x, Sparse):
            return x.times(y, out)
        xp = namespace(x)
        return xp.matmul(x, y) if out is None else xp.matmul(x, y, out=out)
    if x.dtype == np.float32 and x.shape[1] <= SHALLOW and _have_one_owner(x, y):
        x = x.copy()
    if x.size * y.shape[1] < 2 * PART or not sharing() or _is_square_of_one(x, y):
        return np.matmul(x, y, out=out)
    if out is None:
        out = np.empty((x.shape[0], y.shape[1]), dtype=np.result_type(x, y))
    return in_parts(lambda x, y, out: np.matmul(x, y, out=out), x, y, out)


def in_parts(multiply: Callable[[Array, Array, Array], Any], x: Array, y: Array, out: Array) -> Any:
    """A product of NumPy matrices, whose parts workers share where it is large.

    Parameters
    ----------
    multiply : callable
        Writes the product of its first two arguments into the third.
    x, y : array
    out : array
        Gets the product, and is returned.
    """
    rows, size = x.shape[0], x.size * y.shape[1]
    workers = sharing() if size >= 2 * PART else 0
    if not workers:
        multiply(x, y, out)
        return out
    height, width = _part_shape(rows, y.shape[1], min(PARTS, size // PART))

    def part(corner: tuple[int, int]) -> None:
        i, j = slice(corner[0], corner[0] + height), slice(corner[1], corner[1] + width)
        multiply(x[i, :], y[:, j], out[i, j])

    corners = itertools.product(range(0, rows, height), range(0, y.shape[1], width))
    if workers == 1:
        for corner in corners:
            part(corner)
    else:
        share(part, corners, workers)
    return out


def _part_shape(rows: int, columns: int, most: int) -> tuple[int, int]:
    """Rows and columns of the parts of a product, at most this many, as square as possible.

    BLAS copies the rows and the columns of each part before it multiplies them. A strip of few rows
    would copy all columns for little work.
    """
    down, across = 2 ** (most.bit_length() - 1), 1
    while down > 1 and 2 * across * rows < down * columns:
        down, across = down // 2, 2 * across
    height, width = (math.ceil(n / KERNEL) * KERNEL for n in (rows / down, columns / across))
    return height, width


def _is_square_of_one(x: Array, y: Array) -> bool:
    """Whether a matrix is multiplied by its own transpose: NumPy computes half of that product."""
    return x.strides == y.strides[::-1] and x.ctypes.data == y.ctypes.data


def _have_one_owner(x: Array, y: Array) -> bool:
    """Whether `y` may be the transpose of `x`, in the same memory."""
    return y.base is x or (y.base is x.base and y.base is not None)


def product(x: Array, y: Array) -> Array:
    """Temporary with the product of two matrices."""
    out = temporary((x.shape[0], y.shape[1]), x.dtype) if reuses(x) else None
    return matmul(x, y, out)


def transpose(x: Array) -> Array:
    """Transpose of a matrix."""
    if reuses(x):
        return x.mT
    if isinstance(x, Sparse):
        return x.transposed()
    return namespace(x).matrix_transpose(x)
