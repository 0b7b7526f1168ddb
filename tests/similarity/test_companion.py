"""A companion beside a matrix: rules and statistics that read it, on every walk."""

import numpy as np
import pytest

from polycontrast.context import Settings
from polycontrast.contrast import CompanionTargets
from polycontrast.distributed import LocalGroup, Shards
from polycontrast.similarity import (
    SCORES,
    Companion,
    Cutoff,
    OtherSamples,
    Reading,
    RunningExpSum,
    Similarity,
    Sum,
)

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 9, 3))
U, V = RNG.normal(size=(2, 9, 5))
SCALE, OTHER = np.asarray(0.7), np.asarray(0.4)
G = RNG.normal(size=(2, 2, 9))
COUNTS = [2, 0, 4, 3]
EXECUTION = [
    Settings(),
    Settings(tile=(2, 4), workers=2),
    Settings(memory=0),
    Settings(tile=(9, 2)),
]


def softmax(t, axis):
    e = np.exp(t - t.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def formula(x, y, u, v):
    """Log-sum-exps of both matrices, and means of both with the softmax of the companion."""
    s, c = SCALE * x @ y.T, OTHER * u @ v.T
    found = []
    for axis in (1, 0):
        r = softmax(c, axis)
        lse = [np.log(np.exp(t).sum(axis)) for t in (s, c)]
        found.append(np.stack([*lse, (r * s).sum(axis), (r * c).sum(axis)]))
    return found


def statistics(part=slice(None), settings=None, held=False):
    beside = Companion(U[part], V[part], OTHER, held=held)
    matrix = Similarity(X[part], Y[part], scale=SCALE, beside=beside, settings=settings)
    return matrix.reduce(CompanionTargets(held))


@pytest.mark.parametrize("settings", EXECUTION)
def test_values(settings):
    rows, columns, _ = statistics(settings=settings)
    wanted = formula(X, Y, U, V)
    np.testing.assert_allclose(np.stack(rows), wanted[0], atol=1e-12)
    np.testing.assert_allclose(np.stack(columns), wanted[1], atol=1e-12)


@pytest.mark.parametrize("settings", EXECUTION)
def test_gradients_are_differences(settings):
    *_, back = statistics(settings=settings)
    cotangents = [(g[0], None, g[1], None) for g in G]
    pulled = back(*cotangents)
    found = [pulled.x, pulled.y, pulled.companion.x, pulled.companion.y]

    def total(*given):
        return sum(
            (g[0] * t[0] + g[1] * t[2]).sum() for g, t in zip(G, formula(*given), strict=True)
        )

    for k, grad in enumerate(found):
        step = RNG.normal(size=grad.shape)
        ends = []
        for h in (-1e-5, 1e-5):
            given = [X, Y, U, V]
            given[k] = given[k] + h * step
            ends.append(total(*given))
        np.testing.assert_allclose((grad * step).sum(), (ends[1] - ends[0]) / 2e-5, rtol=1e-6)
    again = back(*cotangents)
    np.testing.assert_array_equal(again.companion.y, found[3])
    *_, back = statistics(settings=settings, held=True)
    held = back(*cotangents)
    assert held.companion is None
    np.testing.assert_allclose(held.x, found[0], atol=1e-14)


def shared(statistics):
    """Each rank has its part of what one process computes."""
    wanted = statistics(slice(None))

    def one(comm):
        start = sum(COUNTS[: comm.rank])
        part = slice(start, start + COUNTS[comm.rank])
        settings = Settings(comm=Shards(comm, COUNTS), tile=(2, 2), workers=1)
        for got, whole in zip(statistics(part, settings), wanted, strict=True):
            np.testing.assert_allclose(got, whole[part], rtol=0, atol=1e-12)

    LocalGroup(len(COUNTS), timeout=30).run(one)


def test_ranks():
    """The columns of a companion travel, and their gradients come home."""

    def everything(part, settings=None):
        rows, columns, back = statistics(part, settings)
        pulled = back(*((g[0][part], None, g[1][part], None) for g in G))
        beside = pulled.companion
        return [*rows, *columns, pulled.x, pulled.y, beside.x, beside.y]

    shared(everything)


THRESHOLDS = RNG.normal(size=9)


def by_guide(part=slice(None), settings=None, symmetric=False):
    """A log-sum-exp and a sum of the pairs that a guide leaves, with thresholds of the anchors."""
    t = THRESHOLDS[part]
    own, guide = (X[part], None), (U[part], None)
    if not symmetric:
        own, guide = (X[part], Y[part]), (U[part], V[part])
    matrix = Similarity(*own, scale=SCALE, beside=Companion(*guide), settings=settings)
    sides = dict(column_pairs=OtherSamples() & Cutoff(columns=t, of_companion=True))
    pairs = OtherSamples() & Cutoff(rows=t, of_companion=True)
    rows, columns, back = matrix.read(
        Reading(RunningExpSum(), pairs, **sides), Reading(Sum(SCORES), pairs, **sides)
    )
    g = tuple(side[part] for side in G[0])
    pulled = back(g, None if symmetric else g)
    return [*rows, pulled.x] if symmetric else [*rows, *columns, pulled.x, pulled.y]


@pytest.mark.parametrize("symmetric", [False, True])
def test_pairs_that_a_guide_leaves(symmetric):
    y, v = (X, U) if symmetric else (Y, V)
    s, guide = SCALE * X @ y.T, U @ v.T
    kept = (guide <= THRESHOLDS[:, None]) & ~np.eye(9, dtype=bool)
    for settings in EXECUTION:
        lse, total, *_ = by_guide(settings=settings, symmetric=symmetric)
        e = np.where(kept, np.exp(s), 0).sum(1)
        np.testing.assert_allclose(np.exp(lse), e, atol=1e-12)
        np.testing.assert_allclose(total, np.where(kept, s, 0).sum(1), atol=1e-12)
    shared(lambda part, settings=None: by_guide(part, settings, symmetric))
    if not symmetric:  # as the rule of the matrix itself too
        rule = OtherSamples() & Cutoff(rows=THRESHOLDS, of_companion=True)
        one = Similarity(X, Y, scale=SCALE, pairs=rule, beside=Companion(U, V))
        np.testing.assert_allclose(np.exp(one.logsumexp()[0]), e, atol=1e-12)


def test_what_is_refused():
    statistic = CompanionTargets()
    for matrix in (Similarity(X, Y, scale=SCALE), Similarity(X, scale=SCALE, beside=Companion(U))):
        with pytest.raises(TypeError, match="CompanionTargets: needs a companion, two sides"):
            matrix.reduce(statistic)
