"""Samples of one item are no negatives of each other."""

import numpy as np
import pytest
from battery.cases import Case, assert_close, case_params, cases_of

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))
IDS = np.asarray([3, 1, 3, 0, 7, 1])
LOSSES = [o for o in pc.objectives().values() if "ids" in o.arguments]
CASES = [case for o in LOSSES for case in cases_of(o) if "ids" in case.dims]
KEEP_THEIR_MATCHES = {"sigmoid_contrastive", "gamma_info_nce", "n_pair", "cyclip"}
"""Sums over pairs of which those of the matches, and other terms, have nothing to do with ids."""


def results(loss, *args, **options):
    value, back = loss.vjp(*args, **options)
    return value, back(np.ones_like(value))


def assert_same(one, other):
    np.testing.assert_allclose(one[0], other[0], atol=1e-12)
    for a, b in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


@pytest.mark.parametrize("case", case_params(CASES))
@pytest.mark.parametrize("tile", [None, (2, 2)])
def test_distinct_ids_change_nothing(case, tile):
    arrays = case.arrays()
    without = {name: x for name, x in arrays.items() if name != "ids"}
    if "negative_ids" in without:  # which ids do not go without
        del without["negative_ids"]
        arrays["negative_ids"] = arrays["negative_ids"] + 100
    distinct = arrays | {"ids": np.arange(len(arrays["ids"]))[::-1]}
    assert_close(case.evaluate(distinct, tile=tile), case.evaluate(without, tile=tile), 1e-12)


@pytest.mark.parametrize("case", case_params(CASES))
def test_an_anchor_without_negatives_has_no_loss(case):
    """All samples are one item: value 0 and gradient 0. A match that is there twice costs log 2."""
    arrays = case.arrays()
    if "negatives" in arrays and "negative_ids" not in arrays:
        return  # which are of no item
    one = {n: 0 * arrays[n] for n in ("ids", "negative_ids") if n in arrays}
    found = case.evaluate(arrays | one)
    assert np.isfinite(found.value).all()
    keeps = case.objective.name in KEEP_THEIR_MATCHES
    if keeps or case.params.get("denominator") == "original":  # where the row itself is a candidate
        return
    twice = "doc_to_query" in case.options.get("directions", ()) and "partition" not in case.options
    np.testing.assert_allclose(found.value, np.log(2) if twice else 0, atol=1e-14)
    for grad in found.grads.values():
        np.testing.assert_allclose(grad, 0, atol=1e-14)


def test_the_sigmoid_keeps_its_matches():
    value = pc.sigmoid_contrastive(X, Y, ids=np.zeros(6, dtype=int), reduction="none")
    unit = [t / np.linalg.norm(t, axis=1, keepdims=True) for t in (X, Y)]
    logits = (unit[0] * unit[1]).sum(axis=1) / 0.1 - 10
    np.testing.assert_allclose(value, np.log1p(np.exp(-logits)), atol=1e-12)


def test_one_item_of_two_samples_removes_two_pairs():
    """Those of one sample with the other, in each direction, and no others."""
    ids = np.asarray([0, 1, 2, 3, 4, 1])
    s = (X @ Y.T) / 0.1
    rows = pc.info_nce(
        X, Y, ids=ids, symmetric=False, normalize=False, temperature=0.1, reduction="none"
    )
    s[1, 5] = s[5, 1] = -np.inf
    np.testing.assert_allclose(rows, np.log(np.exp(s).sum(axis=1)) - np.diag(s), atol=1e-12)


@pytest.mark.parametrize("seen", [False, True])
def test_a_state_without_an_estimate_stays(seen):
    """A sample whose batch holds no other item keeps what is known of it."""
    old = np.full((2, 6), -np.inf)
    old[:, 0] = 0.5 if seen else -np.inf
    ids = np.asarray([0, 0, 0, 0, 0, 1])
    for gamma in (0.3, 1.0):
        new = pc.update_log_u(X[:5], Y[:5], old[:, :5], ids=ids[:5], gamma=gamma)
        np.testing.assert_array_equal(new, old[:, :5])
    new = pc.update_log_u(X, Y, old, ids=ids)
    assert np.isfinite(new).all()
    few = pc.update_log_u(X[[0, 5]], Y[[0, 5]], old[:, [0, 5]])
    np.testing.assert_allclose(new[:, 0], few[:, 0])
    others = pc.log_normalizer(X, Y, ids=ids, include_positive=False)
    two = pc.log_normalizer(X[[0, 5]], Y[[0, 5]], include_positive=False)
    np.testing.assert_allclose(others[0], two[0])


def test_a_step_takes_the_ids():
    log_u = np.zeros((2, 6))
    value, _, state = pc.global_contrastive_step(X, Y, log_u, 0.3, ids=IDS)
    wanted = pc.update_log_u(X, Y, log_u, 0.3, IDS)
    np.testing.assert_array_equal(state, wanted)
    assert value == pc.global_contrastive(X, Y, wanted, 0.3, IDS)


NEGATIVES = RNG.normal(size=(6, 5, 4))
THERE = np.arange(30).reshape(6, 5) % 4 != 1
SMOOTHED = ({}, {"label_smoothing": 0.2}, {"symmetric": False, "in_batch": False})


@pytest.mark.parametrize("options", SMOOTHED, ids=str)
def test_missing_negatives_are_not_read(options):
    """What stands in their place changes nothing and has gradient 0."""
    options = {"negatives_mask": THERE, **options}
    holes = np.where(THERE[:, :, None], NEGATIVES, np.nan)
    one = results(pc.info_nce, X, Y, holes, **options)
    assert_same(one, results(pc.info_nce, X, Y, NEGATIVES, **options))
    np.testing.assert_array_equal(one[1].negatives[~THERE], 0)
    wrt = "temperature"
    ends = [pc.info_nce.value_and_grad(X, Y, n, wrt=wrt, **options) for n in (holes, NEGATIVES)]
    np.testing.assert_allclose(*(grads.temperature for _, grads in ends), atol=1e-12)


@pytest.mark.parametrize("options", SMOOTHED, ids=str)
def test_masking_is_cutting_off(options):
    """Negatives that no row has might as well not be there; nor those of the anchor's item."""
    short, grads = results(pc.info_nce, X, Y, NEGATIVES[:, :3], **options)
    mask = np.arange(5) + np.zeros((6, 1)) < 3
    masked, masked_grads = results(pc.info_nce, X, Y, NEGATIVES, negatives_mask=mask, **options)
    items = np.where(mask, 100, np.arange(6)[:, None])
    by_item = results(pc.info_nce, X, Y, NEGATIVES, ids=np.arange(6), negative_ids=items, **options)
    for value, found in ((masked, masked_grads), by_item):
        np.testing.assert_allclose(value, short, atol=1e-12)
        np.testing.assert_allclose(found.x, grads.x, atol=1e-12)
        np.testing.assert_allclose(found.negatives[:, :3], grads.negatives, atol=1e-12)
        np.testing.assert_array_equal(found.negatives[:, 3:], 0)


@pytest.mark.parametrize("options", SMOOTHED, ids=str)
def test_an_anchor_of_info_nce_without_any_candidate(options):
    """The whole batch and all negatives are its own item."""
    one = np.zeros(6, dtype=int)
    value, grads = results(
        pc.info_nce, X, Y, NEGATIVES[0], ids=one, negative_ids=one[:5], reduction="none", **options
    )
    np.testing.assert_allclose(value, 0, atol=1e-15)
    for grad in grads:
        np.testing.assert_allclose(grad, 0, atol=1e-15)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"negative_ids": IDS}, "negative_ids needs ids and negatives"),
        ({"negative_ids": IDS, "ids": IDS}, "negative_ids needs ids and negatives"),
        (
            {"negative_ids": IDS[:5], "ids": IDS, "negatives": NEGATIVES},
            r"negative_ids must have the shape of negatives without D, got \(5,\)",
        ),
        (
            {"negatives_mask": THERE},
            r"negatives_mask needs negatives of shape \(B, K, D\), got none",
        ),
        (
            {"negatives_mask": THERE, "negatives": NEGATIVES[0]},
            r"negatives_mask needs negatives of shape \(B, K, D\), got shape \(5, 4\)",
        ),
    ],
)
def test_wrong_negatives_are_refused(given, message):
    with pytest.raises(ValueError, match=f"info_nce: {message}"):
        pc.info_nce(X, Y, **given)


@pytest.mark.parametrize("loss", [pytest.param(o, id=o.name) for o in LOSSES])
@pytest.mark.parametrize("dtype", [float, bool])
def test_ids_are_integers(loss, dtype):
    case = Case(loss, {"ids": "B"})
    arrays = case.arrays()
    wrong = arrays | {"ids": arrays["ids"].astype(dtype)}
    with pytest.raises(TypeError, match=f"{loss.name}: ids must have an integral dtype"):
        case.value(wrong)
    with pytest.raises(ValueError, match=f"{loss.name}: .* and ids must have the same"):
        case.value(arrays | {"ids": arrays["ids"][:4]})
