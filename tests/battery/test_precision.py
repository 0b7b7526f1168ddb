"""Accuracy follows the dtype: float32 near float64, half precision computed in float32."""

import numpy as np
import pytest
from backends import Backend

from battery.cases import all_cases, assert_close, case_params, default_cases, each, parts
from battery.scenes import rows_of
from battery.scopes import of_mechanisms, of_objectives
from battery.test_values import oracle_result


@pytest.mark.parametrize("case", of_objectives())
def test_float32(case):
    """float32 agrees with float64 on the same numbers: value and gradients."""

    def rounded(x):
        return x.astype(np.float32).astype(np.float64) if x.dtype.kind == "f" else x

    arrays = {name: each(x, rounded) for name, x in case.arrays(B=12).items()}
    wanted = case.evaluate(arrays)
    for options in ({}, dict(tile=(5, 5))):
        got = case.evaluate(arrays, dtype="float32", **options)
        # 1e-7 an operation; logits of size 1/temperature enter an exponential.
        assert_close(got, wanted, 5e-5, str(options))


def clustered(case, spread, clusters):
    """Rows of all arrays near a few points that they share, in numbers that float32 has."""
    arrays = case.arrays(B=4, N=4)
    centres = np.random.default_rng(5).normal(size=(3, 6))
    for name in case.dims:
        if name in rows_of(case):
            rows = np.arange(arrays[name].shape[-2])
            arrays[name] = centres[rows % clusters] + spread * arrays[name]
    return {k: x.astype(np.float32).astype(x.dtype) for k, x in arrays.items()}


def distance(got, wanted):
    """Length of the difference, and of what is wanted."""
    return np.linalg.norm(np.subtract(got, wanted, dtype=float)), np.linalg.norm(wanted)


def assert_as_accurate(case, arrays, names=None, **options):
    """float32 is as close to float64 as the naive formula in float32 is, up to a small factor."""
    wanted = oracle_result(case, arrays)
    plain = oracle_result(case, arrays, np.float32)
    got = case.evaluate(arrays, dtype="float32", **options)
    error, size = distance(got.value, wanted.value)
    assert error <= 8 * distance(plain.value, wanted.value)[0] + 3e-6 * max(1, size)
    for name in names or wanted.grads:
        grad = wanted.grads[name]
        error, size = distance(got.grads[name], grad)
        if name not in rows_of(case):  # where these vanish, terms of size 1 / temperature cancel
            size = max(size, 6 / case.parameter("temperature") if name == "temperature" else 1)
        assert error <= 8 * distance(plain.grads[name], grad)[0] + 3e-6 * size, name


CUBES = [c for c in all_cases() if c.objective.name.startswith("cube_l")]
CLUSTERED = [c for c in all_cases() if rows_of(c) and (c in default_cases() or c in CUBES)]
SOLVED = [c for c in CLUSTERED if c.facts.solved]


@pytest.mark.parametrize("case", of_objectives(c for c in CLUSTERED if c not in SOLVED))
def test_float32_of_clustered_rows(case):
    """Distances of rows that lie close together keep the digits that the formula keeps."""
    assert_as_accurate(case, clustered(case, 1e-2, 1), tile=(3, 3))
    assert_as_accurate(case, clustered(case, 1e-4, 1))


@pytest.mark.slow
@pytest.mark.parametrize("case", case_params(SOLVED))
def test_float32_of_clustered_rows_in_a_solver(case):
    """It does all its steps: float32 has no number as close to the solution as it is asked for."""
    test_float32_of_clustered_rows(case)


ROOTS = [c for c in CUBES if c.parameter("similarity") == "deviation"]


@pytest.mark.parametrize("clusters", [2, 3])
@pytest.mark.parametrize("case", of_objectives(ROOTS))
def test_float32_of_several_clusters(case, clusters):
    """No common centre helps there, and some rows coincide: their distances are exact all the same.

    Of the cube only the roots: their slope is large where a distance is small.
    """
    for spread in (1e-2, 1e-4, 0.0):
        assert_as_accurate(case, clustered(case, spread, clusters), rows_of(case))


@pytest.mark.parametrize(
    ("backend", "dtype", "digits"),
    [
        pytest.param(backend, dtype, digits, id=f"{backend}-{dtype}")
        for dtype, digits in (("float16", 11), ("bfloat16", 8))
        for backend in (Backend.NUMPY, Backend.TORCH, Backend.JAX)
        if dtype != "bfloat16" or backend is not Backend.NUMPY
    ],
)
@pytest.mark.parametrize("case", of_mechanisms())
def test_half_precision(case, backend, dtype, digits):
    """Half precision in: a loss in float32 and as accurate, gradients in the dtype given."""
    made = case.given(backend, case.arrays(), dtype)
    rounded = {n: each(x, backend.read) for n, x in made.items()}  # what the objective is given
    wanted = case.evaluate(rounded)
    value, back = case.objective.vjp(**made, **case.options)
    assert backend.dtype_name(value) == "float32"
    assert_close(backend.read(value), wanted.value, 1e-4)
    got = case.evaluate(rounded, backend, dtype)
    grads = back(backend.asarray(np.ones(tuple(value.shape)), "float32"))
    for name in grads._fields:
        assert {backend.dtype_name(t) for t in parts(getattr(grads, name))} == {dtype}
        assert_close(got.grads[name], wanted.grads[name], 2.0 ** (1 - digits), name)
