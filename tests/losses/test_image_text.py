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


@pytest.mark.parametrize("aggregate", ["mean", "sum"])
def test_without_augmented_views_it_is_info_nce(backend, aggregate):
    factor = 2 if aggregate == "sum" else 1
    x, y, none = (backend.asarray(t, "float64") for t in (X, Y, np.ones((0, 6, 7))))
    wrt = ("x", "y", "temperature")
    value, grads = pc.clip_rocket.value_and_grad(
        x, y, none, none, aggregate=aggregate, wrt=(*wrt, "x_local", "local_temperature")
    )
    wanted, plain = pc.info_nce.value_and_grad(x, y, wrt=wrt)
    for got, other in zip((value, *grads), (wanted, *plain), strict=False):
        np.testing.assert_allclose(backend.read(got), factor * backend.read(other), rtol=1e-12)
    assert grads.x_local.shape == (0, 6, 7)
    assert backend.read(grads.local_temperature) == 0
    with pytest.raises(ValueError, match="clip_rocket: x_local must not be empty"):
        pc.clip_rocket(x, y, none[:, :, :0], none[:, :, :0])


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


def test_soft_targets_keep_the_digits_of_a_tiny_loss():
    """All rows are orthogonal, so every term is known: of one-hot targets, and of soft ones."""
    x, none, tau = np.eye(6), np.zeros((0, 6)), 0.01
    given = x, x, x, x, none, none, x[:, None, :], x[:, None, :]
    hard, rest = np.log1p(5 * np.exp(-1 / tau)), 5 * np.exp(-1 / tau)
    for alpha in (0.0, 1e-20, 1e-3, 1.0):
        soft = hard + alpha * rest / (1 + rest) / tau
        value = pc.tcl(*given, temperature=tau, alpha=alpha)
        np.testing.assert_allclose(value, (4 * hard + 2 * soft) / 6, rtol=1e-12)


def test_a_text_without_tokens_counts_in_no_mean_of_tokens():
    mask = np.ones((6, 2), bool)
    mask[3] = False
    given = X, Y, *MOMENTUM, *QUEUES, LOCAL, TOKENS
    each = pc.tcl(*given, mask, reduction="none")
    rest = np.delete(np.arange(6), 3)
    parts = pc.tcl(*given, reduction="none") - pc.local_mi(Y, TOKENS, reduction="none") / 6
    few = pc.local_mi(Y[rest], TOKENS[rest], reduction="none") * 6 / 5
    np.testing.assert_allclose(each[rest], parts[rest] + few / 6, rtol=1e-12)
    np.testing.assert_allclose(each[3], parts[3], rtol=1e-12)
    np.testing.assert_allclose(pc.tcl(*given, mask), each.mean(), rtol=1e-12)


def test_a_queue_may_be_empty_but_nothing_else():
    empty = np.zeros((0, 4))
    assert np.isfinite(pc.tcl(X, Y, *MOMENTUM, empty, empty, LOCAL, TOKENS))
    with pytest.raises(ValueError, match="tcl: local_x must not be empty"):
        pc.tcl(X, Y, *MOMENTUM, empty, empty, LOCAL[:, :0], TOKENS)
    with pytest.raises(ValueError, match="tcl: queue_x must not be empty"):
        pc.tcl(X, Y, *MOMENTUM, empty[:, :0], empty[:, :0], LOCAL, TOKENS)
