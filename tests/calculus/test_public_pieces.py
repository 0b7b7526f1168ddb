"""The public head, gate and temperature: values, derivatives by frameworks and by hand, ranges."""

import warnings

import numpy as np
import pytest
from backends import Backend, backend_params

import polycontrast as pc

X = np.random.default_rng(0).normal(size=(4, 5))
FUNCTIONS = {
    "head": lambda x: pc.reweighting_head(x, kappa=1.5),
    "gate": pc.class_pair_gate,
    "temperature": lambda x: pc.adaptive_temperature(x, low=0.1, high=3.0),
}
WANTED = {
    "head": X * 1.5 ** -np.arange(5.0),
    "gate": 1 / (1 + np.exp(-X)),
    "temperature": 0.1 + 2.9 / (1 + np.exp(-X)),
}
# What the docstrings say of the derivative, from the result alone.
SLOPES = {
    "head": lambda z: np.ones_like(X) * 1.5 ** -np.arange(5.0),
    "gate": lambda g: g * (1 - g),
    "temperature": lambda tau: (tau - 0.1) * (3.0 - tau) / 2.9,
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("backend", backend_params())
def test_values(name, backend):
    got = FUNCTIONS[name](backend.asarray(X))
    assert backend.owns(got)
    np.testing.assert_allclose(backend.read(got), WANTED[name], rtol=1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives(name):
    function, slopes = FUNCTIONS[name], SLOPES[name](WANTED[name])
    h = 1e-6
    np.testing.assert_allclose((function(X + h) - function(X - h)) / (2 * h), slopes, rtol=1e-7)
    torch = pytest.importorskip("torch")
    x = torch.asarray(X).requires_grad_()
    function(x).sum().backward()
    np.testing.assert_allclose(x.grad, slopes, rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_in_jax(name):
    jax = pytest.importorskip("jax")
    grad = jax.jit(jax.grad(lambda x: FUNCTIONS[name](x).sum()))(Backend.JAX.xp.asarray(X))
    np.testing.assert_allclose(grad, SLOPES[name](WANTED[name]), rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shape", [(), (5,), (2, 2, 5)])
def test_shapes_and_half_precision(name, shape):
    if name == "head" and not shape:
        with pytest.raises(ValueError, match=r"^reweighting_head: x must have shape \(..., D\)"):
            pc.reweighting_head(np.ones(shape), kappa=2.0)
        return
    got = FUNCTIONS[name](np.ones(shape, np.float16))
    assert got.shape == shape
    assert got.dtype == np.float16


def test_extreme_logits_and_nan():
    logits = np.asarray([-1e4, 1e4, -np.inf, np.inf, np.nan])
    np.testing.assert_array_equal(pc.class_pair_gate(logits), [0, 1, 0, 1, np.nan])
    got = pc.adaptive_temperature(logits, low=0.5, high=1.5)
    np.testing.assert_array_equal(got, [0.5, 1.5, 0.5, 1.5, np.nan])


def test_a_head_beyond_the_dtype_warns():
    x = np.ones((2, 400), np.float32)
    with pytest.warns(UserWarning, match=r"^reweighting_head: kappa=2 leaves the range of float32"):
        z = pc.reweighting_head(x, kappa=2.0)
    assert np.all(np.isfinite(z))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pc.reweighting_head(x, kappa=1.1)
        np.testing.assert_array_equal(pc.reweighting_head(x, kappa=1.0), x)
