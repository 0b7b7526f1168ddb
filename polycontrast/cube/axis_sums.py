"""Sums of a block along its axes, and sums of arrays that lie along different axes."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from polycontrast.arrays import (
    Array,
    add_,
    device,
    matmul,
    multiply_,
    namespace,
    transpose,
)
from polycontrast.cube.diagonal import along_axis, is_writable


def outer_sum(x: Array, y: Array) -> Array:
    """New array with the sums of columns ``(..., J, 1)`` and rows ``(..., 1, K)``.

    NumPy adds along short axes slowly. There the sums are products of matrices of rank two, which
    have the same bits.
    """
    xp = namespace(x)
    if not is_writable(x):
        return x + y
    left, right = xp.concat([x, xp.ones_like(x)], axis=-1), xp.concat([xp.ones_like(y), y], axis=-2)
    return xp.matmul(left, right)


def sums_along(x: Array, axis: int, weights: Array) -> list[Array]:
    """Sums along an axis of ``x`` times each row of `weights`, as products of matrices."""
    xp, count, shape = namespace(x), x.shape[axis], x.shape
    rest = shape[:axis] + shape[axis + 1 :]
    if axis == x.ndim - 1:
        flat = matmul(xp.reshape(x, (-1, count)), transpose(weights))
        return [xp.reshape(flat[:, m], rest) for m in range(weights.shape[0])]
    flat = xp.matmul(weights, xp.reshape(x, (math.prod(shape[:axis]), count, -1)))
    return [xp.reshape(flat[:, m, :], rest) for m in range(weights.shape[0])]


@dataclass(frozen=True)
class TupleWeights:
    """dL/dS of a block of tuples: an array, times the sum of numbers of a tuple's rows, if any.

    Parameters
    ----------
    block : array
        One axis for each view.
    factors : list of arrays, optional
        Numbers of the rows of each view. Default: the block is dL/dS itself.
    """

    block: Array
    factors: list[Array] | None = None

    def whole(self) -> Array:
        """All weights as one array."""
        if self.factors is None:
            return self.block
        count = self.block.ndim
        total = along_axis(self.factors[0], 0, count)
        for a in range(1, count):
            total = total + along_axis(self.factors[a], a, count)
        return multiply_(total, self.block)


def pair_sums(weights: TupleWeights) -> Iterator[tuple[tuple[int, int], Array]]:
    """Sums of weights over all but two axes, for every pair of axes.

    Factors multiply sums of the block, not the block: the factors of the two axes that stay, plus
    sums with the factors of the axes that go.
    """
    count, factors = weights.block.ndim, weights.factors
    found: dict[tuple[int, ...], Sums] = {tuple(range(count)): (weights.block, None)}
    for a, b in itertools.combinations(range(count), 2):
        plain, weighted = _sums_over_others((a, b), count, factors, found)
        if factors is not None:
            plain = multiply_(factors[a][:, None] + factors[b][None, :], plain)
            plain = plain if weighted is None else add_(plain, weighted)
        yield (a, b), plain


Sums = tuple[Array, Array | None]
"""Sums of a block over some axes, and the same times the factors of these axes."""


def _sums_over_others(
    kept: tuple[int, ...],
    count: int,
    factors: list[Array] | None,
    found: dict[tuple[int, ...], Sums],
) -> Sums:
    """Sums over all axes but those that are kept; `found` holds those that exist already."""
    if kept not in found:
        gone = min(a for a in range(count) if a not in kept)
        larger = tuple(sorted((*kept, gone)))
        plain, weighted = _sums_over_others(larger, count, factors, found)
        xp, axis = namespace(plain), larger.index(gone)
        one = xp.ones((1, plain.shape[axis]), dtype=plain.dtype, device=device(plain))
        more = None
        if factors is None:
            [plain] = sums_along(plain, axis, one)
        else:
            both = xp.concat([one, factors[gone][None, :]], axis=0)
            plain, more = sums_along(plain, axis, both)
        if weighted is not None:
            more = add_(sums_along(weighted, axis, one)[0], more)
        found[kept] = plain, more
    return found[kept]
