"""Pair rules: what a rule selects tile by tile is what the dense definition selects."""

import numpy as np
import pytest

from polycontrast.context import Settings, using
from polycontrast.similarity import (
    Every,
    Groups,
    Labels,
    Mask,
    OtherRows,
    OtherSamples,
    OtherViews,
    Present,
    Similarity,
)
from polycontrast.similarity.pairs import NONE
from polycontrast.similarity.tile import Tile

V, B, D = 2, 7, 3
rng = np.random.default_rng(0)
Z = rng.normal(size=(V, B, D))
LABELS = np.asarray([0, 1, 0, 2, 1, 1, 0])
MASK = rng.random((B, B)) < 0.6
MASK = MASK | MASK.T
THERE = rng.random((V, B)) < 0.7

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
    with using(Settings(tile=tile, workers=2)):
        matrix = Similarity(z, scale=np.asarray(scale), pairs=rule)
        rows, _, pull = matrix.logsumexp()
    flat = z.reshape(V * B, D)
    lse, softmax = dense(scale * flat @ flat.T, selected)
    np.testing.assert_allclose(rows.reshape(-1), lse, atol=1e-9)
    g = rng.normal(size=(V, B))
    weights = softmax * g.reshape(-1, 1)
    wanted = scale * (weights + weights.T) @ flat
    np.testing.assert_allclose(pull(g).x.reshape(V * B, D), wanted, atol=1e-8 * scale)


@pytest.mark.parametrize("tile", [None, (2, 3), (5, 5)])
def test_weights_of_rows_and_columns(tile):
    """Weights of candidates are offsets: LSE_j (s_ij + log w_j), here for rows and columns."""
    x, y = rng.normal(size=(5, D)), rng.normal(size=(6, D))
    u, w = rng.uniform(0.1, 2.0, 5), rng.uniform(0.1, 2.0, 6)
    w[2] = 0.0  # a candidate that does not count
    with np.errstate(divide="ignore"), using(Settings(tile=tile)):
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
