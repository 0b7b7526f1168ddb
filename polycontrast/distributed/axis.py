"""The engine for JAX: ranks are the shards of a program that is mapped over a named axis."""

from collections.abc import Sequence

import numpy as np
from jax import lax

from polycontrast.arrays import Array
from polycontrast.distributed.communicator import Communicator, Pending


def wrap(name: str) -> Communicator:
    """Communicator over an axis of the mesh, inside `jax.shard_map`."""
    try:
        return AxisCommunicator(name)
    except NameError:
        text = f"comm={name!r} names no JAX axis here: call the objective within jax.shard_map"
        raise ValueError(f"{text} over a mesh with that axis") from None


class AxisCommunicator(Communicator):
    """All shards of an axis at once: one program is traced for all of them."""

    traced = True

    def __init__(self, name: str):
        self.name = name
        self.size, self.rank = lax.axis_size(name), lax.axis_index(name)

    def gather(self, numbers: Sequence[float]) -> np.ndarray:
        """Numbers that are known during tracing are equal on all shards."""
        return np.broadcast_to(np.asarray(numbers, dtype=np.float64), (self.size, len(numbers)))

    def sum(self, t: Array) -> Array:
        """By psum."""
        return lax.psum(t, self.name)

    def max(self, t: Array) -> Array:
        """By pmax."""
        return lax.pmax(t, self.name)

    def shift(self, arrays: Sequence[Array], shapes: Sequence[tuple[int, ...]], by: int) -> Pending:
        """By ppermute, which XLA may overlap with independent computations."""
        way = [(k, (k + by) % self.size) for k in range(self.size)]
        # XLA sends booleans directly, so they need no conversion to bytes.
        moved = [lax.ppermute(x, self.name, way) if by % self.size else x for x in arrays]
        self.sent += sum(x.size * x.dtype.itemsize for x in arrays) if by % self.size else 0
        return Pending(lambda: moved)
