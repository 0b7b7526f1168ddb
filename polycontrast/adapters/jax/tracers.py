"""Functions under JAX's transformations: one `jax.custom_vjp` for all of them.

Calls with tracers come here (see `polycontrast.adapters.routing`). Every JAX array of a call, the
temperature included, is an argument that is traced; everything else is one hashable record.
"""

import functools
import itertools
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from polycontrast.adapters.differentiable import Differentiable, by_name
from polycontrast.adapters.jax.replication import summed_by_jax, varying_alike
from polycontrast.adapters.jax.residual import as_pytree
from polycontrast.adapters.jax.sharding import with_automatic_axes
from polycontrast.adapters.jax.wrappers import arrays_of
from polycontrast.arrays import beside_tracers
from polycontrast.context import current_settings


def concerns(arrays: Iterable[Any]) -> bool:
    """True when any array stands for one that JAX is tracing."""
    return any(isinstance(x, jax.core.Tracer) for x in arrays)


def call(function: Differentiable, args: tuple[Any, ...], kwargs: dict[str, Any]) -> jax.Array:
    """Value of the function, with its analytic gradient as JAX's."""
    values = by_name(function, args, kwargs)
    # Names that are no arguments are options of execution, or the function refuses them.
    own = {n: arrays_of(value) for n, value in values.items() if n in function.arguments}
    function.check_indices(own)  # all arrays are traced from here on, and JAX clamps indices
    named = asdict(current_settings()) | kwargs | beside_tracers(own)
    if summed_by_jax(named["comm"], jax.tree.leaves(own)):
        named["gradients"] = _only_summed(function, kwargs.get("gradients", "sum"), named["comm"])
    leaves, tree = jax.tree.flatten(named)
    traced = tuple(leaf for leaf in leaves if isinstance(leaf, jax.Array))
    static = tuple(_ARRAY if isinstance(leaf, jax.Array) else _plain(leaf) for leaf in leaves)
    record = Record(function, tree, static)
    try:
        hash(record)
    except TypeError:
        function.vjp(**named)  # it refuses values that are no JAX arrays, in its own words
        raise
    return _call(record, *traced)


def _only_summed(function: Differentiable, gradients: str, axis: str) -> str:
    """The setting `gradients` where JAX sums gradients itself; an average is refused."""
    if gradients == "average":
        raise ValueError(
            f'{function.name}: gradients must be "sum" or left out where jax.shard_map has '
            f'check_vma=True, since JAX sums gradients over {axis!r} itself, got "average"'
        )
    return gradients


class _Array:
    """Mark that stands for a traced array."""

    def __repr__(self) -> str:
        return "array"


_ARRAY = _Array()


def _plain(leaf: Any) -> Any:
    """Numbers in 0-d NumPy arrays become hashable; other things stay."""
    return leaf.item() if isinstance(leaf, np.ndarray) and leaf.ndim == 0 else leaf


@dataclass(frozen=True)
class Record:
    """All of a call that is not a traced array.

    Parameters
    ----------
    function : Differentiable
    tree : PyTreeDef
        Structure of the arguments by name; views may be a sequence.
    static : tuple
        Leaves of that structure, a mark where an array is.
    """

    function: Differentiable
    tree: Any
    static: tuple[Any, ...]

    def named(self, traced: Iterable[Any]) -> dict[str, Any]:
        """Arguments by name, with the arrays for their marks."""
        rest = iter(traced)
        leaves = [next(rest) if leaf is _ARRAY else leaf for leaf in self.static]
        return dict(jax.tree.unflatten(self.tree, leaves))

    def positions(self, name: str) -> list[int]:
        """Positions of an argument's arrays among all that are traced."""
        count = itertools.count()
        marks = [next(count) if leaf is _ARRAY else -1 for leaf in self.static]
        mine = jax.tree.unflatten(self.tree, marks).get(name)
        return [k for k in jax.tree.leaves(mine) if k >= 0]

    def differentiated(self, traced: tuple[jax.Array, ...]) -> dict[str, list[int]]:
        """Arguments with a gradient, and the positions of their arrays.

        Integers have none, not even as a temperature.
        """
        positions_of = {}
        for name, argument in self.function.arguments.items():
            positions = self.positions(name) if argument.differentiable else []
            if positions and jnp.issubdtype(traced[positions[0]].dtype, jnp.floating):
                positions_of[name] = positions
        return positions_of


# Forward and backward pass are each compiled as one, so that `jax.grad` outside of `jax.jit` does
# not run operation by operation: within `jax.shard_map` each would be compiled by itself, in every
# call anew. They are inlined, so that under `jax.jit` nothing stands between these operations and
# their neighbours.
compiled = functools.partial(jax.jit, static_argnums=0, inline=True)


def _compute(record: Record, *traced: jax.Array) -> tuple[jax.Array, Callable[..., Any]]:
    differentiated = record.differentiated(traced)
    wrt = tuple(differentiated) or None
    value, back = record.function.vjp(**record.named(traced), wrt=wrt)

    def cotangents(g: jax.Array) -> dict[int, jax.Array]:
        grads = back(g)._asdict()
        flat = (
            (k, grad)
            for name, positions in differentiated.items()
            for k, grad in zip(positions, jax.tree.leaves(grads[name]), strict=True)
        )
        # A temperature is computed with in the dtype of the embeddings, whatever its own.
        return {k: grad.astype(traced[k].dtype) for k, grad in flat}

    return value, as_pytree(cotangents, value)


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _value(record: Record, *traced: jax.Array) -> jax.Array:
    return _compute(record, *traced)[0]


@compiled
def _pull(
    record: Record, cotangents: Callable[..., dict[int, jax.Array]], g: jax.Array
) -> tuple[jax.Array | None, ...]:
    grads = cotangents(g)
    return tuple(grads.get(k) for k in range(record.static.count(_ARRAY)))


_value.defvjp(_compute, _pull)


@compiled
def _call(record: Record, *traced: jax.Array) -> jax.Array:
    value = with_automatic_axes(functools.partial(_value, record), traced)
    return value(*varying_alike(traced))
