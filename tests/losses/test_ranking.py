"""Losses of scores: ties, identities, and numbers that are known by hand."""

import numpy as np
import pytest
from battery.cases import Case, assert_close
from battery.test_values import oracle_result

import polycontrast as pc

RNG = np.random.default_rng(8)
N, D = 12, 4
TIED = RNG.integers(0, 4, N).astype(float)
SCORES = RNG.normal(size=N)
X, Y = RNG.normal(size=(2, N, D))


def cosines(x, y):
    x, y = (t / np.linalg.norm(t, axis=1, keepdims=True) for t in (x, y))
    return np.sum(x * y, axis=1)


@pytest.mark.parametrize("tile", [None, (2, 3)])
@pytest.mark.parametrize(
    "name", ["rank_kl", "preference_ranking", "cosent", "angle", "codiemb_sts"]
)
def test_tied_targets(name, tile):
    case = Case(pc.objectives()[name], {})
    rows = {"x": X, "y": Y} if "x" in case.arguments else {"pred": SCORES}
    arrays = rows | {"target": TIED}
    assert_close(case.evaluate(arrays, tile=tile), oracle_result(case, arrays), 1e-10)


@pytest.mark.parametrize("name", ["rank_kl", "preference_ranking", "cosent", "angle", "pearson"])
@pytest.mark.parametrize("level", [0.0, 0.1, 1e6])
def test_equal_targets(name, level):
    """No pair, no ranks, no correlation: 0, but for the ranks, whose ideal is then even."""
    case = Case(pc.objectives()[name], {})
    rows = {"x": X, "y": Y} if "x" in case.arguments else {"pred": SCORES}
    result = case.evaluate(rows | {"target": np.full(N, level)})
    if name == "rank_kl":
        even = case.evaluate(rows | {"target": np.zeros(N)})
        assert_close(result, even, 1e-15)
        return
    assert result.value == 0
    assert all(np.all(grad == 0) for grad in result.grads.values())


def test_only_the_order_of_targets_counts():
    other = np.exp(TIED) - 7
    for name in ("cosent", "angle"):
        assert pc.objectives()[name](X, Y, TIED) == pc.objectives()[name](X, Y, other)
    assert pc.rank_kl(SCORES, TIED) == pc.rank_kl(SCORES, other)


def test_pearson():
    wanted = 1 - np.corrcoef(SCORES, TIED)[0, 1]
    value, grads = pc.pearson.value_and_grad(SCORES, TIED)
    assert value == pytest.approx(wanted, abs=1e-14)
    assert pc.pearson(3 * SCORES + 5, TIED) == pytest.approx(wanted, abs=1e-14)
    assert abs(np.sum(grads.pred)) < 1e-14
    assert abs(np.sum(grads.pred * SCORES)) < 1e-14
    # Digits of a loss near 0, where one minus the correlation has none.
    near = SCORES + 1e-9 * TIED
    d = (near - near.mean()) / np.std(near) - (SCORES - SCORES.mean()) / np.std(SCORES)
    assert pc.pearson(near, SCORES) == pytest.approx(np.mean(d * d) / 2, rel=1e-5)
    for scores, wanted in (([1.0, 2.0], 0), ([2.0, -1.0], 2)):
        value, grads = pc.pearson.value_and_grad(np.asarray(scores), np.asarray([0.0, 3.0]))
        assert value == pytest.approx(wanted, abs=1e-15)
        np.testing.assert_allclose(grads, 0, atol=1e-15)
    assert pc.pearson(np.full(7, 0.1), np.arange(7.0)) == 0


def test_rank_kl_is_zero_at_the_ideal():
    ideal = np.argsort(np.argsort(SCORES)) / (N - 1)
    assert pc.rank_kl(ideal + 3, SCORES) == pytest.approx(0, abs=1e-14)


def test_preference_ranking_of_zeros_and_ones():
    """Every positive has the InfoNCE loss against all scores with target 0."""
    target, tau = (TIED > 1).astype(float), 0.3
    low = SCORES[target == 0] / tau
    wanted = [np.logaddexp.reduce([s / tau, *low]) - s / tau for s in SCORES[target == 1]]
    got = pc.preference_ranking(SCORES, target, temperature=tau)
    assert got == pytest.approx(np.mean(wanted))
    assert pc.preference_ranking(SCORES, target + 5, temperature=tau) == pytest.approx(got)
    doubled = pc.preference_ranking(SCORES, 2 * TIED, temperature=0.6)
    assert pc.preference_ranking(SCORES, TIED, temperature=0.3) == pytest.approx(doubled)


def test_cosent():
    """Two pairs make one logistic term; gradients of the cosines sum to 0."""
    s = cosines(X[:2], Y[:2])
    got = pc.cosent(X[:2], Y[:2], np.asarray([0.0, 1.0]), temperature=0.3)
    assert got == pytest.approx(np.logaddexp(0, (s[0] - s[1]) / 0.3))


@pytest.mark.parametrize("pooling", ["sum", "mean"])
def test_angle_is_cosent_of_turned_rows(pooling):
    """The sum has the values of cosines times the root of 2, and rows count without their sign."""
    half = D // 2
    turned = Y + np.concatenate([-Y[:, half:], Y[:, :half]], axis=1)
    s = np.sqrt(2) * np.abs(cosines(X, turned)) / (D if pooling == "mean" else 1)
    terms = [(s[i] - s[j]) / 0.3 for i in range(N) for j in range(N) if TIED[i] < TIED[j]]
    options = {"temperature": 0.3, "pooling": pooling}
    got = pc.angle(X, Y, TIED, **options)
    assert got == pytest.approx(np.logaddexp.reduce([0.0, *terms]))
    assert pc.angle(-X, Y, TIED, **options) == got
    with pytest.raises(ValueError, match=r"^angle: x and y must have an even dimension, got 3$"):
        pc.angle(X[:, :3], Y[:, :3], TIED)
    # At the kink, where rows are orthogonal, the gradient is 0.
    x, y = np.asarray([[1.0, 0.0]] * 2), np.asarray([[-1.0, -1.0]] * 2)
    for grad in pc.angle.value_and_grad(x, y, np.asarray([0.0, 1.0]))[1]:
        assert np.all(grad == 0)


def test_weights_are_three_numbers():
    for bad in ((1.0, 2.0), (1.0, 2.0, -1.0), (1.0, np.inf, 1.0), [1.0, "2", 3.0], 3):
        with pytest.raises(ValueError, match=r"^codiemb_sts: weights must be a tuple of 3 numbers"):
            pc.codiemb_sts(X, Y, TIED, weights=bad)
    wanted = pc.codiemb_sts(X, Y, TIED, weights=(1.0, 2.0, 3.0))
    assert pc.codiemb_sts(X, Y, TIED, weights=np.asarray([1, 2, 3]).tolist()) == wanted


@pytest.mark.parametrize("size", [1, 2, 3000])
def test_many_scores(size):
    """Sums along the order are those over all pairs."""
    scores, target = RNG.normal(size=(2, size))
    x, y = np.ones((size, 1)), np.ones((size, 1))
    x = np.concatenate([np.cos(scores)[:, None], np.sin(scores)[:, None]], axis=1)
    y = np.asarray([[1.0, 0.0]] * size)
    got = pc.cosent(x, y, target)
    s = np.cos(scores) / 0.05
    pairs = np.where(target[:, None] < target, s[:, None] - s, -np.inf)
    peak = max(pairs.max(), 0.0)
    wanted = peak + np.log(np.exp(-peak) + np.exp(pairs - peak).sum())
    assert got == pytest.approx(wanted, abs=1e-11)
