"""Identities and edge cases of the soft top-k loss."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.calculus.scores import shifted_to_sum

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(6, 4)), RNG.normal(size=(9, 4))
POSITIVE = RNG.random((6, 9)) < 0.3
POSITIVE[0] = False
IGNORE = np.arange(9) % 4 == 1
MASK = np.tile(IGNORE, (6, 1))


def each(*given, **options):
    return pc.soft_top_k_loss(*given, reduction="none", **options)


@pytest.mark.parametrize("k", [1, 2.5, 4])
def test_it_is_the_logarithm_of_the_operator(k):
    scores = 10 * (X / np.linalg.norm(X, axis=1)[:, None])
    scores = scores @ (Y / np.linalg.norm(Y, axis=1)[:, None]).T
    logs = -np.log(pc.soft_top_k(scores, k=k))
    counts = np.maximum(1, POSITIVE.sum(axis=1))
    got = each(X, Y, POSITIVE, k=k, temperature=0.1)
    np.testing.assert_allclose(got, np.sum(logs * POSITIVE, axis=1) / counts, rtol=1e-9)
    assert got[0] == 0  # no label


@pytest.mark.parametrize("k", [1, 3.7, 5])
def test_an_ignored_label_is_as_good_as_gone(k):
    left_out = pc.soft_top_k_loss.value_and_grad(X, Y, POSITIVE, MASK, k=k)
    without = pc.soft_top_k_loss.value_and_grad(X, Y[~IGNORE], POSITIVE[:, ~IGNORE], k=k)
    np.testing.assert_allclose(left_out[0], without[0], rtol=1e-12)
    np.testing.assert_allclose(left_out[1].x, without[1].x, atol=1e-12)
    np.testing.assert_allclose(left_out[1].y[~IGNORE], without[1].y, atol=1e-12)
    np.testing.assert_array_equal(left_out[1].y[IGNORE], 0)


def test_one_number_of_each_sample():
    k = np.asarray([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    got = each(X, Y, POSITIVE, k=k)
    wanted = [each(X, Y, POSITIVE, k=n)[i] for i, n in enumerate(k)]
    np.testing.assert_allclose(got, wanted, rtol=1e-9)


def test_more_labels_than_are_chosen():
    """The best is an equal share of the sum for all of them."""
    x, y = np.eye(3)[:1], np.asarray([[1.0, 0, 0]] * 4 + [[-1.0, 0, 0]] * 3)
    positive = np.asarray([[1, 1, 1, 1, 0, 0, 0]]) > 0
    loss = pc.soft_top_k_loss(x, y, positive, k=2, temperature=1e-3)
    np.testing.assert_allclose(loss, np.log(2), rtol=1e-9)
    assert pc.soft_top_k_loss(x, y, positive, k=4, temperature=1e-3) < 1e-12


@pytest.mark.parametrize(
    ("k", "ignore", "got"),
    [
        (9, None, "9 of 9 in row 0"),
        (7, MASK, "7 of 7 in row 0"),
        (np.asarray([1.0, 2.0, 9.5, 1.0, 1.0, 1.0]), None, "9.5 of 9 in row 2"),
    ],
)
def test_too_many_to_choose(k, ignore, got):
    text = "k must be below the number of labels of a sample that are not ignored"
    with pytest.raises(ValueError, match=f"^soft_top_k_loss: {text}, got {got}$"):
        pc.soft_top_k_loss(X, Y, POSITIVE, ignore, k=k)


def test_too_many_of_traced_numbers_give_nan():
    jax = pytest.importorskip("jax")
    k = np.asarray([1.0, 2.0, 9.0, 10.0, 1.0, 1.0])
    traced = jax.jit(lambda x, k: each(x, Y, POSITIVE, k=k))
    got = np.asarray(traced(X, k))
    counted = POSITIVE.any(axis=1)
    np.testing.assert_array_equal(np.isnan(got), counted & (k >= 9))
    wanted = each(X, Y, POSITIVE, k=np.where(k < 9, k, 1.0))
    np.testing.assert_allclose(got[k < 9], wanted[k < 9], rtol=1e-5)


def test_a_row_of_nan_leaves_the_others_alone():
    scores = RNG.normal(size=(3, 7)) * 100
    wanted = pc.soft_top_k(scores, k=3)
    scores[1, 2] = np.nan
    got = pc.soft_top_k(scores, k=3)
    assert np.isnan(got[1]).all()
    np.testing.assert_allclose(got[::2], wanted[::2], rtol=1e-12)


def test_scores_that_are_left_out():
    scores = RNG.normal(size=(4, 7))
    scores[:, 2] = scores[1, 4:] = -np.inf
    z, back = shifted_to_sum(scores, np.asarray(2.5), 3.0)
    np.testing.assert_allclose(np.sum(1 / (1 + np.exp(-z)), axis=1), 2.5, rtol=1e-12)
    g = np.where(np.isinf(scores), 0.0, 1.0)
    assert not np.any(back(g)[np.isinf(scores)])
