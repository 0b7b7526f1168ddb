"""Rows of unit length by kernels, and calls that do not store them."""

from importlib import import_module

import lookalike
import numpy as np
import pytest
from processor import bfloat16

import polycontrast as pc
from polycontrast import arrays
from polycontrast.arrays.cuda import tiles
from polycontrast.arrays.cuda.rows import UnitRows
from polycontrast.calculus import unit_rows

RNG = np.random.default_rng(0)
SHAPES = [(1, 1), (5, 3), (9, 70), (2, 6, 33), (0, 4), (4, 0)]


@pytest.fixture
def cp():
    with lookalike.installed() as cupy:
        yield cupy


def exact(x):
    """Directions and lengths in float64."""
    x = x.astype(np.float64)
    length = np.sqrt(np.sum(x * x, axis=-1, keepdims=True))
    return x / np.where(length == 0, 1, length), length


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_rows_and_their_gradient(cp, shape, dtype):
    x, g = RNG.standard_normal((2, *shape)).astype(dtype)
    made = UnitRows(cp.asarray(x))
    z, length = exact(x)
    tolerance = dict(rtol=1e-5, atol=1e-6) if dtype == "float32" else dict(rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(made.dense().get(), z, **tolerance)
    wanted = (g - np.sum(z * g, axis=-1, keepdims=True) * z) / np.where(length == 0, 1, length)
    given = cp.asarray(g)
    np.testing.assert_allclose(made.back(given).get(), wanted, **tolerance)
    assert (given.get() == g).all()
    assert made.back(given, overwrite=True) is given
    np.testing.assert_allclose(given.get(), wanted, **tolerance)


def test_a_part_is_that_of_all_views_times_the_scale(cp):
    x = RNG.standard_normal((2, 7, 5)).astype(np.float32)
    made, z = UnitRows(cp.asarray(x)), exact(x)[0][:, 2:5].reshape(6, 5)
    np.testing.assert_allclose(made.part(2, 5).get(), z, rtol=1e-6)
    scale = cp.asarray(np.float64(3.0))
    scaled = made.part(2, 5, scale)
    np.testing.assert_allclose(scaled.get(), 3 * z, rtol=1e-6)
    bits = made.part(2, 5, scale, rounded=True)
    np.testing.assert_array_equal(bits.get(), tiles.rounded(scaled).get())
    np.testing.assert_allclose(bfloat16(bits.get()), 3 * z, rtol=2.0**-8)


def test_the_layout_may_be_any(cp):
    x = RNG.standard_normal((5, 8))
    made = UnitRows(cp.asarray(x.T.copy()).T)
    np.testing.assert_allclose(made.dense().get(), exact(x)[0], rtol=1e-13)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_of_any_size(cp, dtype):
    """Squares are neither lost nor infinite; zero rows stay, with a gradient of 0."""
    info = np.finfo(dtype)
    x = np.ones((6, 40), dtype)
    sizes = np.array([info.max, info.smallest_normal * 4, 0, info.smallest_normal / 4, 1e10, 1])
    x *= sizes[:, None].astype(dtype)
    made = UnitRows(cp.asarray(x))
    wanted = np.where((sizes < info.smallest_normal)[:, None], 0, 1 / np.sqrt(40))
    wanted = np.broadcast_to(wanted, x.shape)
    np.testing.assert_allclose(made.dense().get(), wanted, rtol=1e-6)
    grad = made.back(cp.asarray(RNG.standard_normal(x.shape).astype(dtype))).get()
    assert (grad[2:4] == 0).all()
    assert np.isfinite(grad).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("beside", [0.0, 1.0])
def test_a_row_that_is_not_finite_is_nan(cp, bad, beside):
    x = np.full((3, 50), beside)
    x[1, 40] = bad
    z = UnitRows(cp.asarray(x)).dense().get()
    assert np.isnan(z[1]).any()
    assert np.isfinite(z[[0, 2]]).all()


def test_small_matrices_are_stored(cp):
    x = cp.asarray(RNG.standard_normal((20, 5)))
    assert isinstance(unit_rows(x, apart=True)[0], cp.ndarray)


def test_the_generic_path_takes_no_kernel(cp):
    x = cp.asarray(RNG.standard_normal((20, 5)))
    with arrays.generic():
        np.testing.assert_allclose(unit_rows(x)[0].get(), exact(x.get())[0], rtol=1e-13)
    assert not lookalike.kernels.LAUNCHES


CALLS = [
    pytest.param("info_nce", {}, id="info_nce"),
    pytest.param("info_nce", {"precision": "bf16"}, id="info_nce-bf16"),
    pytest.param("info_nce", {"symmetric": False, "label_smoothing": 0.1}, id="info_nce-smoothed"),
    pytest.param("info_nce", {"negatives": RNG.standard_normal((9, 6))}, id="info_nce-queue"),
    pytest.param("info_nce", {"negatives": RNG.standard_normal((40, 3, 6))}, id="info_nce-own"),
    pytest.param("sigmoid_contrastive", {}, id="sigmoid_contrastive"),
    pytest.param("sigmoid_contrastive", {"precision": "bf16"}, id="sigmoid_contrastive-bf16"),
]


@pytest.mark.parametrize("tile", [{"tile": (24, 16)}, {}], ids=["tiled", "whole"])
@pytest.mark.parametrize(("name", "given"), CALLS)
def test_calls_that_do_not_store_rows(cp, monkeypatch, name, given, tile):
    """They give what they give with stored rows."""
    x, y = RNG.standard_normal((2, 40, 6)).astype(np.float32)
    given = {k: cp.asarray(v.astype("f4")) if hasattr(v, "shape") else v for k, v in given.items()}
    inputs = cp.asarray(x), cp.asarray(y)
    objective = pc.objectives()[name]
    wrt = ("x", "y", "temperature")
    wanted = objective.value_and_grad(*inputs, **given, **tile, wrt=wrt)
    monkeypatch.setattr(import_module("polycontrast.calculus.unit_rows"), "APART_BYTES", 0)
    launches = lookalike.kernels.LAUNCHES
    launches.clear()
    got = objective.value_and_grad(*inputs, **given, **tile, wrt=wrt)
    assert sum(name.startswith("directions") for name in launches) > 4
    np.testing.assert_allclose(got[0].get(), wanted[0].get(), rtol=1e-6)
    for a, b in zip(got[1], wanted[1], strict=True):
        np.testing.assert_allclose(a.get(), b.get(), rtol=1e-5, atol=1e-6 * np.abs(b.get()).max())
    assert (inputs[0].get() == x).all()
