"""Several readings of one product: each is what a matrix of its own would give, on every walk."""

import numpy as np
import pytest

from polycontrast.arrays import AbstractArray
from polycontrast.context import Settings, in_progress
from polycontrast.distributed import LocalGroup, Shards
from polycontrast.similarity import (
    SCORES,
    CountedSum,
    Labels,
    Map,
    OtherRows,
    OtherSamples,
    Reading,
    RestMean,
    RunningExpSum,
    Similarity,
    Sum,
    Volume,
)

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 2, 7, 3))
LABELS = RNG.integers(0, 3, size=7)
SCALE = np.asarray(0.7)
COUNTS = [3, 0, 4]


SQUARE = Map(lambda s: s * s, lambda s: 2 * s)


def readings(labels, sided=False):
    """A log-sum-exp, a sum over equal labels, and a log-sum-exp of squares of different ones."""
    return (
        Reading(RunningExpSum(), OtherRows()),
        Reading(Sum(SCORES), Labels(labels) & OtherRows()),
        Reading(
            RunningExpSum(),
            Labels(labels, same=False),
            SQUARE,
            column_pairs=OtherRows() if sided else None,
        ),
    )


def formula(x, y, sided=False):
    """The same statistics of rows and columns from the whole matrix, (3, 2 * 7) each."""
    m, b, d = x.shape
    s = SCALE * x.reshape(-1, d) @ y.reshape(-1, d).T
    same = np.tile(LABELS[:, None] == LABELS[None, :], (m, m))
    other = ~np.eye(m * b, dtype=bool)

    def lse(t, counts, axis):
        e = np.where(counts, np.exp(t), 0).sum(axis)
        return np.log(np.where(e > 0, e, 1)) + np.where(e > 0, 0, -np.inf)

    def of(axis, pairs):
        return np.stack(
            [
                lse(s, other, axis),
                np.where(same & other, s, 0).sum(axis),
                lse(s * s, pairs, axis),
            ]
        )

    return of(1, ~same), of(0, other if sided else ~same)


def read(x, y, labels, settings=None, sided=False):
    matrix = Similarity(x, y, scale=SCALE, settings=settings)
    return matrix.read(*readings(labels, sided))


def flat(parts):
    return np.stack([np.asarray(part).reshape(-1) for part in parts])


@pytest.mark.parametrize("tile", [None, (2, 3), (7, 1), (3, 3)])
@pytest.mark.parametrize("memory", [None, 0])
@pytest.mark.parametrize("sided", [False, True])
def test_values(tile, memory, sided):
    settings = Settings(tile=tile, memory=memory)
    rows, columns, _ = read(X, Y, LABELS, settings, sided)
    wanted = formula(X, Y, sided)
    np.testing.assert_allclose(flat(rows), wanted[0], atol=1e-12)
    np.testing.assert_allclose(flat(columns), wanted[1], atol=1e-12)
    if not sided:
        rows, columns, _ = read(X, None, LABELS, settings)
        assert columns is None
        np.testing.assert_allclose(flat(rows), formula(X, X)[0], atol=1e-12)


@pytest.mark.parametrize("tile", [None, (2, 3), (3, 3)])
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("sided", [False, True])
def test_gradients_are_differences(tile, symmetric, sided):
    if symmetric and sided:
        return  # a rule of its own for columns has no meaning there
    g = RNG.normal(size=(2, 3, 14))

    def total(x, y):
        rows, columns = formula(x, x if symmetric else y, sided)
        return (g[0] * rows).sum() + (0 if symmetric else (g[1] * columns).sum())

    y = None if symmetric else Y
    *_, back = read(X, y, LABELS, Settings(tile=tile), sided)
    shaped = [tuple(part.reshape(2, 7) for part in side) for side in g]
    pulled = back(shaped[0], None if symmetric else shaped[1])
    for k, found in enumerate((pulled.x,) if symmetric else (pulled.x, pulled.y)):
        step = RNG.normal(size=found.shape)
        ends = []
        for h in (-1e-5, 1e-5):
            x, y = (X + h * step, Y) if k == 0 else (X, Y + h * step)
            ends.append(total(x, y))
        difference = (ends[1] - ends[0]) / 2e-5
        np.testing.assert_allclose((found * step).sum(), difference, rtol=1e-6)


def test_a_reading_without_a_cotangent_gives_nothing():
    *_, back = read(X, Y, LABELS)
    g = RNG.normal(size=(2, 7))
    alone = Similarity(X, Y, scale=SCALE, pairs=OtherRows()).reduce(RunningExpSum())[2]
    got = back((g, None, None), (None, None, None))
    np.testing.assert_allclose(got.x, alone(g, None).x, atol=1e-13)
    np.testing.assert_array_equal(back((None,) * 3, (None,) * 3).x, 0)


def test_products_are_those_of_one_reading(monkeypatch):
    """One product for all readings; with the gradient of both sides three."""
    made, matmul = [], np.matmul

    def counting(a, b, **options):
        made.append(a.shape[0] * a.shape[1] * b.shape[1])
        return matmul(a, b, **options)

    monkeypatch.setattr(np, "matmul", counting)
    *_, back = read(X, Y, LABELS)
    g = tuple(RNG.normal(size=(3, 2, 7)))
    back(g, g)
    assert made == [14 * 14 * 3] * 3


@pytest.mark.parametrize("symmetric", [False, True])
def test_ranks(symmetric):
    """Rows of three ranks, one of them without any, give what one process gives."""
    g = RNG.normal(size=(2, 3, 2, 7))

    def statistics(part, comm=None):
        settings = Settings(comm=comm, tile=(2, 2), workers=1)
        y = None if symmetric else Y[:, part]
        rows, columns, back = read(X[:, part], y, LABELS[part], settings)
        cotangents = [tuple(t[:, part] for t in side) for side in g]
        pulled = back(cotangents[0], None if symmetric else cotangents[1])
        found = [*rows, pulled.x]
        return found if symmetric else [*found, *columns, pulled.y]

    wanted = statistics(slice(None))

    def one(comm):
        start = sum(COUNTS[: comm.rank])
        part = slice(start, start + COUNTS[comm.rank])
        for got, whole in zip(statistics(part, Shards(comm, COUNTS)), wanted, strict=True):
            np.testing.assert_allclose(got, whole[:, part], rtol=0, atol=1e-12)

    LocalGroup(len(COUNTS), timeout=30).run(one)


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_traced_by_jax(tile):
    """The compiled loop knows readings, and its gradient is that of the plain walk."""
    jax = pytest.importorskip("jax")
    labels = jax.numpy.asarray(LABELS)

    def statistics(x, y):
        rows, columns, back = Similarity(
            x, y, scale=jax.numpy.asarray(0.7), settings=Settings(tile=tile)
        ).read(*readings(labels))
        ones = tuple(map(jax.numpy.ones_like, rows))
        return rows, columns, back(ones, ones)

    x, y = map(jax.numpy.asarray, (X, Y))
    rows, columns, pulled = jax.jit(statistics)(x, y)
    wanted = read(X, Y, LABELS)
    eps = np.finfo(np.asarray(rows[0]).dtype).eps
    for got, want in zip((*rows, *columns), (*wanted[0], *wanted[1]), strict=True):
        np.testing.assert_allclose(got, want, atol=200 * eps)
    ones = tuple(map(np.ones_like, wanted[0]))
    np.testing.assert_allclose(pulled.x, wanted[2](ones, ones).x, atol=500 * eps)


def test_planned():
    """Arrays without data: one plan for all readings."""
    x, plans = AbstractArray((2, 7, 3), "float64"), []
    with in_progress(plans=plans):
        matrix = Similarity(x, scale=AbstractArray((), "float64"))
        rows, columns, _ = matrix.read(*readings(AbstractArray((7,), "int64")))
    assert len(plans) == 1
    assert [t.shape for t in rows] == [(2, 7)] * 3
    assert columns is None


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_sums_that_are_counted(tile):
    """A reading may finish to several arrays; only the sum has a cotangent."""
    same = Labels(LABELS) & OtherRows()
    counted, plain = (
        Similarity(X, Y, scale=SCALE, settings=Settings(tile=tile)).read(Reading(one, same))
        for one in (CountedSum(), Sum(SCORES))
    )
    pairs = np.tile(LABELS[:, None] == LABELS[None, :], (2, 2)) & ~np.eye(14, dtype=bool)
    for k, axis in ((0, 1), (1, 0)):
        total, count = counted[k][0]
        np.testing.assert_allclose(total, plain[k][0], atol=1e-13)
        np.testing.assert_array_equal(count.reshape(-1), pairs.sum(axis))
    g = (RNG.normal(size=(2, 7)),)
    for got, wanted in zip(counted[2](g, g)[:2], plain[2](g, g)[:2], strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-13)


def test_readings_are_shared_among_workers_from_a_smaller_size():
    """Of 2 MiB a log-sum-exp is one tile. Readings have several, and one of 512 KiB or less."""
    plans, one = [], AbstractArray((), "float64")
    with in_progress(plans=plans):
        for count in (512, 256):
            x, y = (AbstractArray((count, 3), "float64") for _ in range(2))
            Similarity(x, y, scale=one).logsumexp()
            Similarity(x, y, scale=one).read(Reading(RunningExpSum()))
    alone, read, *small = plans
    assert alone.tile == (512, 512)
    assert read.tile == (256, 256)  # two by two: tiles that share rows or columns follow in turn
    assert [plan.tile for plan in small] == [(256, 256)] * 2


@pytest.mark.parametrize("tile", [None, (3, 2)])
def test_readings_of_a_score(tile):
    """Of the views of a column that become one score: each as from a matrix of its own."""
    score = Volume(np.full(7, 2.0), np.linspace(1, 2, 7), SCALE)

    def matrix(pairs=None):
        settings = Settings(tile=tile)
        return Similarity(X[0], Y / 3, scale=SCALE, score=score, pairs=pairs, settings=settings)

    one, other = OtherSamples(), Labels(LABELS)
    rows, columns, back = matrix().read(Reading(RunningExpSum(), one), Reading(Sum(SCORES), other))
    apart = matrix(one).reduce(RunningExpSum()), matrix(other).reduce(Sum(SCORES))
    g = RNG.normal(size=(2, 2, 7))
    pulled = back(tuple(g[0]), tuple(g[1]))
    for k, (of_rows, of_columns, _) in enumerate(apart):
        np.testing.assert_allclose(rows[k], of_rows, atol=1e-13)
        np.testing.assert_allclose(columns[k], of_columns, atol=1e-13)
    parts = [pull(g[0, k], g[1, k]) for k, (*_, pull) in enumerate(apart)]
    for got, *wanted in zip(pulled[:4], *(part[:4] for part in parts), strict=True):
        np.testing.assert_allclose(got, sum(wanted), atol=1e-13)


def test_a_score_with_two_sides_has_no_readings():
    matrix = Similarity(X, scale=SCALE, score=RestMean(np.ones(7)))
    with pytest.raises(TypeError, match="Reading: takes a score that is the same for rows and col"):
        matrix.read(Reading(Sum(SCORES)))
