"""Identities of the cubes that no random input meets."""

import numpy as np
import pytest

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
