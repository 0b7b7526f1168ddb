"""Identities, bounds and edge cases of the losses of metric learning."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(9, 4))
LABELS = np.asarray([0, 1, 2, 0, 1, 0, 2, 3, 1])
PROXIES = RNG.normal(size=(4, 4))
ONE_PARAMETER = {
    "multi_similarity": {},
    "circle": {"gamma": 8.0},
    "contrastive_margin": {"neg_margin": 1.5},
    "metric_loss": {"base": "binomial_deviance"},
}


def unit(z):
    return z / np.linalg.norm(z, axis=-1, keepdims=True)


def pairs():
    """Similarities, and which pairs are of one class, a row with itself left out."""
    same = LABELS[:, None] == LABELS[None, :]
    return unit(Z) @ unit(Z).T, same & ~np.eye(len(Z), dtype=bool), ~same


@pytest.mark.parametrize("name", ONE_PARAMETER)
def test_names_of_classes_do_not_matter(name):
    loss, options = pc.objectives()[name], ONE_PARAMETER[name]
    renamed = np.asarray([7, -3, 10**6, 0])[LABELS]
    value = loss(Z, LABELS, **options)
    assert loss(Z, renamed, **options) == value
    np.testing.assert_allclose(loss(Z, LABELS.astype(np.int8), **options), value, rtol=1e-14)


# multi_similarity


def test_mining_with_a_wide_margin_keeps_all_pairs():
    """Except rows without a pair of both kinds, whose loss is then 0."""
    mined = pc.multi_similarity(Z, LABELS, epsilon=9.0, reduction="none")
    wanted = pc.multi_similarity(Z, LABELS, reduction="none")
    np.testing.assert_allclose(mined, np.where(LABELS == 3, 0.0, wanted), rtol=1e-14)


def test_mining_drops_what_is_settled():
    """Tight classes that are far apart: no pair is left, and no gradient."""
    z = np.eye(3)[[0, 0, 1, 1, 2, 2]]
    value, grads = pc.multi_similarity.value_and_grad(z, np.arange(6) // 2, epsilon=0.1)
    assert value == 0
    np.testing.assert_array_equal(grads.z, 0)


def test_pairs_level_with_the_cutoff_are_dropped():
    """All similarities are equal: none is below the largest of the others."""
    z = np.eye(4)
    assert pc.multi_similarity(z, [0, 0, 1, 1] * np.ones(1, int), epsilon=0.0) == 0


def test_ranks_mine_in_the_whole_batch():
    value, grads = pc.multi_similarity.value_and_grad(Z, LABELS, epsilon=0.05)

    def one(comm):
        part = slice(3 * comm.rank, 3 * comm.rank + 3)
        got = pc.multi_similarity.value_and_grad(Z[part], LABELS[part], epsilon=0.05, comm=comm)
        np.testing.assert_allclose(got[0], value, rtol=1e-12)
        np.testing.assert_allclose(got[1].z, 3 * grads.z[part], atol=1e-12)

    LocalGroup(3, timeout=30).run(one)


# circle


def test_circle_is_one_double_sum():
    """The product of both sums is the sum over pairs of pairs, as the paper has it."""
    s, same, other = pairs()
    m, gamma, losses = 0.25, 4.0, []
    for i in np.flatnonzero(same.any(1)):
        a_n, a_p = np.maximum(s[i] + m, 0)[other[i]], np.maximum(1 + m - s[i], 0)[same[i]]
        n, p = gamma * a_n * (s[i][other[i]] - m), gamma * a_p * (s[i][same[i]] - 1 + m)
        losses.append(np.log1p(np.exp(n[:, None] - p[None, :]).sum()))
    np.testing.assert_allclose(pc.circle(Z, LABELS, gamma=gamma), np.mean(losses), rtol=1e-12)


def test_weights_of_circle_are_held():
    """The value is the same; the published gradient leaves out that of the weights."""
    held, whole = (
        pc.circle.value_and_grad(Z, LABELS, gamma=4.0, detach_weights=held)
        for held in (True, False)
    )
    assert held[0] == whole[0]
    assert np.abs(held[1].z - whole[1].z).max() > 1e-2
    with pytest.raises(ValueError, match=r"^circle: hvp needs"):
        pc.circle.hvp((Z, LABELS), (Z,))


@pytest.mark.parametrize("labels", [np.zeros(9, int), np.arange(9)], ids=["one", "all"])
def test_circle_without_an_anchor(labels):
    """No row has pairs of both kinds: 0, and no gradient."""
    value, grads = pc.circle.value_and_grad(Z, labels)
    assert value == 0
    np.testing.assert_array_equal(grads.z, 0)


def test_circle_in_float32_reaches_the_largest_exponents():
    """An opposite positive and a coincident negative: exponents of 1500 at the defaults."""
    z = np.asarray([[1, 0], [-1, 0], [1, 0]], np.float32)
    value = pc.circle(z, np.asarray([0, 0, 1]), reduction="none")
    wanted = 256 * (1.25 * 0.75 + 2.25 * 1.75)
    np.testing.assert_allclose(value[0], wanted, rtol=1e-6)


# contrastive_margin


def test_separated_classes_cost_nothing():
    """Every class is a point, and classes are further apart than the margin."""
    z = np.eye(3)[[0, 0, 1, 1, 2]]
    value, grads = pc.contrastive_margin.value_and_grad(z, np.asarray([4, 4, 5, 5, 6]))
    assert value == 0
    np.testing.assert_array_equal(grads.z, 0)


def test_averages_over_all_pairs_of_their_kind():
    """The squared form of the first paper, with an average for each kind of pairs."""
    s, same, other = pairs()
    d = np.sqrt(np.maximum(2 - 2 * s, 0))
    terms = np.where(same, d**2, 0) + np.where(other, np.maximum(1.3 - d, 0) ** 2, 0)
    options = dict(neg_margin=1.3, power=2.0, average="pairs")
    far = pc.contrastive_margin(Z, np.zeros(9, int), **options)  # positives alone
    np.testing.assert_allclose(far, (d[~np.eye(9, dtype=bool)] ** 2).mean(), rtol=1e-12)
    both = pc.contrastive_margin(Z, LABELS, **options)
    wanted = terms[same].sum() / same.sum() + terms[other].sum() / other.sum()
    np.testing.assert_allclose(both, wanted, rtol=1e-12)


def test_rows_of_the_margin_away_do_not_count():
    """A zero row is 1 away from every unit row, up to rounding, which must not decide."""
    z = np.concatenate([Z, np.zeros((1, 4))])
    labels = np.append(LABELS, 9)
    np.testing.assert_allclose(
        pc.contrastive_margin(z, labels), pc.contrastive_margin(Z, LABELS), rtol=1e-12
    )


@pytest.mark.parametrize("shift", [0.0, 30.0])
def test_distances_of_float32_rows_that_lie_close(shift):
    """Also far from the origin: the digits are those of the differences."""
    z = (shift + 1e-3 * Z).astype(np.float32)
    options = dict(neg_margin=5e-3, normalize=False)
    value, grads = pc.contrastive_margin.value_and_grad(z, LABELS, **options)
    wanted = pc.contrastive_margin.value_and_grad(z.astype(float), LABELS, **options)
    np.testing.assert_allclose(value, wanted[0], rtol=1e-4)
    np.testing.assert_allclose(grads.z, wanted[1].z, atol=1e-4)


# n_pair


def test_n_pair_penalises_lengths():
    x, y = Z[:4], Z[4:8]
    plain = pc.n_pair(x, y)
    wanted = plain + 0.25 * 0.3 * ((x**2).sum(1).mean() + (y**2).sum(1).mean())
    np.testing.assert_allclose(pc.n_pair(x, y, l2=0.3), wanted, rtol=1e-13)
    alone = pc.n_pair(x[:1], y[:1], l2=0.4)
    np.testing.assert_allclose(alone, 0.1 * (x[0] @ x[0] + y[0] @ y[0]), rtol=1e-13)


# proxy_anchor


@pytest.mark.parametrize("bad", [-1, 4])
def test_a_label_without_a_proxy(bad):
    labels = np.where(LABELS == 2, bad, LABELS)
    with pytest.raises(ValueError, match=rf"^proxy_anchor: labels must be from 0 to 3, got {bad}$"):
        pc.proxy_anchor(Z, PROXIES, labels)


def test_absent_classes_only_push():
    """A proxy without rows has no first term, and counts in the second average."""
    labels = np.zeros(9, int)
    s = unit(Z) @ unit(PROXIES).T
    pulled = np.log1p(np.exp(-32 * (s[:, 0] - 0.1)).sum())
    pushed = np.log1p(np.exp(32 * (s[:, 1:] + 0.1)).sum(0)).sum() / 4
    np.testing.assert_allclose(pc.proxy_anchor(Z, PROXIES, labels), pulled + pushed, rtol=1e-12)


# metric_loss


def test_metric_loss_with_other_scales_is_multi_similarity():
    options = dict(scale_pos=3.0, scale_neg=20.0, margin=0.1)
    got = pc.metric_loss(Z, LABELS, **options)
    wanted = pc.multi_similarity(Z, LABELS, alpha=3.0, beta=20.0, base=0.1)
    np.testing.assert_allclose(got, wanted, rtol=1e-14)


def test_large_scales_of_nca_are_extremes():
    """Its sums become the largest similarities, over the scales."""
    s, same, other = pairs()
    rows = same.any(1)
    b = 1e5
    got = pc.metric_loss(Z, LABELS, base="nca", scale_pos=b, scale_neg=b, reduction="none") / b
    near = np.where(other, s, -9.0).max(1) - np.where(same, s, -9.0).max(1)
    np.testing.assert_allclose(got[rows], near[rows], atol=1e-4)
    np.testing.assert_array_equal(got[~rows], 0)


def items(count=5):
    rng = np.random.default_rng(3)
    return rng.normal(size=(count, 3)), rng.normal(size=(count, 4, 3))


def test_an_item_with_one_match_is_a_cross_entropy():
    anchor, candidates = items()
    positive = np.zeros((5, 4), dtype=bool)
    positive[:, 1] = True
    value, grads = pc.ctvis.value_and_grad(anchor, candidates, positive, weight=1.0, aux_weight=0.0)
    wanted, theirs = pc.info_nce.value_and_grad(
        anchor,
        candidates[:, 1],
        candidates[:, [0, 2, 3]],
        **dict(temperature=1.0, normalize=False, in_batch=False, symmetric=False),
    )
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    np.testing.assert_allclose(grads.anchor, theirs.x, atol=1e-14)
    np.testing.assert_allclose(grads.candidates[:, 1], theirs.y, atol=1e-14)


def test_items_of_one_kind_have_the_regression_alone():
    anchor, candidates = items(2)
    positive = np.array([[True] * 4, [False] * 4])
    losses, back = pc.ctvis.vjp(anchor, candidates, positive, reduction="none")
    wanted, plain = pc.ctvis.vjp(anchor, candidates, positive, weight=0.0, reduction="none")
    np.testing.assert_array_equal(losses, wanted)
    np.testing.assert_array_equal(back(np.ones(2)).anchor, plain(np.ones(2)).anchor)


def test_large_products_of_items():
    """Differences of a thousand neither overflow nor lose the regression."""
    anchor, candidates = items()
    positive = np.arange(20).reshape(5, 4) % 2 == 0
    value, grads = pc.ctvis.value_and_grad(1e2 * anchor, 1e2 * candidates, positive)
    assert np.isfinite(value)
    assert all(np.isfinite(grad).all() for grad in grads)
