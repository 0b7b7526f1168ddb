"""Accuracy follows the dtype: float32 near float64, half precision computed in float32."""

import numpy as np
import pytest
from backends import Backend

from battery.cases import assert_close, case_params, default_cases


@pytest.mark.parametrize("case", case_params())
def test_float32(case):
    """float32 agrees with float64 on the same numbers: value and gradients."""
    arrays = {
        name: x.astype(np.float32).astype(np.float64) if x.dtype.kind == "f" else x
        for name, x in case.arrays(B=12).items()
    }
    wanted = case.evaluate(arrays)
    for options in ({}, dict(tile=(5, 5))):
        got = case.evaluate(arrays, dtype="float32", **options)
        # 1e-7 an operation; logits of size 1/temperature enter an exponential.
        assert_close(got, wanted, 5e-5, str(options))


@pytest.mark.parametrize(
    ("backend", "dtype", "digits"),
    [
        pytest.param(backend, dtype, digits, id=f"{backend}-{dtype}")
        for dtype, digits in (("float16", 11), ("bfloat16", 8))
        for backend in (Backend.NUMPY, Backend.TORCH, Backend.JAX)
        if dtype != "bfloat16" or backend is not Backend.NUMPY
    ],
)
@pytest.mark.parametrize("case", case_params(default_cases()))
def test_half_precision(case, backend, dtype, digits):
    """Half precision in: a loss in float32 and as accurate, gradients in the dtype given."""
    made = case.given(backend, case.arrays(), dtype)
    rounded = {name: backend.read(x) for name, x in made.items()}  # what the objective is given
    wanted = case.evaluate(rounded)
    value, back = case.objective.vjp(**made, **case.options)
    assert backend.dtype_name(value) == "float32"
    assert_close(backend.read(value), wanted.value, 1e-4)
    got = case.evaluate(rounded, backend, dtype)
    grads = back(backend.asarray(np.ones(tuple(value.shape)), "float32"))
    for name in grads._fields:
        assert backend.dtype_name(getattr(grads, name)) == dtype
        assert_close(got.grads[name], wanted.grads[name], 2.0 ** (1 - digits), name)
