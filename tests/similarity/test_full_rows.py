"""Whole rows of scores and of distances: equal results however they are walked."""

import numpy as np
import pytest
from numpy.testing import assert_allclose as close

from polycontrast.arrays import computing, dual, namespace
from polycontrast.arrays.stand_ins.abstract import AbstractArray
from polycontrast.context import Settings, in_progress
from polycontrast.contrast import full_distances
from polycontrast.distributed import LocalGroup, Shards
from polycontrast.similarity import full_rows, numbers_of_samples
from polycontrast.similarity import full_rows as full_rows_function

torch = pytest.importorskip("torch")
jax = pytest.importorskip("jax")
jnp = jax.numpy

RNG = np.random.default_rng(0)
B, D = 37, 5
X, Y = RNG.normal(size=(2, B, D))
SCALE, TAU = np.asarray(0.7), np.asarray(0.3)
OWN, THEIRS = RNG.random((2, B))
ON_SUMS, ON_SQUARES = RNG.normal(size=(2, B))
GIVEN = X, Y, SCALE, OWN, THEIRS, TAU, ON_SUMS, ON_SQUARES
NAMES = "sums", "squares", "x", "y", "scale", "own", "theirs", "tau"


def read(S, i, own, j, theirs, tau):
    """``sum_j w_i v_j exp(tau S_ij)`` over other samples, and the sum of squares of a row."""
    xp = namespace(S)
    e = xp.where(i[:, None] == j[None, :], 0.0, xp.exp(tau * S))
    e = own[:, None] * theirs[None, :] * e

    def pull(g):
        w = g[0][:, None] * e
        dS = tau * w + 2 * g[1][:, None] * S
        on_own, on_theirs = xp.sum(w, axis=1) / own, xp.sum(w, axis=0) / theirs
        return dS, None, on_own, None, on_theirs, xp.sum(w * S)

    return (xp.sum(e, axis=1), xp.sum(S * S, axis=1)), pull


def walked(x, y, scale, own, theirs, tau, g, h, known=False, **options):
    """Results and gradients of `full_rows`; with cotangents that are known ahead."""
    settings = Settings(**options)
    with in_progress(settings=settings), computing(x, settings.workers):
        i, j = numbers_of_samples(x)
        comm = options.get("comm")
        j_own = i if comm is not None else j
        given = x, y, scale, read, (i, own), (j_own, theirs), (tau,)
        out, back = full_rows(*given, ahead=(g, h) if known else None)
        got = back((g, h))
    return *out, got.x, got.y, got.scale, got.beside[1], got.columns[1], got.shared[0]


@pytest.fixture(scope="module")
def wanted():
    """The same by autograd."""
    x, y, scale, own, theirs, tau = (torch.tensor(t, requires_grad=True) for t in GIVEN[:6])
    S = scale * x @ y.T
    e = (own[:, None] * theirs[None, :] * torch.exp(tau * S)) * (1 - torch.eye(B))
    sums, squares = e.sum(dim=1), (S * S).sum(dim=1)
    (sums @ torch.tensor(ON_SUMS) + squares @ torch.tensor(ON_SQUARES)).backward()
    found = sums.detach(), squares.detach(), *(t.grad for t in (x, y, scale, own, theirs, tau))
    return [t.numpy() for t in found]


def compare(got, wanted):
    for name, one, other in zip(NAMES, got, wanted, strict=True):
        close(np.asarray(one), other, rtol=1e-11, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("rows", [None, 1, 5, 36, 37, 50])
def test_any_size_of_a_block_gives_the_same(rows, wanted):
    options = {} if rows is None else {"tile": (rows, B)}
    compare(walked(*GIVEN, **options), wanted)


@pytest.mark.parametrize("options", [{}, {"tile": (5, B)}, {"memory": 0}])
def test_cotangents_that_are_known_ahead(options, wanted):
    """One walk, with the same results."""
    compare(walked(*GIVEN, known=True, **options), wanted)
    with jax.enable_x64(True):
        call = jax.jit(lambda *given: walked(*given, known=True, **options))
        compare(call(*map(jnp.asarray, GIVEN)), wanted)


@pytest.mark.parametrize("rows", [1, 5, 36, 37])
@pytest.mark.parametrize("compiled", [False, True])
def test_jax(rows, compiled, wanted):
    def call(*given):
        return walked(*given, tile=(rows, B))

    with jax.enable_x64(True):
        call = jax.jit(call) if compiled else call
        compare(call(*map(jnp.asarray, GIVEN)), wanted)


@pytest.mark.parametrize("options", [{}, {"tile": (5, B)}])
def test_torch_and_strict(options, wanted):
    strict = pytest.importorskip("array_api_strict")
    for make in (torch.tensor, strict.asarray):
        compare(walked(*map(make, GIVEN), **options), wanted)


@pytest.mark.parametrize("options", [{}, {"memory": 0}])
def test_workers_change_no_bit(options, monkeypatch, wanted):
    """Parts that workers share depend on shapes alone."""
    module = __import__("sys").modules[full_rows_function.__module__]
    monkeypatch.setattr(module, "SHARED_BYTES", 1000)
    found = [walked(*GIVEN, workers=n, **options) for n in (1, 3)]
    compare(found[0], wanted)
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("options", [{}, {"tile": (5, B)}])
def test_derivative_along_a_direction(options):
    """Gradients of dual arrays have the derivatives of the gradients."""
    along = [RNG.normal(size=t.shape) for t in GIVEN[:6]] + [None, None]
    got = walked(*(dual(t, d) for t, d in zip(GIVEN, along, strict=True)), **options)
    step = 1e-6
    sides = [
        walked(*(t if d is None else t + s * d for t, d in zip(GIVEN, along, strict=True)))
        for s in (step, -step)
    ]
    for name, one, up, down in zip(NAMES, got, *sides, strict=True):
        close(one.tangent, (up - down) / (2 * step), rtol=1e-5, atol=1e-6, err_msg=name)


def test_plan_notes_the_walk():
    plans = []
    with in_progress(plans=plans):
        got = walked(*(AbstractArray(t.shape, "float64") for t in GIVEN))
    assert [t.shape for t in got] == [(B,), (B,), *(t.shape for t in GIVEN[:6])]
    (plan,) = plans
    assert (plan.rows, plan.columns, plan.depth, plan.keep) == (B, B, D, True)
    assert plan.flops == 3 * plan.value_flops == 6 * B * B * D


@pytest.mark.parametrize("options", [{}, {"tile": (3, B)}])
def test_ranks_gather_the_columns(options, wanted):
    """Each rank has its rows of the result; shared arrays have the parts of its rows."""
    counts = [20, 0, 9, 8]
    ends = np.cumsum(counts)

    def one(comm):
        part = slice(ends[comm.rank] - counts[comm.rank], ends[comm.rank])
        own = [t[part] if t.ndim else t for t in GIVEN]
        return walked(*own, comm=Shards(comm, counts=counts), **options)

    found = LocalGroup(4, timeout=30).run(one)
    joined = [
        sum(parts) if name in ("scale", "tau") else np.concatenate(parts)
        for name, parts in zip(NAMES, zip(*found, strict=True), strict=True)
    ]
    compare(joined, wanted)


def test_a_walk_in_blocks_needs_the_memory_of_blocks():
    import tracemalloc

    x, rows = RNG.normal(size=(4000, 4)), 50

    def peak(**options):
        tracemalloc.start()
        walked(x, x, SCALE, x[:, 0], x[:, 1], TAU, x[:, 2], x[:, 3], **options)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    block = rows * 4000 * 8
    assert peak(tile=(rows, x.shape[0])) < 10 * block + 20 * x.nbytes
    assert peak(memory=0) < 200 * 2**20 < peak(memory=2**31)


# Distances


def distances(x, y, squared=False, **options):
    """Distances themselves, and the gradients of a sum of their sines."""

    def itself(d):
        xp = namespace(d)
        return (d, xp.sum(xp.sin(d), axis=1)), lambda g: g[0] + g[1][:, None] * xp.cos(d)

    with in_progress(settings=Settings(**options)):
        (d, sums), back = full_distances(x, y, itself, squared=squared)
        xp = namespace(x)
        return d, back((xp.zeros_like(d), xp.ones_like(sums)))


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("options", [{}, {"tile": (5, B)}])
def test_distances(squared, options):
    x, y = (torch.tensor(t, requires_grad=True) for t in (X, Y))
    d = torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
    d = d * d if squared else d
    d.sin().sum().backward()
    got, grads = distances(X + 1e3, Y + 1e3, squared, **options)
    close(got, d.detach().numpy(), rtol=1e-9)
    close(grads.x, x.grad.numpy(), rtol=1e-8, atol=1e-8)
    close(grads.y, y.grad.numpy(), rtol=1e-8, atol=1e-8)


def test_distances_among_rows_add_both_sides():
    both = distances(X, X)[1]
    alone = distances(X, None)
    close(alone[1].x, both.x + both.y, rtol=1e-12, atol=1e-12)
    assert alone[1].y is None
    assert not alone[0].diagonal().any()


@pytest.mark.parametrize("compiled", [False, True])
def test_near_rows_of_distant_groups_keep_digits_in_float32(compiled):
    """Distances 1e-3 of the spread, which products in float32 lose; JAX has no float64 here."""
    centres = 10 * RNG.normal(size=(4, D))
    rows = (np.repeat(centres, 5, axis=0) + 1e-2 * RNG.normal(size=(20, D))).astype(np.float32)
    wanted, exact = distances(rows.astype(np.float64), None)
    got, grads = (jax.jit(distances) if compiled else distances)(rows, None)
    close(np.asarray(got), wanted, rtol=1e-4 if compiled else 1e-6)
    size = 2e-3 if compiled else 1e-5
    close(np.asarray(grads.x), exact.x, rtol=size, atol=size)


def test_coincident_rows_have_distance_and_slope_zero():
    rows = np.concatenate([X, X[:3], X[:1]])
    got, grads = distances(rows, None)
    assert got[0, B] == got[0, B + 3] == 0
    assert np.all(np.isfinite(grads.x))
    lost = X.copy()
    lost[3] = np.nan
    assert np.all(np.isnan(distances(lost, None)[0]))
