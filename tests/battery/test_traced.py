"""Traced arguments that are not what their roles say: no number comes out, but nan."""

import math

import numpy as np
import pytest
from backends import Backend

from battery.cases import Case, all_cases
from battery.scopes import representatives

pytestmark = pytest.mark.skipif(not Backend.JAX.installed, reason="JAX is not installed")


def wrong_indices(role, usual, count):
    """One that is below 0, one that is too large, and one that is there twice."""
    wrong = [usual.copy(), usual.copy()]
    wrong[0].flat[0], wrong[1].flat[-1] = -1, count
    if role.distinct:
        twice = usual.copy()
        twice[..., 0] = twice[..., 1]
        wrong.append(twice)
    return wrong


def wrong_numbers(argument, usual):
    """Numbers on the other side of each bound, and at it where it is open."""
    role, low = argument.role, 0.0 if argument.kind == "weights" else argument.role.low
    bad = [math.nan] if role.is_bounded else []
    bad += [low - 0.1] + ([low] if role.open_low else []) if low > -math.inf else []
    bad += [role.high + 0.1] if role.high < math.inf else []
    for number in bad:
        wrong = np.array(usual, dtype=np.float64)
        wrong.flat[-1] = number
        yield wrong
    if argument.kind == "weights":
        yield np.zeros_like(usual)


def examples():
    """For each argument of such a role, the first case that gives it.

    Weights, and numbers without axes, are fast for representatives.
    """
    found, few = {}, {case.objective.name for case in representatives()}
    for case in all_cases():
        for name in (*case.dims, *case.scalars):
            argument = case.arguments[name]
            if argument.role.below or argument.role.is_bounded or argument.kind == "weights":
                found.setdefault((case.objective.name, name), case)
    for (objective, name), case in found.items():
        common = case.arguments[name].kind in ("weights", "scalar")
        slow = [pytest.mark.slow] if common and objective not in few else []
        yield pytest.param(case, name, id=f"{objective}-{name}", marks=slow)


def wrong_values(case: Case, name, arrays):
    """Values of one argument that it must refuse where it is not traced."""
    argument = case.arguments[name]
    if argument.role.below:
        shapes = [zip(case.dims[k], np.shape(x), strict=True) for k, x in arrays.items()]
        axes = {axis: length for shape in shapes for axis, length in shape}
        return wrong_indices(argument.role, arrays[name], axes[argument.role.below])
    return list(wrong_numbers(argument, arrays.get(name, case.parameter(name))))


@pytest.mark.parametrize(("case", "name"), list(examples()))
def test_nan_comes_of_it(case, name):
    import jax

    arrays, options = case.arrays(), {k: v for k, v in case.options.items() if k != name}
    made = case.given(Backend.JAX, arrays)
    wrt = tuple(n for n in case.dims if case.arguments[n].by_default)

    @jax.jit
    def call(made):
        value, back = case.objective.vjp(**made, wrt=wrt, **options)
        return value, back(Backend.JAX.xp.ones_like(value))

    usual = arrays.get(name, case.parameter(name))
    value, grads = call(made | {name: Backend.JAX.asarray(np.asarray(usual))})
    assert np.isfinite(Backend.JAX.read(value)).all()
    for wrong in wrong_values(case, name, arrays):
        value, grads = call(made | {name: Backend.JAX.asarray(np.asarray(wrong))})
        assert np.isnan(Backend.JAX.read(value)).all()
        for grad in jax.tree.leaves(grads):
            assert np.isnan(Backend.JAX.read(grad)).all()
