"""Volumes of small tuples of vectors."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.calculus import volume


@pytest.mark.parametrize("size", [1e160, np.inf])
@pytest.mark.parametrize("view", [0, 1, 2])
def test_a_vector_too_long_for_squares_shows(size, view):
    """It does not count as one in the span of the others, whose volume is 0."""
    z = np.random.default_rng(0).normal(size=(3, 4, 5))
    whole = volume(z)[0]
    z[view, 0, :] *= size
    with np.errstate(over="ignore", invalid="ignore"):
        found, back = volume(z)
        grad = back(np.ones(4))
    assert np.isnan(found[0])
    np.testing.assert_allclose(found[1:], whole[1:], rtol=1e-14)
    assert np.isnan(grad[:, 0, :]).any()
    assert np.isfinite(grad[:, 1:, :]).all()


@pytest.mark.parametrize("name", ["gram_loss", "gram_volume"])
def test_losses_of_volumes_show_it(name):
    rng = np.random.default_rng(0)
    anchor, views = rng.normal(size=(4, 5)), rng.normal(size=(2, 4, 5))
    views[0, 0, :] *= 1e160
    given = (anchor, views) if name == "gram_loss" else (views,)
    assert np.isnan(pc.objectives()[name](*given, normalize=False)).any()
