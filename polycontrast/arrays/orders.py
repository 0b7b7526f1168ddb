"""Functions of sorted rows that the Array API standard lacks."""

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.in_files import loaded
from polycontrast.arrays.namespaces import Array, is_numpy, namespace


def unsorted(values: Array, order: Array) -> Array:
    """The array whose ``take_along_axis(..., order, axis=-1)`` is `values`.

    Parameters
    ----------
    values : array (..., n)
    order : integer array (..., n)
        A permutation along the last axis.
    """
    xp = namespace(values)
    own = getattr(xp, "unsorted", None)
    if own is not None:
        return own(values, order)
    if is_numpy(xp):
        out = np.empty(values.shape, dtype=values.dtype)
        np.put_along_axis(out, loaded(order), loaded(values), axis=-1)
        return out
    if compat.is_torch_namespace(xp):
        return xp.zeros_like(values).scatter(-1, order, values)
    return xp.take_along_axis(values, xp.argsort(order, axis=-1), axis=-1)


def cumulative_max(x: Array) -> Array:
    """Largest of all entries up to each, along the last axis, of integers from 0."""
    xp, step = namespace(x), 1
    if isinstance(loaded(x), np.ndarray):
        return np.maximum.accumulate(loaded(x), axis=-1)
    while step < x.shape[-1]:
        before = xp.zeros_like(x[..., :step])
        x = xp.maximum(x, xp.concat([before, x[..., :-step]], axis=-1))
        step *= 2
    return x
