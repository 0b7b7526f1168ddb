"""Launching of the kernels in `kernels.cu`, which are compiled when a device first needs them."""

import functools
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.arrays.namespaces import Array

SOURCE = Path(__file__).with_name("kernels.cu")
OPTIONS = ("--std=c++17",)
THREADS = 256  # per block, in every kernel
PATCH = 64, 256  # rows and columns of the scores per block; equal to ROWS, COLUMNS in kernels.cu
NULL = np.uint64(0)


def launch(name: str, grid: tuple[int, ...], *arguments: Array | int | None) -> None:
    """Start a kernel on the current stream; it has not finished when this returns.

    Parameters
    ----------
    name : str
    grid : tuple of int
        Number of blocks per axis.
    *arguments : array, int or None
        Arrays are contiguous and on the current device; None is a null pointer.
    """
    _kernel(name)(grid, (THREADS,), tuple(map(_argument, arguments)))


def _argument(value: Any) -> Any:
    if value is None:
        return NULL
    return np.int64(value) if isinstance(value, int) else value


@functools.cache
def _kernel(name: str) -> Any:
    import cupy  # CuPy compiles the source once per device, for all kernels together

    code = SOURCE.read_text(encoding="utf-8")
    return cupy.RawModule(code=code, options=OPTIONS).get_function(name)
