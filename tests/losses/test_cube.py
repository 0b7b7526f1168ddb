"""Identities of the cubes that no random input meets."""

import numpy as np
import pytest
import scipy.optimize

import polycontrast as pc


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("similarity", ["deviation", "variance"])
def test_coincident_rows_are_a_point_of_rest(seed, similarity):
    x = np.random.default_rng(seed).standard_normal((16, 8))
    weights = np.zeros((16, 16, 16))
    weights[seed, seed, seed] = 1
    value, grads = pc.cube_logits.value_and_grad([x, x, x], weights, similarity=similarity)
    assert value == 1
    assert all((g == 0).all() for g in grads.views)


@pytest.mark.parametrize("size", [1.0, 1e2, 1e5])
def test_matching_gap_of_one_sample(size):
    """There is one plan, so the gap and its gradient are 0 up to rounding of the costs."""
    views = size * np.random.default_rng(0).normal(size=(3, 1, 4))
    value, grads = pc.matching_gap.value_and_grad(views, normalize=False)
    costs = np.sum(views**2)
    assert abs(value) < 1e-14 * costs
    assert np.max(np.abs(grads.views)) < 1e-14 * np.sqrt(costs)


@pytest.mark.filterwarnings("ignore:matching_gap. Sinkhorn stopped")
def test_matching_gap_of_distant_rows():
    """Costs of 1000 epsilon leave the best permutation, which SciPy knows; nothing underflows."""
    x, y = 20 * np.random.default_rng(3).normal(size=(2, 6, 3))
    costs = np.sum((x[:, None] - y[None]) ** 2, axis=-1) / 4
    rows, best = scipy.optimize.linear_sum_assignment(costs)
    wanted = np.mean(np.diag(costs)) - np.mean(costs[rows, best])
    got = pc.matching_gap(np.stack([x, y]), normalize=False, max_iter=3000)
    np.testing.assert_allclose(got, wanted, rtol=1e-3)
