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
    for level in ([0.1, 0.1], [0.1]):  # no correlation hides no nan
        lost = np.full(len(level), np.nan)
        for given in ((np.asarray(level), lost), (lost, np.asarray(level))):
            assert np.isnan(pc.pearson(*given))


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


def pairs_by_hand(pos, neg, tau):
    return np.logaddexp(0, (neg[:, None] - pos) / tau).mean()


@pytest.mark.parametrize(("spread", "tau"), [(1.0, 1.0), (1.0, 0.01), (1e4, 1.0), (0.0, 1e-3)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_mann_whitney_of_many_scores(spread, tau, dtype):
    """Tables and pairs one by one agree, and slopes are those of all pairs."""
    rng = np.random.default_rng(4)
    pos = (7 + spread * rng.normal(size=60)).astype(dtype)
    neg = (7 + spread * rng.normal(size=5000)).astype(dtype)
    value, grads = pc.mann_whitney_scores.value_and_grad(pos, neg, temperature=tau)
    p, n = pos.astype(float), neg.astype(float)
    rounding = 2e-12 if dtype is np.float64 else 3e-6 * max(1, spread / tau)
    assert value == pytest.approx(pairs_by_hand(p, n, tau), rel=rounding)
    slopes = np.exp(-np.logaddexp(0, (p - n[:, None]) / tau)) / (60 * 5000 * tau)
    scale = np.abs(slopes.sum(0)).max()
    np.testing.assert_allclose(grads.neg, slopes.sum(1), rtol=0, atol=1.1 * rounding * scale)
    np.testing.assert_allclose(grads.pos, -slopes.sum(0), rtol=0, atol=1.1 * rounding * scale)


def test_mann_whitney_bounds_the_area():
    pos, neg = SCORES, RNG.normal(size=40)
    value = pc.mann_whitney_scores(pos, neg, temperature=0.1)
    assert 1 - pc.roc_auc(pos, neg) <= value / np.log(2)
    assert pc.mann_whitney_scores(pos + 3, neg + 3, temperature=0.1) == pytest.approx(value)
    one = pc.mann_whitney_scores(pos[:1], neg[:1], temperature=0.3)
    assert one == pytest.approx(np.logaddexp(0, (neg[0] - pos[0]) / 0.3))


def test_mann_whitney_is_that_of_the_scores():
    """All scores of a batch, matches against the others; blocks of rows change nothing."""
    rng = np.random.default_rng(1)
    x, y, hard = rng.normal(size=(70, 5)), rng.normal(size=(70, 5)), rng.normal(size=(70, 2, 5))
    unit = [t / np.linalg.norm(t, axis=-1, keepdims=True) for t in (x, y, hard)]
    s = unit[0] @ unit[1].T
    neg = np.concatenate([s[~np.eye(70, dtype=bool)], (unit[0] @ unit[2].reshape(-1, 5).T).ravel()])
    for tau in (0.01, 0.3):
        wanted = pc.mann_whitney_scores(np.diag(s), neg, temperature=tau)
        assert wanted == pytest.approx(pairs_by_hand(np.diag(s), neg, tau), rel=1e-12)
        options = {"temperature": tau, "wrt": ("x", "y", "negatives", "temperature")}
        value, grads = pc.mann_whitney.value_and_grad(x, y, hard, **options)
        assert value == pytest.approx(wanted, rel=1e-12)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("polycontrast.losses.ranking.mann_whitney.MOST", 1000)
            blocks = pc.mann_whitney.value_and_grad(x, y, hard, **options)
        for one, other in zip(grads, blocks[1], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_mann_whitney_and_info_nce():
    """A shift of each query's scores leaves InfoNCE as it is, and not this loss."""
    x = np.concatenate([X, np.ones((N, 1))], axis=1)
    y = np.concatenate([Y, np.zeros((N, 1))], axis=1)
    shifted = np.concatenate([Y, np.ones((N, 1))], axis=1)
    options = {"normalize": False, "temperature": 1.0}
    wanted = pc.mann_whitney(x, y, **options)
    assert pc.mann_whitney(x, shifted, **options) == pytest.approx(wanted)
    x[:, -1] = np.arange(N)
    one_way = {**options, "symmetric": False}
    assert pc.info_nce(x, shifted, **one_way) == pytest.approx(pc.info_nce(x, y, **one_way))
    assert pc.mann_whitney(x, shifted, **options) != pytest.approx(wanted, rel=1e-2)
    two = {"temperature": 0.2}
    wanted = pc.info_nce(X[:2], Y[:2], symmetric=False, **two)
    assert pc.mann_whitney(X[:2], Y[:2], scope="per_query", **two) == pytest.approx(wanted)
    for scope in ("pooled", "per_query"):
        assert pc.mann_whitney(X[:1], Y[:1], scope=scope) == 0


def test_mann_whitney_traced():
    """Under jit the range of unit rows is guessed, and too wide a range is nan, no wrong number."""
    jax = pytest.importorskip("jax")
    from backends import Backend

    x, y = Backend.JAX.asarray(X), Backend.JAX.asarray(Y)
    for objective, given in (
        (pc.mann_whitney, (X, Y)),
        (pc.mann_whitney_scores, (SCORES, TIED)),
    ):
        wanted = objective.value_and_grad(*given, temperature=0.2)
        traced = [Backend.JAX.asarray(t) for t in given]
        got = jax.jit(lambda a, b, f=objective: f.value_and_grad(a, b, temperature=0.2))(*traced)
        np.testing.assert_allclose(got[0], wanted[0], rtol=1e-12)
        for one, other in zip(got[1], wanted[1], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)

    @jax.jit
    def wide(x, y, factor):
        return pc.mann_whitney(factor * x, y, temperature=0.01, normalize=False)

    assert np.isfinite(wide(x, y, 0.1))
    assert np.isnan(wide(x, y, 1e4))
    assert np.isfinite(pc.mann_whitney(1e2 * X, Y, temperature=0.01, normalize=False))
    assert np.isnan(pc.mann_whitney(1e20 * X, Y, temperature=0.01, normalize=False))
    # Scores one by one have no such limit: there are tables only where these are small.
    assert np.isfinite(pc.mann_whitney_scores(1e20 * SCORES, TIED))


SETS = {
    "normal": RNG.normal(size=(5, 1000)),
    "cauchy": RNG.standard_cauchy(size=(5, 1000)),
    "flat": np.zeros((3, 20)),
    "tied": RNG.integers(0, 3, (4, 50)).astype(float),
    "far apart": 1e3 * RNG.normal(size=(4, 30)),
    "two": RNG.normal(size=(1, 2)),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("k", [0.3, 1, 1.5, 5])
def test_soft_top_k_adds_up(name, k):
    """Rows add up to k, a shift changes nothing, and gradients of a row add up to 0."""
    scores = SETS[name]
    if k >= scores.shape[1]:
        with pytest.raises(ValueError, match=r"^soft_top_k: k must be below the number of scores"):
            pc.soft_top_k(scores, k=k)
        return
    out, back = pc.soft_top_k.vjp(scores, k=k)
    np.testing.assert_allclose(out.sum(axis=1), k, rtol=1e-12)
    np.testing.assert_allclose(pc.soft_top_k(scores + 3, k=k), out, atol=1e-12)
    grad = back(RNG.normal(size=scores.shape)).scores
    assert np.isfinite(grad).all()
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-12)


def test_soft_top_k_is_the_indicator_in_the_limit():
    """Slopes are exact where each of them is far too small for a sum less k to see it."""
    scores = np.asarray([[3.0, 2.0, 1.0, -4.0, -5.0]])
    np.testing.assert_array_equal(pc.soft_top_k(scores, k=3, alpha=1e4), [[1, 1, 1, 0, 0]])
    for k in (1, 3):
        assert pc.soft_top_k(scores, k=np.asarray([float(k)])) == pytest.approx(
            pc.soft_top_k(scores, k=k)
        )
    # Two scores k = 1: the shift is minus their mean, whatever the distance.
    two, g = np.asarray([[100.0, -100.0]]), np.asarray([[1.0, 0.0]])
    _, grads = pc.soft_top_k.value_and_grad(two, g, k=1, alpha=1.0, wrt="scores")
    np.testing.assert_allclose(grads.scores, [[0.5 * np.exp(-100), -0.5 * np.exp(-100)]])
