"""Propagated pixels and tokens kept apart: identities, no pair at all, chunks."""

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from polycontrast.calculus import unit_rows

RNG = np.random.default_rng(0)
X, Y, KX, KY, V = RNG.normal(size=(5, 7, 5, 3))
PAIRS = RNG.random((7, 5, 5)) < 0.3
TOKENS = RNG.random((7, 5)) < 0.6


def test_crops_may_be_swapped():
    value, grads = pc.pixpro.value_and_grad(X, Y, KX, KY, PAIRS)
    other, swapped = pc.pixpro.value_and_grad(Y, X, KY, KX, PAIRS.transpose(0, 2, 1))
    assert other == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(swapped.y, grads.x, rtol=1e-9, atol=1e-14)


def test_values_may_be_the_pixels():
    """The gradient of the pixels then is that of both arguments together."""
    value, grads = pc.pixpro.value_and_grad(X, Y, KX, KY, PAIRS)
    other, apart = pc.pixpro.value_and_grad(X, Y, KX, KY, PAIRS, X, Y)
    assert other == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(apart.x + apart.x_values, grads.x, rtol=1e-9, atol=1e-14)


def test_it_is_the_cosine_of_propagated_pixels():
    rows, keys = (unit_rows(t)[0] for t in (pc.pixel_propagation(X, V), KY))
    cosines = np.where(PAIRS, rows @ keys.transpose(0, 2, 1), 0).sum((1, 2))
    one = -2 * np.mean(cosines / (PAIRS.sum((1, 2)) + 1e-6))
    zeros = np.zeros_like(X)
    assert pc.pixpro(X, zeros, KX, KY, PAIRS, V, zeros) == pytest.approx(one, rel=1e-12)


def test_the_most_similar_pixel_remains():
    """At a large power that is the own one."""
    np.testing.assert_allclose(pc.pixel_propagation(X, V, p=1e5), unit_rows(V)[0], atol=1e-12)


@pytest.mark.parametrize("eps", [1e-6, 0.0])
def test_no_pair(eps):
    value, grads = pc.pixpro.value_and_grad(X, Y, KX, KY, PAIRS & False, eps=eps)
    assert value == 0
    assert not np.any(grads.x)


def test_values_come_together():
    with pytest.raises(ValueError, match="pixpro: x_values and y_values must be given together"):
        pc.pixpro(X, Y, KX, KY, PAIRS, X)


def test_one_token_each():
    value, grads = pc.simctg.value_and_grad(X, TOKENS & (np.arange(5) == 2))
    assert value == 0
    assert not np.any(grads.hidden)
    assert pc.simctg(X[:, :1]) == 0


def test_padding_is_not_read():
    spoilt = np.where(TOKENS[:, :, None], X, np.nan)
    value, grads = pc.simctg.value_and_grad(spoilt, TOKENS, margin=1.0)
    other, clean = pc.simctg.value_and_grad(X, TOKENS, margin=1.0)
    assert value == other
    np.testing.assert_array_equal(grads.hidden, clean.hidden)
    assert not np.any(grads.hidden[~TOKENS])


def test_a_large_margin_reaches_all_pairs():
    rows = np.where(TOKENS[:, :, None], unit_rows(X)[0], 0)
    counts = TOKENS.sum(1)
    mean = (np.sum(rows.sum(1) ** 2) - counts.sum()) / np.sum(counts * (counts - 1))
    assert pc.simctg(X, TOKENS, margin=2.5) == pytest.approx(1.5 + mean, rel=1e-12)
    assert pc.simctg(X, TOKENS, margin=0.0) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("options", [{"tile": (2, 2)}, {"memory": 100}])
def test_chunks_in_jax(options):
    """Traced, with a remainder; the gradient of the values comes in chunks as well."""
    jax = pytest.importorskip("jax")
    jnp = Backend.JAX.xp
    x, y, keys, of_y, pairs, v = (jnp.asarray(t) for t in (X, Y, KX, KY, PAIRS, V))

    def loss(x, v):
        return pc.pixpro(x, y, keys, of_y, pairs, v, x, **options)

    value, grads = jax.jit(jax.value_and_grad(loss, (0, 1)))(x, v)
    wanted, g = pc.pixpro.value_and_grad(X, Y, KX, KY, PAIRS, V, X)
    assert float(value) == pytest.approx(float(wanted), rel=1e-12)
    np.testing.assert_allclose(grads[0], g.x + g.y_values, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(grads[1], g.x_values, rtol=1e-9, atol=1e-14)
