"""Arrays with a shape and a dtype but no data.

`polycontrast.plan` runs an objective on them. Every step runs, but no number is computed and no
memory is used. Matrix products are counted: they are the only costly step outside the walks.
"""

import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np


class _Count(threading.local):
    flops = 0  # of matrix products since the last `reset_flops` of this thread


_count = _Count()


def reset_flops() -> None:
    """Set the count of floating-point operations of matrix products to 0."""
    _count.flops = 0


def counted_flops() -> int:
    """Floating-point operations of matrix products since `reset_flops`."""
    return _count.flops


def is_abstract(x: object) -> bool:
    """True for arrays without data."""
    return isinstance(x, AbstractArray)


class AbstractArray:
    """A shape and a dtype, stored as a NumPy view of a single element.

    A parameter that was given as a number keeps it as `value`, because plans depend on it.
    """

    def __init__(self, shape: tuple[int, ...], dtype: Any = "float32", value: float | None = None):
        self._view = np.broadcast_to(np.zeros((), dtype=dtype), shape)
        self.value = value

    def __float__(self) -> float:
        if self.value is None:
            raise TypeError("an abstract array has no value")
        return self.value

    shape = property(lambda self: self._view.shape)
    dtype = property(lambda self: self._view.dtype)
    ndim = property(lambda self: self._view.ndim)
    size = property(lambda self: self._view.size)
    device = "cpu"

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        """Return the namespace of abstract arrays."""
        return _Namespace()

    def to_device(self, device: Any, stream: Any = None) -> "AbstractArray":
        """Return the same array: there is nothing to move."""
        return self

    def __getitem__(self, key: Any) -> "AbstractArray":
        return _like(self._view[key])

    def __matmul__(self, other: "AbstractArray") -> "AbstractArray":
        return _matmul(self, other)


def _like(view: np.ndarray) -> AbstractArray:
    return AbstractArray(view.shape, view.dtype)


def _tiny(x: Any) -> Any:
    """A one-element array with the dtype and number of axes of `x`; other values unchanged."""
    return np.zeros((1,) * x.ndim, x.dtype) if isinstance(x, AbstractArray) else x


def _elementwise(function: Callable[..., Any]) -> Callable[..., AbstractArray]:
    def call(*args: Any, **kwargs: Any) -> AbstractArray:
        with np.errstate(all="ignore"):
            dtype = np.asarray(function(*map(_tiny, args), **kwargs)).dtype
        shapes = [np.shape(x._view if isinstance(x, AbstractArray) else x) for x in args]
        shape = np.broadcast_shapes(*shapes)
        return AbstractArray(shape, dtype, None if shape else _value(function, args))

    return call


def _value(function: Callable[..., Any], args: tuple[Any, ...]) -> float | None:
    """Result when all numbers are known: plans may depend on results of parameters."""
    numbers = [x.value if isinstance(x, AbstractArray) else x for x in args]
    return None if None in numbers else float(function(*numbers))


def _reduction(function: Callable[..., Any]) -> Callable[..., AbstractArray]:
    def call(x: AbstractArray, /, *, axis: Any = None, keepdims: bool = False) -> AbstractArray:
        given = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        axes = {a % x.ndim for a in given}
        shape = [1 if a in axes else n for a, n in enumerate(x.shape) if keepdims or a not in axes]
        return AbstractArray(tuple(shape), np.asarray(function(_tiny(x))).dtype)

    return call


def _matmul(x: AbstractArray, y: AbstractArray) -> AbstractArray:
    batch = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    if x.shape[-1] != y.shape[-2]:
        raise ValueError(f"matmul of shapes {x.shape} and {y.shape}")
    _count.flops += 2 * math.prod(batch) * x.shape[-2] * x.shape[-1] * y.shape[-1]
    return AbstractArray((*batch, x.shape[-2], y.shape[-1]), np.result_type(x.dtype, y.dtype))


def _viewing(function: Callable[..., Any]) -> Callable[..., AbstractArray]:
    """Functions that only rearrange one array: NumPy applies them to the one-element view."""

    def call(x: AbstractArray, /, *args: Any, **kwargs: Any) -> AbstractArray:
        return _like(function(x._view, *args, **kwargs))

    return call


def _of_numbers(x: Any, dtype: Any) -> AbstractArray:
    return AbstractArray(np.shape(x), dtype, None if np.shape(x) else float(x))


def _joined(xs: Any, axis: int, new: bool) -> AbstractArray:
    shape = list(xs[0].shape)
    axis %= len(shape) + new
    if new:
        shape.insert(axis, len(xs))
    else:
        shape[axis] = sum(x.shape[axis] for x in xs)
    return AbstractArray(tuple(shape), np.result_type(*(x.dtype for x in xs)))


_REDUCTIONS = ("sum", "mean", "max", "min", "any", "all", "prod")
_VIEWS = ("squeeze", "expand_dims", "permute_dims", "matrix_transpose", "moveaxis", "flip")
_SPECIAL: dict[str, Any] = {
    "matmul": _matmul,
    "vecdot": lambda x, y, axis=-1: _reduction(np.sum)(_elementwise(np.multiply)(x, y), axis=axis),
    "reshape": lambda x, shape, **_: AbstractArray(
        tuple(x.size // -math.prod(shape) if n == -1 else n for n in shape), x.dtype
    ),
    "concat": lambda xs, axis=0: _joined(xs, axis, new=False),
    "stack": lambda xs, axis=0: _joined(xs, axis, new=True),
    "take": lambda x, indices, axis=0: AbstractArray(
        (*x.shape[: axis % x.ndim], *indices.shape, *x.shape[axis % x.ndim + 1 :]), x.dtype
    ),
    "argmax": lambda x, axis=-1, **_: AbstractArray(
        (*x.shape[: axis % x.ndim], *x.shape[axis % x.ndim + 1 :]), np.int64
    ),
    "astype": lambda x, dtype, **_: AbstractArray(x.shape, dtype),
    "broadcast_to": lambda x, shape: AbstractArray(shape, x.dtype),
    "zeros": lambda shape, dtype=None, device=None: AbstractArray(shape, dtype),
    "ones": lambda shape, dtype=None, device=None: AbstractArray(shape, dtype),
    "full": lambda shape, value, dtype=None, device=None: AbstractArray(shape, dtype),
    "empty": lambda shape, dtype=None, device=None: AbstractArray(shape, dtype),
    "zeros_like": lambda x, **_: AbstractArray(x.shape, x.dtype),
    "ones_like": lambda x, **_: AbstractArray(x.shape, x.dtype),
    "full_like": lambda x, value, **_: AbstractArray(x.shape, x.dtype),
    "arange": lambda *args, dtype=None, device=None: AbstractArray((len(range(*args)),), dtype),
    "sort": lambda x, **_: AbstractArray(x.shape, x.dtype),
    "argsort": lambda x, **_: AbstractArray(x.shape, np.intp),
    "searchsorted": lambda x1, x2, **_: AbstractArray(x2.shape, np.intp),
    "cumulative_sum": lambda x, **_: AbstractArray(x.shape, x.dtype),
    "take_along_axis": lambda x, indices, axis=-1: AbstractArray(indices.shape, x.dtype),
    # As if all numbers were different: that is the most work.
    "unique_inverse": lambda x: (x, AbstractArray(x.shape, np.intp)),
    "unsorted": lambda values, order: AbstractArray(values.shape, values.dtype),
    "segment_sum": lambda x, segments, count: AbstractArray((count, *x.shape[1:]), x.dtype),
    "segment_max": lambda x, segments, count: AbstractArray((count,), x.dtype),
    "asarray": lambda x, dtype=None, device=None: (
        x if isinstance(x, AbstractArray) else _of_numbers(x, dtype)
    ),
}


class _Namespace:
    """Array API namespace of abstract arrays: shapes by rule, dtypes from NumPy."""

    def __getattr__(self, name: str) -> Any:
        if name in _SPECIAL:
            return _SPECIAL[name]
        function = getattr(np, name)
        if name in _REDUCTIONS:
            return _reduction(function)
        if name in _VIEWS:
            return _viewing(function)
        is_function = isinstance(function, np.ufunc) or name in ("where", "clip")
        return _elementwise(function) if is_function else function


def _operator(function: Callable[..., Any], swap: bool = False) -> Callable[..., AbstractArray]:
    call = _elementwise(function)
    return (
        (lambda self, other: call(other, self)) if swap else (lambda self, other: call(self, other))
    )


for _name, _function in {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.true_divide,
    "pow": np.power,
    "and": np.logical_and,
    "or": np.logical_or,
}.items():
    setattr(AbstractArray, f"__{_name}__", _operator(_function))
    setattr(AbstractArray, f"__r{_name}__", _operator(_function, swap=True))
for _name, _function in {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}.items():
    setattr(AbstractArray, f"__{_name}__", _operator(_function))
for _name, _unary in {"neg": np.negative, "invert": np.logical_not, "abs": np.abs}.items():
    setattr(AbstractArray, f"__{_name}__", lambda self, _f=_unary: _elementwise(_f)(self))
