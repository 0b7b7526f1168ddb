"""Functions that the Array API standard lacks.

Functions whose name ends in an underscore may overwrite their first argument, as those of NumPy and
torch can. Call them only on temporaries of your own, and use the returned array. `product`,
`added`, `subtracted` and `multiplied` make temporaries. In the body of a walk, a temporary is valid
until the tile is finished (see `polycontrast.arrays.temporaries`).
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.cpu.crew import share, sharing
from polycontrast.arrays.cuda.rows import dense, prototype
from polycontrast.arrays.functions.rowwise import rowwise, stays_whole
from polycontrast.arrays.functions.sparse import Sparse
from polycontrast.arrays.namespaces import Array, device, namespace
from polycontrast.arrays.stand_ins.in_files import is_mapped
from polycontrast.arrays.temporaries import temporary

quiet = np.errstate(all="ignore")
"""Decorator without floating-point warnings or errors: overflow and underflow inside are intended.

It holds whatever the caller has set by `numpy.seterr`.
"""

SAFE_EXPONENT = 80.0  # its exponential plus 1 is far below the largest float32
PART = 2**22  # multiplications per part of a product: in smaller parts, scheduling costs too much
PARTS = 16  # most parts of a product, a power of 2
STRIP = 2**16  # entries of a tile that stay in the inner cache over several passes
KERNEL = 16  # rows and columns of a part are multiples of this, for the kernels of BLAS
SHALLOW = 512  # depth up to which half of a product and a mirrored copy take longer than all of it


def _reuses(x: Array) -> bool:
    return type(x) is np.ndarray


def matmul(x: Array, y: Array, out: Array | None = None) -> Array:
    """Product of two matrices; workers share the parts of a large product of NumPy arrays.

    The parts depend only on shapes, so the bits of a product do not depend on the workers.
    """
    if not _reuses(x) or x.ndim != 2 or y.ndim != 2:
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
    out = temporary((x.shape[0], y.shape[1]), x.dtype) if _reuses(x) else None
    return matmul(x, y, out)


def copied(x: Array) -> Array:
    """Temporary with the same numbers."""
    if _reuses(x):
        return _into(np.add, x, 0)
    return x.copy() if compat.is_cupy_array(x) else x  # elsewhere nothing is written in place


def added(x: Array, y: Array) -> Array:
    """Temporary with a sum."""
    return _into(np.add, x, y) if _reuses(x) else x + y


def subtracted(x: Array, y: Array) -> Array:
    """Temporary with a difference."""
    return _into(np.subtract, x, y) if _reuses(x) else x - y


def multiplied(x: Array, y: Array) -> Array:
    """Temporary with an elementwise product."""
    return _into(np.multiply, x, y) if _reuses(x) else x * y


def _into(ufunc: Any, x: Array, y: Any) -> Array:
    return ufunc(x, y, out=temporary(np.broadcast(x, y).shape, x.dtype))


def exp_(x: Array) -> Array:
    """Exponential of a temporary."""
    return np.exp(x, out=x) if _reuses(x) else namespace(x).exp(x)


def add_(x: Array, y: Array) -> Array:
    """Sum of a temporary, which has the shape of the result, and an array that broadcasts to it."""
    if _reuses(x):
        return np.add(x, y, out=x)
    return x.plus_(y) if is_mapped(x) else x + y


def subtract_(x: Array, y: Array) -> Array:
    """Difference of a temporary in the shape of the result, and an array that broadcasts to it."""
    return np.subtract(x, y, out=x) if _reuses(x) else x - y


def multiply_(x: Array, y: Array) -> Array:
    """Product of a temporary in the shape of the result, and an array that broadcasts to it."""
    return np.multiply(x, y, out=x) if _reuses(x) else x * y


def divide_(x: Array, y: Array) -> Array:
    """Quotient of a temporary in the shape of the result, and an array that broadcasts to it."""
    return np.divide(x, y, out=x) if _reuses(x) else x / y


def fill_(x: Array, where: Array, value: Any) -> Array:
    """A temporary with `value` in the entries where `where`, which broadcasts, is true."""
    if _reuses(x):
        np.copyto(x, value, where=where)
        return x
    xp = namespace(x)
    if compat.is_cupy_array(x):
        xp.copyto(x, value, where=where)
        return x
    return xp.where(where, value, x)


def fill_diagonals_(
    x: Array,
    shape: tuple[int, int, int, int],
    value: float,
    first: tuple[int, int] = (0, 0),
    count: int | None = None,
) -> Array | None:
    """A temporary matrix with `value` on diagonals of its views; None if that would copy.

    Parameters
    ----------
    x : array
    shape : (row views, rows, column views, columns)
    value : float
    first : (int, int), default (0, 0)
        Row and column where each diagonal begins.
    count : int, optional
        Its length; all rows by default.
    """
    in_place = _reuses(x) or compat.is_cupy_array(x)
    if not (in_place and x.flags.c_contiguous):
        return None
    views, rows, across, columns = shape
    count = rows if count is None else count
    width, flat = across * columns, x.reshape(-1)
    for a in range(views):
        for b in range(across):
            start = (a * rows + first[0]) * width + b * columns + first[1]
            flat[start : start + count * (width + 1) : width + 1] = value
    return x


def fill_along_(x: Array, index: Array, value: Any) -> Array:
    """A temporary matrix with `value`, a number or a column, in the entry ``[i, index[i]]``."""
    if _reuses(x):
        np.put_along_axis(x, index[:, None], value, axis=-1)
        return x
    xp = namespace(x)
    columns = xp.arange(x.shape[-1], dtype=index.dtype, device=device(x))
    return xp.where(columns[None, :] == index[:, None], value, x)


def as_index(x: Array) -> Array:
    """Integers in the dtype by which their library indexes."""
    xp = namespace(x)
    dtype = xp.__array_namespace_info__().default_dtypes()["indexing"]
    return x if x.dtype == dtype else xp.astype(x, dtype)


def positive_part_(x: Array) -> Array:
    """The larger of a temporary and 0."""
    return np.maximum(x, 0, out=x) if _reuses(x) else namespace(x).maximum(x, 0.0)


def negative_part_(x: Array) -> Array:
    """The smaller of a temporary and 0."""
    return np.minimum(x, 0, out=x) if _reuses(x) else namespace(x).minimum(x, 0.0)


def reshaped(x: Array, shape: tuple[int, ...]) -> Array:
    """The same numbers in another shape; of NumPy's arrays by their method, which is quicker."""
    return x.reshape(shape) if _reuses(x) else namespace(x).reshape(x, shape)


def sums(x: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    """Sum along an axis; of NumPy's arrays by the ufunc, which is quicker for small ones."""
    return np.add.reduce(x, axis=axis) if _reuses(x) else namespace(x).sum(x, axis=axis)


def count_true(x: Array, axis: int | tuple[int, ...], dtype: Any) -> Array:
    """Number of true entries along an axis; of NumPy's arrays from bytes, without a wider copy."""
    if _reuses(x):
        return np.add.reduce(x.view(np.uint8), axis=axis, dtype=np.uint32).astype(dtype)
    xp = namespace(x)
    return xp.sum(xp.astype(x, dtype), axis=axis)


def transpose(x: Array) -> Array:
    """Transpose of a matrix."""
    if _reuses(x):
        return x.mT
    if isinstance(x, Sparse):
        return x.transposed()
    return namespace(x).matrix_transpose(x)


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
    return np.vecdot(x, y) if _reuses(x) else namespace(x).sum(x * y, axis=-1)


def plus_scaled_rows(total: Array, factors: Array, rows: Array) -> Array:
    """``total + factors[:, None] * rows``; the total is a temporary, which may be overwritten."""

    def added(total: Array, factors: Array, rows: Array) -> Array:
        return add_(factors[:, None] * rows, total)

    if stays_whole(total):
        return added(total, factors, rows)
    return rowwise(added, total, factors, rows, out=total)


def sum_of_products(x: Array, y: Array, axis: int | tuple[int, ...]) -> Array:
    """Sum of the entrywise products of two matrices along an axis, without another in memory."""
    if not _reuses(x):
        return namespace(x).sum(x * y, axis=axis)
    return np.vecdot(x, y) if axis == 1 else np.einsum("ij,ij->j", x, y)


def moderate_lengths(x: Array) -> Array | None:
    """Lengths of rows (..., 1), or None if the square of some length loses digits.

    None also for arrays outside of main memory and files, whose values cannot be read cheaply.
    """
    if not (_reuses(x) or is_mapped(x)) or x.size == 0:
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


def infinite_to_nan(x: Array) -> Array:
    """The same array with nan in place of infinities; `x` itself when it has none."""
    xp = namespace(x)
    if (_reuses(x) or is_mapped(x)) and (
        x.size == 0 or (xp.max(x) < math.inf and xp.min(x) > -math.inf)
    ):
        return x
    return xp.where(xp.isinf(x), math.nan, x)


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


def safe_log(x: Array) -> Array:
    """Logarithm of non-negative numbers with log 0 = -inf and no warning."""
    if _reuses(x):
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(x)
    xp = namespace(x)
    zero = x == 0
    return xp.where(zero, -math.inf, xp.log(xp.where(zero, 1.0, x)))


def safe_sqrt(x: Array) -> Array:
    """Square root of the larger of `x` and 0; on a gradient tape its derivative at 0 is 0."""
    if _reuses(x):
        return np.sqrt(np.maximum(x, 0))
    xp = namespace(x)
    positive = x > 0
    length = xp.sqrt(xp.where(positive, x, 1.0))
    # A nan stays nan.
    return xp.where(positive, length, xp.where(x <= 0, 0.0, x))


def safe_sqrt_(x: Array) -> Array:
    """The same of a temporary."""
    if _reuses(x):
        return np.sqrt(np.maximum(x, 0, out=x), out=x)
    return safe_sqrt(x)


def finite_or_zero(x: Array) -> Array:
    """`x` with infinities replaced by 0, so that ``inf - inf`` never arises; nan stays."""
    xp = namespace(x)
    return xp.where(xp.isinf(x), 0.0, x)


def logsumexp(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Log-sum-exp along an axis; -inf where every term is -inf."""
    xp = namespace(x)
    peak = finite_or_zero(xp.max(x, axis=axis, keepdims=True))
    total = xp.sum(xp.exp(x - peak), axis=axis, keepdims=True)
    return xp.squeeze(safe_log(total) + peak, axis=axis)


def first_largest(x: Array) -> Array:
    """Index of the largest entry along the first axis, of equal ones the first.

    NumPy looks for it entry by entry. Three passes over whole rows are several times as fast.
    """
    if not _reuses(x):
        return namespace(x).argmax(x, axis=0)
    count = x.shape[0]
    kind = np.int16 if count < 2**15 else np.int32
    backwards = np.arange(count, 0, -1, dtype=kind).reshape(-1, *[1] * (x.ndim - 1))
    found = np.multiply(x == x.max(axis=0), backwards, dtype=kind).max(axis=0)
    # Where the largest is nan, nothing equals it.
    return np.minimum(count - found.astype(np.int32), count - 1)


def softplus(x: Array) -> Array:
    """``log(1 + exp(x))`` without overflow; 0 at -inf."""
    xp = namespace(x)
    positive, size = _positive_part_and_size(x)
    return positive + xp.log1p(xp.exp(-size))


def sigmoid(x: Array) -> Array:
    """``1 / (1 + exp(-x))`` without overflow; the derivative of `softplus`."""
    xp = namespace(x)
    e = xp.exp(-_positive_part_and_size(x)[1])
    return xp.where(x >= 0, 1.0, e) / (1 + e)


def softplus_with_slope(x: Array) -> tuple[Array, Callable[[], Array]]:
    """Softplus, and a function that makes the sigmoid from the same exponential."""
    xp = namespace(x)
    positive, size = _positive_part_and_size(x)
    e = xp.exp(-size)
    return positive + xp.log1p(e), lambda: xp.where(x >= 0, 1.0, e) / (1 + e)


def softplus_and_sigmoid(x: Array) -> tuple[Array, Array]:
    """Softplus and sigmoid of a temporary, from one exponential."""
    xp = namespace(x)
    if _reuses(x) and x.ndim and x.size and x.max() < SAFE_EXPONENT:
        # exp(x) is finite, so no absolute value and no case distinction is needed.
        slope = temporary(x.shape, x.dtype)
        slope = np.empty_like(x) if slope is None else slope
        for e, into in _strips(x, slope):
            np.exp(e, out=e)
            np.add(e, 1, out=into)
            np.divide(e, into, out=into)
            np.log1p(e, out=e)
        return x, slope
    positive, size = _positive_part_and_size(x)
    e = exp_(-size)
    slope = xp.where(x >= 0, 1.0, e) / (1 + e)
    return add_(xp.log1p(e), positive), slope


def _strips(*given: Array) -> Iterator[tuple[Array, ...]]:
    """Matching rows of arrays of one shape, some at a time: so many stay in the inner cache."""
    count = given[0].shape[0]
    step = max(1, STRIP * count // given[0].size)
    for start in range(0, count, step):
        yield tuple(t[start : start + step] for t in given)


def _positive_part_and_size(x: Array) -> tuple[Array, Array]:
    """``max(x, 0)`` and ``|x|``; on a tape, their derivatives at 0 are those of the side x >= 0.

    A formula with one case for each sign is then differentiated in one of its cases. Libraries take
    0 as the slope of ``|x|`` at 0, which is the slope of neither case.
    """
    xp = namespace(x)
    if _reuses(x):
        return np.maximum(x, 0), np.abs(x)
    upper = x >= 0
    return xp.where(upper, x, xp.zeros_like(x)), xp.where(upper, x, -x)
