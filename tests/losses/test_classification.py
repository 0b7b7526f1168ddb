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


H, W = RNG.normal(size=(7, 4)), RNG.normal(size=(5, 4))
CLASSES = np.asarray([0, 4, 2, 2, 1, 3, 0])


def test_z_loss_ignores_scale_and_shift_of_the_scores():
    losses = pc.z_loss(H, W, CLASSES, reduction="none")
    moved = pc.z_loss(RNG.uniform(0.1, 9, size=(7, 1)) * H, 3 * W + RNG.normal(size=4), CLASSES)
    assert moved == pytest.approx(losses.mean(), rel=1e-12)
    grads = pc.z_loss.value_and_grad(H @ W.T, np.eye(5), CLASSES)[1].h
    np.testing.assert_allclose(grads.sum(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(np.sum(grads * (H @ W.T), axis=1), 0, atol=1e-15)
    assert np.all(losses >= np.log1p(np.exp(-np.sqrt(4))))


@pytest.mark.parametrize(("samples", "classes"), [(40, 30), (30, 3), (3, 40)])
def test_z_loss_of_many_classes_is_that_of_the_scores(samples, classes):
    h, w = RNG.normal(size=(samples, 4)), RNG.normal(size=(classes, 4)) + 3.0
    labels, wrt = RNG.integers(0, classes, samples), ("h", "w", "a", "b")
    options = dict(a=1.7, b=0.4)
    value, grads = pc.z_loss.value_and_grad(h, w, labels, wrt=wrt, **options)
    wanted, theirs = pc.z_loss.value_and_grad(h @ w.T, np.eye(classes), labels, wrt=wrt, **options)
    assert value == pytest.approx(wanted, rel=1e-11)
    np.testing.assert_allclose(grads.h, theirs.h @ w, atol=1e-12)
    np.testing.assert_allclose(grads.w, theirs.h.T @ h, atol=1e-12)
    np.testing.assert_allclose((grads.a, grads.b), (theirs.a, theirs.b), rtol=1e-11)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_z_loss_of_equal_scores(dtype):
    """z is 0, also where the rows of the classes are equal only up to rounding."""
    h = H.astype(dtype)
    wanted = np.log1p(np.exp(0.3)) / 0.5
    for rows in (np.full((5, 4), 0.1, dtype), W[:1].astype(dtype), np.zeros((5, 4), dtype)):
        labels = CLASSES % len(rows)
        value, grads = pc.z_loss.value_and_grad(h, rows, labels, a=0.5, b=0.6)
        assert value == pytest.approx(wanted, rel=1e-6)
        assert not np.any(grads.h)
        assert not np.any(grads.w)


def test_z_loss_at_any_size_of_rows():
    wanted = pc.z_loss(H, W, CLASSES)
    for size in (1e-30, 1e30):
        got = pc.z_loss(np.float32(size) * H.astype("f4"), W.astype("f4"), CLASSES)
        assert got == pytest.approx(wanted, rel=1e-5)
        got = pc.z_loss(H.astype("f4"), np.float32(size) * W.astype("f4"), CLASSES)
        assert got == pytest.approx(wanted, rel=1e-5)
