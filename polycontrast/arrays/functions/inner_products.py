"""Inner products of matching rows, and their lengths."""

import functools
from typing import Any

import numpy as np

from polycontrast.arrays.cuda.rows import dense, prototype
from polycontrast.arrays.functions.arithmetic import add_
from polycontrast.arrays.functions.rowwise import rowwise, stays_whole
from polycontrast.arrays.namespaces import Array, device, namespace
from polycontrast.arrays.stand_ins.in_files import is_mapped
from polycontrast.arrays.temporaries import reuses


def row_dot(x: Array, y: Array) -> Array:
    """Inner products of matching rows, over the last axis."""
    if stays_whole(x):
        return np.vecdot(x, y)
    if is_mapped(x):
        return namespace(x).vecdot(x, y)
    if x.shape == y.shape:
        return rowwise(_vecdot, x, y)
    x, y = dense(x), dense(y)
    return namespace(x).sum(x * y, axis=-1)


def _vecdot(x: Array, y: Array) -> Array:
    return np.vecdot(x, y) if reuses(x) else namespace(x).sum(x * y, axis=-1)


def plus_scaled_rows(total: Array, factors: Array, rows: Array) -> Array:
    """``total + factors[:, None] * rows``; the total is a temporary, which may be overwritten."""

    def added(total: Array, factors: Array, rows: Array) -> Array:
        return add_(factors[:, None] * rows, total)

    if stays_whole(total):
        return added(total, factors, rows)
    return rowwise(added, total, factors, rows, out=total)


def sum_of_products(x: Array, y: Array, axis: int | tuple[int, ...]) -> Array:
    """Sum of the entrywise products of two matrices along an axis, without another in memory."""
    if not reuses(x):
        return namespace(x).sum(x * y, axis=axis)
    return np.vecdot(x, y) if axis == 1 else np.einsum("ij,ij->j", x, y)


def moderate_lengths(x: Array) -> Array | None:
    """Lengths of rows (..., 1), or None if the square of some length loses digits.

    None also for arrays outside of main memory and files, whose values cannot be read cheaply.
    """
    if not (reuses(x) or is_mapped(x)) or x.size == 0:
        return None
    with np.errstate(over="ignore"):
        squares = row_dot(x, x)[..., None]
    least, most = _moderate_squares(x.dtype)
    if squares.min() > least and squares.max() < most:
        return np.sqrt(squares)
    return None


@functools.cache
def _moderate_squares(dtype: Any) -> tuple[float, float]:
    """Bounds of sums of squares whose terms are neither lost nor infinite."""
    info = np.finfo(dtype)
    return float(info.smallest_normal / info.eps), float(info.max * info.eps)


def rounding_of_products(x: Array, y: Array, longest: float | None = None) -> Array:
    """Largest difference that rounding makes between two equal inner products of rows, 0-d.

    It is ``8 + sqrt(D)`` epsilons of the longest row of `x` times the longest of `y`, or of the
    square of `longest`, where no row of both is longer. Entries of one matrix product differ by a
    few epsilons. Sums in another order differ by some more.
    """
    xp = namespace(x)
    if 0 in x.shape or 0 in y.shape:
        return xp.zeros((), dtype=x.dtype, device=device(x))
    rounding = (8 + x.shape[-1] ** 0.5) * float(xp.finfo(x.dtype).eps)
    if longest is not None:
        return xp.full((), rounding * longest**2, dtype=x.dtype, device=device(x))
    lengths = [xp.sqrt(xp.max(row_dot(t, t))) for t in (x, y)]
    return rounding * lengths[0] * lengths[1]


def inner(x: Array, y: Array) -> Array:
    """Sum of all products of matching entries, 0-d; rows are summed first, for accuracy."""
    return namespace(prototype(x)).sum(row_dot(x, y))
