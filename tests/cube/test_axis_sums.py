"""Sums of blocks of tuples along their axes, against `numpy.einsum`."""

import itertools

import numpy as np
import pytest

from polycontrast.cube.axis_sums import TupleWeights, outer_sum, pair_sums, sums_along
from polycontrast.cube.diagonal import fill_diagonal_, set_diagonal_

SIZES = 3, 5, 2, 4, 3
AXES = "abcde"


@pytest.mark.parametrize("factored", [False, True], ids=["plain", "times factors"])
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_sums_over_all_but_two_axes(count, factored):
    rng = np.random.default_rng(count)
    block = rng.normal(size=SIZES[:count])
    factors = [rng.normal(size=size) for size in SIZES[:count]] if factored else None
    weights = TupleWeights(block, factors)
    whole = block.copy()
    if factored:
        whole = block * sum(np.ix_(*factors)[a] for a in range(count))
    np.testing.assert_allclose(weights.whole(), whole, rtol=1e-14)
    found = dict(pair_sums(weights))
    assert list(found) == list(itertools.combinations(range(count), 2))
    every = AXES[:count]
    for (a, b), part in found.items():
        wanted = np.einsum(f"{every}->{every[a]}{every[b]}", whole)
        np.testing.assert_allclose(part, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_sums_along_an_axis(axis):
    rng = np.random.default_rng(0)
    block = rng.normal(size=(3, 4, 5))
    weights = rng.normal(size=(2, block.shape[axis]))
    for found, row in zip(sums_along(block, axis, weights), weights, strict=True):
        wanted = np.tensordot(block, row, axes=([axis], [0]))
        np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("lead", [(), (3,), (2, 3)], ids=["matrix", "stack", "stack of stacks"])
def test_outer_sums_have_the_bits_of_a_sum(lead, dtype):
    rng = np.random.default_rng(0)
    x = (1e3 * rng.normal(size=(*lead, 7, 1))).astype(dtype)
    y = rng.normal(size=(*lead, 1, 5)).astype(dtype)
    np.testing.assert_array_equal(outer_sum(x, y), x + y)


@pytest.mark.parametrize(
    "ranges",
    [[(0, 4), (0, 4), (0, 4)], [(2, 5), (0, 4), (1, 6)], [(0, 2), (2, 4), (0, 4)]],
    ids=["whole", "part", "none"],
)
def test_diagonal_of_a_block(ranges):
    block = np.zeros([b - a for a, b in ranges])
    filled = fill_diagonal_(block, ranges, 1.0)
    for place in itertools.product(*(range(a, b) for a, b in ranges)):
        own = tuple(i - a for i, (a, _) in zip(place, ranges, strict=True))
        assert filled[own] == (len(set(place)) == 1)


@pytest.mark.parametrize("rows", [range(3, 6), range(4, 5)], ids=["all", "one"])
def test_diagonal_of_some_rows(rows):
    matrix = np.zeros((3, 8))
    values = np.arange(1.0, 1 + len(rows))
    wanted = matrix.copy()
    for value, i in zip(values, rows, strict=True):
        wanted[i - 3, i] = value
    np.testing.assert_array_equal(set_diagonal_(matrix, 3, rows, values), wanted)
