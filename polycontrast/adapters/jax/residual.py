"""A pullback as a pytree, which JAX can carry from the forward pass to the backward pass."""

from collections.abc import Callable
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, jaxpr_as_fun


def as_pytree(back: Callable[[jax.Array], Any], value: jax.Array) -> Callable[[jax.Array], Any]:
    """`back` with every array that it captured, tracers of integers included, as a leaf.

    `jax.closure_convert` hoists floating tracers only; a mask or labels in the closure would leak
    out of `jax.checkpoint` and `jax.lax.scan`. The captured arrays stay in memory until
    the backward pass: the arrays of size B D that a `back` needs, and scores where the plan keeps
    them.

    Parameters
    ----------
    back : callable
        From a cotangent to any pytree.
    value : array
        Gives shape and dtype of the cotangent.

    Returns
    -------
    callable
        A `jax.tree_util.Partial` that does the same.
    """
    closed, shapes = jax.make_jaxpr(back, return_shape=True)(value)
    jaxpr, structure = closed.jaxpr, jax.tree.structure(shapes)

    def run(captured: list[jax.Array], g: jax.Array) -> Any:
        return jax.tree.unflatten(structure, jaxpr_as_fun(ClosedJaxpr(jaxpr, captured))(g))

    return jax.tree_util.Partial(run, list(closed.consts))
