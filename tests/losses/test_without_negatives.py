"""Losses without negatives: identities, both forms of the products, ranks, edges."""

import numpy as np
import pytest
from battery.cases import Case, assert_close
from battery.test_values import oracle_result

import polycontrast as pc
from polycontrast.calculus import column_squares, row_squares
from polycontrast.context import whole_batch
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))

# Both forms of the products of rows, and of columns: pairs, and Gram matrices.
SHAPES = [(12, 3), (4, 9)]
MOMENTS = ("barlow_twins", "barlip", "vicreg", "spectral_contrastive", "geometric_consistency")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", MOMENTS)
def test_tall_and_wide_batches(name, shape):
    case = Case(pc.objectives()[name], {})
    arrays = case.arrays(B=shape[0], D=shape[1])
    assert_close(case.evaluate(arrays), oracle_result(case, arrays), 1e-10)


@pytest.mark.parametrize("sizes", [(3, 8, 5), (9, 40, 2), (40, 9, 2)])
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_sets_of_different_sizes(sizes, reduction):
    one, two, width = sizes
    case = Case(pc.orthogonal, {"reduction": reduction})
    arrays = case.arrays(B=one, N=two, D=width)
    assert_close(case.evaluate(arrays), oracle_result(case, arrays), 1e-10)


@pytest.mark.parametrize(("own", "crossed"), [(True, 0.0), (False, 0.0), (True, 0.7)])
@pytest.mark.parametrize("shape", SHAPES)
def test_squares_of_rows_and_their_pullback(shape, own, crossed):
    x, y = RNG.normal(size=(2, *shape))
    g = np.full(shape[0], 0.3) if crossed else RNG.normal(size=shape[0])
    vectors = RNG.normal(size=(2, *shape))

    def value(x, y):
        m = (x @ y.T) * (1 - (0 if own else np.eye(len(x))))
        return np.sum(m * m, axis=1) + crossed * np.sum(m * m.T, axis=1)

    sums, back = row_squares(x, y, whole_batch(), own=own, crossed=crossed)
    np.testing.assert_allclose(sums, value(x, y), rtol=1e-10, atol=1e-10)
    h = 1e-5
    ends = [g @ value(x + s * vectors[0], y + s * vectors[1]) for s in (h, -h)]
    gx, gy = back(np.asarray(0.3) if crossed else g)
    wanted = (ends[0] - ends[1]) / (2 * h)
    assert np.sum(gx * vectors[0]) + np.sum(gy * vectors[1]) == pytest.approx(wanted, rel=1e-7)
    if not crossed:
        for one, other in zip(back(np.asarray(0.3)), back(np.full_like(g, 0.3)), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-11)


@pytest.mark.parametrize("shape", SHAPES)
def test_squares_of_columns_are_those_of_the_rows_of_the_transposes(shape):
    x, y = RNG.normal(size=(2, *shape))
    sums, back = column_squares(x, y, whole_batch(), own=False)
    wanted, pull = row_squares(x.T, y.T, own=False)
    np.testing.assert_allclose(sums, wanted, rtol=1e-10)
    g = RNG.normal(size=sums.shape)
    for one, other in zip(back(g), pull(g), strict=True):
        np.testing.assert_allclose(one, other.T, atol=1e-11)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", [*MOMENTS, "orthogonal"])
def test_unequal_shares(name, shape):
    case = Case(pc.objectives()[name], {})
    arrays = case.arrays(B=shape[0], N=shape[0], D=shape[1])
    wanted = case.evaluate(arrays)
    split = [0, shape[0] - 1, shape[0]]

    def one(comm):
        part = slice(split[comm.rank], split[comm.rank + 1])
        mine = {name: t[part] for name, t in arrays.items()}
        value, grads = case.objective.value_and_grad(**mine, comm=comm, gradients="sum")
        assert_close(value, wanted.value, 1e-11)
        assert_close(grads._asdict(), {k: t[part] for k, t in wanted.grads.items()}, 1e-11)

    LocalGroup(2, timeout=30).run(one)


def test_barlow_twins_ignores_positive_affine_maps_of_columns():
    scale, shift = RNG.uniform(0.1, 9, size=4), RNG.normal(size=4)
    value = pc.barlow_twins(X, Y, eps=0.0)
    assert pc.barlow_twins(X * scale + shift, Y, eps=0.0) == pytest.approx(value, rel=1e-12)
    assert pc.barlow_twins(X, Y * scale + shift, eps=0.0) == pytest.approx(value, rel=1e-12)


def test_barlip_of_standard_columns_is_scaled_barlow_twins():
    x, y = ((z - z.mean(axis=0)) / z.std(axis=0) for z in (X, Y))
    got = pc.barlip(x, y, off_diagonal_weight=0.3, scale=0.5)
    assert got == pytest.approx(0.5 * pc.barlow_twins(x, y, weight=0.3, eps=0.0), rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("eps", [0.0, 1e-5])
def test_constant_columns_of_barlow_twins(dtype, eps):
    """They add 1, with gradient 0 without eps; so does every column of one sample."""
    x, y = X.astype(dtype), Y.astype(dtype)
    x[:, 1] = 0.1  # no sum of tenths is exact
    value, grads = pc.barlow_twins.value_and_grad(x, y, weight=0.0, eps=eps)
    kept = np.asarray([0, 2, 3])
    rest = pc.barlow_twins(x[:, kept], y[:, kept], weight=0.0, eps=eps)
    assert value == pytest.approx(rest + 1, rel=1e-6)
    assert np.isfinite(grads.x).all()
    assert eps or np.all(grads.x[:, 1] == 0)
    one = pc.barlow_twins.value_and_grad(x[:1], y[:1], eps=eps)
    assert one[0] == 4


def test_columns_far_from_zero_in_float32():
    x, y = (z.astype(np.float32) + 1000 for z in RNG.normal(size=(2, 20, 3)))
    for name in ("barlow_twins", "vicreg"):
        got = pc.objectives()[name].value_and_grad(x, y)
        wanted = pc.objectives()[name].value_and_grad(x.astype(float), y.astype(float))
        assert_close(got[0], wanted[0], 1e-5)
        assert_close(got[1].x, wanted[1].x, 1e-5)


def test_vicreg_of_equal_uncorrelated_wide_columns_is_zero():
    x = np.asarray([[2.0, 2.0], [2.0, -2.0], [-2.0, 2.0], [-2.0, -2.0]])
    value, grads = pc.vicreg.value_and_grad(x, x)
    assert value == 0
    assert not np.any(grads.x)


def test_vicreg_at_its_edges():
    with pytest.raises(ValueError, match=r"^vicreg: x and y must have at least 2 rows"):
        pc.vicreg(X[:1], Y[:1])
    collapsed = np.ones((3, 2))
    value, grads = pc.vicreg.value_and_grad(collapsed, collapsed, eps=0.0)
    assert value == 25
    assert not np.any(grads.x)


def test_cosines_with_targets():
    px, py, zx, zy = RNG.normal(size=(4, 7, 3))
    losses = pc.simsiam(px, py, zx, zy, reduction="none")
    terms = [pc.negative_cosine(p, z, reduction="none") for p, z in ((px, zy), (py, zx))]
    np.testing.assert_allclose(losses, sum(terms) / 2, atol=1e-15)
    value, grads = pc.simsiam.value_and_grad(px, py, zx, zy)
    double, fours = pc.byol.value_and_grad(px, py, zx, zy)
    assert double == pytest.approx(4 + 4 * value, rel=1e-14)
    assert grads._fields == ("px", "py")
    np.testing.assert_allclose(fours.px, 4 * grads.px, rtol=1e-12)
    held = pc.negative_cosine.value_and_grad(px, zy, stop_grad="y")[1]
    np.testing.assert_allclose(held.x / 2, grads.px, rtol=1e-12)
    assert not np.any(held.y)


def test_a_small_byol_keeps_its_digits():
    x = RNG.normal(size=(5, 4)).astype(np.float32)
    y = x + np.float32(1e-4) * RNG.normal(size=x.shape).astype(np.float32)
    wanted = pc.byol(*(t.astype(float) for t in (x, y, x, y)))
    assert pc.byol(x, y, x, y) == pytest.approx(wanted, rel=1e-2)
    assert 0 < wanted < 1e-6


def test_zero_rows_have_cosine_zero():
    zeros = np.zeros_like(X)
    assert pc.negative_cosine(zeros, Y) == 0
    assert pc.simsiam(zeros, zeros, X, Y) == 0
    assert pc.byol(zeros, X, zeros, zeros) == 4
    assert pc.siamlip(zeros, X, zeros, zeros) == 2


def test_spectral_contrastive_has_a_bound():
    """It is a parabola in the product of the scales of both views."""
    mean = np.mean(np.sum(X * Y, axis=1))
    squares = np.mean((X @ Y.T)[~np.eye(6, dtype=bool)] ** 2)
    best = mean / squares
    got = pc.spectral_contrastive(X, best * Y, mu=None)
    assert got == pytest.approx(-(mean**2) / squares, rel=1e-12)
    assert pc.spectral_contrastive(X, 1.1 * best * Y, mu=None) > got


def test_spectral_contrastive_of_clipped_rows():
    unit = [t / np.linalg.norm(t, axis=1, keepdims=True) for t in (X, Y)]
    got = pc.spectral_contrastive(100 * X, 100 * Y, mu=4.0)
    wanted = pc.spectral_contrastive(2 * unit[0], 2 * unit[1], mu=None) / 4
    assert got == pytest.approx(wanted, rel=1e-12)
    with pytest.raises(ValueError, match=r"^spectral_contrastive: x and y must have at least 2"):
        pc.spectral_contrastive(X[:1], Y[:1])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["barlow_twins", "spectral_contrastive"])
def test_both_forms_on_every_library(name, shape, backend):
    case = Case(pc.objectives()[name], {})
    arrays = case.arrays(B=shape[0], D=shape[1])
    assert_close(case.evaluate(arrays, backend), case.evaluate(arrays), 1e-10)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", MOMENTS)
def test_second_derivatives_of_both_forms(name, shape):
    objective, h = pc.objectives()[name], 1e-5
    rng = np.random.default_rng(1)
    given, vectors = rng.normal(size=(2, *shape)), rng.normal(size=(2, *shape))
    options = {"cross_modal": 0.4} if name == "geometric_consistency" else {}
    options |= {"mu": None} if name == "spectral_contrastive" else {}
    products = objective.hvp(tuple(given), tuple(vectors), **options)
    one, other = (
        np.stack(objective.value_and_grad(*(given + s * vectors), **options)[1]) for s in (h, -h)
    )
    wanted = (one - other) / (2 * h)
    np.testing.assert_allclose(np.stack(products), wanted, atol=1e-6 * np.abs(wanted).max())


def test_unequal_weights_of_geometric_consistency():
    """Wide and tall batches, with the products of the rows in the other order."""
    for shape in SHAPES:
        case = Case(pc.geometric_consistency, {"in_modal": 0.3, "cross_modal": 1.7})
        arrays = case.arrays(B=shape[0], D=shape[1])
        assert_close(case.evaluate(arrays), oracle_result(case, arrays), 1e-10)
