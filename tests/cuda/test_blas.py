"""What cuBLAS is asked for is the product that was meant, in the precision that was stated.

`gemmEx` here reads and writes memory as cuBLAS says it does: column by column, by distances.
"""

import ctypes
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from processor import bfloat16

from polycontrast.arrays.cuda import blas

CONSTANTS = {
    "CUBLAS_OP_N": 0,
    "CUBLAS_OP_T": 1,
    "CUBLAS_POINTER_MODE_HOST": 0,
    "CUBLAS_GEMM_DEFAULT": -1,
    "CUBLAS_COMPUTE_32F": 68,
    "CUBLAS_COMPUTE_32F_FAST_TF32": 77,
    "CUBLAS_COMPUTE_64F": 70,
}
DTYPES = {0: np.float32, 1: np.float64, 14: np.uint16}


class OnDevice:
    """A matrix that can only be reached by its address."""

    def __init__(self, array):
        self.array, self.shape, self.dtype, self.flags = (
            array,
            array.shape,
            array.dtype,
            array.flags,
        )
        self.data = SimpleNamespace(ptr=array.ctypes.data)

    def copy(self, order):
        return OnDevice(self.array.copy(order=order))


def at(pointer, shape, distance, dtype):
    """The matrix whose columns begin at these distances from an address."""
    size = np.dtype(dtype).itemsize
    length = distance * (shape[1] - 1) + shape[0]
    flat = np.frombuffer((ctypes.c_char * (size * length)).from_address(pointer), dtype=dtype)
    return as_strided(flat, shape, (size, size * distance))


@pytest.fixture
def computes(monkeypatch):
    """Ways of computing that were asked for."""
    asked, mode = [], [1]

    def gemm_ex(
        handle, op_a, op_b, m, n, k, alpha, a, a_type, a_step, b, b_type, b_step, beta, c, c_type,
        c_step, compute, algorithm,
    ):  # fmt: skip
        assert mode[0] == CONSTANTS["CUBLAS_POINTER_MODE_HOST"]
        asked.append(next(name for name, value in CONSTANTS.items() if value == compute))
        sides = []
        for pointer, op, step, kind, (rows, columns) in (
            (a, op_a, a_step, a_type, (m, k)),
            (b, op_b, b_step, b_type, (k, n)),
        ):
            stored = (columns, rows) if op else (rows, columns)
            assert step >= stored[0]
            side = at(pointer, stored, step, DTYPES[kind])
            side = bfloat16(side) if kind == 14 else side
            sides.append(side.T if op else side)
        scalars = (
            np.frombuffer((ctypes.c_char * 8).from_address(p), np.uint8) for p in (alpha, beta)
        )
        out = at(c, (m, n), c_step, DTYPES[c_type])
        size = out.dtype.itemsize
        one, keep = (float(t[:size].view(out.dtype)[0]) for t in scalars)
        out[...] = one * (sides[0] @ sides[1]) + (keep * out if keep else 0)

    cublas = SimpleNamespace(
        **CONSTANTS,
        gemmEx=gemm_ex,
        getPointerMode=lambda handle: mode[0],
        setPointerMode=lambda handle, new: mode.__setitem__(0, new),
    )
    runtime = SimpleNamespace(CUDA_R_32F=0, CUDA_R_64F=1, CUDA_R_16BF=14)
    device = SimpleNamespace(get_cublas_handle=lambda: 1)
    cupy, libs = ModuleType("cupy"), ModuleType("libs")
    cupy.cuda, libs.cublas = ModuleType("cupy.cuda"), cublas
    cupy.cuda.device, cupy.cuda.runtime = device, runtime
    for name, module in {
        "cupy": cupy,
        "cupy.cuda": cupy.cuda,
        "cupy_backends.cuda.libs": libs,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    yield asked
    assert mode == [1]  # as it was found


def laid_out(t, how):
    return {"rows": t, "columns": np.asfortranarray(t), "neither": np.repeat(t, 2, axis=1)[:, ::2]}[
        how
    ]


@pytest.mark.parametrize("sizes", [(3, 4, 5), (1, 4, 5), (3, 1, 5), (3, 4, 1), (1, 1, 1)], ids=str)
@pytest.mark.parametrize("x_layout", ["rows", "columns", "neither"])
@pytest.mark.parametrize("y_layout", ["rows", "columns", "neither"])
def test_any_layout_gives_the_product(computes, sizes, x_layout, y_layout):
    n, k, m = sizes
    rng = np.random.default_rng(0)
    x, y, out = (rng.standard_normal(shape) for shape in ((n, k), (k, m), (n, m)))
    total = out.copy()
    sides = OnDevice(laid_out(x, x_layout)), OnDevice(laid_out(y, y_layout))
    blas.gemm(*sides, OnDevice(out), "highest", add=True)
    np.testing.assert_allclose(out, total + x @ y)
    blas.gemm(*sides, OnDevice(out), "highest")
    np.testing.assert_allclose(out, x @ y)
    assert computes == ["CUBLAS_COMPUTE_64F"] * 2


@pytest.mark.parametrize(
    ("precision", "compute"),
    [
        ("highest", "CUBLAS_COMPUTE_32F"),
        ("tf32", "CUBLAS_COMPUTE_32F_FAST_TF32"),
        ("bf16", "CUBLAS_COMPUTE_32F"),
    ],
)
def test_the_precision_is_stated(computes, precision, compute):
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal(shape).astype(np.float32) for shape in ((6, 8), (8, 10)))
    if precision == "bf16":
        x, y = ((t.view(np.uint32) >> 16).astype(np.uint16) for t in (x, y))
    out = np.empty((6, 10), np.float32)
    blas.gemm(OnDevice(x), OnDevice(y), OnDevice(out), precision)
    wanted = bfloat16(x) @ bfloat16(y) if precision == "bf16" else x @ y
    np.testing.assert_allclose(out, wanted, rtol=1e-5, atol=1e-6)
    assert computes == [compute]
