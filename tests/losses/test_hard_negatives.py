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
    monkeypatch.setattr("polycontrast.contrast.queues.blocks_of_rows.ENTRIES", 3 * 40)
    np.testing.assert_array_equal(pc.nearest_neighbours(x, queue)[0], indices)
    twice = np.concat([queue, queue])
    np.testing.assert_array_equal(pc.nearest_neighbours(x, twice)[0], indices)
    x[1, 2] = np.nan
    rows = pc.nearest_neighbours(x, queue)[1]
    assert np.isnan(rows[1]).all()
    assert np.isfinite(np.delete(rows, 1, axis=0)).all()


@pytest.mark.parametrize("shapes", [((6, 4), (6, 5)), ((6,), (6, 4)), ((6, 4), (0, 4))])
def test_neighbours_of_other_shapes(shapes):
    with pytest.raises(
        ValueError, match=r"^nearest_neighbours: x and queue must be matrices .*, got "
    ):
        pc.nearest_neighbours(*map(np.ones, shapes))


# margin_info_nce

QUEUE = np.random.default_rng(7).normal(size=(9, 4))


def test_a_cosine_margin_is_a_factor_of_the_negatives():
    x, y = np.random.default_rng(8).normal(size=(2, 5, 4))
    loss = pc.margin_info_nce(x, y, QUEUE, margin=0.2 * np.log(2), temperature=0.2)
    twice = pc.margin_info_nce(x, y, np.concat([QUEUE, QUEUE]), margin=0.0, temperature=0.2)
    np.testing.assert_allclose(loss, twice, rtol=1e-13)


def test_losses_grow_with_the_margin():
    x, y = np.random.default_rng(8).normal(size=(2, 5, 4))
    for kind in ("cos", "arc"):
        losses = [pc.margin_info_nce(x, y, QUEUE, margin=m, kind=kind) for m in (-1, -0.2, 0, 0.7)]
        assert losses == sorted(losses)


@pytest.mark.parametrize("margin", [-0.8, 0.8])
def test_an_angular_margin_never_rewards_a_worse_match(margin):
    """The loss falls with the cosine, also where the angle leaves its range."""
    angles = np.linspace(math.pi, 0, 99)
    y = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    x = np.asarray([[1.0, 0.0]] * 99)
    losses = pc.margin_info_nce(x, y, np.eye(2), margin=margin, kind="arc", reduction="none")
    assert (np.diff(losses) < 0).all()


@pytest.mark.parametrize("margin", [-0.8, 0.8])
def test_an_angular_margin_of_equal_and_of_opposite_rows(margin):
    x = np.random.default_rng(8).normal(size=(5, 4))
    for y in (x, -x):
        value, grads = pc.margin_info_nce.value_and_grad(
            x, y, QUEUE, margin=margin, kind="arc", wrt=("x", "y", "temperature")
        )
        assert np.isfinite(value)
        assert all(np.isfinite(grad).all() for grad in grads)


def test_margins_beyond_a_half_turn():
    x = np.random.default_rng(8).normal(size=(5, 4))
    message = 'margin_info_nce: margin must be from -pi to pi with kind="arc", got 4'
    with pytest.raises(ValueError, match=message):
        pc.margin_info_nce(x, x, QUEUE, margin=4, kind="arc")
    pc.margin_info_nce(x, x, QUEUE, margin=4.0)


# interclr


def test_gathered_rows_are_listed_ones():
    """Rows of a bank by index are own negatives, in blocks as at once."""
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(2, 5, 4))
    bank, index, others = rng.normal(size=(8, 4)), rng.integers(0, 8, 5), rng.integers(0, 8, (5, 7))
    given = {"intra_weight": 0.0, "inter_weight": 1.0, "wrt": ("x", "temperature")}
    value, grads = pc.interclr.value_and_grad(x, y, QUEUE, bank, index, others, **given)
    wanted, theirs = pc.margin_info_nce.value_and_grad(
        x, bank[index], bank[others], wrt=("x", "temperature")
    )
    np.testing.assert_allclose(value, wanted, rtol=1e-13)
    np.testing.assert_allclose(grads.x, theirs.x, atol=1e-13)
    np.testing.assert_allclose(grads.temperature, theirs.temperature, rtol=1e-12)
    with pytest.raises(ValueError, match="interclr: neg_index must be from 0 to 7, got 8"):
        pc.interclr(x, y, QUEUE, bank, index, others + 8)


def test_semi_hard_negatives():
    """Rows of the pool without the anchor's label, each once; all of them where all are wanted."""
    rng = np.random.default_rng(10)
    similarity, labels = rng.normal(size=(20, 50)), rng.integers(0, 4, 50)
    of_anchors = rng.integers(0, 4, 20)
    found = pc.semi_hard_negatives(3, similarity, labels, of_anchors, pool=30, count=10)
    again = pc.semi_hard_negatives(
        np.random.default_rng(3), similarity, labels, of_anchors, pool=30, count=10
    )
    np.testing.assert_array_equal(found, again)
    ranks = np.argsort(np.argsort(-similarity, axis=1), axis=1)
    for i, row in enumerate(found):
        assert len(set(row)) == 10
        assert (labels[row] != of_anchors[i]).all()
        assert (ranks[i, row] < 30).all()
    with pytest.raises(ValueError, match=r"count must be at most the .* of anchor .*, got 30"):
        pc.semi_hard_negatives(3, similarity, labels, of_anchors, pool=30, count=30)
    similarity[4, 7] = np.nan
    with pytest.raises(ValueError, match=r"^semi_hard_negatives: similarity must have no nan"):
        pc.semi_hard_negatives(3, similarity, labels, of_anchors, pool=30, count=10)
    similarity[4, 7] = -np.inf
    found = pc.semi_hard_negatives(3, similarity, labels, of_anchors, pool=30, count=10)
    assert 7 not in found[4]


# mochi


@pytest.mark.parametrize("stop_grad", [True, False])
def test_mixtures_of_one_row_repeat_it(stop_grad):
    """With shares of 1 and 0 the mixtures are rows of the queue, which then count twice."""
    rng = np.random.default_rng(11)
    x, y = rng.normal(size=(2, 5, 4))
    pairs, single = rng.integers(0, 9, (5, 3, 2)), rng.integers(0, 9, (5, 2))
    given = pairs, np.ones((5, 3)), single, np.zeros((5, 2))
    unit = QUEUE / np.linalg.norm(QUEUE, axis=1, keepdims=True)
    own = np.stack([unit[[*range(9), *pairs[i, :, 0], *single[i]]] for i in range(5)])
    value, grads = pc.mochi.value_and_grad(x, y, unit, *given, stop_grad=stop_grad)
    wanted, theirs = pc.info_nce.value_and_grad(
        x, y, own, temperature=0.2, symmetric=False, in_batch=False
    )
    np.testing.assert_allclose(value, wanted, rtol=1e-13)
    np.testing.assert_allclose(grads.y, theirs.y, atol=1e-13)
    np.testing.assert_allclose(grads.x, theirs.x, atol=1e-13)
    if not stop_grad:
        summed = theirs.negatives[:, :9].sum(axis=0)
        for i in range(5):
            np.add.at(summed, [*pairs[i, :, 0], *single[i]], theirs.negatives[i, 9:])
        np.testing.assert_allclose(grads.negatives, summed, atol=1e-13)


def test_mixtures_only_add():
    rng = np.random.default_rng(12)
    x, y = rng.normal(size=(2, 5, 4))
    drawn = pc.mochi_mixing(0, pc.hardest_negatives(x, QUEUE, 4), pairs=3, singles=2)
    without = pc.info_nce(x, y, QUEUE, temperature=0.2, symmetric=False, in_batch=False)
    assert pc.mochi(x, y, QUEUE, *drawn) > without


def test_opposite_rows_mix_to_nothing():
    x = np.random.default_rng(12).normal(size=(5, 4))
    queue, pairs = np.concat([QUEUE, -QUEUE]), np.asarray([[[0, 9]]] * 5)
    half, first = np.full((5, 1), 0.5), np.zeros((5, 1), dtype=int)
    value, grads = pc.mochi.value_and_grad(x, x, queue, pairs, half, first, half, stop_grad=False)
    assert np.isfinite(value)
    assert all(np.isfinite(grad).all() for grad in grads)


@pytest.mark.parametrize(("name", "bad"), [("alpha", 1.1), ("alpha", -0.1), ("beta", 1.1)])
def test_shares_outside_their_interval(name, bad):
    """Refused, and nan where JAX traces them."""
    shares = {"alpha": np.full((6, 1), 0.5), "beta": np.full((6, 1), 0.5)}
    shares[name][2] = bad
    pairs = np.asarray([[[0, 1]]] * 6)

    def loss(alpha, beta):
        return pc.mochi(X, Y, QUEUE, pairs, alpha, pairs[:, :, 0], beta)

    with pytest.raises(ValueError, match=rf"^mochi: {name} must be in \[0, 1\], got {bad}"):
        loss(**shares)
    jax = pytest.importorskip("jax")
    assert np.isnan(jax.jit(loss)(**{n: jax.numpy.asarray(t) for n, t in shares.items()}))


def test_the_hardest_negatives():
    x = np.random.default_rng(13).normal(size=(6, 4))
    cosines = (x / np.linalg.norm(x, axis=1, keepdims=True)) @ (
        QUEUE / np.linalg.norm(QUEUE, axis=1, keepdims=True)
    ).T
    found = pc.hardest_negatives(x, QUEUE, 3)
    np.testing.assert_array_equal(found, np.argsort(-cosines, axis=1)[:, :3])
    ties = pc.hardest_negatives(x, np.concat([QUEUE[:2], QUEUE[:2]]), 4)
    assert (ties[:, 0] < ties[:, 1]).all()


def test_drawn_mixtures():
    """Two different rows of each anchor's own list; shares of the anchor are at most a half."""
    index = np.random.default_rng(14).permuted(np.broadcast_to(np.arange(20), (6, 20)), axis=1)[
        :, :5
    ]
    pairs, alpha, single, beta = pc.mochi_mixing(3, index, pairs=50, singles=40)
    for i in range(6):
        assert set(pairs[i].flat) == set(single[i]) == set(index[i])
    assert (pairs[..., 0] != pairs[..., 1]).all()
    assert 0 <= alpha.min() < 0.1 < 0.9 < alpha.max() <= 1
    assert 0 <= beta.min() < 0.1 < 0.4 < beta.max() <= 0.5
