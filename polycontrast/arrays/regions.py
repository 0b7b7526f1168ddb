"""Regions of arrays, and functions that compute one region of a result when it is read.

A region is one slice for each axis. A reader is a function from a region to the NumPy array with
its entries. It reads the regions of its operands that the result needs, and nothing else.
"""

import functools
import math
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

Region = tuple[slice, ...]
Reader = Callable[[Region], np.ndarray]

EVERYTHING = slice(None)


def shape_of(x: Any) -> tuple[int, ...]:
    """Shape of an array, or of a number."""
    return tuple(getattr(x, "shape", ()))


def part(x: Any, region: Region) -> Any:
    """Entries of an array, of NumPy or in a file, in a region; a number is itself."""
    if isinstance(x, np.ndarray):
        return x[region]
    return x.read(region) if hasattr(x, "read") else x


def facing(x: Any, region: Region) -> Any:
    """Entries of an operand that belong to a region of a result to which it broadcasts."""
    shape = shape_of(x)
    own = region[len(region) - len(shape) :]
    cut = (EVERYTHING if n == 1 else s for n, s in zip(shape, own, strict=True))
    return part(x, tuple(cut))


def chunks(like: Any, most: int) -> Iterator[Region]:
    """Regions of at most so many bytes that make up an array, along its longest axis."""
    axis = int(np.argmax(like.shape))
    step = max(1, most * like.shape[axis] // max(1, like.nbytes))
    after = [EVERYTHING] * (like.ndim - axis - 1)
    for start in range(0, like.shape[axis], step):
        yield (*[EVERYTHING] * axis, slice(start, start + step), *after)


def of_elements(function: Callable[..., Any], operands: Sequence[Any], more: Any) -> Reader:
    """Reader of an elementwise function of operands that broadcast."""
    return lambda region: function(*(facing(x, region) for x in operands), **more)


def of_joined(parts: Sequence[Any], axis: int) -> Reader:
    """Reader of arrays one after another along an axis."""
    ends = np.cumsum([t.shape[axis] for t in parts])

    def read(region: Region) -> np.ndarray:
        start, stop, _ = region[axis].indices(int(ends[-1]))
        found = []
        for t, end in zip(parts, ends, strict=True):
            first = int(end) - t.shape[axis]
            own = slice(max(0, start - first), max(0, min(stop, int(end)) - first))
            if own.start < own.stop:
                found.append(part(t, (*region[:axis], own, *region[axis + 1 :])))
        if not found:
            return part(parts[0], (*region[:axis], slice(0, 0), *region[axis + 1 :]))
        return found[0] if len(found) == 1 else np.concatenate(found, axis=axis)

    return read


def of_permuted(x: Any, axes: Sequence[int]) -> Reader:
    """Reader of an array whose axes are in another order."""
    places = [axes.index(k) for k in range(len(axes))]
    return lambda region: np.transpose(part(x, tuple(region[k] for k in places)), axes)


def of_products(x: Any, y: Any) -> Reader:
    """Reader of products of as many matrices (..., n, m) and (..., m, k)."""

    def read(region: Region) -> np.ndarray:
        *these, rows, columns = region
        left = part(x, (*these, rows, EVERYTHING))
        return np.matmul(left, part(y, (*these, EVERYTHING, columns)))

    return read


def of_reduced(
    function: Callable[..., Any], x: Any, axes: tuple[int, ...], keepdims: bool
) -> Reader:
    """Reader of a reduction of NumPy, such as a sum, along some axes."""

    def read(region: Region) -> np.ndarray:
        own = iter(region)
        cuts = [next(own) if keepdims or k not in axes else EVERYTHING for k in range(x.ndim)]
        base = (EVERYTHING if k in axes else cut for k, cut in enumerate(cuts))
        return function(part(x, tuple(base)), axis=axes, keepdims=keepdims)

    return read


def of_indexed(x: Any, key: Any) -> tuple[tuple[int, ...], Reader] | None:
    """Shape and reader of ``x[key]`` for integers, slices without a step, None and an ellipsis.

    None for other keys.
    """
    keys = list(key) if isinstance(key, tuple) else [key]
    named = sum(k is not None and k is not Ellipsis for k in keys)
    if named > x.ndim or not all(k is Ellipsis or _is_simple(k) for k in keys):
        return None
    rest = [EVERYTHING] * (x.ndim - named)
    if any(k is Ellipsis for k in keys):
        at = next(n for n, k in enumerate(keys) if k is Ellipsis)
        keys[at : at + 1] = rest
    else:
        keys += rest
    # Of each axis of `x` its first entry, and whether the axis stays; an added axis has no place.
    starts: list[int] = []
    stays: list[bool] = []
    shape: list[int] = []
    places: list[int | None] = []
    for k in keys:
        if k is None:
            places.append(None)
            shape.append(1)
            continue
        n = x.shape[len(starts)]
        whole = isinstance(k, slice)
        if not whole and not -n <= k < n:
            return None
        first, last, _ = k.indices(n) if whole else (operator.index(k) % n, 0, 0)
        if whole:
            places.append(len(starts))
            shape.append(max(0, last - first))
        starts.append(first)
        stays.append(whole)

    def read(region: Region) -> np.ndarray:
        base = [slice(first, first + 1) for first in starts]
        for place, length, cut in zip(places, shape, region, strict=True):
            if place is not None:
                start, stop, _ = cut.indices(length)
                base[place] = slice(starts[place] + start, starts[place] + stop)
        found = part(x, tuple(base))[tuple(EVERYTHING if stay else 0 for stay in stays)]
        return found[tuple(None if place is None else EVERYTHING for place in places)]

    return tuple(shape), read


def _is_simple(key: Any) -> bool:
    if key is None:
        return True
    if isinstance(key, slice):
        return key.step in (None, 1)
    return isinstance(key, (int, np.integer)) and not isinstance(key, bool)


def row_dots(x: Any, y: Any, most: int) -> np.ndarray:
    """Inner products along the last axis, from parts of at most so many bytes."""
    shape = np.broadcast_shapes(x.shape, y.shape)
    out = np.empty(shape[:-1], dtype=np.result_type(x.dtype, y.dtype))
    rows = max(1, most // max(1, shape[-1] * out.itemsize * math.prod(shape[:-2])))
    before = [EVERYTHING] * (len(shape) - 2)
    for start in range(0, shape[-2], rows):
        region = (*before, slice(start, start + rows), EVERYTHING)
        out[region[:-1]] = np.vecdot(facing(x, region), facing(y, region))
    return out


def reduced(
    function: Callable[..., Any],
    merge: Callable[..., Any],
    x: Any,
    axes: tuple[int, ...],
    keepdims: bool,
    most: int,
) -> Any:
    """The same in memory, from parts of at most so many bytes.

    Parameters
    ----------
    function : callable
    merge : callable
        From the results of two parts to that of both.
    x : array in a file
    axes : tuple of int
    keepdims : bool
    most : int
    """
    parts = [function(x.read(chunk), axis=axes, keepdims=True) for chunk in chunks(x, most)]
    along = int(np.argmax(x.shape))
    whole = functools.reduce(merge, parts) if along in axes else np.concatenate(parts, axis=along)
    return whole if keepdims else np.squeeze(whole, axis=axes)
