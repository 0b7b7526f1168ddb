"""Kernels of the file beside this one, compiled when a device first needs them."""

import functools
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.arrays.namespaces import Array

SOURCE = Path(__file__).with_name("kernels.cu")
OPTIONS = ("--std=c++17",)
THREADS = 256  # of a block, in every kernel
PATCH = 64, 256  # rows and columns of the scores that a block takes; as ROWS, COLUMNS there
NULL = np.uint64(0)


def launch(name: str, grid: tuple[int, ...], *arguments: Array | int | None) -> None:
    """Start a kernel on the current stream; it has not finished when this returns.

    Parameters
    ----------
    name : str
    grid : tuple of int
        Blocks.
    *arguments : array, int or None
        Arrays that are contiguous and on the current device; None is a null pointer.
    """
    _kernel(name)(grid, (THREADS,), tuple(map(_argument, arguments)))


def _argument(value: Any) -> Any:
    if value is None:
        return NULL
    return np.int64(value) if isinstance(value, int) else value


@functools.cache
def _kernel(name: str) -> Any:
    import cupy  # which compiles the text once a device, whatever the number of kernels

    code = SOURCE.read_text(encoding="utf-8")
    return cupy.RawModule(code=code, options=OPTIONS).get_function(name)
