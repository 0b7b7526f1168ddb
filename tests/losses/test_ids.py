"""Samples of one item are no negatives of each other."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))
IDS = np.asarray([3, 1, 3, 0, 7, 1])
LOSSES = [o for o in pc.objectives().values() if "ids" in o.arguments]
params = pytest.mark.parametrize("loss", [pytest.param(o, id=o.name) for o in LOSSES])


def results(loss, *args, **options):
    value, back = loss.vjp(*args, **options)
    return value, back(np.ones_like(value))


def assert_same(one, other):
    np.testing.assert_allclose(one[0], other[0], atol=1e-12)
    for a, b in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


@params
@pytest.mark.parametrize("tile", [None, (2, 2)])
def test_distinct_ids_change_nothing(loss, tile):
    options = {"reduction": "none", "tile": tile}
    assert_same(
        results(loss, X, Y, ids=np.arange(6)[::-1], **options), results(loss, X, Y, **options)
    )


@params
def test_an_anchor_without_negatives_has_no_loss(loss):
    """All samples are one item: loss 0 and gradient 0; the sigmoid keeps its matches."""
    value, grads = results(loss, X, Y, ids=np.zeros(6, dtype=int), reduction="none")
    if loss is pc.sigmoid_contrastive:
        unit = [t / np.linalg.norm(t, axis=1, keepdims=True) for t in (X, Y)]
        logits = (unit[0] * unit[1]).sum(axis=1) / 0.1 - 10
        np.testing.assert_allclose(value, np.log1p(np.exp(-logits)), atol=1e-12)
        return
    np.testing.assert_array_equal(value, 0)
    for grad in grads:
        np.testing.assert_array_equal(grad, 0)


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


@params
@pytest.mark.parametrize("dtype", [float, bool])
def test_ids_are_integers(loss, dtype):
    with pytest.raises(TypeError, match=f"{loss.name}: ids must have a integral dtype"):
        loss(X, Y, ids=IDS.astype(dtype))
    with pytest.raises(ValueError, match=f"{loss.name}: x and ids must have the same"):
        loss(X, Y, ids=IDS[:4])
