"""Identities and edge cases of the losses of retrieval, beside their neighbours."""

import itertools
import math

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))
NEGATIVES = RNG.normal(size=(6, 3, 4))
THERE = np.arange(18).reshape(6, 3) % 5 != 1
ALL = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")
WRT = ("x", "y", "negatives", "temperature")


def assert_same(one, other, tolerance=1e-12):
    """Two results of `value_and_grad` agree."""
    assert abs(one[0] - other[0]) < tolerance
    for got, wanted in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=0, atol=10 * tolerance)


def ranking(*args, **options):
    wrt = WRT if len(args) > 2 else ("x", "y", "temperature")
    return pc.multiple_negatives_ranking.value_and_grad(*args, **options, wrt=wrt)


# multiple_negatives_ranking


def test_one_sample():
    """Without another candidate the loss is 0; with all directions the match counts twice."""
    assert pc.multiple_negatives_ranking(X[:1], Y[:1]) == 0
    value, grads = ranking(X[:1], Y[:1], directions=ALL)
    np.testing.assert_allclose(value, math.log(2), rtol=1e-15)
    for grad in grads:
        np.testing.assert_allclose(grad, 0, atol=1e-14)


def test_the_match_counts_twice():
    losses = pc.multiple_negatives_ranking(X, Y, NEGATIVES, directions=ALL, reduction="none")
    assert (losses > math.log(2)).all()


def test_no_strength_is_no_hardness():
    plain = ranking(X, Y, NEGATIVES)
    for mode in ("in_batch_negatives", "hard_negatives", "all_negatives"):
        assert_same(ranking(X, Y, NEGATIVES, hardness_mode=mode), plain)


def test_a_wide_margin_leaves_nothing_out():
    for options in ({}, {"directions": ALL}):
        wide = ranking(X, Y, NEGATIVES, false_negative_margin=2.1, **options)
        assert_same(wide, ranking(X, Y, NEGATIVES, **options))


def test_a_margin_drops_a_repeated_document():
    """Rows 0 and 1 have documents that differ by the length alone, which a margin finds."""
    y = Y.copy()
    y[1] = 3 * y[0]
    x = X.copy()
    x[:2] = y[:2]
    items = np.asarray([0, 0, 2, 3, 4, 5])
    by_margin = ranking(x, y, false_negative_margin=-1e-6, directions=ALL)
    others = ranking(x, y, false_negative_margin=-1e-6, directions=ALL, ids=items)
    assert_same(by_margin, others)


def test_order_of_negatives_does_not_matter():
    value, grads = ranking(X, Y, NEGATIVES, directions=ALL)
    turned, other = ranking(X, Y, NEGATIVES[:, ::-1], directions=ALL)
    np.testing.assert_allclose(turned, value, rtol=1e-13)
    np.testing.assert_allclose(other.negatives[:, ::-1], grads.negatives, atol=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"directions": ALL},
        {"hardness_mode": "hard_negatives", "hardness_strength": 5.0},
        {"false_negative_margin": 0.1, "directions": ALL},
    ],
    ids=str,
)
def test_missing_negatives_are_not_read(options):
    """What stands in their place changes nothing and has gradient 0; cutting off is masking."""
    holes = np.where(THERE[:, :, None], NEGATIVES, np.nan)
    one = ranking(X, Y, holes, negatives_mask=THERE, **options)
    assert_same(one, ranking(X, Y, NEGATIVES, negatives_mask=THERE, **options))
    np.testing.assert_array_equal(one[1].negatives[~THERE], 0)
    fewer = np.arange(3) + np.zeros((6, 1)) < 2
    masked, grads = ranking(X, Y, NEGATIVES, negatives_mask=fewer, **options)
    short, wanted = ranking(X, Y, NEGATIVES[:, :2], **options)
    np.testing.assert_allclose(masked, short, rtol=1e-13)
    np.testing.assert_allclose(grads.x, wanted.x, atol=1e-12)


def test_negatives_by_item():
    """A negative that is the document of the anchor is left out for it, and for it alone."""
    ids, items = np.arange(6), np.full((6, 3), 100)
    plain = ranking(X, Y, NEGATIVES, directions=ALL)
    assert_same(ranking(X, Y, NEGATIVES, ids=ids, negative_ids=items, directions=ALL), plain)
    items[:, 2] = ids
    own_left_out = pc.multiple_negatives_ranking(
        X, Y, NEGATIVES, ids=ids, negative_ids=items, reduction="none"
    )
    by_hand = pc.multiple_negatives_ranking(X[:1], Y[:1], NEGATIVES[:1, :2])
    alone = pc.multiple_negatives_ranking(
        X[:1], Y[:1], NEGATIVES[:1], ids=ids[:1], negative_ids=items[:1]
    )
    np.testing.assert_allclose(alone, by_hand, rtol=1e-13)
    assert (own_left_out < pc.multiple_negatives_ranking(X, Y, NEGATIVES, reduction="none")).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"directions": ("doc_to_doc",)}, 'directions must hold "query_to_doc", got'),
        ({"hardness_strength": 5.0}, "hardness_strength needs a hardness_mode, got 5 alone"),
        ({"directions": ()}, r'directions must hold "query_to_doc", got \(\)'),
        (
            {"directions": ("query_to_doc",) * 2},
            "directions must hold each word once, got 'query_to_doc'",
        ),
        ({"directions": ("query_to_dog",)}, "unknown directions 'query_to_dog'; did you mean"),
        ({"directions": ALL, "partition": "per_direction"}, 'partition="per_direction" needs'),
        ({"negative_ids": np.ones((6, 3), dtype=int)}, "negative_ids needs ids and negatives"),
        ({"negatives_mask": THERE}, "negatives_mask needs negatives, got none"),
    ],
)
def test_wrong_options_are_refused(given, message):
    with pytest.raises(ValueError, match=f"^multiple_negatives_ranking: {message}"):
        pc.multiple_negatives_ranking(X, Y, **given)


def test_hardness_is_held():
    """The value knows the strength, and the gradient is that of the softmax with it."""
    options = {"hardness_mode": "all_negatives", "hardness_strength": 5.0}
    with pytest.raises(ValueError, match="hvp needs a gradient that is that of the value"):
        pc.multiple_negatives_ranking.hvp((X, Y), (X, Y), **options)
    assert pc.multiple_negatives_ranking(X, Y, **options) > pc.multiple_negatives_ranking(X, Y)


# focal_info_nce


def test_the_focal_loss_falls_with_gamma():
    powers = (0.0, 0.3, 1.0, 4.0)
    losses = [
        pc.focal_info_nce(X, Y, NEGATIVES, gamma=g, temperature=0.5, reduction="none")
        for g in powers
    ]
    assert all((b < a).all() for a, b in itertools.pairwise(losses))
    ranked = pc.multiple_negatives_ranking(X, Y, NEGATIVES, temperature=0.5, reduction="none")
    np.testing.assert_allclose(losses[0], ranked, rtol=1e-13)


@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_a_focal_loss_without_negatives(gamma):
    value, grads = pc.focal_info_nce.value_and_grad(
        X[:1], Y[:1], gamma=gamma, wrt=("x", "y", "temperature")
    )
    assert value == 0
    for grad in grads:
        np.testing.assert_array_equal(grad, 0)


def test_a_held_weight_is_that_of_the_value():
    options = {"temperature": 0.5, "gamma": 2.0}
    free, held = (
        pc.focal_info_nce.value_and_grad(X, Y, **options, detach_weight=h) for h in (False, True)
    )
    assert free[0] == held[0]
    assert np.abs(free[1].x - held[1].x).max() > 1e-3


# mixed_negative_info_nce

PLACES = np.asarray([[[0, 1], [2, 1]]] * 6)


def test_a_mixture_of_one_repeats_it():
    """A share of 1, and a list of one: the negative counts twice."""
    twice = pc.focal_info_nce(X, Y, np.concat([NEGATIVES, NEGATIVES[:, [0, 2]]], axis=1), gamma=0.0)
    pairs = pc.mixed_negative_info_nce(X, Y, NEGATIVES, PLACES, np.ones((6, 2)))
    np.testing.assert_allclose(pairs, twice, rtol=1e-12)
    one = NEGATIVES[:, :1]
    twice = pc.focal_info_nce(X, Y, np.concat([one, one], axis=1), gamma=0.0)
    found = pc.mixed_negative_info_nce(X, Y, one, mode="list")
    np.testing.assert_allclose(found, twice, rtol=1e-12)


def test_opposite_negatives_mix_to_nothing():
    opposite = np.stack([NEGATIVES[:, 0], -NEGATIVES[:, 0]], axis=1)
    index, lam = np.asarray([[[0, 1]]] * 6), np.full((6, 1), 0.5)
    value, grads = pc.mixed_negative_info_nce.value_and_grad(
        X, Y, opposite, index, lam, temperature=0.5
    )
    zero = pc.focal_info_nce(
        X, Y, np.concat([opposite, np.zeros((6, 1, 4))], axis=1), gamma=0.0, temperature=0.5
    )
    np.testing.assert_allclose(value, zero, rtol=1e-12)
    assert all(np.isfinite(g).all() for g in grads)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, 'mode="pair" needs index and lam, got none for index'),
        ({"index": PLACES}, 'mode="pair" needs index and lam, got none for lam'),
        (
            {"mode": "list", "index": PLACES},
            'mode="list" takes no index and no lam, got one for index',
        ),
        ({"index": PLACES + 1, "lam": np.ones((6, 2))}, "index must be from 0 to 2, got 3"),
        ({"index": PLACES, "lam": np.full((6, 2), 1.5)}, r"lam must be in \[0, 1\], got 1.5"),
        ({"index": PLACES, "lam": np.full((6, 2), np.nan)}, r"lam must be in \[0, 1\], got nan"),
    ],
)
def test_wrong_mixtures_are_refused(given, message):
    with pytest.raises(ValueError, match=f"^mixed_negative_info_nce: {message}"):
        pc.mixed_negative_info_nce(X, Y, NEGATIVES, **given)


@pytest.mark.parametrize("bad", [-1, 3])
def test_a_traced_place_of_no_negative_makes_nan(bad):
    """Its value is not known, so it cannot be refused."""
    jax = pytest.importorskip("jax")
    xp = Backend.JAX.xp
    rows, lam = [xp.asarray(t) for t in (X, Y, NEGATIVES)], xp.asarray(np.full((6, 2), 0.5))
    loss = jax.jit(lambda index: pc.mixed_negative_info_nce(*rows, index, lam))
    wanted = pc.mixed_negative_info_nce(X, Y, NEGATIVES, PLACES, np.full((6, 2), 0.5))
    np.testing.assert_allclose(loss(xp.asarray(PLACES)), wanted, rtol=1e-12)
    wrong = PLACES.copy()
    wrong[0, 0, 0] = bad
    assert np.isnan(loss(xp.asarray(wrong)))


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_a_traced_share_outside_its_interval_makes_nan(bad):
    jax = pytest.importorskip("jax")
    xp = Backend.JAX.xp
    lam = np.full((6, 2), 0.5)
    lam[0, 0] = bad
    loss = jax.jit(lambda lam: pc.mixed_negative_info_nce(X, Y, NEGATIVES, PLACES, lam))
    assert np.isnan(loss(xp.asarray(lam)))
    lam[0, 0] = 1.0
    wanted = pc.mixed_negative_info_nce(X, Y, NEGATIVES, PLACES, lam)
    np.testing.assert_allclose(loss(xp.asarray(lam)), wanted, rtol=1e-12)


def test_a_mixture_is_left_out_with_its_parts():
    """Without a part of the own item, mixtures are candidates as others are."""
    items, ids = np.full((6, 3), 100), np.arange(6)
    lam = np.full((6, 2), 0.5)
    plain = pc.mixed_negative_info_nce.value_and_grad(X, Y, NEGATIVES, PLACES, lam)
    given = dict(ids=ids, negative_ids=items)
    assert_same(
        pc.mixed_negative_info_nce.value_and_grad(X, Y, NEGATIVES, PLACES, lam, **given), plain
    )
    items[:, 0] = ids  # of each query the first of both of its mixtures has this part
    options = dict(reduction="none", temperature=0.5)
    places = PLACES[:, :1]
    found = pc.mixed_negative_info_nce(
        X[:1], Y[:1], NEGATIVES[:1], places[:1], lam[:1, :1], ids[:1], items[:1], **options
    )
    alone = pc.multiple_negatives_ranking(X[:1], Y[:1], NEGATIVES[:1, 1:], **options)
    np.testing.assert_allclose(found, alone, rtol=1e-13)


# Numbers of hard negatives that depend on the rank

GUIDE, GUIDE_NEGATIVES = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 3, 3))
ITEMS = {"ids": np.arange(6) % 5, "negative_ids": 3 + np.arange(18).reshape(6, 3) % 7}
UNIT = NEGATIVES / np.linalg.norm(NEGATIVES, axis=2, keepdims=True)
THOSE = np.arange(18).reshape(6, 3) != 2
THOSE[1, 2] = False  # all but the last ones of the first two queries
SHARES = {
    "ranking": (pc.multiple_negatives_ranking, {"directions": ALL}),
    "hard ranking": (
        pc.multiple_negatives_ranking,
        {
            **{"hardness_mode": "hard_negatives", "hardness_strength": 5.0},
            "false_negative_margin": 0.1,
        },
    ),
    "focal": (pc.focal_info_nce, {"temperature": 0.5}),
}


def of_ranks(loss, arrays, **options):
    """Value and gradients of three ranks: two queries with two negatives, four with three, none."""
    split = [slice(0, 2), slice(2, 6), slice(6, 6)]

    def one(comm):
        mine = {name: t[split[comm.rank]] for name, t in arrays.items()}
        for name in mine:
            if "K" in loss.arguments[name].dims[0] and comm.rank == 0:
                mine[name] = mine[name][:, :2]
        given = dict(wrt=("x", "negatives"), comm=comm, gradients="sum")
        value, grads = loss.value_and_grad(X[split[comm.rank]], **mine, **given, **options)
        assert grads.negatives.shape == mine["negatives"].shape
        padded = np.zeros((*grads.x.shape[:1], 3, 4))
        padded[:, : mine["negatives"].shape[1]] = grads.negatives
        return value, grads.x, padded

    values, *grads = zip(*LocalGroup(3, timeout=30).run(one), strict=True)
    assert len(set(map(float, values))) == 1
    return values[0], *map(np.concat, grads)


def one_process(loss, arrays, **options):
    value, grads = loss.value_and_grad(X, **arrays, **options, wrt=("x", "negatives"))
    return value, grads.x, grads.negatives


def close(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.mark.parametrize("items", [{}, ITEMS], ids=["", "ids"])
@pytest.mark.parametrize("name", SHARES)
def test_ranks_with_other_numbers_of_negatives(name, items):
    """What a rank lacks is as if it were masked, with a mask of its own and without."""
    (loss, options), arrays = SHARES[name], {"y": Y, "negatives": NEGATIVES} | items
    wanted = one_process(loss, arrays | {"negatives_mask": THOSE}, **options)
    close(of_ranks(loss, arrays, **options), wanted)
    masked = arrays | {"negatives_mask": THERE}
    wanted = one_process(loss, arrays | {"negatives_mask": THERE & THOSE}, **options)
    close(of_ranks(loss, masked, **options), wanted)


@pytest.mark.parametrize("items", [{}, ITEMS], ids=["", "ids"])
def test_such_ranks_beside_the_ranking(items):
    """Losses that have no mask, beside one that has."""
    options, ranking = {"temperature": 0.5}, pc.multiple_negatives_ranking
    arrays = {"y": Y, "negatives": NEGATIVES} | items
    wanted = one_process(ranking, arrays | {"negatives_mask": THOSE}, **options)
    guided = arrays | {"guide_x": GUIDE, "guide_y": GUIDE, "guide_negatives": GUIDE_NEGATIVES}
    queries_alone = dict(margin=-3.0, contrast_anchors=False, contrast_positives=False)
    close(of_ranks(pc.gist_embed, guided, **queries_alone, **options), wanted)
    several = {"positives": Y[:, None, :], "negatives": NEGATIVES} | items
    close(of_ranks(pc.retrieval_info_nce, several, **options), wanted)
    weighted = arrays | {"negative_weights": 1.0 * THOSE}
    wanted = one_process(pc.ipw_info_nce, weighted)
    close(of_ranks(pc.ipw_info_nce, arrays | {"negative_weights": np.ones((6, 3))}), wanted)


def test_such_ranks_and_mixtures():
    mixing = {"index": np.asarray([[[0, 1], [1, 0]]] * 6), "lam": np.full((6, 2), 0.3)}
    mixtures = np.einsum("qk,ikd->iqd", [[0.3, 0.7], [0.7, 0.3]], UNIT[:, :2])
    enlarged = {"y": Y, "negatives": np.concat([UNIT, mixtures], axis=1)}
    mask = np.concat([THOSE, np.ones((6, 2), bool)], axis=1)
    options = {"temperature": 0.5}
    ranking = pc.multiple_negatives_ranking
    wanted = one_process(ranking, enlarged | {"negatives_mask": mask}, **options)
    arrays = {"y": Y, "negatives": NEGATIVES} | mixing
    close(of_ranks(pc.mixed_negative_info_nce, arrays, **options)[:2], wanted[:2])


# retrieval_info_nce


def test_positives_are_a_mean_of_rankings():
    """Each place of the positives is a ranking of its own."""
    positives = np.stack([Y, RNG.normal(size=Y.shape)], axis=1)
    value, grads = pc.retrieval_info_nce.value_and_grad(X, positives, NEGATIVES, temperature=0.3)
    parts = [
        pc.multiple_negatives_ranking.value_and_grad(X, positives[:, p], NEGATIVES, temperature=0.3)
        for p in range(2)
    ]
    np.testing.assert_allclose(value, sum(v for v, _ in parts) / 2, rtol=1e-13)
    np.testing.assert_allclose(grads.x, sum(g.x for _, g in parts) / 2, atol=1e-13)
    np.testing.assert_allclose(grads.negatives, sum(g.negatives for _, g in parts) / 2, atol=1e-13)
    for p in range(2):
        np.testing.assert_allclose(grads.positives[:, p], parts[p][1].y / 2, atol=1e-13)
    assert pc.retrieval_info_nce(X[:1], positives[:1]) == 0


# ipw_info_nce


def test_weights_of_one_and_of_nothing():
    own = pc.info_nce.value_and_grad(X, Y, NEGATIVES, symmetric=False, temperature=0.05)
    assert_same(pc.ipw_info_nce.value_and_grad(X, Y, NEGATIVES, np.ones((6, 3))), own)
    value, grads = pc.ipw_info_nce.value_and_grad(X, Y, NEGATIVES, np.zeros((6, 3)))
    np.testing.assert_allclose(value, pc.info_nce(X, Y, symmetric=False, temperature=0.05))
    np.testing.assert_array_equal(grads.negatives, 0)


def test_a_weight_of_two_is_a_negative_twice():
    weights = np.asarray([[2.0, 1.0, 0.0]] * 6)
    chosen = NEGATIVES[:, [0, 0, 1]]
    one = pc.ipw_info_nce(X, Y, NEGATIVES, weights)
    np.testing.assert_allclose(one, pc.ipw_info_nce(X, Y, chosen, np.ones((6, 3))), rtol=1e-12)
    message = "^ipw_info_nce: negative_weights must be finite and >= 0, got -1"
    with pytest.raises(ValueError, match=message):
        pc.ipw_info_nce(X, Y, NEGATIVES, -np.ones((6, 3)))


def test_probabilities():
    relevance, propensity = RNG.normal(size=(4, 5)), RNG.uniform(size=(4, 5))
    found = pc.ipw_probabilities(relevance, propensity, temperature=0.5)
    by_hand = np.exp(relevance / 0.5) / np.maximum(propensity, 1e-3)
    np.testing.assert_allclose(found, by_hand / by_hand.sum(axis=1, keepdims=True), rtol=1e-12)
    huge = pc.ipw_probabilities(1e4 * relevance, propensity, temperature=1e-3)
    np.testing.assert_allclose(huge.sum(axis=1), 1)
