"""Arrays to and from NumPy."""

from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays import Array, detach, device, namespace


def to_numpy(x: Array) -> np.ndarray:
    """Copy an array of any library and device into host memory."""
    if isinstance(x, np.ndarray):
        return x
    if compat.is_cupy_array(x) or compat.is_torch_array(x):
        return np.asarray(compat.to_device(detach(x), "cpu"))
    try:
        return np.asarray(x)
    except RuntimeError:  # a device that NumPy cannot read
        home = namespace(x).__array_namespace_info__().default_device()
        return np.asarray(compat.to_device(x, home))


def like(values: np.ndarray, x: Array, dtype: Any = None) -> Array:
    """Host numbers in the namespace and on the device of `x`, by default in its dtype."""
    return namespace(x).asarray(values, dtype=dtype or x.dtype, device=device(x))
