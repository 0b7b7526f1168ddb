"""A case of the registry as a function that JAX transforms."""

import functools

import numpy as np
from backends import Backend
from battery.cases import Result, cotangent

__all__ = ["arguments", "pulled"]


def arguments(case, arrays):
    """Two dicts of JAX arrays: what a case differentiates, scalars included, and the rest."""
    made = case.given(Backend.JAX, arrays)
    made |= {n: Backend.JAX.asarray(float(case.parameter(n))) for n in case.scalars}
    return (
        {n: x for n, x in made.items() if n in case.differentiable},
        {n: x for n, x in made.items() if n not in case.differentiable},
    )


def pulled(case, arrays, **options):
    """Value and gradients of a case by `jax.vjp` under `jax.jit`, every array traced."""
    import jax

    static = {n: v for n, v in case.options.items() if n not in case.scalars} | options

    @jax.jit
    def run(moving, rest, g):
        value, back = jax.vjp(lambda m: case.objective(**m, **rest, **static), moving)
        return value, back(g)[0]

    moving, rest = arguments(case, arrays)
    value = jax.eval_shape(functools.partial(case.objective, **static), **moving, **rest)
    g = Backend.JAX.asarray(np.asarray(cotangent(value.shape)))
    value, grads = run(moving, rest, g)
    read = {n: Backend.JAX.read(grads[n]) for n in case.differentiable}
    return Result(Backend.JAX.read(value), read)
