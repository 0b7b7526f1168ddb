"""Recall@k counts what a sorted list of neighbours would, on every array library."""

import numpy as np
import pytest

from polycontrast.contrast.queues import blocks_of_rows
from polycontrast.metrics.recall_at_k import recall_at_k


def slow_recall(x, y, k):
    """Sort all candidates of every row, one row at a time."""
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    y = y / np.linalg.norm(y, axis=1, keepdims=True)
    found = [i in np.argsort(-(y @ x[i]))[:k] for i in range(len(x))]
    return np.mean(found)


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((23, 5))
    return x, x + rng.standard_normal((23, 5))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_a_sorted_list(backend, pair, dtype):
    """Every backend agrees with sorting, for several k at once, and keeps namespace and dtype."""
    x, y = (backend.asarray(a, dtype) for a in pair)
    found = recall_at_k(x, y, k=(1, 3, 30))
    assert backend.owns(found)
    assert backend.dtype_name(found) == dtype
    wanted = [slow_recall(*pair, k) for k in (1, 3, 30)]
    np.testing.assert_allclose(backend.read(found), wanted, rtol=1e-6)


@pytest.mark.parametrize("entries", [1, 23 * 4, 23 * 23])
def test_blocks_do_not_matter(pair, entries, monkeypatch):
    """Blocks of one row, of some, and of all rows count the same."""
    whole = recall_at_k(*pair, k=2)
    monkeypatch.setattr(blocks_of_rows, "ENTRIES", entries)
    assert recall_at_k(*pair, k=2) == whole


def test_a_collapse_scores_chance():
    """When all candidates are the same point nothing is found but by luck."""
    ones = np.ones((8, 3))
    np.testing.assert_allclose(recall_at_k(ones, ones, k=(1, 2, 8)), [1 / 8, 2 / 8, 1])
    assert recall_at_k(np.zeros((4, 2)), np.zeros((4, 2))) == 0.25


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("copies", [1, 5])
def test_copies_share_their_rank(dtype, copies):
    """A row that stands there n times finds itself in one of n cases, whatever the rounding."""
    for points in (1, 16, 51):
        for d in (3, 16, 100, 512):
            count = 50 * copies if points == 1 else copies
            x = np.random.default_rng(3).standard_normal((points, d))
            x = np.repeat(x, count, axis=0).astype(dtype)
            assert recall_at_k(x, x) == pytest.approx(1 / count, rel=1e-5), (points, d)
    assert recall_at_k(x[:1], 3 * x[:1], normalize=False) == 1


def test_what_numbers_can_tell_apart_is_not_level():
    """Matches that win, or lose, by 1e-12 of a similarity do so as a whole."""
    x, near = np.eye(2), 1 - 1e-12
    assert recall_at_k(x, np.asarray([[1.0, near], [near, 1.0]]), normalize=False) == 1
    assert recall_at_k(x, np.asarray([[near, 1.0], [1.0, near]]), normalize=False) == 0


def test_nan_stays_visible():
    """One nan makes the result nan instead of a good figure."""
    x = np.eye(4)
    y = x.copy()
    y[2, 1] = np.nan
    assert np.isnan(recall_at_k(x, y))
    assert np.isnan(recall_at_k(y, x))


def test_memory_stays_linear():
    """8,000 rows take blocks of some MiB, not the 256 MB of all similarities."""
    import tracemalloc

    x = np.random.default_rng(0).standard_normal((8_000, 4), dtype=np.float32)
    tracemalloc.start()
    assert recall_at_k(x, x) > 0.99
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 * 2**20


@pytest.mark.parametrize(
    ("x", "y", "k", "message"),
    [
        (np.ones((3, 2)), np.ones((4, 2)), 1, r"equal shapes \(B, D\); got \(3, 2\) and \(4, 2\)"),
        (np.ones(3), np.ones(3), 1, r"equal shapes \(B, D\)"),
        (np.ones((3, 2)), np.ones((3, 2)), 0, "k must be"),
        (np.ones((3, 2)), np.ones((3, 2)), (), "k must be"),
        (np.ones((3, 2)), np.ones((3, 2)), 1.5, "k must be"),
        (np.ones((3, 2)), np.ones((3, 2)), True, "k must be"),
        (np.ones((3, 2)), np.ones((3, 2)), (1, False), "k must be"),
    ],
)
def test_bad_input_is_named(x, y, k, message):
    with pytest.raises(ValueError, match=f"^recall_at_k: .*{message}"):
        recall_at_k(x, y, k=k)
