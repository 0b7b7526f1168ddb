"""Identities and edge cases of the losses of two views, beside their neighbours."""

import math

import numpy as np
import pytest

import polycontrast as pc

X, Y = np.random.default_rng(0).normal(size=(2, 6, 4))
WEIGHTS = np.random.default_rng(1).uniform(0.2, 2.0, size=6)
WRT = ("x", "y", "temperature")


def assert_same(one, other, tolerance=1e-12):
    """Two results of `value_and_grad` agree."""
    assert abs(one[0] - other[0]) < tolerance
    for got, wanted in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=0, atol=10 * tolerance)


# weighted_nt_xent


def test_a_factor_of_all_weights_changes_nothing():
    one, other = (
        pc.weighted_nt_xent.value_and_grad(X, Y, w, wrt=WRT) for w in (WEIGHTS, 1e6 * WEIGHTS)
    )
    assert_same(one, other, 1e-11)


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_a_sample_of_no_weight_is_not_there(tile):
    """Neither anchor nor negative: its own rows have no gradient, and the limit is continuous."""
    given = np.where(np.arange(6) == 2, 0.0, WEIGHTS)
    nearly = np.where(np.arange(6) == 2, 1e-13, WEIGHTS)
    value, grads = pc.weighted_nt_xent.value_and_grad(X, Y, given, wrt=WRT, tile=tile)
    np.testing.assert_array_equal(grads.x[2], 0)
    np.testing.assert_array_equal(grads.y[2], 0)
    limit = pc.weighted_nt_xent.value_and_grad(X, Y, nearly, wrt=WRT)
    assert_same((value, grads), limit, 1e-11)
    other = pc.weighted_nt_xent(X + 7 * (np.arange(6) == 2)[:, None], Y, given)
    assert abs(other - value) < 1e-13


def test_one_weighted_sample_has_no_negatives():
    message = r"^weighted_nt_xent: weights must be above zero for at least 2 samples, got 1$"
    with pytest.raises(ValueError, match=message):
        pc.weighted_nt_xent(X, Y, np.eye(6)[0])
    assert pc.weighted_nt_xent(X[:1], Y[:1], np.ones(1)) == 0


# dclw


def test_a_wide_weight_is_none():
    for held in (True, False):
        weighted = pc.dclw.value_and_grad(X, Y, sigma=1e12, stop_grad_weights=held, wrt=WRT)
        assert_same(weighted, pc.dcl.value_and_grad(X, Y, wrt=WRT), 1e-9)


def test_held_weights_are_those_of_the_value():
    """The gradient is that of `dcl` with fixed factors; only the value knows sigma."""
    value, grads = pc.dclw.value_and_grad(X, Y, wrt=("x", "sigma"))
    assert value == pc.dclw(X, Y, stop_grad_weights=False)
    assert grads.sigma == 0
    free = pc.dclw.value_and_grad(X, Y, stop_grad_weights=False, wrt=("x", "sigma"))[1]
    assert np.abs(free.x - grads.x).max() > 1e-3
    assert free.sigma != 0


def test_weights_of_ties_are_one():
    """All pairs are equally similar, so each weight is 1."""
    np.testing.assert_allclose(pc.dclw(X, X), pc.dcl(X, X), rtol=1e-12)


# cmim


def test_codes_that_coincide():
    np.testing.assert_allclose(pc.cmim(np.ones((5, 3))), math.log(2), rtol=1e-12)
    np.testing.assert_allclose(pc.cmim(X, temperature=1e9), math.log(2), rtol=1e-8)
    assert pc.cmim(X, temperature=1e-3) < 1e-20


def test_the_number_of_codes_does_not_matter():
    """Orthogonal codes have the same loss in every number."""
    losses = [pc.cmim(np.eye(n), temperature=0.5) for n in (2, 3, 9)]
    np.testing.assert_allclose(losses, math.log1p(math.exp(-2)), rtol=1e-12)


@pytest.mark.parametrize("tau", [0.1, 1e-3])
def test_close_codes_in_single_precision(tau):
    """Of codes within 1e-3, float32 keeps the value, the gradients and that of the temperature."""
    rng = np.random.default_rng(2)
    z = (rng.normal(size=(1, 16)) + 1e-3 * rng.normal(size=(64, 16))).astype("f4")
    (value, grads), (wanted, exact) = (
        pc.cmim.value_and_grad(z.astype(dtype), temperature=tau, wrt=("z", "temperature"))
        for dtype in ("f4", "f8")
    )
    np.testing.assert_allclose(value, wanted, rtol=1e-5)
    np.testing.assert_allclose(grads.z, exact.z, rtol=0, atol=1e-4 * np.abs(exact.z).max())
    np.testing.assert_allclose(grads.temperature, exact.temperature, rtol=1e-4)


@pytest.mark.parametrize("shape", [(0, 4), (6, 0, 4)])
@pytest.mark.parametrize("options", [{}, {"in_batch": False}, {"label_smoothing": 0.2}])
def test_a_queue_that_is_still_empty(shape, options):
    x, y = np.random.default_rng(2).normal(size=(2, 6, 4))
    options = {"symmetric": False} | options
    value, grads = pc.info_nce.value_and_grad(x, y, np.zeros(shape), **options)
    wanted, theirs = pc.info_nce.value_and_grad(x, y, **options)
    assert value == wanted
    np.testing.assert_array_equal(grads.x, theirs.x)
    assert grads.negatives.shape == shape
