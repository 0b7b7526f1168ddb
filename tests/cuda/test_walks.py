"""Objectives on the kernels give what they give on the generic path."""

import itertools

import numpy as np
import pytest
from backends import has_cuda
from walk_cases import CASES, X, Y

import polycontrast as pc
from polycontrast import arrays
from polycontrast.arrays.cuda import launching

pytestmark = pytest.mark.cupy
WITHOUT_KERNELS = ("gram_loss", "cube_loss", "sufficient_statistics")


@pytest.fixture
def launched(monkeypatch):
    """Names of the kernels that were started."""
    names, launch = [], launching.launch

    def noting(name, *arguments):
        names.append(name)
        launch(name, *arguments)

    monkeypatch.setattr(launching, "launch", noting)
    return names


def call(name, inputs, parameters, dtype="float64", **options):
    """Value and gradients on the device, read in float64."""
    import cupy

    def make(t):
        return cupy.asarray(t.astype(dtype)) if isinstance(t, np.ndarray) else t

    parameters = {k: make(v) for k, v in parameters.items()}
    objective = pc.objectives()[name]
    value, grads = objective.value_and_grad(*map(make, inputs), **parameters, **options)
    return float(value), [arrays.to_float64(t) for t in grads]


TILES = ({}, {"tile": (70, 33)}, {"memory": 0})
QUICK = ("info_nce", {"tile": (70, 33)}, "float64")


def agreements():
    """Every case with every tile and dtype; a few are quick on the look-alike."""
    for (name, inputs, parameters), tile, dtype in itertools.product(
        CASES, TILES, ("float64", "float32")
    ):
        mark = pytest.mark.cupy(quick=(name, tile, dtype) == QUICK)
        shown = f"{name}-{sorted(parameters)}-{sorted(tile)}-{dtype}"
        yield pytest.param(name, inputs, parameters, tile, dtype, marks=mark, id=shown)


@pytest.mark.parametrize(("name", "inputs", "parameters", "tile", "dtype"), list(agreements()))
def test_kernels_and_the_generic_path_agree(name, inputs, parameters, tile, dtype, launched):
    value, grads = call(name, inputs, parameters, dtype, **tile)
    assert launched or name in WITHOUT_KERNELS
    launched.clear()
    with arrays.generic():
        wanted, wanted_grads = call(name, inputs, parameters, dtype, **tile)
    assert not launched
    loose = 1e8 if dtype == "float32" else 1.0
    np.testing.assert_allclose(value, wanted, rtol=1e-11 * loose)
    for got, want in zip(grads, wanted_grads, strict=True):
        rtol = 1e-8 if dtype == "float64" else 1e-3
        np.testing.assert_allclose(got, want, rtol=rtol, atol=1e-11 * loose * np.abs(want).max())


@pytest.mark.cupy(quick=True)
@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_kept_scores_may_be_pulled_twice(reduction):
    import cupy

    given = cupy.asarray(X), cupy.asarray(Y)
    value, back = pc.sigmoid_contrastive.vjp(*given, reduction=reduction)
    one, other = back(cupy.ones_like(value)), back(cupy.ones_like(value))
    assert bool((one.x == other.x).all())


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("info_nce", marks=pytest.mark.cupy(quick=True), id="info_nce"),
        "nt_xent",
        "sigmoid_contrastive",
        "gram_loss",
    ],
)
def test_bf16_rounds_operands_and_nothing_else(name, launched):
    """The error is that of 8 bits in each operand; sums and statistics are of float32."""
    inputs = CASES[-2][1] if name == "gram_loss" else (X, Y)
    wanted, wanted_grads = call(name, inputs, {})
    value, grads = call(name, inputs, {}, "float32", precision="bf16")
    assert "round_bfloat16" in launched
    np.testing.assert_allclose(value, wanted, rtol=1e-2)
    assert abs(value - wanted) > 1e-7 * abs(wanted)
    for got, want in zip(grads, wanted_grads, strict=True):
        # Small volumes are small differences of products.
        bound = 1e-1 if name == "gram_loss" else 3e-2
        assert np.linalg.norm(got - want) < bound * np.linalg.norm(want)


@pytest.mark.parametrize("bad", [np.nan, np.inf], ids=str)
@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive"])
def test_what_is_not_finite_makes_the_loss_nan(name, bad):
    x = X.copy()
    x[3, 2] = bad
    assert np.isnan(call(name, (x, Y), {}, tile=(40, 40))[0])


@pytest.mark.skipif(has_cuda(), reason="the look-alike counts what a device does not show")
@pytest.mark.cupy(quick=True)
def test_no_number_is_read_during_a_call():
    """Reading one would make the host wait for the device."""
    import cupy
    import lookalike

    given = cupy.asarray(X), cupy.asarray(Y)
    for name in ("info_nce", "nt_xent", "sigmoid_contrastive"):
        pc.objectives()[name].value_and_grad(*given, tile=(40, 40))
    assert not lookalike.memory.COUNTS
