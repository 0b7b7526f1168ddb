"""The kernels of `polycontrast.arrays.cuda`, compiled for a processor and run on NumPy arrays.

The text is the one that a GPU gets, and `on_processor.h` stands for CUDA. So kernels and their
launches are under test without a device. The look-alike of CuPy uses them as well.
"""

import ctypes
import functools
import itertools
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest

from polycontrast.arrays.cuda import launching

HERE = Path(__file__).parent
TYPES = ("float32", "float32_bfloat16", "float64")
NAMES = [
    *map("_".join, itertools.product(("exponential", "softplus", "softmax"), TYPES)),
    *map("_".join, itertools.product(("peaks", "fold_sums", "fold_peaks"), ("float32", "float64"))),
    "merge_peaks_float32",
    "merge_peaks_float64",
    "round_bfloat16",
    *map("_".join, itertools.product(("lengths", "tangents"), ("float32", "float64"))),
    *map("_".join, itertools.product(("directions",), TYPES)),
]


@functools.cache
def library():
    """The kernels as a shared library; a reported skip where no compiler is found."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler is installed")
    folder = Path(tempfile.mkdtemp())
    exports = "\n".join(f"EXPORT({name})" for name in NAMES)
    text = f'#include "on_processor.h"\n{launching.source(*launching.FILES)}\n{exports}\n'
    (folder / "kernels.cpp").write_text(text)
    options = ["-std=c++17", "-O1", "-shared", "-fPIC", "-Wno-unknown-pragmas", f"-I{HERE}"]
    output = ["-o", str(folder / "kernels.so")]
    subprocess.run([compiler, *options, str(folder / "kernels.cpp"), *output], check=True)
    return ctypes.CDLL(str(folder / "kernels.so"))


def launch(name, grid, *arguments):
    """Run a kernel; as `launching.launch`."""
    for t in arguments:
        assert not isinstance(t, np.ndarray) or t.flags.c_contiguous, name
    given = [t.ctypes.data if isinstance(t, np.ndarray) else t or 0 for t in arguments]
    launch_at(name, grid, launching.THREADS, given)


def launch_at(name, grid, threads, given):
    """Run a kernel whose arguments are addresses and integers."""
    pointer = ctypes.c_void_p.in_dll(library(), f"run_{name}").value
    kinds = [ctypes.c_uint] * 3 + [ctypes.c_ulonglong] * len(given)
    x, y = (*grid, 1)[:2]
    ctypes.CFUNCTYPE(None, *kinds)(pointer)(x, y, threads, *given)


def bfloat16(bits):
    """Numbers whose bits these are, in float32."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


@pytest.fixture
def on_processor(monkeypatch):
    """Within a test, kernels take NumPy arrays."""
    library()
    monkeypatch.setattr(launching, "launch", launch)
    monkeypatch.setattr(launching, "empty", np.empty)
