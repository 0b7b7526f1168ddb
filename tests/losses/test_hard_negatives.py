"""Losses that correct, weight or choose their negatives, beside their neighbours."""

import math

import numpy as np
import pytest

import polycontrast as pc

X, Y = np.random.default_rng(0).normal(size=(2, 6, 4))
LABELS = np.asarray([0, 1, 0, 2, 1, 0])


@pytest.mark.parametrize("tau", [1e-3, 1e-2])
def test_small_temperatures_keep_the_identities(tau):
    """Without false negatives NT-Xent, without hardness the debiased loss; gradients too."""
    wrt = ("x", "y", "temperature")
    plain = pc.nt_xent.value_and_grad(X, Y, temperature=tau, wrt=wrt)
    for loss in (pc.debiased_nce, pc.hard_negative_nce):
        hardness = {"beta": 0.0} if loss is pc.hard_negative_nce else {}
        found = loss.value_and_grad(X, Y, temperature=tau, tau_plus=0.0, wrt=wrt, **hardness)
        np.testing.assert_allclose(found[0], plain[0], rtol=1e-13)
        for got, wanted in zip(found[1], plain[1], strict=True):
            np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-9 * np.abs(wanted).max())


def test_hardness_raises_the_loss():
    losses = [pc.hard_negative_nce(X, Y, beta=beta, reduction="none") for beta in (0, 1, 3, 1e4)]
    assert (np.diff(losses, axis=0) >= 0).all()


@pytest.mark.parametrize("loss", [pc.debiased_nce, pc.hard_negative_nce])
def test_at_the_floor_the_negatives_have_no_gradient(loss):
    """Matches are closer than all negatives, so their share takes off more than there is."""
    x = np.eye(4)
    losses, back = loss.vjp(
        x, x, temperature=0.2, tau_plus=0.3, wrt=("x", "temperature"), reduction="none"
    )
    least = math.log1p(6 * math.exp(-2 / 0.2))
    np.testing.assert_allclose(losses, least, rtol=1e-12)
    grads = back(np.ones(8))
    np.testing.assert_array_equal(grads.x, 0)  # the match alone, along the row
    slope = 8 * math.exp(-10) * 6 / (1 + 6 * math.exp(-10)) * 2 / 0.2**2
    np.testing.assert_allclose(grads.temperature, slope, rtol=1e-12)


@pytest.mark.parametrize("loss", [pc.debiased_nce, pc.hard_negative_nce])
def test_a_share_of_one_is_refused(loss):
    with pytest.raises(ValueError, match=rf"^{loss.name}: tau_plus must be in \[0, 1\), got 1.0$"):
        loss(X, Y, tau_plus=1.0)


# cluster_info_nce


@pytest.mark.parametrize("symmetric", [False, True])
def test_clusters_are_batches_of_their_own(symmetric):
    """The mean of the clusters' losses by InfoNCE, weighted with their sizes; alone: 0."""
    given = {"temperature": 0.2, "symmetric": symmetric}
    parts = []
    for label in range(3):
        own = np.equal(LABELS, label)
        parts.append(own.sum() * pc.info_nce(X[own], Y[own], **given))
    np.testing.assert_allclose(pc.cluster_info_nce(X, Y, LABELS, **given), sum(parts) / 6)
    each = pc.cluster_info_nce(X, Y, LABELS, **given, reduction="none")
    assert each[3] == 0
    assert pc.cluster_info_nce(X, Y, np.arange(6), **given) == 0


def test_tiles_between_clusters_are_skipped(monkeypatch):
    """Of 4 x 4 tiles of two clusters in turn, half have pairs; results stay in the given order."""
    x, y = np.random.default_rng(1).normal(size=(2, 8, 3))
    clusters, made, matmul = np.arange(8) % 2, [], np.matmul
    wanted = pc.cluster_info_nce.vjp(x, y, clusters, reduction="none")

    def counting(a, b, **options):
        made.append(a.shape[0] * b.shape[1])
        return matmul(a, b, **options)

    monkeypatch.setattr(np, "matmul", counting)
    got = pc.cluster_info_nce.vjp(x, y, clusters, reduction="none", tile=(2, 2), workers=1)
    assert sum(made) == 8 * 8 / 2
    g = np.arange(8.0)
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-12)
    for one, other in zip(got[1](g), wanted[1](g), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)
    other = [pc.info_nce(x[clusters == c], y[clusters == c], reduction="none") for c in (0, 1)]
    np.testing.assert_allclose(wanted[0], np.stack(other, axis=1).reshape(-1), rtol=1e-12)


# meow


def test_one_clustering_of_singletons_is_decoupled():
    """All negatives weigh alike: `info_nce` of one direction is its softplus."""
    each = pc.meow(X, Y, np.arange(6)[None, :], reduction="none")
    coupled = pc.info_nce(X, Y, temperature=0.4, symmetric=False, reduction="none")
    np.testing.assert_allclose(np.log1p(np.exp(each)), coupled, rtol=1e-12)
    thrice = pc.meow(X, Y, np.stack([np.arange(6)] * 3), reduction="none")
    np.testing.assert_allclose(thrice, each + math.log(3), rtol=1e-12)


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_an_anchor_without_negatives_counts_as_zero(tile):
    clusters = np.zeros((2, 6), dtype=int)
    value, grads = pc.meow.value_and_grad(X, Y, clusters, tile=tile)
    assert value == 0
    np.testing.assert_array_equal(grads.x, 0)
    np.testing.assert_array_equal(grads.y, 0)


# nnclr


@pytest.mark.parametrize("symmetric", [False, True])
def test_a_batch_that_is_its_own_neighbour(symmetric):
    """Where the queue holds the batch, the value is that of InfoNCE; half of the gradient stays."""
    queue, options = np.concat([X, 3 * Y]), {"temperature": 0.3, "symmetric": symmetric}
    value, grads = pc.nnclr.value_and_grad(X, Y, queue, **options)
    np.testing.assert_allclose(value, pc.info_nce(X, Y, **options), rtol=1e-13)
    wanted = pc.info_nce.value_and_grad(X, Y, temperature=0.3, symmetric=False)[1]
    half = 2 if symmetric else 1
    np.testing.assert_allclose(half * grads.y, wanted.y, rtol=1e-12)
    if not symmetric:
        assert not grads.x.any()


def test_decoupled_neighbours_leave_the_positive_out():
    """The softplus of the decoupled loss is the loss, anchor by anchor."""
    options = {"symmetric": False, "reduction": "none"}
    decoupled = pc.nnclr(X, Y, Y[::-1], decoupled=True, **options)
    np.testing.assert_allclose(
        np.logaddexp(0, decoupled), pc.nnclr(X, Y, Y[::-1], **options), rtol=1e-13
    )
    with pytest.raises(ValueError, match=r"^nnclr: x and y must have at least 2 rows.*got 1$"):
        pc.nnclr(X[:1], Y[:1], Y, decoupled=True)
    assert pc.nnclr(X[:1], Y[:1], Y) == 0


def test_a_queue_is_a_constant():
    with pytest.raises(ValueError, match=r"^nnclr: .*queue"):
        pc.nnclr.value_and_grad(X, Y, X, wrt="queue")


def test_nearest_neighbours_are_those_of_all_cosines(monkeypatch):
    """In blocks of rows too; of level ones the first, and none of a row that is nan."""
    x, queue = np.random.default_rng(3).normal(size=(2, 40, 5))
    cosines = (x / np.linalg.norm(x, axis=1)[:, None]) @ (queue.T / np.linalg.norm(queue, axis=1))
    indices, rows = pc.nearest_neighbours(x, queue)
    np.testing.assert_array_equal(indices, cosines.argmax(axis=1))
    np.testing.assert_array_equal(rows, queue[indices])
    monkeypatch.setattr("polycontrast.contrast.blocks_of_rows.ENTRIES", 3 * 40)
    np.testing.assert_array_equal(pc.nearest_neighbours(x, queue)[0], indices)
    twice = np.concat([queue, queue])
    np.testing.assert_array_equal(pc.nearest_neighbours(x, twice)[0], indices)
    x[1, 2] = np.nan
    rows = pc.nearest_neighbours(x, queue)[1]
    assert np.isnan(rows[1]).all()
    assert np.isfinite(np.delete(rows, 1, axis=0)).all()


@pytest.mark.parametrize("shapes", [((6, 4), (6, 5)), ((6,), (6, 4)), ((6, 4), (0, 4))])
def test_neighbours_of_other_shapes(shapes):
    with pytest.raises(ValueError, match=r"^nearest_neighbours: x \(B, D\) and queue .*, got "):
        pc.nearest_neighbours(*map(np.ones, shapes))
