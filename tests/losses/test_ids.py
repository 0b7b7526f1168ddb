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


@params
@pytest.mark.parametrize("dtype", [float, bool])
def test_ids_are_integers(loss, dtype):
    with pytest.raises(TypeError, match=f"{loss.name}: ids must have a integral dtype"):
        loss(X, Y, ids=IDS.astype(dtype))
    with pytest.raises(ValueError, match=f"{loss.name}: x and ids must have the same"):
        loss(X, Y, ids=IDS[:4])
