"""The spherical layer: gradient descent on all classes, which reads those of the batch only."""

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc

RNG = np.random.default_rng(0)
W = RNG.normal(size=(11, 4)) + 1.0
LABELS = np.asarray([3, 0, 3, 10, 7])
BATCHES = RNG.normal(size=(6, 5, 4))
OPTIONS = {"a": 0.7, "b": 1.2}


def descended(w, rate, batches=BATCHES):
    """Rows after gradient descent on all of them, and losses and gradients on the way."""
    found = []
    for h in batches:
        value, grads = pc.z_loss.value_and_grad(h, w, LABELS, **OPTIONS)
        w = w - rate * grads.w
        found.append((value, grads.h))
    return w, found


@pytest.mark.parametrize("rate", [0.0, 0.3, 20.0])
def test_steps_are_those_of_gradient_descent(rate):
    layer = pc.SphericalLayer(W)
    wanted, on_the_way = descended(W, rate)
    for h, (value, grad) in zip(BATCHES, on_the_way, strict=True):
        loss, grad_h = layer.step(h, LABELS, learning_rate=rate, **OPTIONS)
        assert loss == pytest.approx(value, rel=1e-10)
        np.testing.assert_allclose(grad_h, grad, atol=1e-11)
    np.testing.assert_allclose(layer.weights(), wanted, rtol=1e-10, atol=1e-10)
    centred = wanted - W.mean(axis=0)
    np.testing.assert_allclose(layer._gram, centred.T @ centred, rtol=1e-9, atol=1e-9)


def test_a_singular_factor_is_multiplied_out():
    """The rate at which one direction of all classes vanishes."""
    h = BATCHES[0][:1]
    o = W @ h[0]
    labels = np.argmax(o, keepdims=True)
    z = (o.max() - o.mean()) / o.std()
    squares = z / (1 + np.exp(z)) / (len(W) * o.var())
    rate = 1 / (squares * np.sum(h * h))
    _, grads = pc.z_loss.value_and_grad(h, W, labels)
    layer = pc.SphericalLayer(W)
    layer.step(h, labels, learning_rate=float(rate))
    np.testing.assert_array_equal(layer._u, np.eye(4))
    np.testing.assert_allclose(layer.weights(), W - rate * grads.w, atol=1e-11)


def test_given_rows_stay_as_they_are():
    w = W.copy()
    layer = pc.SphericalLayer(w)
    layer.step(BATCHES[0], LABELS, learning_rate=1.0)
    np.testing.assert_array_equal(w, W)


def test_on_every_library(backend):
    layer = pc.SphericalLayer(backend.asarray(W))
    wanted, on_the_way = descended(W, 0.5)
    for h, (value, _) in zip(BATCHES, on_the_way, strict=True):
        given = backend.asarray(h), backend.asarray(LABELS)
        loss, _ = layer.step(*given, learning_rate=0.5, **OPTIONS)
        assert float(loss) == pytest.approx(value, rel=1e-9)
    np.testing.assert_allclose(backend.read(layer.weights()), wanted, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_narrow_numbers(dtype):
    layer = pc.SphericalLayer(W.astype(dtype))
    wanted, _ = descended(W, 0.5)
    for h in BATCHES:
        _, grad = layer.step(h.astype(dtype), LABELS, learning_rate=0.5, **OPTIONS)
    assert grad.dtype == layer.weights().dtype == dtype
    np.testing.assert_allclose(layer.weights(), wanted, atol=1e-4 if dtype == "float32" else 2e-2)


def test_equal_scores_move_nothing():
    for w in (np.ones((3, 4)), W[:1]):
        layer = pc.SphericalLayer(w)
        loss, grad = layer.step(BATCHES[0], 0 * LABELS, learning_rate=1.0)
        assert loss == pytest.approx(np.log(2))
        assert not np.any(grad)
        np.testing.assert_array_equal(layer.weights(), w)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"h": BATCHES[0][:, :3]}, ValueError, r"h and labels must have shapes \(B, 4\)"),
        ({"labels": LABELS[:2]}, ValueError, "h and labels must have shapes"),
        ({"labels": LABELS + 1}, ValueError, "labels must be from 0 to 10, got 11"),
        ({"labels": LABELS * 1.0}, TypeError, "labels must be an integer array"),
        ({"h": BATCHES[0].tolist()}, TypeError, "h must be a real floating array"),
        ({"learning_rate": -1.0}, ValueError, "learning_rate must be finite and >= 0, got -1"),
        ({"learning_rate": "fast"}, TypeError, "learning_rate must be a number"),
        ({"a": 0.0}, ValueError, "a must be finite and > 0, and b finite, got 0 and 0"),
    ],
)
def test_what_a_step_refuses(change, error, words):
    given = {"h": BATCHES[0], "labels": LABELS, "learning_rate": 0.1} | change
    with pytest.raises(error, match=rf"^SphericalLayer\.step: {words}"):
        pc.SphericalLayer(W).step(**given)


def test_what_a_layer_refuses():
    with pytest.raises(
        ValueError, match=r"^SphericalLayer: w must have shape \(C, D\), got \(4,\)"
    ):
        pc.SphericalLayer(W[0])
    with pytest.raises(TypeError, match=r"^SphericalLayer: w must be a real floating array"):
        pc.SphericalLayer(W.tolist())
    if Backend.STRICT.installed:
        layer = pc.SphericalLayer(W)
        with pytest.raises(TypeError, match="h and w must come from one array library"):
            layer.step(Backend.STRICT.asarray(BATCHES[0]), LABELS, learning_rate=1.0)
