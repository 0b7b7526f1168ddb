"""Calls that passed their checks are remembered, and their number has a bound."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.objective.arguments.checking import MOST_CALLS


@pytest.mark.parametrize("which", ["numbers", "arrays"])
def test_more_calls_than_the_bound_are_forgotten(which):
    """Two threads may add at the same time, and step over the bound."""
    binder = pc.info_nce._binder
    remembered = binder._passed if which == "numbers" else binder.checker._passed
    remembered.clear()
    for k in range(MOST_CALLS + 1):
        remembered.add(k) if which == "numbers" else remembered.setdefault(k, "x")
    x, y = np.random.default_rng(0).normal(size=(2, 4, 3))
    pc.info_nce(x, y)
    assert len(remembered) == 1
