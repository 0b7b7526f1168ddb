"""Identities and edge cases of AMCL, and of the gates and temperatures of networks."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 3, 7, 4))
POS = RNG.uniform(0.2, 1.5, size=(3, 7))
NEG = RNG.uniform(0.2, 1.5, size=(3, 7, 7))
GIVEN = X, Y, POS, NEG


@pytest.mark.parametrize("pool", ["max", "lse"])
def test_losses_of_heads_add_up(pool):
    whole, grads = pc.amcl.value_and_grad(*GIVEN, pool=pool)
    each = [pc.amcl.value_and_grad(*(t[c : c + 1] for t in GIVEN), pool=pool) for c in range(3)]
    np.testing.assert_allclose(whole, sum(value for value, _ in each), rtol=1e-13)
    for name in grads._fields:
        parts = np.concat([getattr(g, name) for _, g in each])
        np.testing.assert_allclose(getattr(grads, name), parts, atol=1e-14)


@pytest.mark.parametrize("pool", ["max", "lse"])
def test_the_diagonal_has_no_effect(pool):
    other = NEG.copy()
    other[:, np.arange(7), np.arange(7)] = 1e-3
    values = [pc.amcl(X, Y, POS, t, pool=pool) for t in (NEG, other)]
    assert values[0] == values[1]
    grads = pc.amcl.value_and_grad(X, Y, POS, other, pool=pool)[1]
    np.testing.assert_array_equal(np.einsum("cii->ci", grads.tau_neg), 0)


def test_one_temperature_is_info_nce_without_the_match_in_the_sum():
    """The log-normalisers cancel where beta is 0, and so does the decoupled loss."""
    x, y = X[0], Y[0]
    got = pc.amcl(X[:1], Y[:1], np.full((1, 7), 0.3), np.full((1, 7, 7), 0.3), beta=0.0, pool="lse")
    wanted = pc.meow(x, y, np.arange(7)[None], temperature=0.3)
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


def test_the_pools_agree_for_two_samples():
    """There is one negative."""
    two = [t[..., :2, :] for t in (X, Y)] + [POS[:, :2], NEG[:, :2, :2]]
    got, wanted = (pc.amcl.value_and_grad(*two, pool=p, beta=0.7) for p in ("max", "lse"))
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-13)
    for one, other in zip(got[1], wanted[1], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-13)


@pytest.mark.parametrize("tile", [None, (3, 7)])
def test_the_first_of_equal_negatives_is_taken(tile):
    y = np.repeat(RNG.normal(size=(1, 1, 4)), 7, axis=1).astype(np.float32)
    given = X.astype(np.float32)[:1], y, POS[:1].astype(np.float32), NEG[:1].astype(np.float32)
    grads = pc.amcl.value_and_grad(*given, tile=tile)[1]
    first = (grads.tau_neg[0] != 0).argmax(axis=1)
    np.testing.assert_array_equal(first, [1, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(np.count_nonzero(grads.tau_neg[0], axis=1), 1)


def test_temperatures_that_are_not_positive():
    for name, given in (("tau_pos", (X, Y, -POS, NEG)), ("tau_neg", (X, Y, POS, 0 * NEG))):
        with pytest.raises(ValueError, match=f"^amcl: {name} must"):
            pc.amcl(*given)


def test_one_sample_has_no_negative():
    with pytest.raises(ValueError, match=r"^amcl: x and y must have at least 2 rows"):
        pc.amcl(X[:, :1], Y[:, :1], POS[:, :1], NEG[:, :1, :1])


def test_traced_temperatures_out_of_range_give_nan():
    jax = pytest.importorskip("jax")
    for given in ((X, Y, -POS, NEG), (X, Y, POS, 0 * NEG), (X, Y, 0 * POS, NEG)):
        assert np.isnan(jax.jit(pc.amcl)(*given))
