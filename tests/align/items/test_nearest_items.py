"""The search is exact: the same neighbours as a sort of all cosines, whatever the tiles."""

import numpy as np
import pytest

from polycontrast.align import BadInput, nearest
from polycontrast.align.streams import StreamedRows

RNG = np.random.default_rng(0)


def sorted_cosines(x, y, k):
    """All cosines, one pair at a time, and a stable sort of each row."""
    cosines = np.array([[(a @ b) / np.sqrt((a @ a) * (b @ b)) for b in y] for a in x])
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(cosines, order, 1)


@pytest.fixture
def small_tiles(monkeypatch):
    import sys

    module = sys.modules["polycontrast.align.items.nearest"]
    monkeypatch.setattr(module, "QUERIES", 3)
    monkeypatch.setattr(module, "CANDIDATES", 4)


@pytest.mark.parametrize("k", [1, 3, 4, 9, 17], ids=["1", "3", "tile", "9", "all"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_neighbours_of_a_sort(k, dtype, small_tiles):
    """Tiles of 3 x 4 cut 8 queries and 17 candidates unevenly."""
    x, y = (RNG.standard_normal((n, 5)).astype(dtype) for n in (8, 17))
    rows, cosines = nearest(x, y, k)
    wanted, values = sorted_cosines(x.astype(float), y.astype(float), k)
    np.testing.assert_array_equal(rows, wanted)
    np.testing.assert_allclose(cosines, values, atol=1e-6 if dtype == "float32" else 1e-14)
    assert cosines.dtype == dtype


def test_equal_cosines_come_in_the_order_of_the_rows(small_tiles):
    """Also where they are cut off at k, and where they stand in other tiles."""
    x = np.array([[1.0, 0.0]])
    y = np.array([[0.0, 1.0], [2.0, 0.0], [1.0, 0.0], [0.0, 1.0], [4.0, 0.0], [0.0, 0.0]])
    rows, cosines = nearest(x, y, 5)
    assert rows.tolist() == [[1, 2, 4, 0, 3]]
    assert cosines.tolist() == [[1.0, 1.0, 1.0, 0.0, 0.0]]
    assert nearest(x, y, 2)[0].tolist() == [[1, 2]]


def test_rows_in_a_file_and_half_precision(small_tiles):
    x, y = (RNG.standard_normal((n, 5)).astype(np.float16) for n in (8, 17))
    wanted = nearest(x.astype(np.float32), y.astype(np.float32), 4)
    found = nearest(StreamedRows(x), StreamedRows(y), 4)
    np.testing.assert_array_equal(found[0], wanted[0])
    np.testing.assert_array_equal(found[1], wanted[1])


def test_memory_grows_with_the_rows_and_not_with_the_pairs():
    """All 2,000 x 50,000 cosines would take 400 MB in float32."""
    import tracemalloc

    x = RNG.standard_normal((50_000, 4)).astype(np.float32)
    tracemalloc.start()
    try:
        rows, _ = nearest(x[:2000], x, 3)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows[:, 0].tolist() == list(range(2000))
    assert peak < 150e6


@pytest.mark.parametrize(
    ("x", "y", "k", "message"),
    [
        (np.ones((2, 3)), np.ones((2, 4)), 1, "equally many columns; got 3 and 4"),
        (np.ones(3), np.ones((2, 3)), 1, r"queries must be an array \(rows, columns\); got \(3,\)"),
        (np.ones((2, 3)), np.ones((0, 3)), 1, "candidates must be an array"),
        (np.ones((2, 3)), np.ones((2, 3)), 3, "k must be an integer from 1 to 2, .*; got 3"),
        (np.ones((2, 3)), np.ones((2, 3)), 0, "k must be an integer from 1 to 2"),
        (np.ones((2, 3)), np.ones((2, 3)), True, "k must be an integer"),
        (np.full((2, 3), np.nan), np.ones((2, 3)), 1, "queries .* missing"),
        (np.ones((2, 3)), np.full((2, 3), np.inf), 1, "candidates .* infinite"),
    ],
    ids=["widths", "vector", "empty", "many", "none", "truth", "nan", "inf"],
)
def test_refusals(x, y, k, message):
    with pytest.raises(BadInput, match=message):
        nearest(x, y, k)
