"""Contrasts of images and texts: identities."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))


def test_smoothing_over_all_candidates_is_least_at_equal_logits():
    rows = np.ones((6, 4))
    value, grads = pc.align_loss.value_and_grad(rows, rows, label_smoothing=1.0)
    np.testing.assert_allclose(value, np.log(6), rtol=1e-12)
    np.testing.assert_allclose(grads.x, 0, atol=1e-15)
    assert pc.align_loss(X, Y, label_smoothing=1.0) > value


@pytest.mark.parametrize("aggregate", ["mean", "sum"])
def test_augmented_views_that_are_the_plain_ones(aggregate):
    """The weights of all terms add up to one direction, or to both."""
    for count in (1, 3):
        local = [np.stack([t] * count) for t in (X, Y)]
        value, grads = pc.clip_rocket.value_and_grad(X, Y, *local, aggregate=aggregate)
        wanted, plain = pc.info_nce.value_and_grad(X, Y)
        factor = 2 if aggregate == "sum" else 1
        np.testing.assert_allclose(value, factor * wanted, rtol=1e-12)
        np.testing.assert_allclose(
            grads.x + grads.x_local.sum(axis=0), factor * plain.x, atol=1e-12
        )


def test_the_dimension_of_augmented_views_is_their_own():
    local = RNG.normal(size=(2, 2, 6, 7))
    value, grads = pc.clip_rocket.value_and_grad(X, Y, *local, label_smoothing=0.1)
    pairs = [pc.info_nce(u, v, label_smoothing=0.1) for u in local[0] for v in local[1]]
    np.testing.assert_allclose(value, (pc.info_nce(X, Y) + sum(pairs) / 2) / 3, rtol=1e-12)
    assert grads.x_local.shape == (2, 6, 7)


def test_no_augmented_view_is_refused():
    with pytest.raises(ValueError, match=r"^clip_rocket: x_local must not be empty"):
        pc.clip_rocket(X, Y, np.ones((0, 6, 4)), np.ones((0, 6, 4)))
