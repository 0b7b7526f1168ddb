"""The device of the arrays: host memory, or a CUDA device through CuPy."""

import numpy as np

from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.streams import StreamedRows
from polycontrast.arrays import Array

DEVICES = ("cpu", "cuda")


def check_device(device: str) -> None:
    """Refuse a device that this machine or this installation lacks."""
    if device == "cuda":
        try:
            import cupy
        except ImportError:
            raise MissingDependency("--device cuda", "CuPy", "cuda12", "cuda13") from None
        try:
            count = cupy.cuda.runtime.getDeviceCount()
        except cupy.cuda.runtime.CUDARuntimeError as error:
            raise BadInput(f"--device cuda: {error}") from None
        if count == 0:
            raise BadInput("--device cuda: this machine has no CUDA device")


def to_device(x: np.ndarray, device: str) -> Array:
    """Copy an array to a device; host arrays stay as they are."""
    if device == "cpu":
        return x
    import cupy

    if isinstance(x, StreamedRows):
        return x.then(cupy.asarray)
    return cupy.asarray(x)
