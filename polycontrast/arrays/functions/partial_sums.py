"""Sums over parts of an array: over segments, and over all entries up to each; and maxima."""

import math

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.namespaces import Array, device, is_numpy, namespace
from polycontrast.arrays.stand_ins.in_files import loaded

ENTRIES = 2**22  # most entries of a table of zeros and ones
RUN = 32  # entries whose partial sums go from one to the next


def segment_sum(values: Array, segments: Array, count: int) -> Array:
    """Sums of the entries of each segment, along the first axis; 0 where a segment has none.

    It is the pullback of ``take(x, segments, axis=0)`` for an `x` of this many rows.

    Parameters
    ----------
    values : array (n, ...)
    segments : integer array (n,)
        The segment of each entry, in [0, count).
    count : int
        Number of segments.

    Returns
    -------
    sums : array (count, ...)
    """
    xp = namespace(values)
    own = getattr(xp, "segment_sum", None)
    if own is not None:
        return own(values, segments, count)
    if is_numpy(xp):
        return _of_numpy(loaded(values), loaded(segments), count)
    shape = (count, *values.shape[1:])
    if compat.is_torch_namespace(xp):
        return xp.zeros(shape, dtype=values.dtype, device=device(values)).index_add(
            0, segments, values
        )
    if compat.is_jax_namespace(xp):
        return xp.zeros(shape, dtype=values.dtype).at[segments].add(values)
    if compat.is_cupy_namespace(xp):
        sums = xp.zeros(shape, dtype=values.dtype)
        xp.add.at(sums, segments, values)
        return sums
    return _by_products(values, segments, count)


def add_to_rows_(x: Array, index: Array, rows: Array) -> Array:
    """An array of one's own with rows added to those at an index; equal indices add up.

    Parameters
    ----------
    x : array (n, ...)
        Written in place where its library can.
    index : integer array (m,)
    rows : array (m, ...)
    """
    xp = namespace(x)
    if hasattr(xp, "segment_sum"):
        return x + segment_sum(rows, index, x.shape[0])
    if is_numpy(xp):
        x = loaded(x)
        np.add.at(x, loaded(index), loaded(rows))
        return x
    if compat.is_cupy_namespace(xp):
        xp.add.at(x, index, rows)
        return x
    if compat.is_torch_namespace(xp):
        return x.index_add_(0, index, rows)
    if compat.is_jax_namespace(xp):
        return x.at[index].add(rows)
    return x + segment_sum(rows, index, x.shape[0])


def _of_numpy(values: np.ndarray, segments: np.ndarray, count: int) -> np.ndarray:
    if values.ndim == 1:  # summed in float64
        sums = np.bincount(segments, weights=values, minlength=count)
        return sums.astype(values.dtype, copy=False)
    sums = np.zeros((count, *values.shape[1:]), dtype=values.dtype)
    np.add.at(sums, segments, values)
    return sums


def _by_products(values: Array, segments: Array, count: int) -> Array:
    """Sums as products with a table of zeros and ones, some segments at a time.

    Entries that are not finite make the sum of their own segment nan, and leave the others alone.
    """
    xp, size = namespace(values), values.shape[0]
    flat = xp.reshape(values, (size, math.prod(values.shape[1:])))
    finite = xp.isfinite(flat)
    numbers, odd = xp.where(finite, flat, 0.0), xp.astype(~finite, flat.dtype)
    step = max(1, ENTRIES // max(1, size))
    parts = []
    for start in range(0, count, step):
        stop = min(start + step, count)
        these = xp.arange(start, stop, dtype=segments.dtype, device=device(segments))
        table = xp.astype(segments[None, :] == these[:, None], values.dtype)
        parts.append(xp.where(xp.matmul(table, odd) > 0, xp.nan, xp.matmul(table, numbers)))
    return xp.reshape(xp.concat(parts, axis=0), (count, *values.shape[1:]))


def segment_max(values: Array, segments: Array, count: int) -> Array:
    """Largest entry of each segment; -inf where a segment has none.

    Parameters
    ----------
    values : array (n,)
    segments : integer array (n,)
        The segment of each entry, in [0, count).
    count : int
        Number of segments.

    Returns
    -------
    largest : array (count,)
        Constant on any tape.
    """
    xp = namespace(values)
    own = getattr(xp, "segment_max", None)
    if own is not None:
        return own(values, segments, count)
    if is_numpy(xp):
        largest = np.full(count, -math.inf, dtype=values.dtype)
        np.maximum.at(largest, loaded(segments), loaded(values))
        return largest
    lowest = xp.full((count,), -math.inf, dtype=values.dtype, device=device(values))
    if compat.is_torch_namespace(xp):
        return lowest.scatter_reduce(0, segments, values.detach(), "amax")
    if compat.is_jax_namespace(xp):
        import jax

        return lowest.at[segments].max(jax.lax.stop_gradient(values))
    if compat.is_cupy_namespace(xp):
        xp.maximum.at(lowest, segments, values)
        return lowest
    step = max(1, ENTRIES // max(1, values.shape[0]))
    parts = []
    for start in range(0, count, step):
        stop = min(start + step, count)
        these = xp.arange(start, stop, dtype=segments.dtype, device=device(segments))
        table = xp.where(segments[None, :] == these[:, None], values[None, :], -math.inf)
        parts.append(xp.max(table, axis=1))
    return xp.concat(parts, axis=0)


def cumulative_logaddexp(x: Array) -> Array:
    """Log-sum-exp of all entries up to each, along the last axis.

    Sums double in length: log2 n passes, and as many roundings of each result. A sum that goes
    from entry to entry would have n. NumPy does so within runs of 32 entries, which is one pass,
    then for the sums of runs.

    Parameters
    ----------
    x : array (..., n)
    """
    if isinstance(loaded(x), np.ndarray):
        return _of_runs(loaded(x))
    xp, step = namespace(x), 1
    while step < x.shape[-1]:
        before = xp.full_like(x[..., :step], -math.inf)
        x = xp.logaddexp(x, xp.concat([before, x[..., :-step]], axis=-1))
        step *= 2
    return x


def _of_runs(x: np.ndarray) -> np.ndarray:
    n = x.shape[-1]
    if n <= RUN:
        return np.logaddexp.accumulate(x, axis=-1)
    runs = np.full((*x.shape[:-1], -(-n // RUN), RUN), -math.inf, dtype=x.dtype)
    whole = runs.reshape(*x.shape[:-1], runs.shape[-2] * RUN)
    whole[..., :n] = x
    np.logaddexp.accumulate(runs, axis=-1, out=runs)
    before = _of_runs(runs[..., :-1, -1])[..., None]
    np.logaddexp(runs[..., 1:, :], before, out=runs[..., 1:, :])
    return whole[..., :n]
