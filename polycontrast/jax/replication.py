"""Arrays that are the same on every device of a `jax.shard_map`, beside others that are not.

The gradient of a replicated temperature is a sum over devices. JAX writes that sum itself where a
replicated array meets one that varies, so they have to meet outside of the `custom_vjp`.
"""

import jax
import jax.numpy as jnp


def varying_alike(traced: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    """The same floating arrays, all of them varying over the axes over which any varies."""
    floating = [jnp.issubdtype(t.dtype, jnp.floating) for t in traced]
    axes = [_axes(t) for t in traced]
    wanted = frozenset().union(*axes)
    if all(a == wanted for a, moves in zip(axes, floating, strict=True) if moves):
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
    """Axes of the mesh over which an array varies; JAX has changed where it says so."""
    kind = jax.typeof(t)
    manual = getattr(kind, "manual_axis_type", None)
    return frozenset(getattr(manual, "varying", getattr(kind, "vma", ())) or ())
