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


WRT = ("x", "temperature")
LOCAL = RNG.normal(size=(6, 3, 4))


def test_a_single_part_is_a_partner():
    value, grads = pc.local_mi.value_and_grad(X, LOCAL[:, :1], wrt=("x", "local", "temperature"))
    options = dict(symmetric=False, wrt=("x", "y", "temperature"))
    wanted, plain = pc.info_nce.value_and_grad(X, LOCAL[:, 0], **options)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    for got, other in zip((grads.x, grads.local[:, 0], grads.temperature), plain, strict=True):
        np.testing.assert_allclose(got, other, atol=1e-12)


def test_parts_that_do_not_exist():
    """They are as good as cut off, whatever stands in their place; a sample may have none."""
    mask = np.ones((6, 3), bool)
    mask[:, 2] = False
    broken = LOCAL.copy()
    broken[:, 2] = np.nan
    value, grads = pc.local_mi.value_and_grad(X, broken, mask)
    wanted, cut = pc.local_mi.value_and_grad(X, LOCAL[:, :2])
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    np.testing.assert_allclose(grads.x, cut.x, atol=1e-12)
    np.testing.assert_allclose(grads.local[:, :2], cut.local, atol=1e-12)
    assert (grads.local[:, 2] == 0).all()
    mask[4] = False
    rest = np.delete(np.arange(6), 4)
    value, grads = pc.local_mi.value_and_grad(X, broken, mask)
    np.testing.assert_allclose(value, pc.local_mi(X[rest], LOCAL[rest, :2]), rtol=1e-12)
    assert (grads.x[4] == 0).all()
    assert pc.local_mi(X, broken, np.zeros((6, 3), bool)) == 0


MOMENTUM = RNG.normal(size=(2, 6, 4))
QUEUES = RNG.normal(size=(2, 5, 4))
TOKENS = RNG.normal(size=(6, 2, 4))


@pytest.mark.parametrize("count", [0, 5])
def test_six_terms_without_soft_targets(count):
    """All but the parts are one direction of info_nce, with a queue or without."""
    (m, n), (p, q) = MOMENTUM, QUEUES[:, :count]
    value, grads = pc.tcl.value_and_grad(X, Y, m, n, p, q, LOCAL, TOKENS, alpha=0.0, wrt=("x", "y"))

    def term(rows, matches, queue):
        return pc.info_nce.value_and_grad(rows, matches, queue if count else None, symmetric=False)

    of_x = [term(X, n, q), term(X, m, p), pc.local_mi.value_and_grad(X, LOCAL)]
    of_y = [term(Y, m, p), term(Y, n, q), pc.local_mi.value_and_grad(Y, TOKENS)]
    np.testing.assert_allclose(value, sum(v for v, _ in of_x + of_y) / 6, rtol=1e-12)
    np.testing.assert_allclose(grads.x, sum(g.x for _, g in of_x) / 6, atol=1e-12)
    np.testing.assert_allclose(grads.y, sum(g.x for _, g in of_y) / 6, atol=1e-12)


def test_a_queue_may_be_empty_but_nothing_else():
    empty = np.zeros((0, 4))
    assert np.isfinite(pc.tcl(X, Y, *MOMENTUM, empty, empty, LOCAL, TOKENS))
    with pytest.raises(ValueError, match="tcl: local_x must not be empty"):
        pc.tcl(X, Y, *MOMENTUM, empty, empty, LOCAL[:, :0], TOKENS)
    with pytest.raises(ValueError, match="tcl: queue_x must not be empty"):
        pc.tcl(X, Y, *MOMENTUM, empty[:, :0], empty[:, :0], LOCAL, TOKENS)
