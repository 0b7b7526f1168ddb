"""Identities and edge cases of Hydra."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
Z, GATES = RNG.normal(size=(9, 5)), RNG.uniform(0.1, 1.0, size=(9, 5))
LABELS = np.asarray([0, 1, 2, 0, 1, 2, 3, 3, 0])
PAIRED = np.asarray([1, 1, 0, 3, 2, 7, 3, 0, 2])


def test_constant_gates_are_no_gates():
    """Cosines are then those of the rows, whatever the constant."""
    u = Z / np.linalg.norm(Z, axis=1)[:, None]
    s, losses, pairs = u @ u.T / 0.1, 0.0, 0
    for i, (own, other) in enumerate(zip(LABELS, PAIRED, strict=True)):
        negatives = s[i, (own != LABELS) & (other != LABELS)]
        for j in np.flatnonzero(other == LABELS):
            losses += np.log(np.exp(s[i, j]) + np.exp(negatives).sum()) - s[i, j]
            pairs += 1
    for constant in (0.3, 1.0):
        got = pc.hydra(Z, np.full_like(GATES, constant), LABELS, PAIRED)
        np.testing.assert_allclose(got, losses / pairs, rtol=1e-12)


def test_mean_is_over_pairs():
    each = pc.hydra(Z, GATES, LABELS, PAIRED, reduction="none")
    counts = np.asarray([np.sum(other == LABELS) for other in PAIRED])
    np.testing.assert_allclose(np.mean(each), pc.hydra(Z, GATES, LABELS, PAIRED), rtol=1e-14)
    assert each[5] == 0  # nobody is of class 7
    one = pc.hydra(Z, GATES, LABELS, np.where(np.arange(9) == 4, PAIRED, 7))
    np.testing.assert_allclose(each[4], one * counts[4] * 9 / counts.sum(), rtol=1e-12)


def test_a_gate_of_zeros_leaves_cosines_of_zero():
    gates = GATES.copy()
    gates[4] = 0
    value, grads = pc.hydra.value_and_grad(Z, gates, LABELS, np.where(np.arange(9) == 4, 2, 7))
    np.testing.assert_allclose(value, np.log(1 + np.sum(~np.isin(LABELS, (1, 2)))), rtol=1e-12)
    np.testing.assert_array_equal(grads, 0)


def test_rows_that_the_gate_cuts_off():
    """What is left of a row is 0: no division by it, and its cosine is 0."""
    z, gates = np.eye(5)[[0, 1, 2, 3]], np.eye(5)[[0, 1, 2, 3]] + np.eye(5)[[1, 1, 1, 1]]
    value, grads = pc.hydra.value_and_grad(z, gates, np.arange(4), np.asarray([1, 0, 1, 1]))
    np.testing.assert_allclose(value, np.log(3), rtol=1e-12)
    assert np.isfinite(grads).all()


def test_no_negatives():
    """Two classes, which are those of every pair."""
    value, grads = pc.hydra.value_and_grad(Z, GATES, LABELS % 2, 1 - LABELS % 2)
    assert value == 0
    np.testing.assert_array_equal(grads, 0)


def test_no_positives():
    with pytest.raises(ValueError, match=r"^hydra: pair_labels must name the class of at least"):
        pc.hydra(Z, GATES, LABELS, LABELS + 9)
    jax = pytest.importorskip("jax")
    assert np.isnan(jax.jit(pc.hydra)(Z, GATES, LABELS, LABELS + 9))


def test_the_anchor_among_its_positives_has_no_gradient_of_its_own():
    """Its cosine with itself is 1, but the negatives move."""
    labels = np.arange(9)
    value, grads = pc.hydra.value_and_grad(Z, GATES, labels, labels, temperature=1.0)
    moved = pc.hydra(Z, GATES * RNG.uniform(1, 2, size=(9, 1)), labels, labels, temperature=1.0)
    np.testing.assert_allclose(moved, value, rtol=1e-12)
    np.testing.assert_allclose(np.sum(grads.gates * GATES, axis=1), 0, atol=1e-14)


def test_small_temperatures():
    """The ratio as it is printed overflows."""
    value, grads = pc.hydra.value_and_grad(
        Z.astype(np.float32), GATES.astype(np.float32), LABELS, PAIRED, temperature=1e-3
    )
    wanted = pc.hydra(Z, GATES, LABELS, PAIRED, temperature=1e-3)
    np.testing.assert_allclose(value, wanted, rtol=1e-4)
    assert np.isfinite(grads).all()
