"""Edge cases of GroCo, and its choice of negatives."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.contrast import most_similar

VIEWS = np.random.default_rng(0).normal(size=(2, 12, 5))


def test_sorted_apart_and_steep_is_zero():
    """Matches coincide, and rows of different samples are orthogonal."""
    views = np.stack([np.eye(6)] * 2)
    assert 0 < pc.groco(views, k=2, steepness=1e6) < 1e-6
    assert pc.groco(-views, k=2, steepness=1e6) == pc.groco(views, k=2, steepness=1e6)


def test_inputs_that_are_equal():
    """Of two equal inputs each ends in the place of the other with probability 1/2."""
    views = np.ones((2, 2, 3))
    assert float(pc.groco(views, k=1)) == pytest.approx(np.log(2))


@pytest.mark.parametrize("stop_grad", [True, False])
def test_nothing_to_exchange_is_zero(stop_grad):
    value, grads = pc.groco.value_and_grad(VIEWS, k=0, stop_grad=stop_grad)
    assert value == 0
    np.testing.assert_array_equal(grads.views, 0)
    value, back = pc.groco.vjp(VIEWS, k=2, n_pos=1, stop_grad=stop_grad, reduction="none")
    assert np.all(value > 0)
    # Only the second view has a positive.
    np.testing.assert_array_equal(back(np.ones(12)).views[0] == 0, stop_grad)


def test_small_crops_are_anchors_only():
    """No other anchor changes with them."""
    views = np.random.default_rng(1).normal(size=(3, 12, 5))
    both = [pc.groco(v, k=3, n_pos=2, reduction="none") for v in (views[:2], views)]
    crop = views.copy()
    crop[2] = np.roll(crop[2], 1, axis=1)
    other = pc.groco(crop, k=3, n_pos=2, reduction="none")
    rest = [3 * t - 2 * both[0] for t in (both[1], other)]  # losses of the crops
    assert np.all(rest[0] > 0)
    assert np.all(rest[0] != rest[1])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "groco: k must be below the number of samples, 8, got 10"),
        ({"k": 8}, "groco: k must be below the number of samples, 8, got 8"),
        ({"k": 2, "n_pos": 3}, "groco: n_pos must be at most the number of views, 2, got 3"),
    ],
)
def test_errors(more, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        pc.groco(VIEWS[:, :8], **more)


@pytest.mark.parametrize("tile", [None, (5, 5)])
def test_equal_rows_come_in_their_order(tile):
    """Products of equal rows are equal, whatever rounding made of them."""
    rows = np.random.default_rng(3).normal(size=(7, 5)).astype(np.float32)
    found = most_similar(rows[:1], np.concat([rows[:2], rows[:2], rows[:2]]), 6)
    np.testing.assert_array_equal(found, [[0, 2, 4, 1, 3, 5]])
