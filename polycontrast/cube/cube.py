"""The cube in blocks, for sums that have no cheaper form."""

import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import current_settings, note_comparison, note_plan
from polycontrast.cube.axis_sums import TupleWeights
from polycontrast.cube.block_products import ProductForm, QuadraticForm
from polycontrast.cube.diagonal import along_axis, fill_diagonal_
from polycontrast.cube.tuple_similarities import largest_similarity
from polycontrast.similarity.statistics import (
    SAFE_EXPONENT,
    ExpSum,
    RunningExpSum,
    TupleStatistic,
)
from polycontrast.similarity.tiles.plan import CubePlan, kept_bytes, may_keep
from polycontrast.similarity.walks.blocks import Partition
from polycontrast.similarity.walks.threads import walk

BLOCK_BYTES = 512 * 2**10  # a block and its copies fit the cache: most work is elementwise
LONGER = 2  # sides of a block than the sides of a cube with the entries that are left
ACCELERATOR_BLOCK_BYTES = 64 * 2**20  # one launch after another costs time there

Parts = dict[Any, Any]
Found = list[tuple[Any, Any]]  # the parts of one block, by their keys


class Cube:
    """Similarities of all B^n tuples times a scale, block by block.

    A block is built by broadcasting from products of pairs of views (or from one product with the
    entrywise products of a block's rows); nothing of size B^n D exists, and nothing of size B^n
    except in `array`. Workers share the blocks, whose parts are merged in the order of the blocks.

    Parameters
    ----------
    z : array (n, B, D)
    kind : {"deviation", "variance", "norm", "product"}
    scale : 0-d array
    mask : bool array (n, B), optional
        Rows that are there; tuples with a missing row do not count.
    """

    def __init__(self, z: Array, kind: str, scale: Array, mask: Array | None = None):
        self.xp, self.z, self.kind, self.scale = arrays.namespace(z), z, kind, scale
        self.mask = mask
        self.n, self.batch = z.shape[0], z.shape[1]
        settings = current_settings()
        itemsize = self.xp.finfo(z.dtype).bits // 8
        most = ACCELERATOR_BLOCK_BYTES if arrays.on_accelerator(z) else BLOCK_BYTES
        self.sizes = _block_sizes(self.n, self.batch, most // itemsize, settings.forced_tile, kind)
        self.bounds = [Partition(self.batch, size).bounds for size in self.sizes]
        threads = arrays.is_on_threads(self.xp)
        workers = settings.workers or arrays.default_workers() if threads else 1
        count = math.prod(len(b) for b in self.bounds)
        self.workers = min(workers, count) if threads and count > 1 else None
        self.plan = CubePlan(
            rows=self.batch,
            axes=self.n,
            depth=z.shape[2],
            itemsize=itemsize,
            tile=self.sizes,
            workers=self.workers or 1,
            kind=kind,
            keep=may_keep(settings, same_bits=threads)
            and 2 * self.batch**self.n * itemsize <= kept_bytes(settings),
        )
        self.form = ProductForm(z, scale) if kind == "product" else QuadraticForm(z, kind, scale)

    def logsumexp(self) -> tuple[Array, Callable[[Array], Array]]:
        """Log-sum-exp, for every row of every view, over its tuples but the diagonal one.

        Returns
        -------
        lse : array (n, B)
        back : callable
            From dL/dlse to dL/dz.
        """
        note_comparison()
        if arrays.is_abstract(self.z):
            return self._note()
        statistic: TupleStatistic = ExpSum() if self._is_safe() else RunningExpSum()
        kept: dict[tuple[int, ...], Any] = {}

        def prepare(block: tuple[int, ...]) -> tuple[Array, Array]:
            scores, saved = self.form.scores(self._ranges(block))
            return statistic.prepare(self._off_diagonal(block, scores)), saved

        def reduce(block: tuple[int, ...]) -> Found:
            prepared, saved = prepare(block)
            states = enumerate(statistic.marginals(prepared))
            found = [((a, block[a]), state) for a, state in states]
            if self.plan.keep and statistic.separable:
                kept[block] = self.form.slopes_(prepared, saved)
            elif self.plan.keep:
                kept[block] = prepared, saved
            return found

        states = self._run(reduce, statistic.merge)
        lse = self.xp.stack(
            [
                self.xp.concat(
                    [statistic.finish(states[a, k]) for k in range(len(self.bounds[a]))], axis=0
                )
                for a in range(self.n)
            ],
            axis=0,
        )

        def back(g: Array) -> Array:
            factors = statistic.factors(g, lse)

            def separate(block: tuple[int, ...]) -> TupleWeights:
                slopes = kept.get(block)
                if slopes is None:
                    slopes = self.form.slopes_(*prepare(block))
                rows = enumerate(self._ranges(block))
                return TupleWeights(slopes, [factors[a, i0:i1] for a, (i0, i1) in rows])

            def whole(block: tuple[int, ...]) -> TupleWeights:
                prepared, length = kept.get(block) or prepare(block)
                facing = [self._facing(factors, a, block) for a in range(self.n)]
                weights = statistic.weigh(prepared, facing)
                return TupleWeights(self.form.slopes_(weights, length))

            return self._pull(separate if statistic.separable else whole)

        return lse, back

    def array(self) -> tuple[Array, Callable[[Array], Array]]:
        """All similarities (B, ..., B), and their pullback."""
        tiles: Parts = {}
        for block in self._blocks():
            tiles[block], _ = self.form.scores(self._ranges(block))
        whole = self._assemble(tiles)
        return whole, self._pull_weights

    def weighted_sum(self, weights: Array) -> tuple[Array, Callable[[Array], Array]]:
        """``sum_t weights_t S_t``, and its pullback."""

        def reduce(block: tuple[int, ...]) -> Found:
            scores, _ = self.form.scores(self._ranges(block))
            return [("sum", self.xp.sum(scores * self._cut(weights, block)))]

        total = self._run(reduce, lambda a, b: a + b)["sum"]
        return total, lambda g: g * self._pull_weights(weights)

    # Blocks

    def _blocks(self) -> list[tuple[int, ...]]:
        return list(itertools.product(*(range(len(b)) for b in self.bounds)))

    def _ranges(self, block: tuple[int, ...]) -> list[tuple[int, int]]:
        return [bounds[k] for bounds, k in zip(self.bounds, block, strict=True)]

    def _cut(self, whole: Array, block: tuple[int, ...]) -> Array:
        return whole[tuple(slice(*r) for r in self._ranges(block))]

    def _off_diagonal(self, block: tuple[int, ...], scores: Array) -> Array:
        """A block's scores with -inf for tuples that do not count: diagonal or incomplete."""
        ranges = self._ranges(block)
        scores = fill_diagonal_(scores, ranges, -math.inf)
        if self.mask is not None:
            rows = [along_axis(self.mask[a, i0:i1], a, self.n) for a, (i0, i1) in enumerate(ranges)]
            scores = arrays.fill_(scores, ~functools.reduce(operator.and_, rows), -math.inf)
        return scores

    def _facing(self, factors: Any, a: int, block: tuple[int, ...]) -> Any:
        """Factors of the rows of view a in a block, along axis a."""
        (i0, i1) = self.bounds[a][block[a]]
        return tuple(along_axis(f[a, i0:i1], a, self.n) for f in factors)

    def _pull_weights(self, weights: Array) -> Array:
        """dL/dz from a whole cube dL/dS."""

        def cut(block: tuple[int, ...]) -> TupleWeights:
            _, length = self.form.scores(self._ranges(block))
            own = arrays.copied(self._cut(weights, block))
            return TupleWeights(self.form.slopes_(own, length))

        return self._pull(cut)

    def _pull(self, weights: Callable[[tuple[int, ...]], TupleWeights]) -> Array:
        """dL/dz from the slopes of the form times dL/dS, given block by block."""

        def reduce(block: tuple[int, ...]) -> Found:
            pulled = self.form.pull(self._ranges(block), weights(block))
            return [((axes, tuple(block[a] for a in axes)), part) for axes, part in pulled]

        parts = self._run(reduce, arrays.add_)
        axes = {key for key, _ in parts}
        whole = {
            key: self._assemble({k: t for (axes_, k), t in parts.items() if axes_ == key})
            for key in axes
        }
        return self.form.gradient(whole)

    def _assemble(self, tiles: dict[tuple[int, ...], Array]) -> Array:
        """Join blocks along all their axes, the last one first."""
        depth = len(next(iter(tiles)))
        for axis in reversed(range(depth)):
            groups: dict[tuple[int, ...], list[Array]] = {}
            for key in sorted(tiles):
                groups.setdefault(key[:axis], []).append(tiles[key])
            tiles = {
                key: parts[0] if len(parts) == 1 else self.xp.concat(parts, axis=axis)
                for key, parts in groups.items()
            }
        return tiles[()]

    def _run(
        self, body: Callable[[tuple[int, ...]], Found], merge: Callable[[Any, Any], Any]
    ) -> Parts:
        """Parts of all blocks, merged in the order of the blocks, a round of workers at a time."""
        todo, total, at_a_time = self._blocks(), Parts(), self.workers or 1
        found: dict[tuple[int, ...], Found] = {}

        def work(*block: int) -> None:
            found[block] = body(block)

        for first in range(0, len(todo), at_a_time):
            batch = todo[first : first + at_a_time]
            walk(iter([batch]), work, self.workers)
            for block in batch:
                for key, part in found.pop(block):
                    total[key] = merge(total[key], part) if key in total else part
        return total

    def _is_safe(self) -> bool:
        length, scale = self.form.longest(), arrays.known(self.scale)
        if length is None or scale is None:
            return False
        limit = SAFE_EXPONENT[self.xp.finfo(self.z.dtype).bits]
        return bool(largest_similarity(self.kind, self.n, length) * scale <= limit)

    def _note(self) -> tuple[Array, Callable[[Array], Array]]:
        note_plan(self.plan)
        lse = self.xp.zeros_like(self.z[:, :, 0])
        return lse, lambda g: self.form.abstract_gradient()


def _block_sizes(
    n: int, batch: int, entries: int, tile: tuple[int, int] | None, kind: str
) -> tuple[int, ...]:
    """Length of a block along each axis.

    Sums over an axis have few entries where all sides of a block are long. The last sides are
    longer than the first, because work along them is faster. A block of "product" has the last
    axes whole, so that each entrywise product of rows is made once.
    """
    if tile is not None:
        return tuple(min(batch, t) for t in (tile[0], *[tile[1]] * (n - 1)))
    sizes: list[int] = []
    for left in range(n, 0, -1):
        most = entries if kind == "product" else round(LONGER * entries ** (1 / left))
        size = max(1, min(batch, entries, most))
        size = math.ceil(batch / math.ceil(batch / size))
        sizes.append(size)
        entries //= size
    return tuple(reversed(sizes))
