"""Launching of the kernels in `kernels/`, which are compiled when a device first needs them."""

import functools
import re
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.arrays.namespaces import Array

FOLDER = Path(__file__).with_name("kernels")
SHARED = ("patch", "visit")
"""The files that begin each text."""
PASSES = {
    "exponential": "sums",
    "softplus": "sums",
    "softmax": "softmax",
    "peaks": "peaks",
    "fold": "folds",
    "merge": "folds",
    "round": "folds",
    "lengths": "rows",
    "directions": "rows",
    "tangents": "rows",
}
"""The file of a kernel, by the first word of its name."""
FILES = tuple(sorted({*PASSES.values()}))
# Numbers below 2^-126 become 0, or each exponential would take three more instructions.
OPTIONS = ("--std=c++17", "--ftz=true")
THREADS = 256  # per block, in every kernel
PATCH = 64, 256  # rows and columns of the scores per block: ROWS, COLUMNS of the kernels
FOLDED = 32  # results per block of a fold: FOLDED of the kernels
NULL = np.uint64(0)


def source(*files: str) -> str:
    """The text of these files and of those that they need."""
    texts = [(FOLDER / f"{name}.cu").read_text(encoding="utf-8") for name in (*SHARED, *files)]
    return "\n".join(texts)


def constants(text: str) -> dict[str, int]:
    """The sizes that a text of kernels states."""
    made: dict[str, int] = {}
    for name, formula in re.findall(r"^const int (\w+) = ([^;]+);", text, re.M):
        made[name] = eval(formula, {}, made)
    return made


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


def empty(shape: int | tuple[int, ...], dtype: Any) -> Array:
    """New memory on the current device."""
    import cupy

    return cupy.empty(shape, dtype=dtype)


def _argument(value: Any) -> Any:
    if value is None:
        return NULL
    return np.int64(value) if isinstance(value, int) else value


@functools.cache
def _kernel(name: str) -> Any:
    return _module(PASSES[name.split("_")[0]]).get_function(name)


@functools.cache
def _module(file: str) -> Any:
    import cupy  # CuPy compiles a text once per device, and keeps the code on the disk

    return cupy.RawModule(code=source(file), options=OPTIONS)
