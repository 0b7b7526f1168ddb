"""Sums over three views of products of pair factors.

Each sum over the rows of one view is a product of two matrices. It is made in blocks of rows, which
workers share together with the elementwise work on them.
"""

import itertools
from collections.abc import Callable, Sequence

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import current_settings
from polycontrast.cube.diagonal import fill_diagonal_, is_writable, set_diagonal_
from polycontrast.cube.pair_factors import Factors
from polycontrast.similarity.walks.blocks import Partition
from polycontrast.similarity.walks.threads import walk

BLOCK_ROWS = 256  # products of fewer rows at a time are slower
Pair = tuple[int, int, int]  # two views, and the third
Rows = tuple[int, int]
PAIRS: tuple[Pair, ...] = ((0, 1, 2), (0, 2, 1), (1, 2, 0))


class Triple:
    """Sums over i, j, k of ``K01[i, j] K02[i, k] K12[j, k]`` without the excluded tuples.

    Parameters
    ----------
    factors : dict
        ``K_ab`` (B, B) for a < b of the views 0, 1 and 2.
    excluded : range
        Rows i whose tuple (i, i, i) does not count.
    """

    def __init__(self, factors: Factors, excluded: range):
        self.k = factors | {(b, a): arrays.transpose(t) for (a, b), t in factors.items()}
        self.excluded, self.batch = excluded, factors[0, 1].shape[0]
        self.kept: dict[tuple[int, int], Array] = {}
        """Sums over the third view, for two pairs of views."""

    def sums(self) -> tuple[Array, Array, Array]:
        """Sums for the rows of each view."""
        k = self.k
        p01, p02 = self._in_blocks(PAIRS[:2], self._over)
        self.kept = {(0, 1): p01, (0, 2): p02}
        return (
            arrays.row_dot(k[0, 1], p01),
            arrays.sum_of_products(k[0, 1], p01, 0),
            arrays.sum_of_products(k[0, 2], p02, 0),
        )

    def weigh(self, *g: Array) -> list[Array]:
        """Sums with a tuple's factor times ``g[0][i] + g[1][j] + g[2][k]``, for each pair."""

        def weighed(pair: Pair, rows: Rows, out: Array | None) -> Array:
            a, b, c = pair
            cut = slice(*rows)
            kept = self.kept.get((a, b))
            plain = self._over(pair, rows) if kept is None else kept[cut, :]
            both = arrays.multiply_(arrays.added(g[a][cut, None], g[b][None, :]), plain)
            total = arrays.add_(self._over(pair, rows, out, g[c]), both)
            return arrays.multiply_(total, self.k[a, b][cut, :])

        return self._in_blocks(PAIRS, weighed)

    def _over(
        self, pair: Pair, rows: Rows, out: Array | None = None, g: Array | None = None
    ) -> Array:
        """Some rows of ``K_ac diag(g) K_bc^T``, in a temporary or in `out`.

        In the entry (i, i) of an excluded tuple the sum leaves out its k = i.
        """
        (a, b, c), (first, end) = pair, rows
        # Elementwise work is done in the memory order of the factors.
        turned = a > c
        if turned:
            x, y = self.k[c, a][:, first:end], self.k[c, b]
        else:
            x, y = self.k[a, c][first:end, :], self.k[b, c]
        if g is not None:
            x = arrays.multiplied(x, g[:, None] if turned else g[None, :])
        t = arrays.transpose
        out = _product(t(x), y, out) if turned else _product(x, t(y), out)
        here = range(max(first, self.excluded.start), min(end, self.excluded.stop))
        if here:
            i, j = (here.start - first, here.stop - first), (here.start, here.stop)
            if turned:
                terms = arrays.multiplied(x[:, slice(*i)], y[:, slice(*j)])
                terms = fill_diagonal_(terms, [(0, self.batch), j], 0)
            else:
                terms = arrays.multiplied(x[slice(*i), :], y[slice(*j), :])
                terms = fill_diagonal_(terms, [j, (0, self.batch)], 0)
            out = set_diagonal_(out, first, here, arrays.sums(terms, 0 if turned else 1))
        return out

    def _in_blocks(
        self, pairs: Sequence[Pair], make: Callable[[Pair, Rows, Array | None], Array]
    ) -> list[Array]:
        """A matrix (B, B) for each pair, made in blocks of rows, which workers of NumPy share."""
        like = self.k[0, 1]
        bounds = Partition(self.batch, BLOCK_ROWS).bounds
        if len(bounds) == 1 or not is_writable(like):
            return [make(pair, (0, self.batch), None) for pair in pairs]
        found = [arrays.room_for(like) for _ in pairs]

        def body(m: int, k: int) -> None:
            make(pairs[m], bounds[k], found[m][slice(*bounds[k]), :])

        tasks = list(itertools.product(range(len(pairs)), range(len(bounds))))
        workers = current_settings().workers or arrays.default_workers()
        walk(iter([tasks]), body, min(workers, len(tasks)))
        return found


def _product(x: Array, y: Array, out: Array | None) -> Array:
    """A product in `out`, or a temporary."""
    return arrays.product(x, y) if out is None else arrays.matmul(x, y, out)
