"""The similarities of a block of the cube, and gradients from its weights."""

import functools
import itertools
import math
import operator
from collections.abc import Iterator

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.cube.axis_sums import TupleWeights, outer_sum, pair_sums
from polycontrast.cube.distances import CLOSE, ROUNDING, pair_squares, pull_pairs
from polycontrast.cube.tuple_similarities import (
    entrywise_product,
    longest_row,
    product_of_others,
    quadratic_form,
    root_sign,
    sees_differences,
)
from polycontrast.similarity.scores import over_length_

Ranges = list[tuple[int, int]]


class QuadraticForm:
    """Similarities from ``U_t = alpha sum_a |x_a|^2 + beta sum_{a<b} <x_a, x_b>``.

    Where only differences matter, U is a sum of squared distances of pairs. These are differences
    of squares and are made in float64: rounded, they add up without a loss.
    """

    def __init__(self, z: Array, kind: str, scale: Array):
        self.xp, self.z, self.n = arrays.namespace(z), z, z.shape[0]
        self.alpha, self.beta = quadratic_form(kind, self.n, scale)
        self.sign = root_sign(kind)
        self.q = arrays.row_dot(z, z)
        self.pairs: dict[tuple[int, ...], Array] = {}
        self.close = False
        """True where rows lie close together, and products lose digits in both directions."""
        self.share = -1.0 if sees_differences(kind) else 1 / (self.n - 1)
        """Part of ``2 alpha / beta`` for each pair of a view."""
        if sees_differences(kind):
            self._add_distances()
        else:
            self._add_products()

    def longest(self) -> float | None:
        """Length of the longest row, or None where numbers are not known."""
        return arrays.known(self.xp.sqrt(self.xp.max(self.q)))

    def _add_distances(self) -> None:
        """Parts of pairs ``-(beta / 2) |x_a - x_b|^2``."""
        squares = dict(pair_squares(self.z, own=self.q))
        numbers = [self.xp.max(self.q), *map(self.xp.min, squares.values())]
        longest, *least = (math.nan if t is None else t for t in map(arrays.known, numbers))
        self.close = min(least) < CLOSE * longest
        if self.close:
            squares = dict(pair_squares(arrays.wide(self.z), rounding=ROUNDING))
        rate = self.beta / -2
        for pair, t in squares.items():
            t = self.xp.astype(t, self.z.dtype, copy=False)
            self.pairs[pair] = arrays.multiply_(t, rate)

    def _add_products(self) -> None:
        """Parts of pairs whose sum is U."""
        z, q = self.z, self.alpha * self.q
        for a in range(self.n):
            for b in range(a + 1, self.n):
                g = self.beta * arrays.matmul(z[a, :, :], arrays.transpose(z[b, :, :]))
                # The squares of each view are added to one pair: those of view a to (a, a + 1),
                # those of the last view to the pair before.
                if b == a + 1:
                    g = g + q[a, :, None]
                    if b == self.n - 1:
                        g = g + q[b, None, :]
                self.pairs[a, b] = g

    def _products(self, ranges: Ranges) -> Array:
        """U of a block: sums of pairs with the last view or the last but one, plus their own."""
        last = self.n - 1
        if last == 1:
            return self._pair(0, 1, ranges) * 1
        columns = [self._pair(a, b, ranges) for a, b in itertools.combinations(range(last), 2)]
        rows = [self._pair(a, last, ranges) for a in range(last - 1)]
        total = outer_sum(_total(columns), _total(rows))
        own = self._pair(last - 1, last, ranges)
        # One long row in place of many short ones.
        own = self.xp.reshape(own, (*[1] * (last - 1), -1))
        flat = self.xp.reshape(total, (*total.shape[:-2], -1))
        return self.xp.reshape(arrays.add_(flat, own), total.shape)

    def _pair(self, a: int, b: int, ranges: Ranges) -> Array:
        """Part of a pair of views, with an axis for every view."""
        (a0, a1), (b0, b1) = ranges[a], ranges[b]
        shape = [1] * self.n
        shape[a], shape[b] = a1 - a0, b1 - b0
        return self.xp.reshape(self.pairs[a, b][a0:a1, b0:b1], tuple(shape))

    def scores(self, ranges: Ranges) -> tuple[Array, Array]:
        """Similarities of a block, and the roots for `slopes_`, if any."""
        u = self._products(ranges)
        if self.sign is None:
            return u, None
        length = arrays.safe_sqrt_(u)
        return self.sign * length, length

    def slopes_(self, weights: Array, length: Array) -> Array:
        """dL/dU of a block, up to a factor, in the memory of dL/dS."""
        return weights if self.sign is None else over_length_(weights, length)

    def pull(
        self, ranges: Ranges, weights: TupleWeights
    ) -> Iterator[tuple[tuple[int, int], Array]]:
        """Sums over all but two axes, for every pair of axes, of what `slopes_` returned."""
        return pair_sums(weights)

    def gradient(self, sums: dict[tuple[int, ...], Array]) -> Array:
        """``dx_a = 2 alpha R_a x_a + beta sum_b H_ab x_b``, with ``R_a`` the row sums of H_ab."""
        z = self.z
        if self.close:
            z = arrays.wide(z)
            sums = {pair: self.xp.astype(t, z.dtype) for pair, t in sums.items()}
        # The slope of the root is a factor of all weights.
        rate = self.beta if self.sign is None else self.beta * (self.sign / 2)
        # All row sums of a view are the same up to rounding; each cancels with its own products.
        total = arrays.multiply_(pull_pairs(z, sums, self.share), rate)
        return self.xp.astype(total, self.z.dtype, copy=False)

    def abstract_gradient(self) -> Array:
        """Gradient on arrays without data, for its products to be counted."""
        return self.gradient(self.pairs)


def _total(parts: list[Array]) -> Array:
    return functools.reduce(operator.add, parts)


class ProductForm:
    """Similarities ``sum_d prod_a x_a[t_a][d]``: entrywise products of rows times the last view."""

    def __init__(self, z: Array, scale: Array):
        self.xp, self.z, self.n, self.scale = arrays.namespace(z), z, z.shape[0], scale

    def longest(self) -> float | None:
        """Length of the longest row, or None where numbers are not known."""
        return longest_row(self.z)

    def _rows(self, ranges: Ranges) -> list[Array]:
        """Rows of the first n - 1 views, each along its own axis of a block."""
        rows = []
        for a, (a0, a1) in enumerate(ranges[:-1]):
            shape = [1] * (self.n - 1)
            shape[a] = a1 - a0
            rows.append(self.xp.reshape(self.z[a, a0:a1, :], (*shape, -1)))
        return rows

    def _last(self, ranges: Ranges) -> Array:
        (b0, b1) = ranges[-1]
        return self.z[self.n - 1, b0:b1, :] * self.scale

    def _products(self, ranges: Ranges) -> Array:
        product = entrywise_product(self._rows(ranges))
        return self.xp.reshape(product, (-1, self.z.shape[2]))

    def scores(self, ranges: Ranges) -> tuple[Array, None]:
        """Similarities of a block, and None, because `slopes_` needs nothing else."""
        flat = arrays.matmul(self._products(ranges), arrays.transpose(self._last(ranges)))
        return self.xp.reshape(flat, tuple(b - a for a, b in ranges)), None

    def slopes_(self, weights: Array, _: None) -> Array:
        """The weights: the similarities are the products."""
        return weights

    def pull(self, ranges: Ranges, weights: TupleWeights) -> Iterator[tuple[tuple[int], Array]]:
        """dL/dx of each view's rows in the block."""
        xp, last = self.xp, self._last(ranges)
        flat = xp.reshape(weights.whole(), (-1, last.shape[0]))
        yield (
            (self.n - 1,),
            self.scale * arrays.matmul(arrays.transpose(flat), self._products(ranges)),
        )
        sizes = tuple(b - a for a, b in ranges[:-1])
        g = xp.reshape(arrays.matmul(flat, last), (*sizes, -1))
        rows = self._rows(ranges)
        for a in range(self.n - 1):
            part = g * product_of_others(rows, a) if self.n > 2 else g
            axes = tuple(b for b in range(self.n - 1) if b != a)
            yield (a,), xp.sum(part, axis=axes) if axes else part

    def gradient(self, sums: dict[tuple[int, ...], Array]) -> Array:
        """All views' gradients as one stack."""
        return self.xp.stack([sums[a,] for a in range(self.n)], axis=0)

    def abstract_gradient(self) -> Array:
        """Gradient on arrays without data; its products belong to the blocks."""
        return self.xp.zeros_like(self.z)
