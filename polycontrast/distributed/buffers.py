"""Byte buffers of arrays that are sent between ranks.

Engines send bytes, so that every dtype can be sent, also booleans and bfloat16. NumPy, torch and
CuPy arrays are sent from their own memory and received into it. Others pass through main memory.
"""

import math
from collections.abc import Callable
from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays import Array, device, like, namespace, to_numpy


def outgoing(x: Array) -> Any:
    """Bytes of a non-empty array: a flat uint8 array of its library, without a copy if possible."""
    if compat.is_torch_array(x):
        return x.contiguous().view(-1).view(namespace(x).uint8)
    if compat.is_cupy_array(x):
        xp = namespace(x)
        return xp.ascontiguousarray(x).reshape(-1).view(xp.uint8)
    x = np.ascontiguousarray(x if isinstance(x, np.ndarray) else to_numpy(x))
    return x.reshape(-1).view(np.uint8)


def incoming(shape: tuple[int, ...], x: Array) -> tuple[Any, Callable[[], Array]]:
    """Memory for the bytes of an array of this shape, and a function that then returns the array.

    The array has the library, dtype and device of `x`.
    """
    if compat.is_torch_array(x) or compat.is_cupy_array(x):
        made = namespace(x).empty(shape, dtype=x.dtype, device=device(x))
        return outgoing(made), lambda: made
    home = np.empty(shape, dtype=x.dtype if isinstance(x, np.ndarray) else to_numpy(x).dtype)
    if isinstance(x, np.ndarray):
        return home.reshape(-1).view(np.uint8), lambda: home
    return home.reshape(-1).view(np.uint8), lambda: like(home, x)


def in_main_memory(x: Array) -> np.ndarray:
    """The same numbers as a NumPy array, without a copy if possible."""
    return np.asarray(compat.to_device(x, "cpu"))


def is_empty(shape: tuple[int, ...]) -> bool:
    """True for shapes without entries: such arrays are not sent."""
    return math.prod(shape) == 0


def size_in_bytes(buffer: Any) -> int:
    """Length of a buffer from `outgoing`."""
    return int(math.prod(buffer.shape))
