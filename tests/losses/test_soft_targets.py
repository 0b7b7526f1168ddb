"""Losses with soft targets: identities, edge cases, and what is refused."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))


def assert_same(one, other, factor=1.0):
    """Values and gradients of two calls of `value_and_grad`."""
    np.testing.assert_allclose(one[0], factor * other[0], atol=1e-12)
    for got, wanted in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(got, factor * np.asarray(wanted), atol=1e-12)


WRT = ("x", "y", "temperature")


def test_weights_that_are_the_identity():
    one = pc.cwcl.value_and_grad(X, Y, np.eye(6), wrt=WRT)
    assert_same(one, pc.info_nce.value_and_grad(X, Y, wrt=WRT), factor=2)


@pytest.mark.parametrize("factor", [1e-3, 1e3, 1e308])
def test_the_scale_of_rows_of_weights_has_no_effect(factor):
    weights = RNG.uniform(size=(6, 6))
    scaled = weights * np.where(np.arange(6) % 2, factor, 1.0)[:, None]
    wanted = pc.cwcl.value_and_grad(X, Y, weights, wrt=WRT)
    assert_same(pc.cwcl.value_and_grad(X, Y, scaled, wrt=WRT), wanted)


def test_default_weights_are_cosines_in_any_case():
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    for normalize in (True, False):
        one = pc.cwcl.value_and_grad(X, Y, normalize=normalize, wrt=WRT)
        given = pc.cwcl.value_and_grad(X, Y, 1 + unit @ unit.T, normalize=normalize, wrt=WRT)
        assert_same(one, given)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (-np.eye(6), "weights must be finite and >= 0, got -1"),
        (np.full((6, 6), np.nan), "weights must be finite and >= 0, got nan"),
        (np.diag([1.0, 1, 0, 1, 1, 1]), "each row of weights must have a sum above zero"),
        (np.ones((6, 5)), "x and weights must have the same number of rows"),
    ],
)
def test_weights_that_are_refused(weights, words):
    with pytest.raises(ValueError, match=f"^cwcl: {words}"):
        pc.cwcl(X, Y, weights)
