"""Losses of labels with rows of their own: identities and edges."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))
LABELS = RNG.normal(size=(9, 4))


def test_one_positive_of_each_sample_is_info_nce():
    wrt = ("x", "y", "temperature")
    value, grads = pc.decoupled_softmax.value_and_grad(X, Y, np.eye(6) > 0, wrt=wrt)
    wanted, theirs = pc.info_nce.value_and_grad(X, Y, temperature=0.05, symmetric=False, wrt=wrt)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    for got, of in zip(grads, theirs, strict=True):
        np.testing.assert_allclose(got, of, atol=1e-12)


def test_ignored_labels_are_as_good_as_none():
    positive, ignore = RNG.random((6, 9)) < 0.3, RNG.random((6, 9)) < 0.3
    losses = pc.decoupled_softmax(X, LABELS, positive, ignore, reduction="none")
    for i in range(6):
        kept = ~ignore[i]
        one = pc.decoupled_softmax(X[i : i + 1], LABELS[kept], positive[i : i + 1, kept])
        np.testing.assert_allclose(losses[i], one, rtol=1e-12)


def test_samples_without_a_positive_or_a_negative():
    positive = np.array([[False] * 9, [True] * 9, [True] + [False] * 8])
    wrt = ("x", "y", "temperature")
    value, back = pc.decoupled_softmax.vjp(X[:3], LABELS, positive, reduction="none", wrt=wrt)
    assert np.all(value[:2] == 0)
    assert value[2] > 0
    assert np.all(back(np.ones(3)).x[:2] == 0)
    nothing = pc.decoupled_softmax.value_and_grad(X[:2], LABELS, positive[:2], wrt=wrt)
    assert nothing[0] == 0
    assert all(np.all(grad == 0) for grad in nothing[1])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_tiny_losses_of_labels_keep_their_digits(dtype):
    rows = np.eye(4, dtype=dtype)
    value = pc.decoupled_softmax(rows, rows, np.eye(4) > 0, temperature=0.02)
    np.testing.assert_allclose(value, 3 * np.exp(-50.0), rtol=1e-4 if dtype == "float32" else 1e-12)
