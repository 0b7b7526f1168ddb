"""The differentiable sorting network against its matrix of permutations."""

import numpy as np
import pytest

from polycontrast.arrays import dual
from polycontrast.calculus import kept_apart


def naive(values, first, steepness):
    """From the product of the matrices of all layers, for one column."""
    n = len(values)
    whole, values = np.eye(n), np.array(values, dtype=float)
    for layer in range(n):
        matrix = np.eye(n)
        for p in range(layer % 2, n - 1, 2):
            w = 0.5 + np.arctan(steepness * (values[p + 1] - values[p])) / np.pi
            matrix[p : p + 2, p : p + 2] = [[w, 1 - w], [1 - w, w]]
        values, whole = matrix @ values, whole @ matrix
    ends_first = whole[:, :first].sum(axis=1)
    return np.where(np.arange(n) < first, ends_first, 1 - ends_first)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("steepness", [0.5, 5.0])
def test_probabilities_are_those_of_the_matrix(n, steepness):
    values = np.random.default_rng(n).normal(size=(n, 5))
    for first in range(n + 1):
        out, back = kept_apart(values, first, steepness)
        wanted = [naive(column, first, steepness) for column in values.T]
        np.testing.assert_allclose(out, np.transpose(wanted), atol=1e-14)
        g, along = np.random.default_rng(1).normal(size=(2, n, 5))
        ends = [kept_apart(values + s * along, first, steepness)[0] for s in (-1e-5, 1e-5)]
        slope = np.sum(g * (ends[1] - ends[0])) / 2e-5
        np.testing.assert_allclose(np.sum(back(g) * along), slope, rtol=1e-7, atol=1e-9)


def test_second_derivatives_at_equal_values():
    """The angle of a swap is smooth where values are equal."""
    values, along, g = np.zeros((4, 2)), *np.random.default_rng(2).normal(size=(2, 4, 2))
    got = kept_apart(dual(values, along), 2, 3.0)[1](dual(g)).tangent
    ends = [kept_apart(values + s * along, 2, 3.0)[1](g) for s in (-1e-5, 1e-5)]
    np.testing.assert_allclose(got, (ends[1] - ends[0]) / 2e-5, atol=1e-8)


def test_small_probabilities_keep_their_digits():
    """A steep network in float32 that is sorted the wrong way, or the right one."""
    values = np.asarray([[0.9], [-0.7]])
    for signed in (values, -values):
        wanted = kept_apart(signed, 1, 1e6)[0]
        got = kept_apart(signed.astype(np.float32), 1, 1e6)[0]
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, wanted, rtol=1e-6)


def test_parts_that_are_empty_or_whole():
    """Nothing can leave the whole, and no part needs a neighbour."""
    values = np.random.default_rng(0).normal(size=(3, 2))
    for first in (0, 3):
        out, back = kept_apart(values, first, 1.0)
        np.testing.assert_allclose(out, 1.0, rtol=1e-15)
        np.testing.assert_allclose(back(np.ones((3, 2))), 0.0, atol=1e-15)
