"""Recall where rows are missing, or several are one thing, is that of the formula."""

import numpy as np
import pytest

from polycontrast.align.evaluation import mean_reciprocal_rank, row_recalls, rows_at_1
from polycontrast.align.job.recalls import in_one_space, measure
from polycontrast.align.samples import Samples, search_of


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def ranks_of(x, y, things):
    """Number of wrong candidates nearer than the nearest right one, one row after the other."""
    found = []
    for query, thing in zip(unit(x), things, strict=True):
        cosines = unit(y) @ query
        best = max(c for c, other in zip(cosines, things, strict=True) if other == thing)
        found.append(sum(c > best for c, o in zip(cosines, things, strict=True) if o != thing))
    return np.array(found)


def test_only_rows_that_both_views_have_count():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 40, 3))
    mask = rng.random((2, 40)) < 0.7
    both = mask.all(axis=0)
    x[~mask[0]], y[~mask[1]] = np.nan, np.nan
    hits = row_recalls(x, y, (1, 5), Samples(40, mask))
    wanted = ranks_of(x[both], y[both], np.arange(both.sum()))
    np.testing.assert_array_equal(hits[:, both], [wanted < 1, wanted < 5])
    assert np.isnan(hits[:, ~both]).all()
    full = row_recalls(x[both], y[both], (1, 5))
    np.testing.assert_array_equal(hits[:, both], full)


def test_any_row_of_the_same_thing_is_right():
    """Several captions of an image: a query finds it by any of them, and each image counts once."""
    rng = np.random.default_rng(1)
    things = np.arange(12).repeat(3)
    images = rng.standard_normal((12, 4))
    captions = images[things] + 0.8 * rng.standard_normal((36, 4))
    samples = Samples(36, ids=things)
    forward = row_recalls(images[things], captions, (1, 3), samples)
    once = np.arange(0, 36, 3)
    better = [
        sum(unit(captions)[things != n] @ q > max(unit(captions)[things == n] @ q))
        for n, q in enumerate(unit(images))
    ]
    np.testing.assert_array_equal(forward[:, once], [np.array(better) < k for k in (1, 3)])
    assert np.isnan(np.delete(forward, once, axis=1)).all()
    back = row_recalls(captions, images[things], (1, 3), samples)
    cosines = unit(captions) @ unit(images).T
    own = cosines[np.arange(36), things]
    wrong = things[:, None] != np.arange(12)
    above = np.sum((cosines > own[:, None]) & wrong, axis=1)
    np.testing.assert_array_equal(back, [above < k for k in (1, 3)])


def test_means_leave_out_what_does_not_count():
    rng = np.random.default_rng(2)
    views = list(rng.standard_normal((3, 30, 3)))
    mask = np.ones((3, 30), bool)
    mask[2, :10] = mask[0, 5] = False
    mask[0, 5], mask[2, 5] = False, True
    samples = Samples(30, mask)
    pairs = [(a, b) for a in range(3) for b in range(3) if a != b]
    hits, inverse = np.full((6, 30), np.nan), []
    for n, (a, b) in enumerate(pairs):
        both = mask[a] & mask[b]
        rank = ranks_of(views[a][both], views[b][both], np.arange(both.sum()))
        hits[n, both] = rank < 1
        inverse.append(np.mean(1 / (1 + rank)))
    np.testing.assert_allclose(rows_at_1(views, samples), np.nanmean(hits, axis=0))
    np.testing.assert_allclose(
        mean_reciprocal_rank(views, samples=samples), np.mean(inverse), atol=1e-12
    )
    recalls = measure(3, 30, in_one_space(views), lambda: None, samples)
    matrix = recalls.matrix(1)
    for n, (a, b) in enumerate(pairs):
        np.testing.assert_allclose(matrix[a, b], np.nanmean(hits[n]), rtol=1e-6)
    assert recalls.mean(1) == pytest.approx(matrix[~np.eye(3, dtype=bool)].mean())
    low, high = recalls.interval(1)
    assert 0 <= low <= recalls.mean(1) <= high <= 1


def test_chance_is_that_of_a_random_order():
    """By simulation: three right ones of one thing among seven candidates."""
    rng = np.random.default_rng(3)
    things = np.array([0, 0, 0, 1, 2, 3, 4])
    x, y = rng.standard_normal((2, 7, 3))
    search = search_of(x, y, Samples(7, ids=things))
    found = np.zeros(2)
    for _ in range(4000):
        order = rng.permutation(search.found)
        for n, k in enumerate((1, 3)):
            found[n] += np.mean([thing in order[:k] for thing in search.wanted])
    np.testing.assert_allclose(search.chance((1, 3)), found / 4000, atol=0.02)


def test_a_pair_without_two_things_is_not_measured():
    x, y = np.random.default_rng(4).standard_normal((2, 4, 3))
    mask = np.array([[True, True, True, True], [True, False, False, False]])
    assert search_of(x, y, Samples(4, mask)) is None
    assert np.isnan(row_recalls(x, y, (1,), Samples(4, mask))).all()
    assert measure(2, 4, in_one_space([x, y]), lambda: None, Samples(4, mask)) is not None


@pytest.mark.parametrize("k", [1, 5, 10])
def test_without_gaps_chance_is_k_of_all(k):
    x, y = np.random.default_rng(5).standard_normal((2, 20, 3))
    assert search_of(x, y, Samples(20)).chance((k,)) == pytest.approx([k / 20])
