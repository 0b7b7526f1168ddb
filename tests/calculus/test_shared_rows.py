"""Rows that workers share: the results are those of one worker, and of the formulas."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.arrays import Temporaries, matmul, reusing, row_dot, rowwise, softplus_and_sigmoid
from polycontrast.arrays.cpu.crew import computing
from polycontrast.calculus import unit_rows

ROWS = 1500, 400  # 2.4 MB in float32: more than a strip, and no multiple of one


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_unit_rows_in_strips(workers):
    """Lengths, directions and their gradients are the same bits as those of whole arrays."""
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=(2, *ROWS)).astype(np.float32)
    z, back = unit_rows(x)
    wanted = z, back(g), row_dot(x, g)
    with computing(x, workers):
        z, back = unit_rows(x)
        for found, one in zip((z, back(g), row_dot(x, g)), wanted, strict=True):
            np.testing.assert_array_equal(found, one)
        overwritten = g.copy()
        assert back(overwritten, overwrite=True) is overwritten
        np.testing.assert_array_equal(overwritten, wanted[1])
    wide = x.astype(float)
    exact = wide / np.sqrt((wide**2).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(z, exact, rtol=1e-6)


def test_several_results_of_rows():
    """A function of rows may return several arrays, of one axis or two."""
    x = np.random.default_rng(0).normal(size=ROWS)
    with computing(x, 3):
        doubled, sums = rowwise(lambda t: (2 * t, t.sum(axis=1)), x)
    np.testing.assert_array_equal(doubled, 2 * x)
    np.testing.assert_array_equal(sums, x.sum(axis=1))


@pytest.mark.parametrize(
    "name", ["info_nce", "nt_xent", "sigmoid_contrastive", "f_micl", "triplet"]
)
@pytest.mark.parametrize(
    ("shape", "tile"), [((700, 400), (300, 300)), ((300, 1024), None)], ids=["tiles", "one tile"]
)
def test_a_second_pullback_of_large_rows(name, shape, tile):
    """A gradient may be overwritten by who gets it; the next pullback has one of its own."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, *shape)).astype(np.float32)
    given = (x, np.arange(shape[0]) // 4) if name == "triplet" else (x, y)
    _, back = pc.objectives()[name].vjp(*given, memory=0, tile=tile)
    first = [np.array(t) for t in back(1.0)]
    for k, again in enumerate(back(1.0)):
        np.testing.assert_array_equal(again, first[k])
        if again.ndim:
            again[...] = np.nan
    for k, again in enumerate(back(1.0)):
        np.testing.assert_array_equal(again, first[k])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(40, 30), (900, 256), (200, 900)])
def test_a_matrix_times_its_own_transpose(dtype, shape):
    """Shallow or deep, of one dtype or another, the product is the sum of the formula."""
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    wanted = np.einsum("id,jd->ij", x.astype(float), x.astype(float))
    with computing(x, 2):
        found = matmul(x, x.T)
    np.testing.assert_allclose(found, wanted, atol=1e-6 * shape[1] if dtype == "float32" else 1e-12)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (700, 300), (2, 200_000)])
def test_softplus_and_sigmoid_in_strips(shape):
    """Both functions of each entry, whatever the number of strips."""
    x = np.random.default_rng(0).normal(0, 20, shape).clip(-60, 60)
    with reusing(Temporaries()):
        values, slopes = softplus_and_sigmoid(x.copy())
    np.testing.assert_allclose(values, np.logaddexp(0, x), rtol=1e-13)
    np.testing.assert_allclose(slopes, np.exp(-np.logaddexp(0, -x)), rtol=1e-13)
