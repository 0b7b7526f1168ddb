"""A tiled call keeps to the memory that the contract allows, whatever the size of the batch."""

import tracemalloc

import pytest
from backends import Backend

from battery.cases import SIZES, case_params, default_cases

# Tuples are B**M: their memory is a matter of slabs, tested with the cube.
PAIRWISE = [c for c in default_cases() if not c.objective.tuples]


@pytest.mark.parametrize("case", case_params(PAIRWISE))
def test_tiled_memory(case):
    """Value and gradient take at most 12 floats an input element, and one tile a worker."""
    # As many numbers an array, whatever their count, as a dense call would dwarf.
    for depth in (16, 8, 4):
        arrays = case.given(Backend.NUMPY, case.arrays(B=1200, N=1200, D=depth))
        elements = sum(x.size for x in arrays.values())
        if 12 * elements < 1000**2:
            break
    rows, cols, workers = 32, 32, 2
    # Once before, for imports and caches.
    case.objective.vjp(**case.given(Backend.NUMPY, case.arrays()), **case.options)
    options = case.options | dict(tile=(rows, cols), workers=workers)
    tracemalloc.start()
    try:
        value, back = case.objective.vjp(**arrays, **options)
        grads = back(value / value)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(grads) == sum(case.arguments[name].differentiable for name in arrays)
    dense = 8 * 1200**2
    # A tile holds all views of its samples, and passes through a few temporaries of its own size.
    tile = rows * cols * SIZES["M"] ** 2
    allowed = 8 * (12 * elements + workers * 6 * tile)
    assert allowed < dense, "this test could not tell a dense call from a tiled one"
    assert peak < allowed, f"{peak / 8 / elements:.1f} floats an input element"
