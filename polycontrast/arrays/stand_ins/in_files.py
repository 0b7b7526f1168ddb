"""Arrays in files, for inputs larger than memory.

A `numpy.memmap` becomes a `MappedArray`. Large results of it are in temporary files, written chunk
by chunk. Only small results are in memory. Blocks of rows are plain NumPy views, so a walk over
tiles needs no change.
"""

import errno
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

SMALL = 8 * 2**20  # most bytes of a result in memory, and bytes of a chunk


class MappedArray(NDArrayOperatorsMixin):
    """A NumPy array in a file; NumPy passes calls on it to the functions of `NAMESPACE`."""

    def __init__(self, data: np.ndarray):
        self.data = np.asarray(data)

    shape = property(lambda self: self.data.shape)
    dtype = property(lambda self: self.data.dtype)
    ndim = property(lambda self: self.data.ndim)
    size = property(lambda self: self.data.size)
    device = "cpu"

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        """Namespace of arrays in files."""
        return NAMESPACE

    def __getitem__(self, key: Any) -> Any:
        return kept_in_file(self.data[key])

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


def scratch(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Zeros in a temporary file, which is deleted together with the array."""
    size = max(1, math.prod(shape) * np.dtype(dtype).itemsize)
    with tempfile.TemporaryFile(prefix="polycontrast-") as file:
        try:
            _reserve(file, size)
        except OSError as error:
            folder = tempfile.gettempdir()
            free = shutil.disk_usage(folder).free
            text = (
                f"polycontrast: a temporary file of {size:,} bytes does not fit in {folder}, "
                f"{free:,} bytes are free there ({error.strerror}); TMPDIR can name another folder"
            )
            raise OSError(error.errno, text) from None
        return np.asarray(np.memmap(file, dtype=dtype, mode="r+", shape=shape))


def _reserve(file: IO[bytes], size: int) -> None:
    """Reserve the space of a file: without space for a mapped file, the system ends the process."""
    if hasattr(os, "posix_fallocate"):
        try:
            return os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENODEV):
                raise
    # Some systems and file systems cannot reserve space; writing zeros works on all of them.
    zeros = memoryview(bytes(min(size, SMALL)))
    for start in range(0, size, len(zeros)):
        file.write(zeros[: size - start])
    file.flush()


def elementwise(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Any elementwise function of arrays that broadcast."""
    parts = [loaded(x) for x in args]
    shape = np.broadcast_shapes(*map(np.shape, parts))
    dtype = np.asarray(function(*map(_first_entry, parts), **kwargs)).dtype
    if math.prod(shape) * dtype.itemsize <= SMALL:
        return function(*parts, **kwargs)
    out = scratch(shape, dtype)
    for chunk in _chunks(out):
        out[chunk] = function(*(_cut(x, chunk, shape) for x in parts), **kwargs)
    return MappedArray(out)


def _first_entry(x: Any) -> Any:
    return x[(slice(0, 1),) * x.ndim] if isinstance(x, np.ndarray) else x


def _chunks(out: np.ndarray) -> Iterator[tuple[slice, ...]]:
    """Indices of parts of at most `SMALL` bytes, along the longest axis."""
    axis = int(np.argmax(out.shape))
    step = max(1, SMALL * out.shape[axis] // max(1, out.nbytes))
    for start in range(0, out.shape[axis], step):
        yield (*[slice(None)] * axis, slice(start, start + step))


def _cut(x: Any, chunk: tuple[slice, ...], shape: tuple[int, ...]) -> Any:
    """The part of an operand that broadcasts to a chunk of the result."""
    if not isinstance(x, np.ndarray):
        return x
    axis = len(chunk) - 1 - (len(shape) - x.ndim)
    if axis < 0 or x.shape[axis] == 1:
        return x
    return x[(*[slice(None)] * axis, chunk[-1])]


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
            return lambda x, **more: _reduce(function, _REDUCTIONS[name], x, **more)
        if name in _VIEWS:
            return lambda x, *args, **more: _viewed(function, x, *args, **more)
        if isinstance(function, np.ufunc) or name in ("where", "clip"):
            return lambda *args, **more: elementwise(function, *args, **more)
        if not callable(function) or isinstance(function, type):
            return function  # numbers and dtypes
        return lambda *args, **more: _in_memory(function, args, more)

    def matmul(self, x: Any, y: Any, **more: Any) -> Any:
        """Product of matrices, by rows of the first where the result is large."""
        a, b = loaded(x), loaded(y)
        shape = (*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1])
        dtype = np.result_type(a, b)
        if more or a.ndim != 2 or b.ndim != 2 or math.prod(shape) * dtype.itemsize <= SMALL:
            return np.matmul(a, b, **more)
        out = scratch(shape, dtype)
        step = max(1, SMALL // (shape[1] * dtype.itemsize))
        for start in range(0, shape[0], step):
            out[start : start + step] = a[start : start + step] @ b
        return MappedArray(out)

    def vecdot(self, x: Any, y: Any, axis: int = -1) -> Any:
        """Inner products along the last axis."""
        a, b = loaded(x), loaded(y)
        shape = np.broadcast_shapes(a.shape, b.shape)
        if axis != -1 or len(shape) == 1:
            return self.sum(elementwise(np.multiply, x, y), axis=axis)
        out = np.empty(shape[:-1], dtype=np.result_type(a, b))
        rows = max(1, SMALL // max(1, shape[-1] * out.itemsize * math.prod(shape[:-2])))
        for start in range(0, shape[-2], rows):
            part = slice(start, start + rows)
            one, other = (t[..., part, :] if t.shape[-2] > 1 else t for t in (a, b))
            out[..., part] = np.vecdot(one, other)
        return out

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
        """One number in every entry."""
        return elementwise(lambda t: np.full_like(t, value, **more), x)

    def stack(self, xs: Any, axis: int = 0) -> Any:
        """Arrays along a new axis."""
        return self.concat([_viewed(np.expand_dims, x, axis) for x in xs], axis=axis)

    def concat(self, xs: Any, axis: int = 0) -> Any:
        """Arrays one after another."""
        parts = [loaded(x) for x in xs]
        if sum(part.nbytes for part in parts) <= SMALL:
            return np.concatenate(parts, axis=axis)
        axis %= parts[0].ndim
        shape = list(parts[0].shape)
        shape[axis] = sum(part.shape[axis] for part in parts)
        out, start = scratch(tuple(shape), np.result_type(*parts)), 0
        for part in parts:
            place = (*[slice(None)] * axis, slice(start, start + part.shape[axis]))
            for chunk in _chunks(part):
                out[place][chunk] = part[chunk]
            start += part.shape[axis]
        return MappedArray(out)

    # NumPy's own names, under which its functions come back from arrays in memory.
    concatenate = concat

    def transpose(self, x: Any, axes: Any = None) -> Any:
        """Axes in another order."""
        return _viewed(np.transpose, x, axes)


NAMESPACE = _Namespace()
_REDUCTIONS: dict[str, Callable[..., Any]] = {
    "sum": np.add,
    "max": np.maximum,
    "min": np.minimum,
    "all": np.logical_and,
    "any": np.logical_or,
}
_VIEWS = {
    "reshape", "expand_dims", "squeeze", "permute_dims", "matrix_transpose", "moveaxis", "flip",
    "broadcast_to",
}  # fmt: skip


def _viewed(function: Callable[..., Any], x: Any, *args: Any, **more: Any) -> Any:
    if not isinstance(x, MappedArray):
        return function(x, *args, **more)
    return MappedArray(function(x.data, *args, **more))


def _reduce(
    function: Callable[..., Any],
    merge: Callable[..., Any],
    x: Any,
    *,
    axis: Any = None,
    keepdims: bool = False,
) -> Any:
    """Reduce chunk by chunk, and merge the results if the axis of the chunks is reduced."""
    if not isinstance(x, MappedArray):
        return function(x, axis=axis, keepdims=keepdims)
    given = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = {a % x.ndim for a in given}
    parts = [function(x.data[chunk], axis=tuple(axes), keepdims=True) for chunk in _chunks(x.data)]
    along = int(np.argmax(x.shape))
    if along in axes:
        whole = parts[0]
        for part in parts[1:]:
            whole = merge(whole, part)
    else:
        whole = np.concatenate(parts, axis=along)
    return whole if keepdims else np.squeeze(whole, axis=tuple(axes))
