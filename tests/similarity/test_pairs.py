"""Pair rules: what a rule selects tile by tile is what the dense definition selects."""

import numpy as np
import pytest

from polycontrast.arrays import AbstractArray
from polycontrast.context import Settings, in_progress
from polycontrast.similarity import (
    EXP,
    SCORES,
    Cutoff,
    Every,
    Groups,
    Labels,
    LogWeights,
    LogWeightsOf,
    Mask,
    NotTheMatch,
    OtherRows,
    OtherSamples,
    OtherViews,
    Present,
    Reading,
    RunningExpSum,
    SameSample,
    Similarity,
    Sum,
)
from polycontrast.similarity.rules.pairs import ALL, NONE, Rule
from polycontrast.similarity.tiles.tile import Tile

V, B, D = 2, 7, 3
rng = np.random.default_rng(0)
Z = rng.normal(size=(V, B, D))
LABELS = np.asarray([0, 1, 0, 2, 1, 1, 0])
MASK = rng.random((B, B)) < 0.6
MASK = MASK | MASK.T
THERE = rng.random((V, B)) < 0.7
SORTED = np.asarray([0, 0, 0, 1, 2, 2, 2])
TABLE = np.log(rng.uniform(0.2, 3.0, size=(B, B)))
TABLE = TABLE + TABLE.T
PLACES = rng.normal(size=(2, B))

view = np.arange(V)[:, None] + np.zeros((V, B), dtype=int)
sample = np.arange(B)[None, :] + np.zeros((V, B), dtype=int)
A, I, C, J = (t.reshape(shape) for t, shape in (
    (view, (V, B, 1, 1)), (sample, (V, B, 1, 1)), (view, (1, 1, V, B)), (sample, (1, 1, V, B))
))  # fmt: skip

RULES = {
    "every": (Every(), (A == A) & (C == C)),
    "other rows": (OtherRows(), (A != C) | (I != J)),
    "other samples": (OtherSamples(), (I != J) & (C == C)),
    "other views": (OtherViews(), (A != C) & (I == I) & (J == J)),
    "same label": (Labels(LABELS), LABELS[I] == LABELS[J]),
    "different label": (Labels(LABELS, same=False), LABELS[I] != LABELS[J]),
    "groups": (Groups(3), I // 3 == J // 3),
    "mask": (Mask(MASK), MASK[I, J]),
    "present": (Present(THERE), THERE[A, I] & THERE[C, J]),
    "both": (OtherSamples() & Labels(LABELS), (I != J) & (LABELS[I] == LABELS[J])),
    "same sample": (SameSample(), (I == J) & (C == C)),
    "sorted": (Labels(SORTED), SORTED[I] == SORTED[J]),
    "differently sorted": (Labels(SORTED, same=False), SORTED[I] != SORTED[J]),
    "not": (~(OtherSamples() & Labels(LABELS)), (I == J) | (LABELS[I] != LABELS[J])),
    "either": (SameSample() | Labels(SORTED), SORTED[I] == SORTED[J]),
    "own views or others": (
        (SameSample() & OtherViews()) | ~Labels(LABELS),
        ((I == J) & (A != C)) | (LABELS[I] != LABELS[J]),
    ),
    "three": (OtherViews() & Groups(3) & Mask(MASK), (A != C) & (I // 3 == J // 3) & MASK[I, J]),
}


def dense(scores, selected):
    """Log-sum-exp of each row over the selected pairs, and its gradient for cotangent g."""
    selected = np.broadcast_to(selected, (V, B, V, B)).reshape(V * B, V * B)
    scores = np.where(selected, scores, -np.inf)
    with np.errstate(divide="ignore"):
        lse = np.log(np.sum(np.exp(scores), axis=1))
    softmax = np.exp(scores - np.where(np.isinf(lse), 0, lse)[:, None])
    return lse, softmax


@pytest.mark.parametrize("scale", [1.0, 400.0], ids=["plain exponentials", "running maxima"])
@pytest.mark.parametrize("tile", [None, (1, 1), (3, 3), (7, 7)])
@pytest.mark.parametrize("name", RULES)
def test_rule(name, tile, scale):
    """Statistics and gradients with a rule equal those of the matrix with other pairs at -inf."""
    rule, selected = RULES[name]
    z = Z / np.linalg.norm(Z, axis=-1, keepdims=True)
    with in_progress(settings=Settings(tile=tile, workers=2)):
        matrix = Similarity(z, scale=np.asarray(scale), pairs=rule)
        rows, _, pull = matrix.logsumexp()
    flat = z.reshape(V * B, D)
    lse, softmax = dense(scale * flat @ flat.T, selected)
    np.testing.assert_allclose(rows.reshape(-1), lse, atol=1e-9)
    g = rng.normal(size=(V, B))
    weights = softmax * g.reshape(-1, 1)
    wanted = scale * (weights + weights.T) @ flat
    np.testing.assert_allclose(pull(g).x.reshape(V * B, D), wanted, atol=1e-8 * scale)


def far(a, b):
    """Minus the squared distance of the places of two samples: the logarithm of a weight."""
    return -((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)


WEIGHED = {
    "table": (LogWeights(TABLE), np.ones((B, B), dtype=bool), TABLE),
    "function": (LogWeightsOf(far, PLACES), np.ones((B, B), dtype=bool), far(
        PLACES[:, :, None], PLACES[:, None, :])),
    "some pairs": (
        OtherSamples() & LogWeights(TABLE) & LogWeightsOf(far, PLACES),
        ~np.eye(B, dtype=bool),
        TABLE + far(PLACES[:, :, None], PLACES[:, None, :]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("tile", [None, (1, 1), (3, 3)])
@pytest.mark.parametrize("name", WEIGHED)
def test_log_weights(name, tile):
    """They are added to the scores, in log-sum-exps and in sums of functions."""
    rule, selected, table = WEIGHED[name]
    flat, table = Z.reshape(V * B, D), np.tile(table, (V, V))
    lse, softmax = dense(flat @ flat.T + table, selected[I, J])
    g = rng.normal(size=(V, B))
    with in_progress(settings=Settings(tile=tile)):
        matrix = Similarity(Z, scale=np.asarray(1.0), pairs=rule)
        for rows, pull, wanted, slopes in (
            (*matrix.logsumexp()[::2], lse, softmax),
            (*matrix.sums_of(EXP)[::2], np.exp(lse), softmax * np.exp(lse)[:, None]),
        ):
            np.testing.assert_allclose(rows.reshape(-1), wanted, rtol=1e-11, atol=1e-11)
            weights = slopes * g.reshape(-1, 1)
            got = pull(g).x.reshape(V * B, D)
            np.testing.assert_allclose(got, (weights + weights.T) @ flat, rtol=1e-9, atol=1e-9)


def test_log_weights_have_no_complement():
    for combine in (lambda rule: ~rule, lambda rule: rule | OtherRows()):
        with pytest.raises(TypeError, match="rules with log-weights combine with & only"):
            combine(OtherSamples() & LogWeights(TABLE))


X, Y = rng.normal(size=(2, V, B, D))
AT_MOST = rng.normal(size=(2, V, B))


def cutoffs(thresholds):
    """Scores up to the thresholds of the rows and of the columns, and those above."""
    t, u = Cutoff(rows=thresholds[0]), Cutoff(columns=thresholds[1])
    return (
        Reading(RunningExpSum(), t & OtherSamples(), column_pairs=u & OtherSamples()),
        Reading(Sum(SCORES), ~t, column_pairs=~u),
    )


def dense_cutoffs(x, y, t, u, g, h):
    """The statistics of rows and columns, and the gradient of their weighted sum."""
    x, y = x.reshape(-1, D), y.reshape(-1, D)
    s, t, u = x @ y.T, t.reshape(-1, 1), u.reshape(1, -1)
    other = np.broadcast_to(I != J, (V, B, V, B)).reshape(V * B, V * B)
    lse, p = dense(s, (other & (s <= t)).reshape(V, B, V, B))
    lse_columns, q = dense(s.T, (other & (s <= u)).T.reshape(V, B, V, B))
    rows = lse, np.where(s > t, s, 0).sum(axis=1)
    columns = lse_columns, np.where(s > u, s, 0).sum(axis=0)
    weights = p * g[0].reshape(-1, 1) + (s > t) * g[1].reshape(-1, 1)
    weights = weights + q.T * h[0].reshape(1, -1) + (s > u) * h[1].reshape(1, -1)
    return rows, columns, weights @ y, weights.T @ x


@pytest.mark.parametrize("memory", [None, 0])
@pytest.mark.parametrize("tile", [None, (1, 1), (3, 2)])
@pytest.mark.parametrize("symmetric", [False, True])
def test_cutoff(symmetric, tile, memory):
    """Rows and columns have thresholds of their own, also in a symmetric matrix."""
    if symmetric:
        tile = tile and (3, 3)
    y, t = (X, AT_MOST[[0, 0]]) if symmetric else (Y, AT_MOST)
    g = rng.normal(size=(2, 2, V, B))
    settings = Settings(tile=tile, memory=memory, workers=2)
    matrix = Similarity(X, None if symmetric else Y, scale=np.asarray(1.0), settings=settings)
    rows, columns, back = matrix.read(*cutoffs(t))
    zeros = np.zeros_like(g[1])
    want, want_columns, gx, gy = dense_cutoffs(X, y, *t, g[0], zeros if symmetric else g[1])
    for got, wanted in zip(rows, want, strict=True):
        np.testing.assert_allclose(got.reshape(-1), wanted, atol=1e-12)
    if symmetric:
        pulled = back(tuple(g[0]))
        np.testing.assert_allclose(pulled.x.reshape(-1, D), gx + gy, atol=1e-12)
        return
    for got, wanted in zip(columns, want_columns, strict=True):
        np.testing.assert_allclose(got.reshape(-1), wanted, atol=1e-12)
    pulled = back(tuple(g[0]), tuple(g[1]))
    np.testing.assert_allclose(pulled.x.reshape(-1, D), gx, atol=1e-12)
    np.testing.assert_allclose(pulled.y.reshape(-1, D), gy, atol=1e-12)


@pytest.mark.parametrize("tile", [None, (3, 3)])
def test_traced_by_jax(tile):
    """The compiled loop knows rules that see scores, weigh or skip tiles."""
    jax = pytest.importorskip("jax")
    rule = OtherSamples() & Labels(SORTED) & LogWeights(jax.numpy.asarray(TABLE))
    g = np.ones((V, B))

    def statistics(x, t, rule):
        settings = Settings(tile=tile)
        matrix = Similarity(x, scale=jax.numpy.asarray(1.0), settings=settings)
        cut = (*cutoffs(t), Reading(RunningExpSum(), rule))
        rows, _, back = matrix.read(*cut)
        alone, _, alone_back = Similarity(
            x, scale=jax.numpy.asarray(1.0), settings=settings, pairs=rule
        ).logsumexp()
        gs = tuple(jax.numpy.ones_like(row) for row in rows)
        return (*rows, alone), back(gs).x, alone_back(gs[0]).x

    x, t = jax.numpy.asarray(X), jax.numpy.asarray(AT_MOST[[0, 0]])
    rows, gx, alone = jax.jit(lambda x, t: statistics(x, t, rule))(x, t)
    want, _, wx, wy = dense_cutoffs(X, X, *AT_MOST[[0, 0]], (g, g), (0 * g, 0 * g))
    flat = X.reshape(-1, D)
    counted = (SORTED[I] == SORTED[J]) & (I != J)
    lse, softmax = dense(flat @ flat.T + np.tile(TABLE, (V, V)), counted)
    with_rule = (softmax + softmax.T) @ flat
    atol = 1000 * np.finfo(np.asarray(rows[0]).dtype).eps
    for got, wanted in zip(rows, (*want, lse, lse), strict=True):
        np.testing.assert_allclose(np.reshape(got, -1), wanted, atol=atol)
    np.testing.assert_allclose(np.reshape(alone, (-1, D)), with_rule, atol=atol)
    np.testing.assert_allclose(np.reshape(gx, (-1, D)), wx + wy + with_rule, atol=atol)


def test_planned():
    """Rules hold arrays without data as well."""
    x, labels = AbstractArray((V, B, D), "float64"), AbstractArray((B,), "int64")
    t = AbstractArray((V, B), "float64")
    rule = OtherSamples() & ~Labels(labels) & LogWeights(AbstractArray((B, B), "float64"))
    matrix = Similarity(x, scale=AbstractArray((), "float64"))
    rows, _, back = matrix.read(*cutoffs((t, t)), Reading(RunningExpSum(), rule))
    assert [row.shape for row in rows] == [(V, B)] * 3
    assert back(rows).x.shape == (V, B, D)


def test_a_rule_of_one_side_needs_another_for_the_columns():
    one = np.asarray(1.0)
    with pytest.raises(TypeError, match="in a symmetric matrix a rule of one side"):
        Similarity(Z, scale=one, pairs=OtherRows() & Cutoff(rows=THERE))
    with pytest.raises(TypeError, match="a rule of one side needs column_pairs"):
        Similarity(Z, scale=one).read(Reading(RunningExpSum(), Cutoff(rows=AT_MOST[0])))
    with pytest.raises(TypeError, match="Cutoff: needs thresholds"):
        Cutoff()


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_not_the_match(tile):
    """Rows whose match stands elsewhere among the columns."""
    x, y, matches = X[0][:5], Y[0], np.asarray([6, 0, 0, 3, 2])
    with in_progress(settings=Settings(tile=tile)):
        rows, columns, _ = Similarity(
            x, y, scale=np.asarray(1.0), pairs=NotTheMatch(matches)
        ).logsumexp()
    e = np.exp(x @ y.T) * (np.arange(7) != matches[:, None])
    np.testing.assert_allclose(rows, np.log(e.sum(axis=1)), atol=1e-12)
    np.testing.assert_allclose(columns, np.log(e.sum(axis=0)), atol=1e-12)


@pytest.mark.parametrize("tile", [None, (2, 3), (5, 5)])
def test_weights_of_rows_and_columns(tile):
    """Weights of candidates are offsets: LSE_j (s_ij + log w_j), here for rows and columns."""
    x, y = rng.normal(size=(5, D)), rng.normal(size=(6, D))
    u, w = rng.uniform(0.1, 2.0, 5), rng.uniform(0.1, 2.0, 6)
    w[2] = 0.0  # a candidate that does not count
    with np.errstate(divide="ignore"), in_progress(settings=Settings(tile=tile)):
        matrix = Similarity(x, y, scale=np.asarray(1.0), offsets=(np.log(u), np.log(w)))
        rows, columns, pull = matrix.logsumexp()
    e = u[:, None] * np.exp(x @ y.T) * w[None, :]
    np.testing.assert_allclose(rows, np.log(e.sum(axis=1)), atol=1e-12)
    seen = w > 0
    np.testing.assert_allclose(columns[seen], np.log(e.sum(axis=0)[seen]), atol=1e-12)
    assert columns[2] == -np.inf
    g, h = rng.normal(size=5), rng.normal(size=6) * seen
    weights = e * (g / e.sum(axis=1))[:, None]
    weights[:, seen] += e[:, seen] * (h[seen] / e.sum(axis=0)[seen])
    pulled = pull(g, h)
    np.testing.assert_allclose(pulled.x, weights @ y, atol=1e-12)
    np.testing.assert_allclose(pulled.y, weights.T @ x, atol=1e-12)
    np.testing.assert_allclose(pulled.of_rows, weights.sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(pulled.of_columns, weights.sum(axis=0), atol=1e-12)


CLASSES = np.repeat(np.arange(6), [2, 3, 1, 4, 1, 1])


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("readings", [False, True])
@pytest.mark.parametrize(
    ("rule", "products"),
    [
        # Classes of rows 01|2 34|5 678|9 T|E in blocks of 3: diagonal tiles, and two neighbours.
        (Labels(CLASSES), {False: 8, True: 6}),
        (OtherSamples() & Labels(CLASSES), {False: 8, True: 6}),
        (Labels(CLASSES, same=False) & Groups(12), {False: 15, True: 9}),
        (~Groups(6), {False: 8, True: 4}),
        (SameSample(), {False: 4, True: 4}),
        (SameSample() & ~Groups(12), {False: 0, True: 0}),
    ],
)
def test_tiles_without_a_pair_are_skipped(
    rule, products, readings, at_once, symmetric, monkeypatch
):
    """No product is made for them, and their rows get the statistic and gradient of no pair."""
    from polycontrast.similarity.tiles.tile_body import TileBody

    x, y = rng.normal(size=(2, 12, 3))
    y = x if symmetric else y
    made, products_of = [], TileBody.products
    monkeypatch.setattr(
        TileBody, "products", lambda self, x, y, tile, *room: (
            made.append((tile.i0, tile.j0)), products_of(self, x, y, tile, *room))[1],
    )  # fmt: skip
    settings = Settings(tile=(3, 3), workers=1, memory=0)
    zeros = np.zeros(12)
    matrix = Similarity(
        x,
        None if symmetric else y,
        scale=np.asarray(1.0),
        pairs=None if readings else rule,
        offsets=(zeros, zeros),
        settings=settings,
    )
    g = rng.normal(size=12)
    h = None if symmetric else g
    if readings:
        (rows, sums), _, back = matrix.read(Reading(RunningExpSum(), rule), Reading(Sum(EXP), rule))
        pulled = back((0 * g, g), None if symmetric else (0 * g, g))
        np.testing.assert_allclose(np.exp(rows), sums, atol=1e-12)
    else:
        ahead = (g, h) if at_once else None
        sums, _, back = matrix.reduce(Sum(EXP), ahead=ahead)
        pulled = back(g, h)
    walks = 1 if at_once and not readings else 2
    assert len(made) == walks * products[symmetric]
    tile = Tile(0, 12, 0, 12, (1, 1), x)
    counted = rule.select(tile)
    if not isinstance(counted, np.ndarray):
        counted = np.full((1, 12, 1, 12), counted is ALL)
    e = np.exp(x @ y.T) * counted[0, :, 0, :]
    weights = e * g[:, None] + e * g[None, :]
    np.testing.assert_allclose(sums, e.sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(pulled.x, weights @ y, atol=1e-11)
    np.testing.assert_allclose(pulled.of_rows, weights.sum(axis=1), atol=1e-11)
    if not symmetric:
        np.testing.assert_allclose(pulled.y, weights.T @ x, atol=1e-11)


def test_groups_skip_tiles():
    """A tile between groups is known to be empty from its indices alone."""
    tile = Tile(0, 3, 6, 9, (1, 1), np.zeros(1))
    assert Groups(3).select(tile) is NONE
    assert (OtherSamples() & Groups(3)).select(tile) is NONE


@pytest.mark.parametrize("ends", [((0, 4), (0, 4)), ((2, 6), (2, 6)), ((0, 4), (2, 6))])
@pytest.mark.parametrize("views", [(1, 1), (2, 2), (3, 1)])
def test_diagonals_are_filled_as_a_mask_fills_them(ends, views):
    tile = Tile(*ends[0], *ends[1], views, np.zeros(1))
    scores = np.random.default_rng(0).normal(size=(views[0] * 4, views[1] * 4))
    # A view of every other column cannot be filled in place, and takes the way of any rule.
    for given in (scores.copy(), np.repeat(scores, 2, axis=1)[:, ::2]):
        got = OtherSamples().exclude_(given, tile)
        different = np.broadcast_to(OtherSamples().select(tile), tile.shape)
        wanted = np.where(different.reshape(scores.shape), scores, -np.inf)
        np.testing.assert_array_equal(got, wanted)


class Selecting(Rule):
    """A rule of a user's that answers for every tile itself."""

    def select(self, tile):
        i, j = tile.indices()
        return i < j


class Comparing(Rule):
    """The same rule, which compares only where it must."""

    def known(self, tile):
        (i0, i1), (j0, j1) = tile.bounds
        return ALL if i1 <= j0 else NONE if j1 <= i0 + 1 else None

    def compare(self, tile):
        i, j = tile.indices()
        return i < j


@pytest.mark.parametrize("rule", [Selecting(), Comparing()])
@pytest.mark.parametrize("tile", [None, (2, 2)])
def test_a_rule_of_a_users_own(rule, tile):
    x, y = np.random.default_rng(0).normal(size=(2, 7, 3))
    matrix = Similarity(
        x, y, scale=np.asarray(1.0), pairs=rule & Every(), settings=Settings(tile=tile)
    )
    sums = np.triu(np.exp(x @ y.T), k=1).sum(axis=1)
    np.testing.assert_allclose(matrix.reduce(Sum(EXP))[0], sums, rtol=1e-13)


def test_a_rule_that_answers_nothing_says_so():
    class Silent(Rule):
        pass

    with pytest.raises(NotImplementedError, match="Silent: must define `compare` or `select`"):
        Silent().select(Tile(0, 3, 0, 3, (1, 1), np.zeros(1)))
