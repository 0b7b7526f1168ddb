"""Squared distances of pairs of views, their gradient, and tuples that are close together."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from polycontrast.arrays import (
    Array,
    add_,
    known,
    matmul,
    namespace,
    plus_scaled_rows,
    positive_part_,
    row_dot,
    sums,
    transpose,
    wide,
)
from polycontrast.similarity.tiles.tile import Tile

CLOSE = 1e-2  # of the largest square in a difference
ROUNDING = 4.0  # epsilons of the squares in a difference: a smaller one is 0


def pair_squares(
    z: Array, rate: Array | float = 1.0, rounding: float = 0.0, own: Array | None = None
) -> Iterator[tuple[tuple[int, int], Array]]:
    """``rate |z_ai - z_bj|^2``, a temporary, for every two views a < b.

    Parameters
    ----------
    z : array (n, B, D)
    rate : 0-d array or float, default 1
    rounding : float, default 0
        Epsilons of the squares that are taken off, so that distances of rounding errors are 0.
    own : array (n, B), optional
        Squared lengths of the rows, where they are known already.
    """
    q = row_dot(z, z) if own is None else own
    q = q * (rate * (1 - rounding * namespace(z).finfo(z.dtype).eps))
    scaled = -2 * rate * z
    for a, b in itertools.combinations(range(z.shape[0]), 2):
        squares = matmul(scaled[a, ...], transpose(z[b, ...]))
        yield (a, b), positive_part_(add_(add_(squares, q[a, :, None]), q[b, None, :]))


def pull_pairs(z: Array, on_pairs: Mapping[Any, Array], share: float) -> Array:
    """Gradient from that of a form of pairs, ``sum_b (share R_ab z_a + H_ab z_b)`` for each view a.

    Parameters
    ----------
    z : array (n, B, D)
    on_pairs : dict
        ``H_ab`` (B, B) for every two views a < b; ``H_ba`` is the transpose.
    share : float
        Factor of the row sums ``R_ab``. With -1 it is the gradient of minus squared distances, up
        to a factor.
    """
    totals: list[Array] = [None] * z.shape[0]
    own: list[Array] = [None] * z.shape[0]
    for (a, b), h in on_pairs.items():
        for one, other, t, axis in ((a, b, h, 1), (b, a, transpose(h), 0)):
            product, rows = matmul(t, z[other, ...]), sums(h, axis)
            totals[one] = product if totals[one] is None else add_(totals[one], product)
            own[one] = rows if own[one] is None else add_(own[one], rows)
    parts = enumerate(zip(totals, own, strict=True))
    grads = [plus_scaled_rows(t, r * share, z[a, ...]) for a, (t, r) in parts]
    return namespace(z).stack(grads, axis=0)


class CloseTuples:
    """Deviations of tuples in which the row of one view moves: differences of squares.

    A tile where such a difference has few digits left is computed again in float64, if the library
    has it. That is rare: a sample's own tuple does not count, and the others are apart.

    Parameters
    ----------
    z : array (n, B, D)
    r : int
        View whose row moves.
    factor : 0-d array
        Factor of the deviations.
    """

    def __init__(self, z: Array, r: int, factor: Array):
        xp = namespace(z)
        self.z, self.r, self.factor = z, r, factor
        largest = None
        if xp.finfo(z.dtype).bits < 64:
            largest = known(xp.max(xp.sum(row_dot(z, z), axis=0)) * factor)
        self.limit = None if largest is None else CLOSE * largest

    def __call__(self, products: Array, tile: Tile) -> Array:
        """Deviations of a tile, given those from plain products."""
        if not self._is_close(products, tile):
            return products
        xp, n, r = namespace(products), self.z.shape[0], self.r
        rows, x = wide(tile.of_rows(self.z, axis=1)), wide(tile.of_columns(self.z[r, :, :], axis=0))
        s = xp.sum(rows, axis=0) - rows[r, :, :]
        own = xp.sum(row_dot(rows, rows), axis=0) - row_dot(rows[r, :, :], rows[r, :, :])
        products_of_sums = xp.matmul(s, transpose(x))
        above = 1 - ROUNDING * xp.finfo(x.dtype).eps
        fixed, moving = own * above - row_dot(s, s) / n, row_dot(x, x) * (above - 1 / n)
        squares = fixed[:, None] + moving[None, :] - products_of_sums * (2 / n)
        return xp.astype(squares, products.dtype) * self.factor

    def _is_close(self, products: Array, tile: Tile) -> bool:
        xp, limit = namespace(products), self.limit
        least = known(xp.min(products))
        if least is None or limit is None or least >= limit:
            return False
        close = products < limit
        if tile.holds_diagonal:
            i, j = tile.indices()
            close = close & (i[0, :, 0, :] != j[0, 0, 0, :])
        return bool(xp.any(close))
