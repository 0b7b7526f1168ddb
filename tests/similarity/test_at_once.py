"""Where the cotangent is certain, sums and their gradients come from one walk."""

import numpy as np
import pytest

import polycontrast as pc

TILES = (None, (3, 4))


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    return rng.standard_normal((2, 11, 5))


def plan_of(**options):
    return pc.plan(pc.sigmoid_contrastive, (1000, 64), (1000, 64), **options)


def test_three_products_are_planned():
    assert plan_of(tile=(100, 100)).flops == 3 * 2 * 1000 * 1000 * 64
    # Without a mean or a sum of the losses the gradient walks again.
    assert plan_of(tile=(100, 100), reduction="none").flops == 4 * 2 * 1000 * 1000 * 64


def test_three_products_are_made(pair, monkeypatch):
    products = []
    matmul = np.matmul

    def counting(a, b, **options):
        products.append(a.shape[0] * a.shape[1] * b.shape[1])
        return matmul(a, b, **options)

    monkeypatch.setattr(np, "matmul", counting)
    pc.sigmoid_contrastive.value_and_grad(*pair, tile=(3, 4), workers=1)
    assert sum(products) == 3 * 11 * 11 * 5


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_it_is_the_gradient_of_two_walks(pair, tile, reduction):
    wrt = ("x", "y", "temperature", "bias")
    options = {"temperature": 0.3, "bias": -1.0, "tile": tile, "wrt": wrt}
    value, grads = pc.sigmoid_contrastive.value_and_grad(*pair, reduction=reduction, **options)
    losses, back = pc.sigmoid_contrastive.vjp(*pair, reduction="none", **options)
    share = 1 / len(losses) if reduction == "mean" else 1.0
    np.testing.assert_allclose(value, losses.sum() * share, rtol=1e-13)
    for one, other in zip(grads, back(np.full_like(losses, share)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("cotangent", [0.0, 1, 3.0, np.asarray(-2.0)])
def test_any_cotangent_may_follow(pair, cotangent):
    value, back = pc.sigmoid_contrastive.vjp(*pair)
    once, twice = back(1.0), back(cotangent)
    np.testing.assert_allclose(twice.x, float(cotangent) * once.x, rtol=1e-14)
    np.testing.assert_allclose(back(1.0).y, once.y, rtol=0)
    assert value.ndim == 0


@pytest.mark.parametrize("name", ["gamma_info_nce", "global_contrastive"])
@pytest.mark.parametrize("directions", [1, 2])
def test_a_score_is_in_the_same_walk(pair, name, directions, monkeypatch):
    """Where rows and columns see other scores of one tile, too: three products, same numbers."""
    objective, state = pc.objectives()[name], np.zeros((2, 11) if directions == 2 else 11)
    wrt = ("x", "y", "temperature")
    options = {"temperature": 0.5, "tile": (3, 4), "workers": 1, "wrt": wrt}
    losses, back = objective.vjp(*pair, state, reduction="none", **options)
    wanted = back(np.full(losses.shape, 1 / losses.size))
    products, matmul = [], np.matmul

    def counting(a, b, **given):
        products.append(a.shape[0] * a.shape[1] * b.shape[1])
        return matmul(a, b, **given)

    monkeypatch.setattr(np, "matmul", counting)
    _, grads = objective.value_and_grad(*pair, state, **options)
    assert sum(products) == 3 * 11 * 11 * 5
    for one, other in zip(grads, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)
