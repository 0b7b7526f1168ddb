"""Orders and the largest entries of rows, which the Array API standard lacks."""

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.namespaces import Array, is_numpy, namespace
from polycontrast.arrays.stand_ins.abstract import is_abstract
from polycontrast.arrays.stand_ins.in_files import loaded


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


def kth_largest(x: Array, k: int) -> Array:
    """The k-th largest entry of each row, of which a nan is the largest.

    Parameters
    ----------
    x : array (B, N)
    k : int
        From 1 to N.

    Returns
    -------
    values : array (B,)
    """
    xp, place = namespace(x), x.shape[1] - k
    if is_numpy(xp) and not is_abstract(x):
        # To divide a row in two takes a fraction of the time of its order.
        return np.partition(loaded(x), place, axis=1)[:, place]
    return xp.sort(x, axis=1)[:, place]


def largest_entries(x: Array, k: int) -> Array:
    """Places of the k largest entries of each row, by falling value, of equal ones the first first.

    Parameters
    ----------
    x : array (B, N)
    k : int
        At most N.

    Returns
    -------
    places : integer array (B, k)
    """
    xp = namespace(x)
    if not is_numpy(xp) or is_abstract(x) or k in (0, x.shape[1]) or x.shape[0] == 0:
        return xp.argsort(-x, axis=1, stable=True)[:, :k]
    x = loaded(x)
    among = x >= kth_largest(x, k)[:, None]
    clear = np.count_nonzero(among, axis=1) == k
    places = np.empty((len(x), k), dtype=np.intp)
    places[clear] = np.nonzero(among[clear])[1].reshape(-1, k)
    chosen = np.take_along_axis(x[clear], places[clear], axis=1)
    order = np.argsort(-chosen, axis=1, stable=True)
    places[clear] = np.take_along_axis(places[clear], order, axis=1)
    # Rows with ties at the end, or with a nan.
    places[~clear] = np.argsort(-x[~clear], axis=1, stable=True)[:, :k]
    return places
