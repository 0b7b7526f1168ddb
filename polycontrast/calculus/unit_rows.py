"""Rows of unit Euclidean length."""

import math
import operator
from collections.abc import Callable

from polycontrast.arrays import (
    Array,
    UnitRows,
    add_,
    constant,
    is_mapped,
    is_numpy,
    kernels,
    moderate_lengths,
    multiply_,
    namespace,
    row_dot,
    rowwise,
)

APART_BYTES = 8 * 2**20  # smaller matrices cost more launches than memory


def unit_rows(
    x: Array, normalize: bool = True, apart: bool = False
) -> tuple[Array, Callable[..., Array]]:
    """Scale every row (last axis) to length 1.

    ``z = x / r`` with ``r = |x|``, and back ``dx = (g - <z, g> z) / r``. A zero row stays zero
    and gets gradient zero; so does a row with no entry above the smallest normal number. Rows of
    any finite size are safe: entries are scaled before they are squared. With ``normalize=False``
    rows pass through unchanged, in both directions, but those whose squared length is infinite:
    their products may be so. An infinity makes nan, either way: one that stayed infinite could
    vanish in an exponential or among pairs that do not count, and the loss would hide it.

    Parameters
    ----------
    x : array (..., D)
    normalize : bool, default True
    apart : bool, default False
        Whether `z` may be `UnitRows`, which large matrices of CuPy become: they are made each time
        that they are read, and take no memory.

    Returns
    -------
    z : array (..., D)
    back : callable
        From dL/dz to dL/dx. With ``overwrite=True`` it may write over dL/dz, which saves memory on
        a GPU.
    """
    if not normalize:
        return _short_or_nan(x), lambda g, overwrite=False: g
    if x.ndim > 2 and not is_mapped(x):  # rows of one matrix, which workers share
        return _of_several_axes(x)
    length = moderate_lengths(x)
    if length is not None:
        z = rowwise(operator.truediv, x, length)

        def back_moderate(g: Array, overwrite: bool = False) -> Array:
            return rowwise(_moderate_back, g, z, length, out=g if overwrite else None)

        return z, back_moderate
    if kernels(x) is not None:
        made = UnitRows(x)
        large = apart and x.ndim == 2 and x.nbytes > APART_BYTES
        return made if large else made.dense(), made.back
    return _scaled(x)


def _of_several_axes(x: Array) -> tuple[Array, Callable[..., Array]]:
    reshape, shape = namespace(x).reshape, x.shape
    flat = (math.prod(shape[:-1]), shape[-1])
    z, back = unit_rows(reshape(x, flat))

    def back_to_shape(g: Array, overwrite: bool = False) -> Array:
        return reshape(back(reshape(g, flat), overwrite), shape)

    return reshape(z, shape), back_to_shape


def _moderate_back(g: Array, z: Array, length: Array) -> Array:
    """Gradient of rows from that of their directions, where no row is a zero row."""
    tangential = add_(-row_dot(z, g)[..., None] * z, g)
    return multiply_(tangential, 1 / length)


def _short_or_nan(x: Array) -> Array:
    """Rows of a finite squared length as they are, and nan for others; no product is infinite."""
    xp, fixed = namespace(x), constant(x)
    long = xp.isinf(row_dot(fixed, fixed))
    if is_numpy(xp) and not xp.any(long):
        return x
    return xp.where(long[..., None], xp.nan, x)


def _scaled(x: Array) -> tuple[Array, Callable[..., Array]]:
    z, length, zero = rowwise(_with_lengths, x)

    def back(g: Array, overwrite: bool = False) -> Array:
        return rowwise(_tangential, g, z, length, zero, out=g if overwrite else None)

    return z, back


def _with_lengths(x: Array) -> tuple[Array, Array, Array]:
    """Rows of unit length, their lengths, and whether they count as zero rows."""
    xp = namespace(x)
    # Any number of about the size of a row will do, so its derivative is not needed.
    peak = constant(xp.max(xp.abs(x), axis=-1, keepdims=True))
    zero = peak < xp.finfo(x.dtype).smallest_normal
    peak = xp.where(zero, 1.0, peak)
    z = x / peak
    # No root of 0, which has no second derivative either.
    length = xp.sqrt(xp.where(zero, 1.0, xp.sum(z * z, axis=-1, keepdims=True)))
    return xp.where(zero, 0.0, z / length), peak * length, zero


def _tangential(g: Array, z: Array, length: Array, zero: Array) -> Array:
    """Gradient of rows from that of their directions."""
    xp = namespace(z)
    radial = xp.sum(z * g, axis=-1, keepdims=True)
    return xp.where(zero, 0.0, (g - radial * z) / length)
