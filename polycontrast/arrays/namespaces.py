"""Which array library, dtype and device an array belongs to."""

import contextlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any, TypeAlias

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.mapped import NAMESPACE as OF_FILES

Array: TypeAlias = Any
Namespace: TypeAlias = Any

# Looking a namespace up costs microseconds and depends on nothing but the type of the array. NumPy
# keeps to the standard by itself since 2.1, and wrappers cost a small call a tenth of its time.
_namespaces: dict[type, Namespace] = {np.ndarray: np, np.memmap: np}


def namespace(x: Array) -> Namespace:
    """Array API namespace of one array (``array_api_compat`` form).

    Raises
    ------
    TypeError
        When `x` is no array: lists and numbers are not converted in silence.
    """
    kind = type(x)
    found = _namespaces.get(kind)
    if found is None:
        if not is_array(x):
            raise TypeError(f"expected an array, got {kind.__module__}.{kind.__qualname__}")
        found = _namespaces[kind] = compat.array_namespace(x)
    return found


def is_array(x: object) -> bool:
    """True for arrays of any library that the standard or ``array_api_compat`` covers."""
    return bool(compat.is_array_api_obj(x)) and not isinstance(x, np.generic)


def is_numpy(xp: Namespace) -> bool:
    """True for the NumPy namespace, where buffers may be reused and tiles run on threads."""
    return xp is OF_FILES or bool(compat.is_numpy_namespace(xp))


def device(x: Array) -> Any:
    """Device of an array, as creation functions take it (None under ``jax.jit``)."""
    return compat.device(x)


def on_accelerator(x: Array) -> bool:
    """True for arrays of a device that runs on its own, after calls have returned.

    False for those that JAX traces: their device is not known.
    """
    if compat.is_numpy_array(x) or is_traced(x):
        return False
    if compat.is_torch_array(x):
        return bool(x.device.type not in ("cpu", "meta"))
    if compat.is_jax_array(x):
        return bool(next(iter(x.devices())).platform != "cpu")
    return bool(compat.is_cupy_array(x))


def computing_dtype(x: Array) -> Any:
    """Real floating dtype that computations on `x` use: its own, or float32 for half precision.

    Raises
    ------
    TypeError
        When `x` is not real floating.
    """
    xp = namespace(x)
    if not xp.isdtype(x.dtype, "real floating"):
        raise TypeError(f"a real floating dtype is needed, got {x.dtype}")
    return xp.float32 if xp.finfo(x.dtype).bits < 32 else x.dtype


def wide(x: Array) -> Array:
    """Real numbers in float64 where their library has it on their device, else as they are."""
    xp = namespace(x)
    if is_numpy(xp):
        return xp.astype(x, xp.float64, copy=False)
    known = getattr(xp, "__array_namespace_info__", None)
    if known is None:
        return x
    found = known().dtypes(kind="real floating", device=device(x))
    return xp.astype(x, xp.float64) if "float64" in found else x


_taped: ContextVar[bool] = ContextVar("polycontrast_taped", default=False)


@contextlib.contextmanager
def taped() -> Iterator[None]:
    """Leave arrays on their gradient tape: closed forms are then differentiated themselves."""
    token = _taped.set(True)
    try:
        yield
    finally:
        _taped.reset(token)


def is_taped() -> bool:
    """True within `taped`."""
    return _taped.get()


_generic: ContextVar[bool] = ContextVar("polycontrast_generic", default=False)


@contextlib.contextmanager
def generic() -> Iterator[None]:
    """Compute arrays of a GPU as those of any library, without kernels of our own."""
    token = _generic.set(True)
    try:
        yield
    finally:
        _generic.reset(token)


def is_generic() -> bool:
    """True within `generic`."""
    return _generic.get()


def known(x: Any) -> float | None:
    """The number in a scalar or 0-d array, or None where its value is not known (tracers)."""
    try:
        return float(x.detach() if compat.is_torch_array(x) else x)
    except (TypeError, RuntimeError, NotImplementedError):
        return None


def is_traced(x: Array) -> bool:
    """True for arrays that stand for numbers of a later time, as under ``jax.jit``."""
    if not compat.is_jax_array(x):
        return False
    import jax

    return isinstance(x, jax.core.Tracer)


def detach(x: Array) -> Array:
    """The same numbers outside any gradient tape, unless `taped`: the closed forms need none."""
    if not compat.is_torch_array(x) or not x.requires_grad or is_taped():
        return x
    return x.detach()


def to_numpy(x: Array) -> np.ndarray:
    """Numbers of an array of any library and device in main memory, half precision as float32."""
    x = detach(x)
    xp = namespace(x)
    if xp.isdtype(x.dtype, "real floating") and xp.finfo(x.dtype).bits < 32:
        x = xp.astype(x, xp.float32)
    if compat.is_cupy_array(x) or compat.is_torch_array(x):
        return np.asarray(compat.to_device(x, "cpu"))
    try:
        return np.asarray(x)
    except RuntimeError:  # a device that NumPy cannot read
        home = xp.__array_namespace_info__().default_device()
        return np.asarray(compat.to_device(x, home))


def like(numbers: np.ndarray, x: Array, dtype: Any = None) -> Array:
    """Numbers from main memory in the namespace and on the device of `x`, in its dtype."""
    return namespace(x).asarray(numbers, dtype=dtype or x.dtype, device=device(x))


def form(values: Iterable[Any]) -> tuple[Any, ...] | None:
    """Shapes and dtypes of NumPy arrays, types of numbers and None, and sequences of those.

    None where there is anything else: then nothing can be said from shapes and dtypes alone.
    """
    found: list[Any] = []
    for value in values:
        if type(value) is np.ndarray:
            found.append((value.shape, value.dtype))
        elif isinstance(value, (list, tuple)):
            inner = form(value)
            if inner is None:
                return None
            found.append((len(value), inner))
        elif value is None or type(value) in (int, float):
            found.append(type(value))
        else:
            return None
    return tuple(found)


def describe(x: object) -> str:
    """Short text for messages: the shape of an array, the type of anything else."""
    if is_array(x):
        return str(tuple(x.shape))  # type: ignore[attr-defined]
    return repr(x) if isinstance(x, (bool, int, float, str, type(None))) else type(x).__name__
