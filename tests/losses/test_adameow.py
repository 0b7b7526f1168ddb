"""Identities and limits of AdaMEOW."""

import re

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 7, 4))
W1, B1, W2 = RNG.normal(size=(4, 3)), RNG.normal(size=3), RNG.normal(size=3)
B2 = np.asarray(0.3)


def test_a_network_without_weights_is_info_nce():
    """All candidates count as much: half, which the logarithm takes off."""
    got = pc.adameow(X, Y, W1, B1, 0 * W2, 0 * B2)
    wanted = pc.info_nce(X, Y, symmetric=False, temperature=0.4)
    np.testing.assert_allclose(got, wanted - np.log(2), rtol=1e-12)


def test_a_step_of_the_last_bias():
    """What NumPy makes of arithmetic with it is taken as it is, and its gradient is an array."""
    value, grads = pc.adameow.value_and_grad(X, Y, W1, B1, W2, B2 * 1)
    assert isinstance(grads.b2, np.ndarray)
    wanted, _ = pc.adameow.value_and_grad(X, Y, W1, B1, W2, np.asarray(B2))
    assert value == wanted
    assert pc.adameow(X, Y, W1, B1, W2, B2 - 0.1 * grads.b2) < value


def test_it_is_not_bounded_below():
    values = [pc.adameow(X, Y, W1, B1, W2, np.asarray(b)) for b in (-10.0, -1e4)]
    np.testing.assert_allclose(values[0] - values[1], 1e4 - 10, rtol=1e-3)
    _, grads = pc.adameow.value_and_grad(X, Y, W1, B1, W2, np.asarray(-1e4))
    np.testing.assert_allclose(grads.b2, 1.0, rtol=1e-12)


def test_the_network_is_one_layer_of_each_row():
    """A shift of the bias is a shift of the rows within the network alone."""
    logits = np.tanh((unit(X) @ W1)[:, None] + (unit(Y) @ W1)[None] + B1) @ W2 + B2
    s = unit(X) @ unit(Y).T / 0.4
    each = np.log(np.sum(np.exp(s) / (1 + np.exp(-logits)), axis=1)) - np.diag(s)
    np.testing.assert_allclose(pc.adameow(X, Y, W1, B1, W2, B2, reduction="none"), each, rtol=1e-12)


def unit(z):
    return z / np.linalg.norm(z, axis=-1, keepdims=True)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ((W1[:3], B1, W2, B2), "x and w1 must have the same dimension, got x (7, 4) and w1 (3, 3)"),
        (
            (W1, B1[:2], W2, B2),
            "w1 and b1 must have the same length of axis H, got w1 (4, 3) and b1 (2,)",
        ),
        ((W1, B1, W2, np.zeros(1)), "b2 must have shape (), got (1,)"),
        ((W1, B1, W2, 0.3), "b2 must be an array of shape (), got builtins.float"),
    ],
)
def test_a_network_of_other_shapes(network, message):
    with pytest.raises((ValueError, TypeError), match=f"^{re.escape('adameow: ' + message)}$"):
        pc.adameow(X, Y, *network)
