"""The same numbers on every array library, in the library, dtype and place that the inputs have."""

import pytest
from backends import Backend

from battery.cases import assert_close, cotangent, default_cases, each, parts
from battery.scopes import of_objectives


def check_place(case, backend, dtype):
    """Evaluate the case, check where value and gradients live, and compare them with NumPy's."""
    arrays = case.arrays()
    made = case.given(backend, arrays, dtype)
    value, back = case.objective.vjp(**made, wrt=case.differentiable, **case.options)
    grads = back(backend.asarray(cotangent(tuple(value.shape)), dtype))._asdict()
    place = parts(next(iter(made.values())))[0] if backend is not Backend.NUMPY else None
    for name, whole in {"value": value, **grads}.items():
        given = parts(made[name]) if name in made else [None] * len(parts(whole))
        for x, like in zip(parts(whole), given, strict=True):
            assert backend.owns(x), f"{name} is a {type(x)}"
            assert backend.dtype_name(x) == dtype, name
            assert place is None or x.device == place.device, name
            assert like is None or tuple(x.shape) == tuple(like.shape), name
    wanted = case.evaluate(arrays)
    tolerance = 1e-10 if dtype == "float64" else 1e-4
    assert_close(backend.read(value), wanted.value, tolerance, "value")
    assert_close({n: each(x, backend.read) for n, x in grads.items()}, wanted.grads, tolerance)


@pytest.mark.parametrize("case", of_objectives())
def test_float64(case, backend):
    """Value and gradients are those of NumPy, in the inputs' library, dtype and device."""
    check_place(case, backend, "float64")


@pytest.mark.parametrize("case", of_objectives(default_cases()))
def test_float32(case, backend):
    """The same in float32, which is nobody's default everywhere: nothing turns into float64."""
    check_place(case, backend, "float32")
