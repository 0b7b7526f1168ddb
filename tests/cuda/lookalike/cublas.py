"""`gemmEx` as cuBLAS does it: memory is read and written column by column, by distances."""

import ctypes
from importlib.machinery import ModuleSpec
from types import ModuleType

import numpy as np
from numpy.lib.stride_tricks import as_strided
from processor import bfloat16

CONSTANTS = {
    "CUBLAS_OP_N": 0,
    "CUBLAS_OP_T": 1,
    "CUBLAS_POINTER_MODE_HOST": 0,
    "CUBLAS_POINTER_MODE_DEVICE": 1,
    "CUBLAS_GEMM_DEFAULT": -1,
    "CUBLAS_COMPUTE_32F": 68,
    "CUBLAS_COMPUTE_32F_FAST_TF32": 77,
    "CUBLAS_COMPUTE_64F": 70,
}
DTYPES = {0: np.float32, 1: np.float64, 14: np.uint16}
ASKED = []
"""Ways of computing that products were asked for."""
mode = [CONSTANTS["CUBLAS_POINTER_MODE_DEVICE"]]
running = True
"""Whether products are computed; where only memory is counted, they need not be."""


def _at(pointer, shape, distance, dtype):
    """The matrix whose columns begin at these distances from an address."""
    size = np.dtype(dtype).itemsize
    length = distance * (shape[1] - 1) + shape[0]
    flat = np.frombuffer((ctypes.c_char * (size * length)).from_address(pointer), dtype=dtype)
    return as_strided(flat, shape, (size, size * distance))


def gemm_ex(
    handle, op_a, op_b, m, n, k, alpha, a, a_type, a_step, b, b_type, b_step, beta, c, c_type,
    c_step, compute, algorithm,
):  # fmt: skip
    """``C = alpha op(A) op(B) + beta C``."""
    assert mode[0] == CONSTANTS["CUBLAS_POINTER_MODE_HOST"]
    ASKED.append(next(name for name, value in CONSTANTS.items() if value == compute))
    if not running:
        return
    sides = []
    for pointer, op, step, kind, (rows, columns) in (
        (a, op_a, a_step, a_type, (m, k)),
        (b, op_b, b_step, b_type, (k, n)),
    ):
        stored = (columns, rows) if op else (rows, columns)
        assert step >= stored[0]
        side = _at(pointer, stored, step, DTYPES[kind])
        side = bfloat16(side) if kind == 14 else side
        sides.append(side.T if op else side)
    scalars = (np.frombuffer((ctypes.c_char * 8).from_address(p), np.uint8) for p in (alpha, beta))
    out = _at(c, (m, n), c_step, DTYPES[c_type])
    size = out.dtype.itemsize
    one, keep = (float(t[:size].view(out.dtype)[0]) for t in scalars)
    with np.errstate(all="ignore"):
        out[...] = out.dtype.type(one) * (sides[0] @ sides[1]) + (keep * out if keep else 0)


def module():
    """The module `cupy_backends.cuda.libs.cublas`."""
    made = ModuleType("cupy_backends.cuda.libs.cublas")
    made.__spec__ = ModuleSpec(made.__name__, None)
    vars(made).update(CONSTANTS, gemmEx=gemm_ex)
    made.getPointerMode = lambda handle: mode[0]
    made.setPointerMode = lambda handle, new: mode.__setitem__(0, new)
    return made
