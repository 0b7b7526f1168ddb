"""A case of the registry as a function that JAX transforms."""

import functools

import numpy as np
from backends import Backend
from battery.cases import Result, cotangent, each

__all__ = ["arguments", "pulled", "traced"]


def arguments(case, arrays):
    """Two dicts of JAX arrays: what a case differentiates, scalars included, and the rest."""
    made = case.given(Backend.JAX, arrays)
    made |= {n: Backend.JAX.asarray(float(case.parameter(n))) for n in case.scalars}
    return (
        {n: x for n, x in made.items() if n in case.differentiable},
        {n: x for n, x in made.items() if n not in case.differentiable},
    )


def program(case, arrays, **options):
    """Value and gradients of a case by `jax.vjp`, as a function, and what it is called with."""
    import jax

    static = {n: v for n, v in case.options.items() if n not in case.scalars} | options

    def run(moving, rest, g):
        value, back = jax.vjp(lambda m: case.objective(**m, **rest, **static), moving)
        return value, back(g)[0]

    moving, rest = arguments(case, arrays)
    value = jax.eval_shape(functools.partial(case.objective, **static), **moving, **rest)
    return run, (moving, rest, Backend.JAX.asarray(np.asarray(cotangent(value.shape))))


def traced(case, arrays):
    """Shapes and dtypes of value and gradients, every array traced; nothing is compiled."""
    import jax

    run, given = program(case, arrays)
    return given[0], *jax.eval_shape(run, *given)


def pulled(case, arrays, **options):
    """Value and gradients of a case under `jax.jit`, every array traced."""
    import jax

    run, given = program(case, arrays, **options)
    value, grads = jax.jit(run)(*given)
    read = {n: each(grads[n], Backend.JAX.read) for n in case.differentiable}
    return Result(Backend.JAX.read(value), read)
