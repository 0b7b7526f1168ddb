"""The driver for arrays that JAX traces: a compiled loop over tiles of one size.

Under `jax.jit` a Python loop over tiles is unrolled, and XLA computes many of them at a time: it
saves no memory and compiles for as long as there are tiles. `jax.lax.scan` compiles one tile.

All tiles of a loop have the same size. Where it does not divide the length, the last tiles overlap
their neighbours, and the common pairs count in one of them only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from polycontrast.arrays import Array
from polycontrast.similarity.rules.pairs import ALL, NONE, Rule
from polycontrast.similarity.tiles.tile import Tile

Indices = list[tuple[int, int]]
"""Blocks of rows and of columns, counted in tiles."""


@dataclass(frozen=True, kw_only=True)
class MovingTile(Tile):
    """A tile of fixed size whose indices are computed while the loop runs.

    `fresh` holds the first row and the first column that no earlier block covers, each None where
    blocks do not overlap.
    """

    size: tuple[int, int]
    fresh: tuple[Any, Any]

    known = False
    holds_diagonal = True  # unknown, so assumed; where it is wrong, a rule excludes nothing

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Row views, rows, column views, columns."""
        return self.views[0], self.size[0], self.views[1], self.size[1]

    def indices(self) -> tuple[Array, Array]:
        """Sample indices of rows (1, n, 1, 1) and of columns (1, 1, 1, m)."""
        i = self.i0 + jnp.arange(self.size[0], dtype=jnp.int32)
        j = self.j0 + jnp.arange(self.size[1], dtype=jnp.int32)
        return i[None, :, None, None], j[None, None, None, :]

    def of_rows(self, t: Array, axis: int = -1) -> Array:
        """Entries that belong to the rows, along an axis of samples."""
        return lax.dynamic_slice_in_dim(t, self.i0, self.size[0], axis % t.ndim)

    def of_columns(self, t: Array, axis: int = -1) -> Array:
        """Entries that belong to the columns, along an axis of samples."""
        return lax.dynamic_slice_in_dim(t, self.j0, self.size[1], axis % t.ndim)

    def put_rows(self, t: Array, part: Array, axis: int = -1) -> Array:
        """`t` with `part` in place of the entries that belong to the rows."""
        return lax.dynamic_update_slice_in_dim(t, part, self.i0, axis % t.ndim)

    def put_columns(self, t: Array, part: Array, axis: int = -1) -> Array:
        """`t` with `part` in place of the entries that belong to the columns."""
        return lax.dynamic_update_slice_in_dim(t, part, self.j0, axis % t.ndim)

    def select(self, rule: Rule) -> Any:
        """Pairs that a rule selects and that no other tile counts."""
        selected = rule.select(self)
        for index, first in zip(self.indices(), self.fresh, strict=True):
            if first is not None and selected is not NONE:
                own = index >= first
                selected = own if selected is ALL else selected & own
        return selected


def sweep(
    indices: Indices,
    lengths: tuple[int, int],
    size: tuple[int, int],
    views: tuple[int, int],
    body: Callable[[Any, MovingTile, Any], tuple[Any, Any]],
    carry: Any,
    kept: Any = None,
    like: Any = (),
) -> tuple[Any, Any]:
    """Call ``carry, keep = body(carry, tile, kept of the tile)`` for each of these tiles.

    Parameters
    ----------
    indices : list of (int, int)
    lengths, size : (int, int)
        Samples in rows and columns, of the matrix and of a tile.
    views : (int, int)
        Views of a sample in rows and in columns.
    body : callable
        Called once, while the loop is traced.
    carry, kept : pytrees of arrays
        The state of the loop, and kept arrays of an earlier sweep, stacked along the first axis.
    like : pytree of arrays
        Arrays that make the carry differ from device to device, see `_varying`.

    Returns
    -------
    carry, kept : pytrees of arrays
    """
    # Indices are of 32 bits whether JAX has 64 or not.
    first = np.asarray(indices, dtype=np.int32) * np.asarray(size, dtype=np.int32)
    start = np.minimum(first, np.asarray(lengths, dtype=np.int32) - np.asarray(size, np.int32))
    overlaps = [n % s != 0 for n, s in zip(lengths, size, strict=True)]

    def step(carry: Any, given: Any) -> tuple[Any, Any]:
        at, own, tiles = given
        tile = MovingTile(
            i0=at[0],
            i1=at[0] + size[0],
            j0=at[1],
            j1=at[1] + size[1],
            views=views,
            like=at,
            size=size,
            fresh=(own[0] if overlaps[0] else None, own[1] if overlaps[1] else None),
        )
        return body(carry, tile, tiles)

    # A second derivative computes the tiles again, as the first does; nothing of one is stored.
    step = jax.checkpoint(step, prevent_cse=False)
    return lax.scan(step, _varying(carry, like), (jnp.asarray(start), jnp.asarray(first), kept))


def _varying(carry: Any, like: Any) -> Any:
    """`carry`, its constants marked as different on each device where `like` is.

    Within `jax.shard_map` the state of a loop has one type from beginning to end, which includes
    the axes of the mesh over which it varies. Adding a zero that was computed from the data carries
    the type over; the zero is not ``0 * x``, which may be nan.
    """
    zero = jnp.asarray(False)
    for t in jax.tree.leaves(like):
        missing = jnp.isnan(jnp.reshape(t, (-1,))[0])
        zero = zero | (missing & ~missing)
    return jax.tree.map(lambda t: t + zero.astype(t.dtype), carry)
