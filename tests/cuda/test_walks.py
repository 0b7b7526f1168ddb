"""Objectives on the kernels give what they give on the generic path."""

import functools

import numpy as np
import pytest
from walk_cases import CASES, X, Y, value_and_grad

import polycontrast as pc
from polycontrast import arrays
from polycontrast.arrays.cuda import tiles

pytestmark = pytest.mark.usefixtures("on_processor")


@pytest.fixture
def launches(monkeypatch):
    """Functions of `tiles` that were called."""
    called = []

    def noting(name, function, *args, **kwargs):
        called.append(name)
        return function(*args, **kwargs)

    for name in ("visit", "peaks", "merged", "rounded"):
        made = functools.partial(noting, name, getattr(tiles, name))
        monkeypatch.setattr(tiles, name, made)
    return called


@pytest.mark.parametrize("options", [{}, {"tile": (70, 33)}, {"memory": 0}], ids=str)
@pytest.mark.parametrize(("name", "inputs", "parameters"), CASES, ids=lambda p: str(p)[:30])
def test_kernels_and_the_generic_path_agree(name, inputs, parameters, options, launches):
    value, grads = value_and_grad(name, inputs, parameters, **options)
    fused = len(launches)
    with arrays.generic():
        wanted, wanted_grads = value_and_grad(name, inputs, parameters, **options)
    assert len(launches) == fused
    assert fused > 0 or name in ("gram_loss", "cube_loss", "sufficient_statistics")
    np.testing.assert_allclose(value, wanted, rtol=1e-11)
    for got, want in zip(grads, wanted_grads, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-11 * np.abs(want).max())


@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_kept_scores_may_be_pulled_twice(reduction):
    value, back = pc.sigmoid_contrastive.vjp(X, Y, reduction=reduction, workers=1)
    one, other = back(np.ones_like(value)), back(np.ones_like(value))
    np.testing.assert_array_equal(one.x, other.x)


@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive", "gram_loss"])
def test_bf16_rounds_operands_and_nothing_else(name, launches):
    """The error is that of 8 bits in each operand; sums and statistics are of float32."""
    inputs = CASES[-2][1] if name == "gram_loss" else (X, Y)
    wanted, wanted_grads = value_and_grad(name, inputs, {})
    value, grads = value_and_grad(name, inputs, {}, dtype=np.float32, precision="bf16")
    assert "rounded" in launches
    assert value.dtype == grads[0].dtype == np.float32
    np.testing.assert_allclose(value, wanted, rtol=1e-2)
    assert abs(value - wanted) > 1e-7 * abs(wanted)
    for got, want in zip(grads, wanted_grads, strict=True):
        # Small volumes are small differences of products.
        bound = 1e-1 if name == "gram_loss" else 3e-2
        assert np.linalg.norm(got - want) < bound * np.linalg.norm(want)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive"])
def test_what_is_not_finite_makes_the_loss_nan(name, bad):
    x = X.copy()
    x[3, 2] = bad
    with np.errstate(invalid="ignore"):
        assert np.isnan(value_and_grad(name, (x, Y), {}, tile=(40, 40))[0])


def test_no_number_is_read_during_a_call(monkeypatch):
    """Reading one would make the host wait for the device."""

    def known(x):
        assert not isinstance(x, np.ndarray), "a number was read"
        return float(x)

    monkeypatch.setattr(arrays, "known", known)
    for name in ("info_nce", "nt_xent", "sigmoid_contrastive"):
        value_and_grad(name, (X, Y), {}, tile=(40, 40))
