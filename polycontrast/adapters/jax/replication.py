"""Arrays that are the same on every device of a `jax.shard_map`, together with others.

The gradient of a replicated temperature is a sum over devices. JAX writes that sum itself in an
operation on a replicated array and one that varies, so that operation has to be outside of the
`custom_vjp`.
"""

from collections.abc import Iterable
from typing import Any

import jax
import jax.numpy as jnp


def summed_by_jax(comm: Any, arrays: Iterable[Any]) -> bool:
    """True where JAX itself sums gradients over the axis that `comm` names.

    It does so within a `jax.shard_map` that keeps account of which arrays vary over which axes
    (``check_vma=True``, the default): a gradient of what all devices share is then a sum.
    """
    named = isinstance(comm, str)
    return named and any(comm in _axes(t) for t in arrays if isinstance(t, jax.Array))


def varying_alike(traced: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    """The same floating arrays, all of them varying over the axes over which any varies."""
    floating = [jnp.issubdtype(t.dtype, jnp.floating) for t in traced]
    axes = [_axes(t) for t in traced]
    everywhere = frozenset().union(*axes)
    if all(a == everywhere for a, moves in zip(axes, floating, strict=True) if moves):
        return traced
    # A zero that was computed from all of them, even if they are nan.
    zero = jnp.asarray(False)
    for t in traced:
        missing = jnp.isnan(jnp.reshape(t, (-1,))[0])
        zero = zero | (missing & ~missing)
    return tuple(
        t + zero.astype(t.dtype) if moves else t for t, moves in zip(traced, floating, strict=True)
    )


def _axes(t: jax.Array) -> frozenset[str]:
    """Axes of the mesh over which an array varies; their attribute depends on JAX's version."""
    kind = jax.typeof(t)
    manual = getattr(kind, "manual_axis_type", None)
    return frozenset(getattr(manual, "varying", getattr(kind, "vma", ())) or ())
