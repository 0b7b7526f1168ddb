"""Workers use the memory of a tile's temporaries again, and nothing that is kept lies there."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast import arrays
from polycontrast.arrays import Temporaries, block, product, reusing


def views(count, rows):
    return np.random.default_rng(0).standard_normal((count, rows, 6))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("name", "inputs", "parameters"),
    [
        ("info_nce", tuple(views(2, 1700)), {}),
        ("nt_xent", tuple(views(2, 1000)), {}),
        ("info_nce", tuple(views(2, 1700)), {"temperature": 1e-3}),
        ("poly_view", (views(3, 600),), {"aggregation": "geometric"}),
        ("sufficient_statistics", (views(3, 600),), {}),
    ],
)
def test_kept_tiles_are_those_that_would_be_computed_again(name, inputs, parameters, workers):
    objective = pc.objectives()[name]
    (walk,) = pc.plan(objective, *(t.shape for t in inputs), dtype="float64", **parameters).walks
    assert walk.keep
    assert max(walk.rows / walk.tile[0], walk.columns / walk.tile[1]) > 1
    value, back = objective.vjp(*inputs, workers=workers, **parameters)
    wanted, grads = objective.value_and_grad(*inputs, memory=0, **parameters)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    for _ in range(2):
        for got, grad in zip(back(1.0), grads, strict=True):
            np.testing.assert_allclose(got, grad, rtol=1e-9, atol=1e-12)


def test_blocks_are_used_again_in_the_order_of_their_use():
    temporaries = Temporaries()
    x, y = np.ones((3, 2)), np.ones((2, 5))
    with reusing(temporaries):
        first, second = product(x, y), arrays.added(x, 1.0)
    with reusing(temporaries):
        again, smaller = product(2 * x, y), arrays.multiplied(x[:1], 3.0)
    assert np.shares_memory(first, again)
    assert np.shares_memory(second, smaller)
    assert not np.shares_memory(first, second)
    assert (again == 4.0).all()
    assert (smaller == 3.0).all()


def test_outside_of_a_walk_every_temporary_is_its_own():
    x, y = np.ones((3, 2)), np.ones((2, 5))
    assert not np.shares_memory(product(x, y), product(x, y))


def test_a_block_may_change_its_dtype_and_grow():
    temporaries = Temporaries()
    for shape, dtype in [((2, 2), "float32"), ((2, 2), "float64"), ((9, 9), "float64")]:
        with reusing(temporaries):
            got = temporaries.take(shape, np.dtype(dtype))
        assert (got.shape, got.dtype) == (shape, np.dtype(dtype))


def test_large_blocks_begin_at_a_huge_page():
    large = block(2**21, np.float32)
    assert large.shape == (2**21,)
    assert large.ctypes.data % 2**21 == 0
    assert block(7, np.float64).shape == (7,)
