"""Columns that are constants: no gradient of theirs is computed, on any walk."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.context import Settings
from polycontrast.distributed import LocalGroup, Shards
from polycontrast.similarity import SOFTPLUS, OtherSamples, Similarity

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 7, 3))
G, H = RNG.normal(size=(2, 7))
COUNTS = [3, 0, 4]


def gradients(x, y, g, h, held, **settings):
    matrix = Similarity(
        x,
        y,
        scale=np.asarray(0.7),
        pairs=OtherSamples(),
        held_columns=held,
        settings=Settings(workers=1, **settings),
    )
    return matrix.logsumexp()[2](g, h)


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_rows_alone(tile):
    wanted, got = (gradients(X, Y, G, H, held, tile=tile) for held in (False, True))
    np.testing.assert_allclose(got.x, wanted.x, atol=1e-14)
    assert wanted.y is not None
    assert got.y is None


def test_sums_at_once():
    """Value and gradient in one pass, where the cotangent is known."""
    found = [
        Similarity(
            X, Y, scale=np.asarray(0.7), held_columns=held, settings=Settings(tile=(2, 3))
        ).sums_of(SOFTPLUS, columns=False)[2](G)
        for held in (False, True)
    ]
    np.testing.assert_allclose(found[1].x, found[0].x, atol=1e-14)
    assert found[1].y is None


def test_ranks():
    wanted = gradients(X, Y, G, H, False).x

    def one(comm):
        start = sum(COUNTS[: comm.rank])
        part = slice(start, start + COUNTS[comm.rank])
        mine = (t[part] for t in (X, Y, G, H))
        got = gradients(*mine, True, comm=Shards(comm, COUNTS), tile=(2, 2))
        np.testing.assert_allclose(got.x, wanted[part], atol=1e-13)
        assert got.y is None

    LocalGroup(len(COUNTS), timeout=30).run(one)


def test_a_compiled_loop():
    jax = pytest.importorskip("jax")
    x, y, queue = (jax.numpy.asarray(t) for t in (X, Y, RNG.normal(size=(9, 3))))

    def both(x, y):
        return pc.nnclr.value_and_grad(x, y, queue, temperature=0.3, tile=(2, 3))

    value, grads = jax.jit(both)(x, y)
    wanted, theirs = pc.nnclr.value_and_grad(*map(np.asarray, (x, y, queue)), temperature=0.3)
    np.testing.assert_allclose(value, wanted, rtol=1e-6)
    for got, of in zip(grads, theirs, strict=True):
        np.testing.assert_allclose(got, of, rtol=1e-5, atol=1e-7)


def test_a_plan_counts_one_gradient():
    """Two products for each direction of the value and the rows, not three."""
    shapes = (4096, 64), (4096, 64), (128, 64)
    one = pc.plan(pc.nnclr, *shapes, symmetric=False).walks[-1]
    whole = pc.plan(pc.info_nce, *shapes[:2], symmetric=False).walks[-1]
    assert one.flops == whole.flops * 2 / 3
