"""Volumes of small tuples of vectors."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.calculus import gram_schmidt, heights, pull_qr, volume


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


@pytest.mark.parametrize("close", [1.0, 1e-3, 1e-7], ids=["apart", "close", "very close"])
def test_bases_are_orthonormal_however_close_the_vectors(close):
    """One sweep loses the digits that the vectors share; the second brings them back."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=(6, 8))
    vectors = [first, *(first + close * rng.normal(size=(2, 6, 8)))]
    vectors[2][:3] = rng.normal(size=(3, 8))  # rows that are apart, beside close ones
    q, r = gram_schmidt(vectors)
    gram = np.einsum("aid,bid->iab", np.stack(q), np.stack(q))
    np.testing.assert_allclose(gram, np.broadcast_to(np.eye(3), (6, 3, 3)), atol=1e-14)
    for b, vector in enumerate(vectors):
        made = sum(q[c] * r[c, b][:, None] for c in range(b + 1))
        np.testing.assert_allclose(made, vector, rtol=1e-13, atol=1e-13)


def test_one_pullback_of_two_volumes():
    """Volumes of the first vectors and of all of them: the gradient is the sum of both."""
    rng = np.random.default_rng(0)
    vectors, g = list(rng.normal(size=(4, 5, 6))), rng.normal(size=(2, 5))
    vectors[2][0] = vectors[0][0] + vectors[1][0]  # without a volume of the first three
    vectors[3][1] = vectors[0][1]  # only all four have none
    q, r = gram_schmidt(vectors)
    both = pull_qr(q, r, {3: g[0] * heights(r, 3), 4: g[1] * heights(r, 4)})
    of = zip((3, 4), g, strict=True)
    three, all_four = (volume(np.stack(vectors[:n]))[1](one) for n, one in of)
    wanted = all_four.copy()
    wanted[:3] += three
    np.testing.assert_allclose(np.stack(both), wanted, rtol=1e-12, atol=1e-13)
