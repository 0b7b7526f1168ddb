"""The ROC curve and its area are those of counting pairs."""

import numpy as np
import pytest
from backends import backend_params

import polycontrast as pc

RNG = np.random.default_rng(0)
# Rounded, so that scores tie within the sets and between them.
POS, NEG = RNG.normal(0.5, size=31).round(1), RNG.normal(size=23).round(1)


def counted(pos, neg):
    pairs = [(p > q) + 0.5 * (p == q) for p in pos for q in neg]
    return sum(pairs) / len(pairs)


@pytest.mark.parametrize("backend", backend_params())
def test_area(backend):
    pos, neg = backend.asarray(POS), backend.asarray(NEG)
    got = pc.roc_auc(pos, neg)
    assert backend.owns(got)
    assert float(got) == pytest.approx(counted(POS, NEG), abs=1e-14)
    assert float(pc.roc_auc(neg, pos)) == pytest.approx(1 - counted(POS, NEG), abs=1e-14)
    increasing = float(pc.roc_auc(backend.xp.exp(pos), backend.xp.exp(neg)))
    assert increasing == pytest.approx(counted(POS, NEG), abs=1e-14)


@pytest.mark.parametrize("backend", backend_params())
def test_curve(backend):
    """Its points are shares above each threshold, and its trapezoids have the area of the pairs."""
    points = pc.roc_curve(backend.asarray(POS), backend.asarray(NEG))
    assert all(map(backend.owns, points))
    false, true, thresholds = map(backend.read, points)
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    for f, t, threshold in zip(false, true, thresholds, strict=True):
        assert f == pytest.approx(np.mean(threshold <= NEG))
        assert t == pytest.approx(np.mean(threshold <= POS))
    assert np.trapezoid(true, false) == pytest.approx(counted(POS, NEG))


def test_traced_and_wild():
    jax = pytest.importorskip("jax")
    assert float(jax.jit(pc.roc_auc)(POS, NEG)) == pytest.approx(counted(POS, NEG), abs=1e-6)
    assert np.isnan(pc.roc_auc(POS, np.asarray([0.0, np.nan])))
    assert np.isnan(pc.roc_auc(np.asarray([0.0, np.nan]), NEG))
    false, true, _ = pc.roc_curve(POS, np.asarray([0.0, np.nan]))
    assert np.isnan(false).all()
    assert np.isfinite(true).all()
    large = np.full(2**17, 0.5, np.float32)
    assert pc.roc_auc(large, large) == 0.5
    half = pc.roc_auc(POS.astype(np.float16), NEG.astype(np.float16))
    assert half.dtype == np.float32


@pytest.mark.parametrize("function", [pc.roc_auc, pc.roc_curve])
def test_errors(function):
    name = function.__name__
    for pos, neg, text in (
        (POS[:0], NEG, r"pos must have one axis and at least 1 score; got \(0,\)"),
        (POS, NEG[:0], r"neg must have one axis and at least 1 score; got \(0,\)"),
        (POS[None, :], NEG, r"pos must have one axis and at least 1 score; got \(1, 31\)"),
    ):
        with pytest.raises(ValueError, match=f"^{name}: {text}$"):
            function(pos, neg)
    for bad in ([1.0], POS.astype(int), NEG.astype(np.float32)):
        with pytest.raises((TypeError, ValueError), match=f"^{name}: "):
            function(bad, NEG)
