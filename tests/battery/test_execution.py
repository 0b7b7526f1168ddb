"""How a call is carried out changes nothing: tiles, workers, memory, repetition."""

import numpy as np
import pytest
from backends import Backend, backend_params

import polycontrast as pc
from battery.cases import (
    SIZES,
    all_cases,
    assert_close,
    case_params,
    default_cases,
    each,
    parts,
)
from battery.scopes import of_mechanisms, of_objectives

B = SIZES["B"]
EXECUTIONS = [
    *(dict(tile=(t, t), workers=w) for t, w in ((1, 1), (3, 2), (B - 1, 3), (B, 1), (2 * B, 2))),
    *(dict(tile=tile, workers=2) for tile in ((2, 7), (7, 2), (4, 100))),
    dict(memory=1),  # similarities are recomputed
]


@pytest.mark.parametrize("case", case_params())
def test_tiles(case):
    """Dense equals tiled, where tiles are oblong and do not divide the batch."""
    check_execution(case, case.arrays(), dict(tile=(2, 3), workers=2))


@pytest.mark.parametrize("case", of_mechanisms(among=all_cases()))
def test_every_execution(case):
    """Tiles of 1, 3, B-1, B and 2B with one, two and three workers; flat and steep ones."""
    check_execution(case, case.arrays(), *EXECUTIONS)
    check_execution(case, case.arrays(B=11), *EXECUTIONS)


def check_execution(case, arrays, *executions):
    dense = case.evaluate(arrays)
    for options in executions:
        assert_close(case.evaluate(arrays, **options), dense, 1e-10, str(options))
        assert_close(case.value(arrays, **options), dense.value, 1e-10, str(options))


@pytest.mark.parametrize("case", of_objectives(default_cases()))
def test_plan(case):
    """The work of a call is known from shapes alone."""
    arrays = case.arrays()
    shapes = [each(x, np.shape) for x in arrays.values()]
    plan = pc.plan(case.objective, *shapes, dtype="float64", **case.options)
    assert plan.input_bytes == sum(t.nbytes for x in arrays.values() for t in parts(x))
    assert 0 <= plan.value_flops <= plan.flops
    assert plan.flops > 0 or not plan.walks


@pytest.mark.parametrize("case", of_mechanisms())
def test_tiles_elsewhere(case, backend):
    """Tiles give the dense numbers on every array library."""
    # Few and equal tiles: JAX compiles each operation for each shape.
    arrays = case.arrays(B=4, N=4)
    tiled = case.evaluate(arrays, backend, tile=(2, 2))
    assert_close(tiled, case.evaluate(arrays), 1e-10)


@pytest.mark.parametrize("case", of_mechanisms(among=all_cases()))
def test_same_bits(case):
    """Two runs with the same settings give the same bits, whatever the threads did."""
    arrays = case.arrays(B=13)
    for options in ({}, dict(tile=(4, 4), workers=3)):
        first = case.evaluate(arrays, dtype="float32", **options)
        again = case.evaluate(arrays, dtype="float32", **options)
        np.testing.assert_array_equal(first.value, again.value)
        for name in first.grads:
            for one, other in zip(parts(first.grads[name]), parts(again.grads[name]), strict=True):
                np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("case", case_params(default_cases()))
def test_back_twice(case):
    """A pullback may be called twice, is linear, and its results are not one another's memory."""
    arrays = case.given(Backend.NUMPY, case.arrays())
    for options in ({}, dict(tile=(3, 3))):
        value, back = case.objective.vjp(
            **arrays, wrt=case.differentiable, **case.options, **options
        )
        g = np.random.default_rng(0).normal(size=value.shape)
        first = [np.array(t) for x in back(np.asarray(g)) for t in parts(x)]
        double = [t for x in back(np.asarray(2 * g)) for t in parts(x)]
        again = [t for x in back(np.asarray(g)) for t in parts(x)]
        names = [n for n in case.differentiable for _ in parts(arrays.get(n))]
        for name, a, b, c in zip(names, first, again, double, strict=True):
            np.testing.assert_array_equal(a, b)
            assert_close(c, 2 * a, 1e-12, name)
            assert np.any(a != 0) or np.all(c == 0)


@pytest.mark.parametrize("case", of_mechanisms())
@pytest.mark.parametrize("backend", backend_params(*(b for b in Backend if b is not Backend.JAX)))
def test_inputs_untouched(case, backend):
    """No input is changed (NumPy's are read-only here, JAX's always are)."""
    arrays = case.arrays()
    made = case.given(backend, arrays)
    for options in ({}, dict(tile=(3, 3))):
        value, back = case.objective.vjp(**made, **case.options, **options)
        g = backend.asarray(np.ones(tuple(value.shape)))
        back(g)
        np.testing.assert_array_equal(backend.read(g), np.ones(tuple(value.shape)))
        for name, x in arrays.items():
            for given, one in zip(parts(made[name]), parts(x), strict=True):
                np.testing.assert_array_equal(backend.read(given), one)


@pytest.mark.parametrize("case", of_mechanisms())
def test_larger_batch(case):
    """Where the plan itself takes several tiles and workers, the numbers are those of one tile."""
    # There are B**M tuples.
    b = 30 if case.objective.tuples or case.facts.cubic else 1200
    arrays = case.arrays(B=b, N=b, D=8)
    one = case.evaluate(arrays, tile=(b, b), workers=1)
    for options in (dict(workers=3), dict(workers=2, memory=1)):
        assert_close(case.evaluate(arrays, **options), one, 1e-10, str(options))
