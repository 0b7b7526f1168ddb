"""Whether CuPy can compute here, found out by a kernel and a product on the device."""

import functools
import warnings

from polycontrast.arrays.cuda import blas, tiles


@functools.cache
def cupy_is_ready() -> bool:
    """True where CuPy runs a kernel of ours and a product of cuBLAS on the current device.

    CuPy may be installed without the libraries of CUDA that it needs, or for another CUDA than the
    driver has.

    Warns
    -----
    RuntimeWarning
        When CuPy finds a device, and cannot compute on it.
    """
    try:
        import cupy

        if not cupy.cuda.runtime.getDeviceCount():
            return False
    except Exception:  # without a driver, the import of CuPy can fail in several ways
        return False
    try:
        one = cupy.ones((1, 1), dtype=cupy.float32)
        bits = tiles.rounded(one)
        blas.gemm(bits, bits, blas.empty(bits, bits), "bf16")
    except Exception as error:  # a library that is missing, or that does not fit the driver
        warnings.warn(
            f"CuPy is installed but cannot compute on the GPU ({type(error).__name__}: {error}). "
            "Arrays of torch and JAX are computed by their own libraries. The extras cuda12 and "
            "cuda13 bring what CuPy needs",
            RuntimeWarning,
            stacklevel=2,
        )
        return False
    return True
