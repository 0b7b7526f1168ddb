"""Tolerance by the sums of classes, and where it is not defined."""

import numpy as np
import pytest

import polycontrast as pc

Z = np.random.default_rng(0).normal(size=(9, 4))
LABELS = np.asarray([3, -1, 3, 3, 7, -1, 2, 7, 3])


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_class_sums(tile):
    """A pair of one class is part of the square of the sum of the class."""
    u = Z / np.linalg.norm(Z, axis=1, keepdims=True)
    sums = {c: u[c == LABELS].sum(0) for c in LABELS}
    sizes = {c: (c == LABELS).sum() for c in sums}
    pairs = sum(n * (n - 1) / 2 for n in sizes.values())
    wanted = sum(s @ s - sizes[c] for c, s in sums.items()) / (2 * pairs)
    np.testing.assert_allclose(pc.tolerance(Z, LABELS, tile=tile), wanted, rtol=1e-12)
    grad = pc.tolerance.value_and_grad(u, LABELS, normalize=False, tile=tile)[1].z
    each = np.stack([sums[c] - row for c, row in zip(LABELS, u, strict=True)]) / pairs
    np.testing.assert_allclose(grad, each, atol=1e-12)


def test_one_point_is_wholly_tolerant():
    assert pc.tolerance(np.ones((4, 3)), np.asarray([0, 1, 1, 0])) == pytest.approx(1)


def test_no_pair_is_refused():
    text = "tolerance: labels must have a value twice, so that there is a pair, got none"
    with pytest.raises(ValueError, match=f"^{text}$"):
        pc.tolerance(Z, np.arange(9))


def test_no_pair_under_a_trace_is_nan():
    jax = pytest.importorskip("jax")
    assert jax.numpy.isnan(jax.jit(pc.tolerance)(Z.astype("f4"), np.arange(9)))
