"""Where the cotangent is certain, sums and their gradients come from one walk."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.objective import Embeddings, Objective, Reduction, Weights
from polycontrast.similarity import EXP, Similarity

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


def exp_sums(x, y, like):
    """Sums of exponentials over the rows of a matrix, and their pullback."""
    sums, _, pull = Similarity(x, y, scale=np.asarray(1.0)).sums_of(EXP, columns=False, like=like)
    return sums, lambda g: dict(zip(("x", "y"), pull(g)[:2], strict=True))


def exp_sum_of_rows(x: Embeddings, y: Embeddings):
    return exp_sums(x, y, x[:, 0])


def exp_sum_of_some_rows(
    x: Embeddings, y: Embeddings, weights: Weights | None = None, reduction: Reduction = "mean"
):
    return *exp_sums(x, y, x[:, 0]), np.arange(x.shape[0]) % 2 == 0


def exp_sum_of_weighted_rows(
    x: Embeddings, y: Embeddings, weights: Weights | None = None, reduction: Reduction = "mean"
):
    return exp_sums(x, y, x[:, 0])


def expected(x, y, g):
    """Gradients of the sums of exponentials for the cotangent g."""
    weights = np.exp(x @ y.T) * g[:, None]
    return weights @ y, weights.T @ x


@pytest.mark.parametrize("tile", TILES)
def test_a_value_with_axes_promises_nothing(pair, tile):
    """Losses that are not reduced have any cotangent."""
    _, back = Objective(exp_sum_of_rows).vjp(*pair, tile=tile)
    g = np.arange(11.0) - 3
    for one, other in zip(back(g), expected(*pair, g), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_losses_that_may_not_exist_are_refused(pair, tile, reduction):
    """The promise is that of losses that all exist."""
    made = Objective(exp_sum_of_some_rows)
    with pytest.raises(TypeError, match="exp_sum_of_some_rows: losses of which some do not exist"):
        made.value_and_grad(*pair, tile=tile, reduction=reduction)
    sums = np.exp(pair[0] @ pair[1].T).sum(axis=1)[::2]
    np.testing.assert_allclose(made(*pair, tile=tile), sums.mean(), rtol=1e-13)


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_weighted_losses_promise_nothing(pair, tile, reduction):
    w = np.arange(11.0)
    options = {"tile": tile, "reduction": reduction, "wrt": ("x", "y")}
    _, back = Objective(exp_sum_of_weighted_rows).vjp(*pair, weights=w, **options)
    g = 2.0 * w / w.sum() if reduction == "mean" else 2.0 * w
    grads = back(np.full(11, 2.0) if reduction == "none" else 2.0)
    for one, other in zip(grads, expected(*pair, g), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


def test_weights_that_are_all_zero_make_nan_under_jit(pair):
    """Their sum is not known while they are traced, so they cannot be refused."""
    jax = pytest.importorskip("jax")
    made = Objective(exp_sum_of_weighted_rows)

    @jax.jit
    def grads(x, y, w):
        return made.value_and_grad(x, y, weights=w, wrt=("x", "y"))[1]

    for t in grads(*map(jax.numpy.asarray, (*pair, np.zeros(11)))):
        assert np.isnan(np.asarray(t)).all()
