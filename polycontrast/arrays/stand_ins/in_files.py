"""Arrays in files, for inputs larger than memory.

A `numpy.memmap` becomes a `MappedArray`. What is computed from it entry by entry, such as rows of
unit length, is a `ComputedArray`: it has no numbers of its own, and each of its parts is computed
when that part is read. Other large results are in temporary files, written chunk by chunk. Only
small results are in memory. Blocks of rows are plain NumPy arrays, so a walk over tiles needs no
change.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from polycontrast.arrays import regions
from polycontrast.arrays.regions import EVERYTHING, Reader, Region, facing, part, shape_of
from polycontrast.arrays.scratch import scratch

SMALL = 8 * 2**20  # most bytes of a result in memory, and bytes of a chunk
MOST_STEPS = 16  # of the functions that are computed again whenever a part is read


class MappedArray(NDArrayOperatorsMixin):
    """A NumPy array in a file; NumPy passes calls on it to the functions of `NAMESPACE`.

    Parameters
    ----------
    data : array
    own : bool, default False
        Whether the file is a temporary one of this library, which may be written over.
    """

    steps = 0
    """Number of functions that reading a part computes."""
    device = "cpu"

    def __init__(self, data: np.ndarray, own: bool = False):
        self.written: Any = np.asarray(data)
        self.own = own
        self._describe(self.written.shape, self.written.dtype)

    def _describe(self, shape: tuple[int, ...], dtype: Any) -> None:
        self.shape, self.dtype, self.ndim = shape, np.dtype(dtype), len(shape)
        self.size = math.prod(shape)
        self.nbytes = self.size * self.dtype.itemsize

    @property
    def data(self) -> np.ndarray:
        """All numbers, as a view of the file."""
        return self.written

    def read(self, region: Region) -> np.ndarray:
        """The numbers of a region, which must not be written over."""
        return self.written[region]

    def plus_(self, y: Any) -> Any:
        """The sum with an array that broadcasts to this one, which may be written over."""
        if not self.own:
            return self + y
        for chunk in regions.chunks(self, SMALL):
            self.written[chunk] += facing(y, chunk)
        return self

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        """Namespace of arrays in files."""
        return NAMESPACE

    def __getitem__(self, key: Any) -> Any:
        found = regions.of_indexed(self, key) if self.steps else None
        if found is None:
            return kept_in_file(self.data[key])
        shape, reader = found
        return computed(shape, self.dtype, reader, [self])

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        """Elementwise functions and products, also when a NumPy array is the first argument."""
        if method != "__call__":
            return NotImplemented
        if more.get("out") is not None:
            out = tuple(map(loaded, more.pop("out")))
            return ufunc(*map(loaded, inputs), out=out, **more)
        return getattr(NAMESPACE, ufunc.__name__)(*inputs, **more)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """All other functions."""
        name = function.__name__
        if getattr(np, name, None) is not function:  # such as those of np.linalg
            return _in_memory(function, args, kwargs)
        return getattr(NAMESPACE, name)(*args, **kwargs)


class ComputedArray(MappedArray):
    """An array whose parts are computed when they are read.

    Parameters
    ----------
    shape : tuple of int
    dtype : numpy.dtype
    reader : callable
        From a region to its numbers.
    steps : int
        Number of functions that this computes.
    """

    def __init__(self, shape: tuple[int, ...], dtype: Any, reader: Reader, steps: int):
        self._describe(shape, dtype)
        self.reader: Reader | None = reader
        self.steps, self.own = steps, False
        self.written: Any = None

    @property
    def data(self) -> np.ndarray:
        """All numbers, in a temporary file, which is written once."""
        if self.written is None:
            out = scratch(self.shape, self.dtype)
            for chunk in regions.chunks(self, SMALL):
                out[chunk] = self.read(chunk)
            self.written, self.steps = out, 0
            self.reader = None  # and with it the operands
        return self.written

    def read(self, region: Region) -> np.ndarray:
        """The numbers of a region."""
        reader = self.reader  # which is None only where all are written
        return self.written[region] if reader is None else reader(region)


def computed(shape: tuple[int, ...], dtype: Any, reader: Reader, operands: Sequence[Any]) -> Any:
    """An array that is computed when it is read; at once, in memory, if it is small.

    Where an operand in memory is large, the result is written to a file at once: the owner of that
    operand may write over it. So are operands that take many steps themselves.
    """
    dtype = np.dtype(dtype)
    if math.prod(shape) * dtype.itemsize <= SMALL:
        return np.array(reader((EVERYTHING,) * len(shape)), dtype=dtype)
    mapped = [x for x in operands if isinstance(x, MappedArray)]
    for x in sorted(mapped, key=lambda x: -x.steps):
        if 1 + sum(x.steps for x in mapped) > MOST_STEPS:
            x.data  # noqa: B018 - writes it
    found = ComputedArray(shape, dtype, reader, 1 + sum(x.steps for x in mapped))
    if any(isinstance(x, np.ndarray) and x.nbytes > SMALL for x in operands):
        return MappedArray(found.data)
    return found


def is_mapped(x: object) -> bool:
    """True for arrays in files."""
    return isinstance(x, MappedArray)


def as_mapped(x: Any) -> Any:
    """An array in a file as a `MappedArray`, or read if it is small; other values unchanged."""
    if not isinstance(x, np.memmap):
        return x
    return kept_in_file(x) if getattr(x, "_mmap", None) is not None else np.asarray(x)


def loaded(x: Any) -> Any:
    """The NumPy view of an array in a file; other values unchanged."""
    return x.data if isinstance(x, MappedArray) else x


def kept_in_file(data: np.ndarray) -> Any:
    """A view of a file as a `MappedArray` if it is large, else as a NumPy array."""
    return MappedArray(data) if data.nbytes > SMALL else np.array(data)


def elementwise(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Any elementwise function of arrays that broadcast."""
    operands = [np.array(x) if _is_own(x) or isinstance(x, (list, tuple)) else x for x in args]
    shape = np.broadcast_shapes(*map(shape_of, operands))
    dtype = np.asarray(function(*map(_first_entry, operands), **kwargs)).dtype
    return computed(shape, dtype, regions.of_elements(function, operands, kwargs), operands)


def _is_own(x: Any) -> bool:
    """Whether an operand is a small array in memory, whose owner may write over it."""
    return isinstance(x, np.ndarray) and x.nbytes <= SMALL


def _first_entry(x: Any) -> Any:
    return part(x, (slice(0, 1),) * len(shape_of(x)))


def _in_memory(function: Callable[..., Any], args: Any, more: dict[str, Any]) -> Any:
    """A function of NumPy on views of the files; its result is in memory."""
    return function(*_all_loaded(args), **{name: _all_loaded(x) for name, x in more.items()})


def _all_loaded(x: Any) -> Any:
    return type(x)(map(_all_loaded, x)) if type(x) in (list, tuple) else loaded(x)


class _Namespace:
    """NumPy's functions, where arrays in files may be among the arguments.

    Functions that are not defined here read the whole file, and their results are in memory.
    """

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)
        if name in _REDUCTIONS:
            return lambda x, **more: _reduced(function, _REDUCTIONS[name], x, **more)
        if name in _VIEWS:
            return lambda x, *args, **more: _viewed(function, x, *args, **more)
        if isinstance(function, np.ufunc) or name in ("where", "clip"):
            return lambda *args, **more: elementwise(function, *args, **more)
        if not callable(function) or isinstance(function, type):
            return function  # numbers and dtypes
        return lambda *args, **more: _in_memory(function, args, more)

    def matmul(self, x: Any, y: Any, **more: Any) -> Any:
        """Product of matrices, by rows of the first where the result is large."""
        if 1 in (x.ndim, y.ndim):
            return np.matmul(loaded(x), loaded(y), **more)
        shape = (*np.broadcast_shapes(x.shape[:-2], y.shape[:-2]), x.shape[-2], y.shape[-1])
        dtype = np.result_type(x.dtype, y.dtype)
        if not more and x.ndim == y.ndim > 2 and x.shape[:-2] == y.shape[:-2]:
            return computed(shape, dtype, regions.of_products(x, y), [x, y])
        if more or x.ndim != 2 or y.ndim != 2 or math.prod(shape) * dtype.itemsize <= SMALL:
            return np.matmul(loaded(x), loaded(y), **more)
        b = loaded(y)
        return _by_chunks(shape, dtype, lambda at: part(x, (at[0], EVERYTHING)) @ b[:, at[1]])

    def vecdot(self, x: Any, y: Any, axis: int = -1) -> Any:
        """Inner products along the last axis."""
        shape = np.broadcast_shapes(x.shape, y.shape)
        if axis != -1 or len(shape) == 1:
            return self.sum(elementwise(np.multiply, x, y), axis=axis)
        return regions.row_dots(x, y, SMALL)

    def mean(self, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        """Sum over count."""
        total = self.sum(x, axis=axis, keepdims=keepdims)
        return total * (max(1, total.size) / max(1, x.size))

    def astype(self, x: Any, dtype: Any, copy: bool = True) -> Any:
        """Conversion."""
        return elementwise(lambda t: t.astype(dtype), x)

    def asarray(self, x: Any, **more: Any) -> Any:
        """An array in a file stays in the file."""
        return x if isinstance(x, MappedArray) else np.asarray(x, **more)

    def zeros_like(self, x: Any, **more: Any) -> Any:
        """Zeros of the same shape."""
        return self.full_like(x, 0, **more)

    def ones_like(self, x: Any, **more: Any) -> Any:
        """Ones of the same shape."""
        return self.full_like(x, 1, **more)

    def full_like(self, x: Any, value: Any, **more: Any) -> Any:
        """One number in every entry, which is stored once."""
        entry = np.full_like(_first_entry(x), value, **more)
        whole = np.broadcast_to(entry, x.shape)
        return computed(x.shape, entry.dtype, lambda region: whole[region], [])

    def stack(self, xs: Any, axis: int = 0) -> Any:
        """Arrays along a new axis."""
        return self.concat([self.expand_dims(x, axis=axis) for x in xs], axis=axis)

    def expand_dims(self, x: Any, *, axis: int = 0) -> Any:
        """An array with one more axis."""
        if not isinstance(x, MappedArray):
            return np.expand_dims(x, axis)
        return x[(*[EVERYTHING] * (axis % (x.ndim + 1)), None)]

    def concat(self, xs: Any, axis: int = 0) -> Any:
        """Arrays one after another."""
        parts = [np.array(x) if _is_own(x) else x for x in xs]
        axis %= parts[0].ndim
        shape = list(parts[0].shape)
        shape[axis] = sum(t.shape[axis] for t in parts)
        dtype = np.result_type(*(t.dtype for t in parts))
        return computed(tuple(shape), dtype, regions.of_joined(parts, axis), parts)

    # NumPy's own names, under which its functions come back from arrays in memory.
    concatenate = concat

    def transpose(self, x: Any, axes: Any = None) -> Any:
        """Axes in another order."""
        axes = range(x.ndim)[::-1] if axes is None else axes
        if not (isinstance(x, MappedArray) and x.steps):
            return _viewed(np.transpose, x, axes)
        axes = [k % x.ndim for k in axes]
        shape = tuple(x.shape[k] for k in axes)
        return computed(shape, x.dtype, regions.of_permuted(x, axes), [x])

    permute_dims = transpose

    def matrix_transpose(self, x: Any) -> Any:
        """Matrices with rows in place of columns."""
        *before, rows, columns = range(x.ndim)
        return self.transpose(x, (*before, columns, rows))


def _reduced(
    function: Callable[..., Any],
    merge: Callable[..., Any],
    x: Any,
    *,
    axis: int | tuple[int, ...] | None = None,
    keepdims: bool = False,
) -> Any:
    if not isinstance(x, MappedArray):
        return function(x, axis=axis, keepdims=keepdims)
    given = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple({a % x.ndim for a in given})
    rest = tuple(n for k, n in enumerate(x.shape) if k not in axes)
    if math.prod(rest) * x.dtype.itemsize <= SMALL:
        return regions.reduced(function, merge, x, axes, keepdims, SMALL)
    shape = tuple(1 if k in axes else n for k, n in enumerate(x.shape)) if keepdims else rest
    dtype = function(_first_entry(x)).dtype
    return computed(shape, dtype, regions.of_reduced(function, x, axes, keepdims), [x])


def _by_chunks(shape: tuple[int, ...], dtype: Any, reader: Reader) -> Any:
    """An array that is computed once: in memory if it is small, else in a file."""
    found = ComputedArray(shape, dtype, reader, 1)
    if found.nbytes <= SMALL:
        return reader((EVERYTHING,) * len(shape))
    return MappedArray(found.data)


NAMESPACE = _Namespace()
_REDUCTIONS: dict[str, Callable[..., Any]] = {
    "sum": np.add,
    "max": np.maximum,
    "min": np.minimum,
    "all": np.logical_and,
    "any": np.logical_or,
}
_VIEWS = {"reshape", "squeeze", "moveaxis", "flip", "broadcast_to"}


def _viewed(function: Callable[..., Any], x: Any, *args: Any, **more: Any) -> Any:
    if not isinstance(x, MappedArray):
        return function(x, *args, **more)
    return MappedArray(function(x.data, *args, **more), x.own)
