"""Measures of the gap between modalities."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.metrics.linear_separability import fit_logistic


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 60, 5))
    return x, y + 0.5, rng.permutation(60)


def test_centroid_gap_of_antipodal_modalities():
    """The bounds: 2 for two opposite points, 0 for the same rows in any order."""
    x = np.ones((6, 3))
    np.testing.assert_allclose(pc.centroid_gap(x, -x), 2)
    rows = np.random.default_rng(0).standard_normal((6, 3))
    value, grads = pc.centroid_gap.value_and_grad(rows, rows)
    assert value == 0
    assert np.all(grads.x == 0)
    assert pc.centroid_gap(rows, rows[::-1]) < 1e-15


def test_centroid_gap_falls_along_its_gradient(pair):
    x, y, _ = pair
    value, grads = pc.centroid_gap.value_and_grad(x, y)
    assert pc.centroid_gap(x - grads.x, y - grads.y) < value


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_separability_on_every_library(backend, pair, dtype):
    """Same namespace, dtype and number, whatever holds the permutation."""
    x, y, order = pair
    given = [backend.asarray(z, dtype) for z in (x, y)]
    wanted = pc.linear_separability(x.astype(dtype), y.astype(dtype), order)
    for permutation in (order, list(order), backend.asarray(order, "int64")):
        got = pc.linear_separability(*given, permutation)
        assert backend.owns(got)
        assert backend.dtype_name(got) == dtype
        assert backend.read(got) == wanted.astype(dtype)


@pytest.mark.parametrize("l2", [0.1, 1.0, 100.0])
@pytest.mark.parametrize("seed", range(3))
def test_separability_is_that_of_scikit_learn(l2, seed):
    """`l2` is its C: the same weights, the same accuracy on the same held-out pairs."""
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, 50, 6))
    y = y + 0.4
    order, train = rng.permutation(50), 40
    a, b = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (x, y))
    rows = np.concatenate([a[order[:train]], b[order[:train]]])
    labels = np.repeat([0, 1], train)
    model = linear_model.LogisticRegression(C=l2, tol=1e-10, max_iter=10_000).fit(rows, labels)
    weights, intercept = fit_logistic(rows[:train], rows[train:], l2)
    np.testing.assert_allclose(weights, model.coef_[0], atol=1e-5 * max(1, abs(weights).max()))
    np.testing.assert_allclose(intercept, model.intercept_[0], atol=1e-5)
    test = np.concatenate([a[order[train:]], b[order[train:]]])
    wanted = model.score(test, np.repeat([0, 1], 50 - train))
    assert pc.linear_separability(x, y, order, l2=l2) == wanted


def test_separable_and_closed():
    """1 for modalities apart; 1/2 for the same rows, and for modalities that collapsed."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((100, 4))
    order = rng.permutation(100)
    assert pc.linear_separability(abs(x), -abs(x), order) == 1
    assert pc.linear_separability(x, x, order) == 0.5
    assert pc.linear_separability(np.ones((9, 2)), np.ones((9, 2)), np.arange(9)) == 0.5


def test_a_pair_stays_together(pair):
    """What is trained on are the first pairs of the permutation, both members of each."""
    x, y, order = pair
    value = pc.linear_separability(x, y, order)
    junk = order[48:]
    moved = x.copy(), y.copy()
    moved[0][junk], moved[1][junk] = y[junk], x[junk]  # exchanged where it is tested only
    np.testing.assert_allclose(pc.linear_separability(*moved, order), 1 - value)


def test_nan_stays_visible(pair):
    x, y, order = pair
    x[3, 1] = np.nan
    assert np.isnan(pc.linear_separability(x, y, order))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (dict(y=np.ones((59, 5))), r"equal shapes.*x \(60, 5\) and y \(59, 5\)"),
        (dict(permutation=np.arange(59)), "permutation must hold each of 0, ..., 59 once"),
        (dict(permutation=np.zeros(60, int)), "permutation must hold each of 0, ..., 59 once"),
        (dict(train_fraction=0.0), r"train_fraction must be in \(0, 1\), got 0.0"),
        (dict(train_fraction=1.0), r"train_fraction must be in \(0, 1\), got 1.0"),
        (dict(train_fraction=0.01), "0 of 60 pairs would train"),
        (dict(l2=0.0), "l2 must be finite and > 0, got 0.0"),
    ],
)
def test_bad_input_is_named(pair, change, words):
    x, y, order = pair
    given = dict(x=x, y=y, permutation=order) | change
    with pytest.raises(ValueError, match=f"^linear_separability: .*({words})"):
        pc.linear_separability(**given)
