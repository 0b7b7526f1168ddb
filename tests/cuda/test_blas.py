"""What cuBLAS is asked for is the product that was meant, in the precision that was stated.

`gemmEx` here reads and writes memory as cuBLAS says it does: column by column, by distances.
"""

import lookalike
import numpy as np
import pytest
from processor import bfloat16

from polycontrast.arrays.cuda import blas


@pytest.fixture
def made(monkeypatch):
    """The look-alike; each call leaves the mode of pointers as it found it."""
    with lookalike.installed() as cupy:
        yield cupy
    assert lookalike.cublas.mode == [1]


def on_device(cupy, array):
    """The same numbers and layout."""
    return cupy.from_dlpack(array)


def laid_out(t, how):
    return {"rows": t, "columns": np.asfortranarray(t), "neither": np.repeat(t, 2, axis=1)[:, ::2]}[
        how
    ]


@pytest.mark.parametrize("sizes", [(3, 4, 5), (1, 4, 5), (3, 1, 5), (3, 4, 1), (1, 1, 1)], ids=str)
@pytest.mark.parametrize("x_layout", ["rows", "columns", "neither"])
@pytest.mark.parametrize("y_layout", ["rows", "columns", "neither"])
def test_any_layout_gives_the_product(made, sizes, x_layout, y_layout):
    n, k, m = sizes
    rng = np.random.default_rng(0)
    x, y, out = (rng.standard_normal(shape) for shape in ((n, k), (k, m), (n, m)))
    total = out.copy()
    sides = on_device(made, laid_out(x, x_layout)), on_device(made, laid_out(y, y_layout))
    blas.gemm(*sides, on_device(made, out), "highest", add=True)
    np.testing.assert_allclose(out, total + x @ y)
    blas.gemm(*sides, on_device(made, out), "highest")
    np.testing.assert_allclose(out, x @ y)
    assert lookalike.cublas.ASKED == ["CUBLAS_COMPUTE_64F"] * 2


@pytest.mark.parametrize(
    ("precision", "compute"),
    [
        ("highest", "CUBLAS_COMPUTE_32F"),
        ("tf32", "CUBLAS_COMPUTE_32F_FAST_TF32"),
        ("bf16", "CUBLAS_COMPUTE_32F"),
    ],
)
def test_the_precision_is_stated(made, precision, compute):
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal(shape).astype(np.float32) for shape in ((6, 8), (8, 10)))
    if precision == "bf16":
        x, y = ((t.view(np.uint32) >> 16).astype(np.uint16) for t in (x, y))
    out = np.empty((6, 10), np.float32)
    blas.gemm(on_device(made, x), on_device(made, y), on_device(made, out), precision)
    wanted = bfloat16(x) @ bfloat16(y) if precision == "bf16" else x @ y
    np.testing.assert_allclose(out, wanted, rtol=1e-5, atol=1e-6)
    assert [compute] == lookalike.cublas.ASKED
