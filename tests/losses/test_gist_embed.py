"""A guide that takes out false negatives: identities, ties, and what is refused."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))
U, V = RNG.normal(size=(2, 6, 3))
N, W = RNG.normal(size=(6, 2, 4)), RNG.normal(size=(6, 2, 3))


def unit(t):
    return t / np.linalg.norm(t, axis=-1, keepdims=True)


def test_a_guide_that_keeps_everything():
    a, b, n = unit(X), unit(Y), unit(N).reshape(12, 4)
    other = ~np.eye(6, dtype=bool)
    logits = [np.where(other, a @ t.T, -np.inf) for t in (b, a)]
    logits += [np.where(other, b @ b.T, -np.inf), a @ n.T, np.sum(a * b, 1)[:, None]]
    scores = np.concatenate(logits, axis=1) / 0.1
    wanted = np.log(np.exp(scores).sum(1)) - scores[:, -1]
    got = pc.gist_embed(X, Y, U, V, N, W, margin=-3.0, temperature=0.1, reduction="none")
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


def test_queries_and_documents_alone_are_one_direction_of_info_nce():
    options = dict(margin=-3.0, contrast_anchors=False, contrast_positives=False)
    wrt = ("x", "y", "temperature")
    value, grads = pc.gist_embed.value_and_grad(X, Y, U, V, temperature=0.1, wrt=wrt, **options)
    plain = pc.info_nce.value_and_grad(X, Y, temperature=0.1, symmetric=False, wrt=wrt)
    np.testing.assert_allclose(value, plain[0], rtol=1e-12)
    for got, wanted in zip(grads, plain[1], strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-12)


@pytest.mark.parametrize("execution", [{}, dict(tile=(2, 4))])
def test_a_guide_that_keeps_nothing(execution):
    value, grads = pc.gist_embed.value_and_grad(X, Y, U, V, N, W, margin=3.0, **execution)
    assert value == 0
    assert all((grad == 0).all() for grad in grads)


def test_a_similarity_that_is_level_with_that_of_the_pair_stays():
    """The guide has one row for two texts: products of equal rows may be rounded apart."""
    for dtype in ("float32", "float64"):
        x, y = X.astype(dtype), Y.astype(dtype)
        guide = np.repeat(RNG.normal(size=(3, 37)), 2, axis=0).astype(dtype)
        both = dict(contrast_anchors=False, contrast_positives=False, temperature=0.1)
        for execution in ({}, dict(tile=(4, 1)), dict(tile=(1, 5))):
            got = pc.gist_embed(x, y, guide, guide, **both, **execution)
            wanted = pc.info_nce(x, y, temperature=0.1, symmetric=False)
            np.testing.assert_allclose(got, wanted, rtol=1e-5)


def test_a_guide_that_is_not_finite_makes_the_loss_nan():
    for k, given in enumerate((U, V, W)):
        guides = [U, V, W]
        guides[k] = given.copy()
        guides[k][0, ..., 0] = np.nan
        assert np.isnan(pc.gist_embed(X, Y, guides[0], guides[1], N, guides[2]))


def test_a_single_pair_has_no_negative():
    assert pc.gist_embed(X[:1], Y[:1], U[:1], V[:1]) == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"negatives": N}, "negatives needs guide_negatives, got None"),
        ({"guide_negatives": W}, "guide_negatives needs negatives, got None"),
        ({"negatives": N, "guide_negatives": W[:, :1]}, "must have the same"),
        ({"guide_x": U[:, :2]}, "guide_x and guide_y must have the same"),
        ({"margin": np.nan}, "margin must be finite, got nan"),
    ],
)
def test_what_is_refused(given, words):
    with pytest.raises(ValueError, match=f"^gist_embed: .*{words}"):
        pc.gist_embed(X, Y, **{"guide_x": U, "guide_y": V} | given)
