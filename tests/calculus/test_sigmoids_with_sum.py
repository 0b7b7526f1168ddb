"""Sigmoids of shifted scores that add up to a number."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.calculus.scores import sigmoids_with_sum

SCORES = np.asarray([[-3.0], [0.0], [1e3]])


@pytest.mark.parametrize("k", [1e-9, 0.3, 0.999])
def test_one_score_is_the_number_itself(k):
    """There is no other score for its share: it is k whatever the score."""
    out, back = sigmoids_with_sum(SCORES, np.asarray(k), 2.0)
    np.testing.assert_allclose(out, np.full((3, 1), k), rtol=1e-12)
    np.testing.assert_array_equal(back(np.ones((3, 1))), np.zeros((3, 1)))
    np.testing.assert_array_equal(pc.soft_top_k(SCORES, k=k), out)
