"""Arrays with a tangent: first derivatives along one direction, without a tape.

A closed-form gradient that is computed on them also has its derivative along the direction, which
is a Hessian-vector product. It takes the same walk over tiles, and the memory of two such walks.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import array_api_compat as compat

from polycontrast.arrays.functions.matrices import matmul
from polycontrast.arrays.functions.orders import unsorted
from polycontrast.arrays.functions.partial_sums import segment_max, segment_sum
from polycontrast.arrays.namespaces import Array, device, is_taped, is_traced, namespace


class DualArray:
    """An array of any library and its derivative along a direction; None if that is 0."""

    _xp: Any  # of the library; each has a subclass, because namespaces are looked up by type
    __array_ufunc__ = None  # so that operators with NumPy arrays are those of this class

    def __init__(self, value: Array, tangent: Array | None = None):
        self.value, self.tangent = value, tangent

    shape = property(lambda self: self.value.shape)
    dtype = property(lambda self: self.value.dtype)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: math.prod(self.value.shape))
    device = property(lambda self: device(self.value))

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        """Namespace of dual arrays of this library."""
        return _Namespace(self._xp)

    def __float__(self) -> float:
        return float(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __getitem__(self, key: Any) -> "DualArray":
        key = tuple(map(_plain, key)) if isinstance(key, tuple) else _plain(key)
        return self._linear(lambda t: t[key])

    def __neg__(self) -> "DualArray":
        return self._linear(lambda t: -t)

    def __invert__(self) -> "DualArray":
        return type(self)(~self.value)

    def __abs__(self) -> "DualArray":
        return self._chain(self._xp.abs(self.value), lambda: self._xp.sign(self.value))

    def __pow__(self, power: float) -> "DualArray":
        return self._chain(self.value**power, lambda: power * self.value ** (power - 1))

    def __add__(self, other: Any) -> "DualArray":
        value, tangent = _plain(other), _tangent(other)
        return _sum_of(type(self), self.value + value, self.tangent, tangent)

    def __sub__(self, other: Any) -> "DualArray":
        tangent = _tangent(other)
        total = self.value - _plain(other)
        return _sum_of(type(self), total, self.tangent, None if tangent is None else -tangent)

    def __rsub__(self, other: Any) -> "DualArray":
        return -self + other

    def __mul__(self, other: Any) -> "DualArray":
        return _bilinear(lambda a, b: a * b, self, other)

    def __truediv__(self, other: Any) -> "DualArray":
        down, tangent = _plain(other), _tangent(other)
        ratio = self.value / down
        of_self = None if self.tangent is None else self.tangent / down
        of_other = None if tangent is None else -ratio * tangent / down
        return _sum_of(type(self), ratio, of_self, of_other)

    def __rtruediv__(self, other: Any) -> "DualArray":
        return type(self)(self._xp.zeros_like(self.value) + other) / self

    def __matmul__(self, other: "DualArray") -> "DualArray":
        return _bilinear(matmul, self, other)

    __radd__, __rmul__ = __add__, __mul__

    def _linear(self, function: Callable[[Array], Array]) -> "DualArray":
        tangent = None if self.tangent is None else function(self.tangent)
        return type(self)(function(self.value), tangent)

    def _chain(self, value: Array, slope: Callable[[], Array]) -> "DualArray":
        """Elementwise function with this value and, if there is a tangent, this slope."""
        return type(self)(value, None if self.tangent is None else slope() * self.tangent)


def _comparison(name: str) -> Callable[[DualArray, Any], DualArray]:
    def compare(self: DualArray, other: Any) -> DualArray:
        return type(self)(getattr(self.value, name)(_plain(other)))

    return compare


for _name in ("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "rand", "ror", "floordiv", "mod"):
    setattr(DualArray, f"__{_name}__", _comparison(f"__{_name}__"))


def dual(value: Array, tangent: Array | None = None) -> DualArray:
    """An array with its derivative along a direction; without a derivative it is constant."""
    return _type_of(namespace(value))(value, tangent)


def constant(x: Array) -> Array:
    """The same numbers without a derivative, on any tape."""
    if compat.is_torch_array(x):
        return x.detach()
    if compat.is_jax_array(x):
        import jax

        return jax.lax.stop_gradient(x)
    return dual(x.value) if isinstance(x, DualArray) else x


def differentiated(x: Array) -> bool:
    """True where a derivative of what is computed from `x` may be taken, on a tape or along it."""
    if isinstance(x, DualArray):
        return x.tangent is not None
    return is_taped() or is_traced(x)


@functools.cache
def _type_of(xp: Any) -> type[DualArray]:
    return type("DualArray", (DualArray,), {"_xp": xp})


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, DualArray) else x


def _tangent(x: Any) -> Any:
    return x.tangent if isinstance(x, DualArray) else None


def _sum_of(kind: type[DualArray], value: Array, *tangents: Array | None) -> DualArray:
    """A value whose derivative is the sum of the given tangents, in the shape of the value."""
    there = [t for t in tangents if t is not None]
    if not there:
        return kind(value)
    total = functools.reduce(lambda a, b: a + b, there)
    if tuple(total.shape) != tuple(value.shape):
        total = total + kind._xp.zeros_like(value)
    return kind(value, total)


def _bilinear(function: Callable[[Any, Any], Array], x: Any, y: Any) -> DualArray:
    kind = type(x) if isinstance(x, DualArray) else type(y)
    a, b, da, db = _plain(x), _plain(y), _tangent(x), _tangent(y)
    left = None if da is None else function(da, b)
    right = None if db is None else function(a, db)
    return _sum_of(kind, function(a, b), left, right)


class _Namespace:
    """The functions of a library on dual arrays, as far as objectives call them."""

    __name__ = __name__  # distinguishes the namespace from those of other libraries

    def __init__(self, xp: Any):
        self.xp, self.kind = xp, _type_of(xp)

    @property
    def of_values(self) -> Any:
        """Namespace of the values and tangents."""
        return self.xp

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Namespace) and other.xp is self.xp

    def __hash__(self) -> int:
        return hash(("dual", self.xp))

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.xp, name)
        if name in _SAME or not callable(found) or isinstance(found, type):
            return found  # numbers, dtypes, and functions about them
        if name in _CREATE:
            return lambda *args, **more: self.kind(found(*args, **more))
        if name in _CONSTANT:
            return lambda *args, **more: self.kind(found(*map(_plain, args), **more))
        if name in _LINEAR:
            return lambda x, *args, **more: x._linear(
                lambda t: found(t, *map(_plain, args), **more)
            )
        if name == "matmul":
            return functools.partial(_bilinear, matmul)
        if name in _BILINEAR:
            return lambda x, y, **more: _bilinear(lambda a, b: found(a, b, **more), x, y)
        if name in _SLOPES:
            return lambda x: x._chain(found(x.value), lambda: _SLOPES[name](self.xp, x.value))
        raise NotImplementedError(f"no derivative is known of {name}")

    def asarray(self, x: Any, **more: Any) -> DualArray:
        """Dual arrays unchanged, numbers as constants."""
        return x if isinstance(x, DualArray) else self.kind(self.xp.asarray(x, **more))

    def astype(self, x: DualArray, dtype: Any, **more: Any) -> DualArray:
        """Conversion; only real numbers have a derivative."""
        real = self.xp.isdtype(dtype, "real floating")
        tangent = self.xp.astype(x.tangent, dtype) if real and x.tangent is not None else None
        return self.kind(self.xp.astype(x.value, dtype), tangent)

    def sort(self, x: DualArray, *, axis: int = -1, **more: Any) -> DualArray:
        """Entries in order, each with its derivative."""
        order = self.xp.argsort(x.value, axis=axis, **more)
        return self.take_along_axis(x, order, axis=axis)

    def segment_sum(self, x: DualArray, segments: Any, count: int) -> DualArray:
        """Sums over segments, which is a linear function."""
        return x._linear(lambda t: segment_sum(t, _plain(segments), count))

    def segment_max(self, x: DualArray, segments: Any, count: int) -> DualArray:
        """Largest entries of segments, as constants."""
        return self.kind(segment_max(x.value, _plain(segments), count))

    def unsorted(self, x: DualArray, order: Any) -> DualArray:
        """The inverse of a sort, which is a linear function."""
        return x._linear(lambda t: unsorted(t, _plain(order)))

    def stack(self, xs: Any, axis: int = 0) -> DualArray:
        """Arrays along a new axis."""
        return self._joined(self.xp.stack, xs, axis)

    def concat(self, xs: Any, axis: int = 0) -> DualArray:
        """Arrays one after another."""
        return self._joined(self.xp.concat, xs, axis)

    def _joined(self, function: Callable[..., Array], xs: Any, axis: int) -> DualArray:
        tangents = None
        if any(x.tangent is not None for x in xs):
            tangents = [self.xp.zeros_like(x.value) if x.tangent is None else x.tangent for x in xs]
            tangents = function(tangents, axis=axis)
        return self.kind(function([x.value for x in xs], axis=axis), tangents)

    def where(self, condition: Any, x: Any, y: Any) -> DualArray:
        """Each entry, with its derivative, from one of two arrays."""
        xp, chosen = self.xp, _plain(condition)
        value = xp.where(chosen, _plain(x), _plain(y))
        if _tangent(x) is None and _tangent(y) is None:
            return self.kind(value)
        tangents = [0.0 if _tangent(t) is None else _tangent(t) for t in (x, y)]
        return _sum_of(self.kind, value, xp.where(chosen, *tangents))

    def maximum(self, x: Any, y: Any) -> DualArray:
        """The larger entry, or the first of two equal entries."""
        return self.where(_plain(x) >= _plain(y), x, y)

    def minimum(self, x: Any, y: Any) -> DualArray:
        """The smaller entry, or the first of two equal entries."""
        return self.where(_plain(x) <= _plain(y), x, y)

    def clip(self, x: DualArray, low: Any = None, high: Any = None) -> DualArray:
        """Entries limited to two bounds; outside of them the derivative is 0."""
        x = x if low is None else self.maximum(x, low)
        return x if high is None else self.minimum(x, high)

    def atan2(self, y: DualArray, x: DualArray) -> DualArray:
        """Angle of a point in the plane."""
        square = y.value * y.value + x.value * x.value
        of_y = None if y.tangent is None else x.value / square * y.tangent
        of_x = None if x.tangent is None else -y.value / square * x.tangent
        return _sum_of(self.kind, self.xp.atan2(y.value, x.value), of_y, of_x)

    def logaddexp(self, x: DualArray, y: DualArray) -> DualArray:
        """Log-sum-exp of two; its derivatives are the shares of both in the sum."""
        xp, value = self.xp, self.xp.logaddexp(_plain(x), _plain(y))
        shift = xp.where(xp.isinf(value), 0.0, value)
        shares = [
            None if t.tangent is None else xp.exp(t.value - shift) * t.tangent for t in (x, y)
        ]
        return _sum_of(self.kind, value, *shares)

    def max(self, x: DualArray, *, axis: Any = None, keepdims: bool = False) -> DualArray:
        """Largest entry; equal entries share the derivative."""
        return self._extreme(self.xp.max, x, axis, keepdims)

    def min(self, x: DualArray, *, axis: Any = None, keepdims: bool = False) -> DualArray:
        """Smallest entry; equal entries share the derivative."""
        return self._extreme(self.xp.min, x, axis, keepdims)

    def _extreme(self, function: Any, x: DualArray, axis: Any, keepdims: bool) -> DualArray:
        xp, value = self.xp, function(x.value, axis=axis, keepdims=keepdims)
        if x.tangent is None:
            return self.kind(value)
        peak = function(x.value, axis=axis, keepdims=True)
        here = xp.astype(x.value == peak, x.value.dtype)
        count = xp.sum(here, axis=axis, keepdims=keepdims)
        of_peaks = xp.where(here > 0, x.tangent, 0.0)
        total = xp.sum(of_peaks, axis=axis, keepdims=keepdims)
        return self.kind(value, total / xp.where(count == 0, 1.0, count))


# Logarithm and root have slope 0 at 0. Closed forms reach 0 only where no result depends on it.
_SLOPES: dict[str, Callable[[Any, Array], Array]] = {
    "exp": lambda xp, x: xp.exp(x),
    "log": lambda xp, x: 1 / xp.where(x == 0, xp.inf, x),
    "log1p": lambda xp, x: 1 / (1 + x),
    "expm1": lambda xp, x: xp.exp(x),
    "tanh": lambda xp, x: 1 - xp.tanh(x) ** 2,
    "sqrt": lambda xp, x: 0.5 / xp.sqrt(xp.where(x == 0, xp.inf, x)),
    "abs": lambda xp, x: xp.sign(x),
}
_LINEAR = {
    "sum", "mean", "reshape", "permute_dims", "matrix_transpose", "squeeze", "expand_dims",
    "broadcast_to", "moveaxis", "flip", "take", "take_along_axis", "cumulative_sum", "roll",
}  # fmt: skip
_BILINEAR = {"vecdot", "multiply"}
_CONSTANT = {
    "isinf", "isnan", "isfinite", "sign", "any", "all", "argmax", "argmin", "argsort",
    "searchsorted", "floor", "zeros_like", "ones_like", "full_like", "logical_not", "equal",
}  # fmt: skip
_CREATE = {"zeros", "ones", "full", "empty", "arange", "eye", "linspace"}
_SAME = {"finfo", "iinfo", "isdtype", "result_type", "__array_namespace_info__"}
