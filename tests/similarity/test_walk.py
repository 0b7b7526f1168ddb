"""Rounds of tiles, plans, and the promise of equal bits."""

import threading

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.arrays import AbstractArray, default_workers
from polycontrast.arrays.stand_ins.abstract import counted_flops, reset_flops
from polycontrast.context import Settings
from polycontrast.similarity.tiles.plan import make_plan
from polycontrast.similarity.walks.threads import rounds


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (4, 4), (2, 5), (5, 3)])
def test_rectangle(rows, columns):
    """Every tile once, and no block twice in a round."""
    seen = []
    for batch in rounds(rows, columns, symmetric=False):
        assert len({i for i, _ in batch}) == len({j for _, j in batch}) == len(batch)
        seen += batch
    assert sorted(seen) == [(i, j) for i in range(rows) for j in range(columns)]


@pytest.mark.parametrize("n", range(1, 9))
def test_triangle(n):
    """The upper triangle once; off the diagonal, no block in two tiles of a round."""
    seen = []
    for batch in rounds(n, n, symmetric=True):
        blocks = [b for pair in batch for b in set(pair)]
        assert len(set(blocks)) == len(blocks)
        seen += batch
    assert sorted(seen) == [(i, j) for i in range(n) for j in range(i, n)]


def test_plan_keeps_what_fits():
    """Similarities within the budget are kept, larger ones recomputed, and tile= forces tiles.

    What the machine has counts only where threads of NumPy compute: see test_memory_kept.py.
    """
    sizes = dict(what="", views=(1, 1), depth=64, itemsize=4)
    assert make_plan(rows=4096, columns=4096, settings=Settings(), **sizes).keep
    large = make_plan(rows=16384, columns=16384, settings=Settings(), threads=False, **sizes)
    assert not large.keep
    assert not make_plan(rows=8, columns=8, settings=Settings(memory=100), **sizes).keep
    forced = make_plan(rows=100, columns=90, settings=Settings(tile=(30, 200)), **sizes)
    assert forced.tile == (30, 90)
    assert not forced.keep


@pytest.mark.parametrize("shape", [(1, 700), (900, 900), (5000, 30), (1111, 7777)])
@pytest.mark.parametrize("symmetric", [False, True])
def test_tiles_are_small_enough(shape, symmetric):
    """A tile stays near its byte budget, whatever the shape and the number of views."""
    rows, columns = (max(shape),) * 2 if symmetric else shape
    for views in ((1, 1), (4, 4)):
        plan = make_plan("", rows, columns, views, 8, 8, Settings(workers=3), symmetric)
        assert plan.tile_bytes <= 9 * 2**20
        assert plan.tile[0] <= rows
        assert plan.tile[1] <= columns


def test_plan_of_a_call():
    """One product for the value, 3 with the gradient when kept, 4 when not; half if symmetric."""
    b, d = 2048, 64
    product = 2 * b * b * d
    kept = pc.plan("info_nce", (b, d), (b, d))
    assert (kept.value_flops, kept.flops) == (product, 3 * product)
    tiled = pc.plan("info_nce", (b, d), (b, d), tile=(512, 512))
    assert (tiled.value_flops, tiled.flops) == (product, 4 * product)
    assert tiled.bytes < kept.bytes
    symmetric = pc.plan(pc.nt_xent, (b, d), (b, d), tile=(64, 64))
    assert symmetric.value_flops == pytest.approx(2 * product, rel=0.04)
    masked = pc.plan(pc.poly_view, (3, b, d), mask=(3, b), weights=(b,))
    assert masked.flops == pc.plan(pc.poly_view, (3, b, d)).flops
    huge = pc.plan(pc.info_nce, (10**6, 512), (10**6, 512))
    assert huge.bytes < 64 * 2**30
    assert "recomputed" in str(huge)


def test_each_thread_counts_its_own_products():
    """A plan that begins in another thread does not change one that is being made."""
    x = AbstractArray((3, 4))
    reset_flops()
    x @ AbstractArray((4, 5))
    other = threading.Thread(target=lambda: pc.plan(pc.gram_loss, (8, 4), (2, 8, 4)))
    other.start()
    other.join()
    assert counted_flops() == 2 * 3 * 4 * 5


def test_plan_is_what_happens():
    """The tiles that a plan names are those that the call walks."""
    x = np.random.default_rng(0).normal(size=(300, 8))
    planned = pc.plan(pc.info_nce, x.shape, x.shape, dtype="float64", tile=(100, 70)).walks[0]
    assert planned.tile == (100, 70)
    assert planned.workers >= 1
    dense = pc.info_nce(x, x[::-1].copy())
    tiled = pc.info_nce(x, x[::-1].copy(), tile=(100, 70))
    assert dense == pytest.approx(tiled, rel=1e-13)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("rows", [3, 900, 3000, 20_000])
def test_workers_do_not_change_the_tile(rows, symmetric):
    """There are no more of them than a round has tiles, and tiles stay large."""
    plans = [
        make_plan("", rows, rows, (1, 1), 8, 4, Settings(workers=n), symmetric)
        for n in (1, 2, 7, 64, 256)
    ]
    assert len({plan.tile for plan in plans}) == 1
    blocks = -(-rows // plans[0].tile[0])
    assert [plan.workers for plan in plans] == [min(n, blocks) for n in (1, 2, 7, 64, 256)]
    assert plans[0].tile_bytes > 2**19 or blocks == 1


@pytest.mark.parametrize(
    ("name", "rows", "options"),
    [
        ("info_nce", 1700, {}),
        ("info_nce", 350, {}),
        ("nt_xent", 1100, {"memory": 0}),
        ("sigmoid_contrastive", 1700, {}),
        ("poly_view", 620, {}),
        ("sufficient_statistics", 620, {}),
        ("geometric_consistency", 300, {}),
        ("cube_loss", 70, {}),
        ("cube_loss", 70, {"similarity": "norm", "memory": 0}),
        ("cube_loss", 40, {"similarity": "product", "tile": (7, 11)}),
    ],
)
def test_workers_change_no_bit(name, rows, options):
    """At the planned tile, with one worker or more than there is work for."""
    objective = pc.objectives()[name]
    many = next(iter(objective.arguments.values())).kind == "views"
    made = np.random.default_rng(1).standard_normal((3 if many else 2, rows, 48), dtype=np.float32)
    given = (made,) if many else tuple(made)
    runs = [objective.value_and_grad(*given, workers=n, **options) for n in (1, 2, 5, 64)]
    for value, grads in runs[1:]:
        assert value == runs[0][0]
        assert all(np.array_equal(a, b) for a, b in zip(grads, runs[0][1], strict=True))


@pytest.mark.parametrize("integer", [np.int8, np.uint16, np.int64])
def test_integers_of_numpy_are_integers(integer):
    made = Settings(tile=(integer(3), integer(4)), workers=integer(2), memory=integer(0))
    assert made == Settings(tile=(3, 4), workers=2, memory=0)
    assert all(type(n) is int for n in (*made.tile, made.workers, made.memory))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_same_bits(workers):
    """Two runs with the same settings give the same bits, threads or not."""
    x, y = np.random.default_rng(1).normal(size=(2, 700, 16)).astype(np.float32)
    for f in (pc.info_nce, pc.nt_xent):
        runs = [f.value_and_grad(x, y, tile=(100, 90), workers=workers) for _ in range(2)]
        assert runs[0][0] == runs[1][0]
        assert all(np.array_equal(a, b) for a, b in zip(runs[0][1], runs[1][1], strict=True))


def test_workers_from_the_environment(monkeypatch):
    """The usual variables set the number of threads; ours comes first."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert default_workers() == 3
    monkeypatch.setenv("POLYCONTRAST_NUM_THREADS", "5")
    assert default_workers() == 5
