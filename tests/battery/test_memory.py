"""A tiled call keeps to the memory that the contract allows, whatever the size of the batch."""

import tracemalloc

import numpy as np
import pytest
from backends import Backend

from battery.cases import SIZES, default_cases, parts
from battery.scopes import of_mechanisms, of_objectives


def pairwise(case):
    """Whether there are pairs alone, made from rows.

    Tuples are B**M: their memory is a matter of slabs, tested with the cube.
    """
    cubic = case.objective.tuples or case.facts.cubic
    return not cubic and all(d.count("B") < 2 for d in case.dims.values())


@pytest.mark.parametrize("case", of_objectives(filter(pairwise, default_cases())))
def test_nothing_of_the_size_of_the_matrix(case):
    """As below, with few and large tiles."""
    check_memory(case, rows=1000, depth=6, tile=80, workers=1, temporaries=8)


@pytest.mark.parametrize("case", of_mechanisms(pairwise))
def test_tiled_memory(case):
    """Value and gradient take at most 12 floats an input element, and some tiles a worker."""
    check_memory(case, rows=800, depth=16, tile=32, workers=2, temporaries=6)


def check_memory(case, rows, depth, tile, workers, temporaries):
    """The peak of a call stays below what the contract allows, and that below the whole matrix."""
    # Inputs may be large: fewer columns then, and more rows, until a dense call would dwarf them.
    more = ((2 * rows, 2), (4 * rows, 2))
    for n, d in ((rows, depth), (rows, depth // 2), (rows, 2), *more):
        arrays = case.given(Backend.NUMPY, case.arrays(B=n, N=n, D=d))
        elements = sum(t.size for x in arrays.values() for t in parts(x))
        # A tile holds all views of its samples, and passes through a few temporaries of its size.
        allowed = 8 * (12 * elements + workers * temporaries * (tile * SIZES["M"]) ** 2)
        if allowed < 8 * n**2:
            break
    else:
        pytest.fail("this test could not tell a dense call from a tiled one")
    # Once before, for imports and caches.
    case.objective.vjp(**case.given(Backend.NUMPY, case.arrays()), **case.options)
    options = case.options | dict(tile=(tile, tile), workers=workers)
    tracemalloc.start()
    try:
        value, back = case.objective.vjp(**arrays, **options)
        grads = back(np.ones_like(value))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(grads) == sum(case.arguments[name].by_default for name in arrays)
    assert peak < allowed, f"{peak / 8 / elements:.1f} floats an input element"
