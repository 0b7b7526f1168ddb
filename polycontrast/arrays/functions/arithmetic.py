"""Arithmetic on temporaries, entry by entry, and sums along axes.

Functions whose name ends in an underscore may overwrite their first argument, as those of NumPy and
torch can. Call them only on temporaries of your own, and use the returned array. `added`,
`subtracted` and `multiplied` make temporaries. In the body of a walk, a temporary is valid
until the tile is finished (see `polycontrast.arrays.temporaries`).
"""

import math
from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.namespaces import Array, device, namespace
from polycontrast.arrays.stand_ins.in_files import is_mapped
from polycontrast.arrays.temporaries import reuses, temporary

quiet = np.errstate(all="ignore")
"""Decorator without floating-point warnings or errors: overflow and underflow inside are intended.

It holds whatever the caller has set by `numpy.seterr`.
"""


def copied(x: Array) -> Array:
    """Temporary with the same numbers."""
    if reuses(x):
        return _into(np.add, x, 0)
    return x.copy() if compat.is_cupy_array(x) else x  # elsewhere nothing is written in place


def added(x: Array, y: Array) -> Array:
    """Temporary with a sum."""
    return _into(np.add, x, y) if reuses(x) else x + y


def subtracted(x: Array, y: Array) -> Array:
    """Temporary with a difference."""
    return _into(np.subtract, x, y) if reuses(x) else x - y


def multiplied(x: Array, y: Array) -> Array:
    """Temporary with an elementwise product."""
    return _into(np.multiply, x, y) if reuses(x) else x * y


def _into(ufunc: Any, x: Array, y: Any) -> Array:
    return ufunc(x, y, out=temporary(np.broadcast(x, y).shape, x.dtype))


def exp_(x: Array) -> Array:
    """Exponential of a temporary."""
    return np.exp(x, out=x) if reuses(x) else namespace(x).exp(x)


def add_(x: Array, y: Array) -> Array:
    """Sum of a temporary, which has the shape of the result, and an array that broadcasts to it."""
    if reuses(x):
        return np.add(x, y, out=x)
    return x.plus_(y) if is_mapped(x) else x + y


def subtract_(x: Array, y: Array) -> Array:
    """Difference of a temporary in the shape of the result, and an array that broadcasts to it."""
    return np.subtract(x, y, out=x) if reuses(x) else x - y


def multiply_(x: Array, y: Array) -> Array:
    """Product of a temporary in the shape of the result, and an array that broadcasts to it."""
    return np.multiply(x, y, out=x) if reuses(x) else x * y


def divide_(x: Array, y: Array) -> Array:
    """Quotient of a temporary in the shape of the result, and an array that broadcasts to it."""
    return np.divide(x, y, out=x) if reuses(x) else x / y


def fill_(x: Array, where: Array, value: Any) -> Array:
    """A temporary with `value` in the entries where `where`, which broadcasts, is true."""
    if reuses(x):
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
    in_place = reuses(x) or compat.is_cupy_array(x)
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
    if reuses(x):
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
    return np.maximum(x, 0, out=x) if reuses(x) else namespace(x).maximum(x, 0.0)


def negative_part_(x: Array) -> Array:
    """The smaller of a temporary and 0."""
    return np.minimum(x, 0, out=x) if reuses(x) else namespace(x).minimum(x, 0.0)


def reshaped(x: Array, shape: tuple[int, ...]) -> Array:
    """The same numbers in another shape; of NumPy's arrays by their method, which is quicker."""
    return x.reshape(shape) if reuses(x) else namespace(x).reshape(x, shape)


def sums(x: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    """Sum along an axis; of NumPy's arrays by the ufunc, which is quicker for small ones."""
    return np.add.reduce(x, axis=axis) if reuses(x) else namespace(x).sum(x, axis=axis)


def count_true(x: Array, axis: int | tuple[int, ...], dtype: Any) -> Array:
    """Number of true entries along an axis; of NumPy's arrays from bytes, without a wider copy."""
    if reuses(x):
        return np.add.reduce(x.view(np.uint8), axis=axis, dtype=np.uint32).astype(dtype)
    xp = namespace(x)
    return xp.sum(xp.astype(x, dtype), axis=axis)


def infinite_to_nan(x: Array) -> Array:
    """The same array with nan in place of infinities; `x` itself when it has none."""
    xp = namespace(x)
    if (reuses(x) or is_mapped(x)) and (
        x.size == 0 or (xp.max(x) < math.inf and xp.min(x) > -math.inf)
    ):
        return x
    return xp.where(xp.isinf(x), math.nan, x)


def first_largest(x: Array) -> Array:
    """Index of the largest entry along the first axis, of equal ones the first.

    NumPy looks for it entry by entry. Three passes over whole rows are several times as fast.
    """
    if not reuses(x):
        return namespace(x).argmax(x, axis=0)
    count = x.shape[0]
    kind = np.int16 if count < 2**15 else np.int32
    backwards = np.arange(count, 0, -1, dtype=kind).reshape(-1, *[1] * (x.ndim - 1))
    found = np.multiply(x == x.max(axis=0), backwards, dtype=kind).max(axis=0)
    # Where the largest is nan, nothing equals it.
    return np.minimum(count - found.astype(np.int32), count - 1)
