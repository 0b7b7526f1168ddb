"""Numbers of arrays as those of Python and NumPy, and back."""

import math
import numbers
from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.namespaces import Array, detach, device, is_array, namespace


def plain(x: Any) -> Any:
    """A NumPy number, Boolean or string as that of Python; everything else unchanged.

    So a NumPy float64 among the parameters does not change the dtype of a float32 call.
    """
    if not isinstance(x, np.generic):
        return x
    if x.dtype.kind in "biuU":
        return x.item()
    half = x.dtype.kind == "V" and not isinstance(x, np.void)  # bfloat16 and its relatives
    return float(x) if x.dtype.kind == "f" or half else x


def boxed(x: Any) -> Any:
    """A 0-d array in place of the number that NumPy returns for one; all else unchanged."""
    return np.asarray(x) if isinstance(x, np.generic) else x


def is_number(x: Any) -> bool:
    """True for real numbers of Python and NumPy; not for a bool, and not for 0-d arrays."""
    if type(x) in (int, float):
        return True
    x = plain(x)
    return isinstance(x, numbers.Real) and not isinstance(x, (bool, np.generic))


def known(x: Any) -> float | None:
    """The number in a scalar, 0-d array or array (1,); None when it is not known (tracers).

    It is infinite beyond the range of Python floats. While a CUDA graph is captured no number of
    the device is known, because the device computes nothing yet.
    """
    if type(x) is float:
        return x
    if _is_captured(x):
        return None
    if getattr(x, "shape", None) == (1,):
        x = without_axes(x)
    try:
        return float(x.detach() if compat.is_torch_array(x) else x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf
    except (TypeError, RuntimeError, NotImplementedError):
        return None


def _is_captured(x: Any) -> bool:
    """True for a tensor of a GPU whose current stream is being captured."""
    if not compat.is_torch_array(x) or not x.is_cuda:
        return False
    import torch

    return torch.cuda.is_current_stream_capturing()


def without_axes(x: Array) -> Array:
    """A number as a 0-d array; it may be given as an array of shape (1,)."""
    return namespace(x).reshape(x, ()) if x.ndim else x


def untraced(x: Array) -> Array:
    """An array of JAX as one of NumPy, whose functions are not traced; others as they are."""
    return np.asarray(x) if compat.is_jax_array(x) else x


def orderable(x: Array) -> Array:
    """Integers in a dtype that their library can order: torch orders no unsigned ones above 8 bits.

    Those above the largest int64 become negative.
    """
    return namespace(x).astype(x, namespace(x).int64) if compat.is_torch_array(x) else x


def to_numpy(x: Array) -> np.ndarray:
    """Numbers of an array of any library and device as a NumPy array, half precision as float32."""
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


def to_float64(x: Any) -> np.ndarray:
    """Numbers of an array of any library, or one number, as a NumPy array in float64."""
    return np.asarray(to_numpy(x) if is_array(x) else x, dtype=np.float64)


def like(numbers: np.ndarray, x: Array, dtype: Any = None) -> Array:
    """Numbers of a NumPy array in the namespace, on the device and in the dtype of `x`."""
    return namespace(x).asarray(numbers, dtype=dtype or x.dtype, device=device(x))
