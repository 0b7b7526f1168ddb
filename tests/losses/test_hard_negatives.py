"""Losses that correct, weight or choose their negatives, beside their neighbours."""

import math

import numpy as np
import pytest

import polycontrast as pc

X, Y = np.random.default_rng(0).normal(size=(2, 6, 4))


def same(one, other, x=X, y=Y):
    """Two calls have one value and one gradient, entry by entry."""
    wrt = ("x", "y", "temperature")
    (value, grads), (wanted, others) = (
        f.value_and_grad(x, y, *arrays, wrt=wrt, **options) for f, arrays, options in (one, other)
    )
    assert abs(value - wanted) < 1e-12
    for got, want in zip(grads, others, strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-11)


@pytest.mark.parametrize("tau", [0.01, 0.5])
def test_without_false_negatives_it_is_nt_xent(tau):
    options = {"temperature": tau}
    same((pc.debiased_nce, (), {"tau_plus": 0.0} | options), (pc.nt_xent, (), options))


@pytest.mark.parametrize("tau", [0.01, 0.5])
def test_without_hardness_it_is_debiased(tau):
    options = {"temperature": tau, "tau_plus": 0.2}
    same((pc.hard_negative_nce, (), {"beta": 0.0} | options), (pc.debiased_nce, (), options))


def test_hardness_raises_the_loss():
    losses = [pc.hard_negative_nce(X, Y, beta=beta, reduction="none") for beta in (0, 1, 3, 1e4)]
    assert (np.diff(losses, axis=0) >= 0).all()


@pytest.mark.parametrize("loss", [pc.debiased_nce, pc.hard_negative_nce])
def test_at_the_floor_the_negatives_have_no_gradient(loss):
    """Matches are closer than all negatives, so their share takes off more than there is."""
    x = np.eye(4)
    losses, back = loss.vjp(
        x, x, temperature=0.2, tau_plus=0.3, wrt=("x", "temperature"), reduction="none"
    )
    least = math.log1p(6 * math.exp(-2 / 0.2))
    np.testing.assert_allclose(losses, least, rtol=1e-12)
    grads = back(np.ones(8))
    np.testing.assert_array_equal(grads.x, 0)  # the match alone, along the row
    slope = 8 * math.exp(-10) * 6 / (1 + 6 * math.exp(-10)) * 2 / 0.2**2
    np.testing.assert_allclose(grads.temperature, slope, rtol=1e-12)


@pytest.mark.parametrize("loss", [pc.debiased_nce, pc.hard_negative_nce])
def test_a_share_of_one_is_refused(loss):
    with pytest.raises(ValueError, match=rf"^{loss.name}: tau_plus must be in \[0, 1\), got 1.0$"):
        loss(X, Y, tau_plus=1.0)
