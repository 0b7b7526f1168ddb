"""The array library, dtype and device of an array."""

import contextlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any, TypeAlias

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.stand_ins.in_files import NAMESPACE as OF_FILES

_NUMPY_SPACES = (np, OF_FILES)

_PLAIN = (bool, int, float, complex, str, type(None))  # values that a message shows

Array: TypeAlias = Any
Namespace: TypeAlias = Any

# Looking up a namespace costs microseconds, and depends only on the type of the array. NumPy itself
# follows the standard since 2.1, and a wrapper would add a tenth to the time of a small call.
NUMPY_ARRAYS = (np.ndarray, np.memmap)
_namespaces: dict[type, Namespace] = dict.fromkeys(NUMPY_ARRAYS, np)
_USUAL_DTYPES = frozenset((np.dtype("float32"), np.dtype("float64")))


def namespace(x: Array) -> Namespace:
    """Array API namespace of one array (``array_api_compat`` form).

    Raises
    ------
    TypeError
        When `x` is not an array: lists and numbers are not converted silently.
    """
    kind = type(x)
    found = _namespaces.get(kind)
    if found is None:
        if not is_array(x):
            raise TypeError(f"expected an array, got {type_name(x)}")
        found = _namespaces[kind] = compat.array_namespace(x)
    return found


def is_array(x: object) -> bool:
    """True for arrays of any library that the standard or ``array_api_compat`` covers.

    False for subclasses of NumPy arrays, such as masked arrays and matrices, because their
    operators differ. False also for arrays of the package ``sparse``. Objectives cannot use them.
    """
    if isinstance(x, np.ndarray):
        return type(x) in NUMPY_ARRAYS
    return is_container(x) and not compat.is_pydata_sparse_array(x)


def is_container(x: object) -> bool:
    """True for all arrays with a shape that can be sliced, also those that `is_array` refuses."""
    return bool(compat.is_array_api_obj(x)) and not isinstance(x, np.generic)


def is_sparse(x: Array) -> bool:
    """True for torch tensors that store only some of their entries."""
    return bool(compat.is_torch_array(x)) and "strided" not in str(x.layout)


def is_wide(x: Array) -> bool:
    """True for floating arrays with more than 64 bits per entry, such as ``np.longdouble``."""
    return x.dtype.itemsize > 8 if isinstance(x, np.ndarray) else False


def same_library(x: Array, y: Array) -> bool:
    """Whether two arrays belong to one library; arrays in files count as NumPy arrays."""
    one, other = namespace(x), namespace(y)
    return one is other or (other in _NUMPY_SPACES and one in _NUMPY_SPACES)


def is_numpy(xp: Namespace) -> bool:
    """True for the NumPy namespace, where buffers may be reused."""
    return xp is np or xp is OF_FILES or bool(compat.is_numpy_namespace(xp))


def is_on_threads(xp: Namespace) -> bool:
    """True where tiles are shared by threads: for NumPy, and for its arrays with a tangent."""
    return is_numpy(xp) or is_numpy(getattr(xp, "of_values", xp))


def device(x: Array) -> Any:
    """Device of an array, as creation functions take it (None under ``jax.jit``)."""
    return "cpu" if type(x) is np.ndarray else compat.device(x)


def on_accelerator(x: Array) -> bool:
    """True for arrays of a device that still computes after calls have returned.

    False for arrays that JAX traces: their device is not known.
    """
    if type(x) in NUMPY_ARRAYS or is_traced(x):
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
    if type(x) is np.ndarray and x.dtype in _USUAL_DTYPES:
        return x.dtype
    xp = namespace(x)
    if not xp.isdtype(x.dtype, "real floating"):
        raise TypeError(f"a real floating dtype is needed, got {x.dtype}")
    return xp.float32 if xp.finfo(x.dtype).bits < 32 else x.dtype


def wide(x: Array) -> Array:
    """Real numbers in float64 where their library has it on their device, else unchanged."""
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
    """Context in which arrays stay on their gradient tape, which differentiates closed forms."""
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
    """Context in which arrays of a GPU are computed without the kernels of this library."""
    token = _generic.set(True)
    try:
        yield
    finally:
        _generic.reset(token)


def is_generic() -> bool:
    """True within `generic`."""
    return _generic.get()


def is_traced(x: Array) -> bool:
    """True for arrays without values that JAX traces, as under ``jax.jit``."""
    if type(x) in NUMPY_ARRAYS or not compat.is_jax_array(x):
        return False
    import jax

    return isinstance(x, jax.core.Tracer)


_NEVER_TRACED = frozenset((np.ndarray, np.memmap, int, float, str, bool, type(None)))


def beside_tracers(given: dict[str, Any]) -> dict[str, Any]:
    """Arguments by name, with NumPy arrays converted to JAX arrays if JAX traces another argument.

    The functions of JAX do the same, and users differentiate with respect to such arrays.
    """
    if not any(map(_holds_a_tracer, given.values())):
        return given
    from jax import numpy as jnp

    def moved(x: Any) -> Any:
        if isinstance(x, (list, tuple)):
            return list(map(moved, x))
        return jnp.asarray(x) if type(x) in (np.ndarray, np.memmap) and x.ndim else x

    return {name: moved(x) for name, x in given.items()}


def _holds_a_tracer(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(map(_holds_a_tracer, x))
    return type(x) not in _NEVER_TRACED and is_traced(x)


def detach(x: Array) -> Array:
    """The same numbers outside any gradient tape, unless `taped`: closed forms need no tape."""
    if type(x) is np.ndarray or not compat.is_torch_array(x):
        return x
    if not x.requires_grad or is_taped():
        return x
    return x.detach()


def autocasts(x: Array) -> bool:
    """True for tensors of a device where torch's autocast is on."""
    if not compat.is_torch_array(x):
        return False
    import torch

    kind = x.device.type
    return bool(torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind))


def is_strided(x: Array) -> bool:
    """True for tensors with their own dense memory: not sparse, and not a wrapper of others."""
    import torch

    by_itself = type(x).__torch_dispatch__ is torch.Tensor.__torch_dispatch__
    return x.layout is torch.strided and by_itself and x.device.type != "meta"


def without_numbers(x: Array) -> str | None:
    """Description of a tensor that has no numbers to compute with; None for all others."""
    if not compat.is_torch_array(x) or is_strided(x):
        return None
    import torch

    if x.layout is not torch.strided:
        return f"a tensor of layout {str(x.layout).removeprefix('torch.')}"
    if x.device.type == "meta":
        return "a meta tensor"
    name = type(x).__name__
    return f"a {name}" if name in ("FakeTensor", "FunctionalTensor", "MaskedTensor") else None


def type_name(x: object) -> str:
    """Name of the type of a value, with that of its module."""
    return f"{type(x).__module__}.{type(x).__qualname__}"


def shapes_and_dtypes(values: Iterable[Any]) -> tuple[Any, ...] | None:
    """Shapes and dtypes of NumPy arrays and tensors, types of numbers, and sequences of those.

    None for any other value: shapes and dtypes alone then do not determine the result of a check.
    """
    each: list[Any] = []
    for value in values:
        if type(value) is np.ndarray:
            each.append((value.shape, value.dtype))
        elif value is None or type(value) in (int, float):
            each.append(type(value))
        elif compat.is_torch_array(value):
            if not is_strided(value):
                return None
            each.append((value.shape, value.dtype, value.device))
        elif isinstance(value, (list, tuple)):
            inner = shapes_and_dtypes(value)
            if inner is None:
                return None
            each.append((len(value), inner))
        else:
            return None
    return tuple(each)


def describe(x: object) -> str:
    """Short text for messages: the shape of an array, a plain value, or a type."""
    if is_array(x):
        return str(tuple(x.shape))  # type: ignore[attr-defined]
    if isinstance(x, int) and x.bit_length() > 64:
        return f"an integer of {x.bit_length()} bits"
    if isinstance(x, _PLAIN):
        text = repr(x)
        return text if len(text) <= 60 else f"{text[:60]}..."
    if isinstance(x, (tuple, list)) and len(x) <= 4 and all(isinstance(t, _PLAIN) for t in x):
        inner = ", ".join(map(describe, x))
        return f"({inner})" if isinstance(x, tuple) else f"[{inner}]"
    return type(x).__name__
