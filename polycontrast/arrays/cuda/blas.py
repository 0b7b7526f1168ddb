"""Products of matrices by cuBLAS, in a precision that each call states."""

import functools
from typing import Any

import numpy as np

from polycontrast.arrays.cuda import launching
from polycontrast.arrays.namespaces import Array

# Names in cuBLAS: types of the operands, and types in which products are computed and summed.
TYPES = {"float32": "CUDA_R_32F", "float64": "CUDA_R_64F", "uint16": "CUDA_R_16BF"}
COMPUTE = {
    "highest": "CUBLAS_COMPUTE_32F",
    "tf32": "CUBLAS_COMPUTE_32F_FAST_TF32",
    "bf16": "CUBLAS_COMPUTE_32F",  # exact products of bfloat16 operands
}


def gemm(x: Array, y: Array, out: Array, precision: str, add: bool = False) -> None:
    """``out = x @ y``, or ``out += x @ y``, on the current stream.

    Parameters
    ----------
    x, y : arrays (n, k), (k, m)
        Each is contiguous, or the transpose of a contiguous array. Integers of 16 bits are the bits
        of bfloat16 numbers.
    out : array (n, m)
        Contiguous, float32 or float64; products are summed in its dtype.
    precision : {"highest", "tf32", "bf16"}
    add : bool, default False
    """
    import cupy
    from cupy_backends.cuda.libs import cublas

    assert x.dtype == y.dtype
    (n, k), m = x.shape, y.shape[1]
    compute = "CUBLAS_COMPUTE_64F" if out.dtype == np.float64 else COMPUTE[precision]
    x, x_turned, x_step = _layout(x)
    y, y_turned, y_step = _layout(y)
    zero, one = _numbers(str(out.dtype))
    handle = cupy.cuda.device.get_cublas_handle()
    mode = cublas.getPointerMode(handle)
    cublas.setPointerMode(handle, cublas.CUBLAS_POINTER_MODE_HOST)
    try:
        # cuBLAS stores matrices by columns, so the transposes are passed: out^T = y^T x^T.
        cublas.gemmEx(
            handle,
            cublas.CUBLAS_OP_T if y_turned else cublas.CUBLAS_OP_N,
            cublas.CUBLAS_OP_T if x_turned else cublas.CUBLAS_OP_N,
            m,
            n,
            k,
            one,
            y.data.ptr,
            _type(y),
            y_step,
            x.data.ptr,
            _type(x),
            x_step,
            one if add else zero,
            out.data.ptr,
            _type(out),
            m,
            getattr(cublas, compute),
            cublas.CUBLAS_GEMM_DEFAULT,
        )
    finally:
        cublas.setPointerMode(handle, mode)


_NUMBERS = {dtype: np.array([0, 1], dtype=dtype) for dtype in ("float32", "float64")}


@functools.cache
def _numbers(dtype: str) -> tuple[int, int]:
    """Addresses of 0 and 1 in main memory."""
    start = _NUMBERS[dtype].ctypes.data
    return start, start + _NUMBERS[dtype].itemsize


@functools.cache
def _type_of(dtype: str) -> int:
    from cupy.cuda import runtime

    return int(getattr(runtime, TYPES[dtype]))


def _type(t: Array) -> int:
    return _type_of(str(t.dtype))


def _layout(t: Array) -> tuple[Array, bool, int]:
    """A matrix with contiguous rows or columns, whether these are columns, and their stride."""
    if t.flags.c_contiguous:
        return t, False, max(1, t.shape[1])
    if t.flags.f_contiguous:
        return t, True, max(1, t.shape[0])
    return t.copy(order="C"), False, max(1, t.shape[1])


def empty(x: Array, y: Array) -> Any:
    """Memory for the product of two matrices."""
    return launching.empty((x.shape[0], y.shape[1]), result_dtype(x))


def result_dtype(x: Array) -> Any:
    """Dtype of a product of matrices like this one."""
    return np.dtype(np.float32) if x.dtype == np.uint16 else x.dtype
