"""Arrays whose type says how they are divided over devices, as on a mesh of `jax.make_mesh`.

On an explicit axis of a mesh, JAX derives the sharding of each result from its operands, and
refuses operations where that is ambiguous. An objective leaves these choices to XLA: within it,
explicit axes are automatic.
"""

from collections.abc import Callable
from typing import Any

import jax
from jax.sharding import AxisType, NamedSharding, PartitionSpec


def with_automatic_axes(
    function: Callable[..., jax.Array], traced: tuple[jax.Array, ...]
) -> Callable[..., jax.Array]:
    """The function with explicit axes made automatic; its value is the same on all devices.

    Gradients have the sharding of their arrays. Where no array has an explicit axis, this is the
    function itself.
    """
    for t in traced:
        mesh: Any = getattr(getattr(jax.typeof(t), "sharding", None), "mesh", None)
        types = dict(zip(mesh.axis_names, mesh.axis_types, strict=True)) if mesh else {}
        axes = tuple(name for name, kind in types.items() if kind == AxisType.Explicit)
        if axes:
            whole = NamedSharding(mesh, PartitionSpec())
            return jax.sharding.auto_axes(function, axes=axes, out_sharding=whole)
    return function
