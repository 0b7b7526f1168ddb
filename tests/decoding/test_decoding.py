"""Scores and logits of the next token."""

import numpy as np
import pytest
from backends import backend_params

import polycontrast as pc

RNG = np.random.default_rng(0)
L, M = RNG.normal(size=(2, 3, 7)) * 3
PROBS, CANDIDATES, CONTEXT = RNG.uniform(size=5), RNG.normal(size=(5, 4)), RNG.normal(size=(9, 4))


def naive_scores(probs, candidates, context, alpha):
    def cosine(a, b):
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    return np.array(
        [
            (1 - alpha) * p - alpha * max(cosine(h, c) for c in context)
            for p, h in zip(probs, candidates, strict=True)
        ]
    )


def kept(logits, beta):
    return logits >= np.log(beta) + logits.max(-1, keepdims=True)


@pytest.mark.parametrize("backend", backend_params())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_scores(backend, dtype):
    for alpha in (0.0, 0.6, 1.0):
        given = [backend.asarray(t, dtype) for t in (PROBS, CANDIDATES, CONTEXT)]
        got = pc.contrastive_search_scores(*given, alpha=alpha)
        assert backend.dtype_name(got) == dtype
        wanted = naive_scores(PROBS, CANDIDATES, CONTEXT, alpha)
        np.testing.assert_allclose(
            backend.read(got), wanted, atol=1e-6 if dtype[-2:] == "32" else 1e-12
        )


def test_leading_axes_broadcast():
    probs, candidates = RNG.uniform(size=(2, 1, 5)), RNG.normal(size=(3, 5, 4))
    got = pc.contrastive_search_scores(probs, candidates, CONTEXT)
    assert got.shape == (2, 3, 5)
    wanted = naive_scores(probs[1, 0], candidates[2], CONTEXT, 0.6)
    np.testing.assert_allclose(got[1, 2], wanted, atol=1e-12)
    with pytest.raises(ValueError, match="leading axes that broadcast"):
        pc.contrastive_search_scores(RNG.uniform(size=(2, 5)), candidates, CONTEXT)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_shows(bad):
    candidates, context, probs = CANDIDATES.copy(), CONTEXT.copy(), PROBS.copy()
    candidates[1, 0], probs[2] = bad, bad
    got = pc.contrastive_search_scores(probs, candidates, CONTEXT)
    np.testing.assert_array_equal(np.isnan(got), [False, True, True, False, False])
    context[3, 1] = bad
    assert np.isnan(pc.contrastive_search_scores(PROBS, CANDIDATES, context)).all()


@pytest.mark.parametrize("backend", backend_params())
def test_logits(backend):
    one, other = backend.asarray(L), backend.asarray(M)
    got = backend.read(pc.ritual_logits(one, other, alpha=2.0, beta=0.2))
    np.testing.assert_allclose(got, np.where(kept(L, 0.2), L + 2 * M, -np.inf), atol=1e-12)
    got = backend.read(pc.vcd_logits(one, other, alpha=0.5, beta=0.05))
    np.testing.assert_allclose(got, np.where(kept(L, 0.05), 1.5 * L - 0.5 * M, -np.inf), atol=1e-12)
    got = backend.read(pc.m3id_logits(one, other, step=30))
    g = np.exp(-0.02 * 30)
    wanted = np.where(kept(L, 0.1), L + (L - M) * (1 - g) / g, -np.inf)
    np.testing.assert_allclose(got, wanted, atol=1e-12)


def test_plausible_tokens():
    np.testing.assert_array_equal(np.isfinite(pc.vcd_logits(L, M, beta=1.0)), kept(L, 1.0))
    assert np.isfinite(pc.vcd_logits(L, M, beta=0.0)).all()
    np.testing.assert_array_equal(pc.m3id_logits(L, M, step=0, beta=0.0), L)


def test_ritual_is_contrastive_decoding_at_a_negative_weight():
    for a in (0.3, 3.0):
        wanted = (1 + a) * pc.vcd_logits(L, M, alpha=-a / (1 + a))
        np.testing.assert_allclose(pc.ritual_logits(L, M, alpha=a), wanted, atol=1e-12)


def test_tokens_that_are_ruled_out_stay_so():
    ruled = L.copy()
    ruled[:, 2] = -np.inf
    other = M.copy()
    other[:, 2] = -np.inf
    for beta in (0.0, 0.1):
        got = pc.vcd_logits(ruled, other, beta=beta)
        assert (got[:, 2] == -np.inf).all()
        assert not np.isnan(got).any()
    for bad in (np.nan, np.inf):
        ruled[0, 1] = bad
        assert np.isnan(pc.ritual_logits(ruled, M)[0]).any()
    other = M.copy()
    other[1, L[1].argmax()] = -np.inf
    assert np.isnan(pc.vcd_logits(L, other)[1, L[1].argmax()])


def test_long_texts():
    step = 3000
    got = pc.m3id_logits(L.astype("f4"), M.astype("f4"), step=step, beta=0.0)
    np.testing.assert_allclose(got, (L - M) * np.exp(0.02 * step), rtol=1e-4)
    with pytest.raises(
        ValueError, match=r"^m3id_logits: step must be at most 3454 for decay=0\.02"
    ):
        pc.m3id_logits(L, M, step=3455)
    with pytest.raises(ValueError, match=r"^m3id_logits: step must be >= 0, got -1"):
        pc.m3id_logits(L, M, step=-1)


def test_half_precision_is_computed_in_float32():
    got = pc.vcd_logits(L.astype("f2"), M.astype("f2"), beta=0.0)
    assert got.dtype == np.float16
    wanted = pc.vcd_logits(L.astype("f2").astype("f8"), M.astype("f2").astype("f8"), beta=0.0)
    np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-3)


def test_under_jit():
    jax = pytest.importorskip("jax")
    given = jax.numpy.asarray(L), jax.numpy.asarray(M)
    got = jax.jit(pc.ritual_logits)(*given)
    np.testing.assert_allclose(got, pc.ritual_logits(L, M), rtol=1e-5, atol=1e-5)
    arrays = [jax.numpy.asarray(t) for t in (PROBS, CANDIDATES, CONTEXT)]
    scores = jax.jit(pc.contrastive_search_scores)(*arrays)
    np.testing.assert_allclose(scores, naive_scores(PROBS, CANDIDATES, CONTEXT, 0.6), atol=1e-5)
