"""Losses of many views beside their neighbours."""

import numpy as np
import pytest

import polycontrast as pc

VIEWS = np.random.default_rng(0).normal(size=(3, 6, 4))
ORDERS = pc.sample_permutations(1, 3, 6)
WRT = ("views", "temperature")

# symile


def test_two_views_in_order_are_info_nce():
    same = np.tile(np.arange(6), (2, 2, 1))
    value, grads = pc.symile.value_and_grad(VIEWS[:2], same, temperature=0.3, wrt=WRT)
    names = ("x", "y", "temperature")
    wanted = pc.info_nce.value_and_grad(*VIEWS[:2], temperature=0.3, wrt=names)
    np.testing.assert_allclose(value, wanted[0], rtol=1e-13)
    np.testing.assert_allclose(grads.views, np.stack(wanted[1][:2]), atol=1e-14)
    np.testing.assert_allclose(grads.temperature, wanted[1].temperature, rtol=1e-12)


def test_more_than_two_views_have_other_candidates_than_the_cube():
    same = np.tile(np.arange(6), (3, 3, 1))
    cube = pc.cube_loss(VIEWS, similarity="product", temperature=0.3)
    assert abs(pc.symile(VIEWS, same, temperature=0.3) - cube) > 0.1


def test_samples_move_with_their_places():
    """Samples in another order, and their orders with them, give the same loss."""
    order = np.random.default_rng(2).permutation(6)
    place = np.argsort(order)
    value, grads = pc.symile.value_and_grad(VIEWS, ORDERS)
    moved = pc.symile.value_and_grad(VIEWS[:, order], place[ORDERS[:, :, order]])
    np.testing.assert_allclose(moved[0], value, rtol=1e-13)
    np.testing.assert_allclose(moved[1].views, grads.views[:, order], atol=1e-14)


def test_orders_of_an_anchor_itself_are_not_used():
    orders = ORDERS.copy()
    for m in range(3):
        orders[m, m] = np.arange(6)
    assert pc.symile(VIEWS, orders) == pc.symile(VIEWS, ORDERS)


def test_a_sample_that_lacks_a_view_is_as_good_as_left_out():
    """Where it keeps its place in all orders."""
    mask = np.ones((3, 7), dtype=bool)
    mask[1, -1] = False
    orders = np.concat([ORDERS, np.full((3, 3, 1), 6)], axis=-1)
    views = np.concat([VIEWS, np.full((3, 1, 4), np.nan)], axis=1)
    views[[0, 2], -1] = 1.0
    value, grads = pc.symile.value_and_grad(views, orders, mask, wrt=WRT)
    wanted = pc.symile.value_and_grad(VIEWS, ORDERS, wrt=WRT)
    np.testing.assert_allclose(value, wanted[0], rtol=1e-13)
    np.testing.assert_allclose(grads.views[:, :-1], wanted[1].views, atol=1e-14)
    assert not grads.views[:, -1].any()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (np.zeros_like(ORDERS), "must hold no number twice, got 0 twice"),
        (ORDERS + 1, "must be from 0 to 5, got 6"),
        (ORDERS[:2], "number of views"),
        (ORDERS.astype(float), "must have an integral dtype"),
    ],
)
def test_orders_that_are_none(wrong, words):
    with pytest.raises((ValueError, TypeError), match=f"^symile: .*permutations.*{words}|{words}"):
        pc.symile(VIEWS, wrong)


def test_drawn_orders_are_permutations_of_their_own():
    rng = np.random.default_rng(0)
    orders = pc.sample_permutations(rng, 3, 50)
    np.testing.assert_array_equal(np.sort(orders, axis=-1), np.tile(np.arange(50), (3, 3, 1)))
    assert len({tuple(order) for order in orders.reshape(9, 50)}) == 9
    np.testing.assert_array_equal(pc.sample_permutations(0, 3, 50), orders)
    assert (pc.sample_permutations(rng, 3, 50) != orders).any()
