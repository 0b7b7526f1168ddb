"""The plan of a walk, decided from shapes, dtype and a byte budget before any work is done."""

import functools
import math
from dataclasses import dataclass, replace

from polycontrast.arrays import available_memory, default_workers
from polycontrast.context import Settings
from polycontrast.similarity.tiles.tile_sizes import (
    ACCELERATOR_TILE_BYTES,
    chosen_tile,
    even,
    filling_tile,
    rounded_up,
)

KEPT_BYTES = 256 * 2**20  # similarities up to this size are kept for the backward in any case
KEPT_SHARE = 4  # one part of so many of the memory that is available may be kept beyond that
TILE_BYTES = 4 * 2**20  # of one tile: a few of them fit the outer cache, products stay large
SLIM_TILE_BYTES = 2 * 2**20  # of products that are far more than the scores and the rows
SMALL_BYTES = 2 * TILE_BYTES  # up to this size one tile costs less than handing out several
SMALL_BYTES_READ_OFTEN = 2**19  # the same where work on single scores costs more than products
ROWS_BYTES = 8 * 2**20  # of a block of whole rows
LEAST_ROWS = 32  # of such a block, since the gradients of all columns are added up for each
SHARED_BYTES = 2**20  # of the scores of whole rows that a worker reads at a time
READ_ARRAYS = 7  # of the size of the scores that a reader of whole rows may hold


@dataclass(frozen=True)
class Plan:
    """Plan of the walk over one matrix of similarities.

    Sizes are in samples; a tile holds all views of its samples.
    """

    what: str
    rows: int
    columns: int
    views: tuple[int, int]
    depth: int
    symmetric: bool
    itemsize: int
    tile: tuple[int, int]
    keep: bool
    workers: int
    at_once: bool = False
    """True where value and gradient come from one walk."""
    beside: int = 0
    """Depth of the companion; 0 where there is none."""
    pulled: int = 0
    """The same where it has gradients."""
    held_columns: bool = False
    """True where the columns have no gradient."""

    @property
    def entries(self) -> int:
        """Similarities computed in one walk; about half of a symmetric matrix."""
        whole = self.views[0] * self.rows * self.views[1] * self.columns
        if not self.symmetric:
            return whole
        blocks = math.ceil(self.rows / self.tile[0])
        return whole * (blocks + 1) // (2 * blocks)

    @property
    def _one_sided(self) -> bool:
        """True where there is one gradient, of the rows."""
        return self.symmetric or self.held_columns

    @property
    def tile_bytes(self) -> int:
        """Bytes of one tile."""
        return self.views[0] * self.tile[0] * self.views[1] * self.tile[1] * self.itemsize

    @property
    def bytes(self) -> int:
        """Bytes of kept similarities, or of the tiles in flight, and of the gradients."""
        depth = self.depth + self.pulled
        gradients = self.views[0] * self.rows * depth
        gradients += 0 if self._one_sided else self.views[1] * self.columns * depth
        tiles = self.entries * self.itemsize if self.keep else 0
        return tiles + 2 * self.workers * self.tile_bytes + 2 * gradients * self.itemsize

    @property
    def value_flops(self) -> int:
        """Floating-point operations of the products for the value alone."""
        return 2 * self.entries * (self.depth + self.beside)

    @property
    def flops(self) -> int:
        """Floating-point operations of the products for value and gradient.

        The gradient takes one product for each ordered pair of blocks where the matrix is
        symmetric, else one for each side.
        """
        whole = self.views[0] * self.rows * self.views[1] * self.columns
        gradient = 2 * whole * (self.depth + self.pulled) * (1 if self._one_sided else 2)
        return self.value_flops * (1 if self.keep or self.at_once else 2) + gradient


def kept_bytes(settings: Settings) -> int:
    """Most that may be kept for the backward, whatever the machine has."""
    return KEPT_BYTES if settings.memory is None else settings.memory


def kept_pairs_bytes(settings: Settings, size: int) -> int:
    """The same for similarities of this size in tiles, which give the same bits kept or not.

    By default it is a share of the memory that is available now. The system is asked only where
    the answer matters, because that takes about as long as a small call.
    """
    if settings.memory is not None or size <= KEPT_BYTES:
        return kept_bytes(settings)
    return max(KEPT_BYTES, available_memory() // KEPT_SHARE)


def may_keep(settings: Settings, same_bits: bool = False) -> bool:
    """Whether similarities may be kept for the backward, if they fit.

    Parameters
    ----------
    settings : Settings
    same_bits : bool, default False
        Whether kept similarities give the same bits as those that are computed again.
    """
    return settings.tile is None and (same_bits or not settings.repeatable)


def make_plan(
    what: str,
    rows: int,
    columns: int,
    views: tuple[int, int],
    depth: int,
    itemsize: int,
    settings: Settings,
    symmetric: bool = False,
    held_columns: bool = False,
    threads: bool = True,
    accelerator: bool = False,
    beside: int = 0,
    pulled: int = 0,
    keeps: bool = True,
    small: int = SMALL_BYTES,
) -> Plan:
    """Choose tiles, workers and whether similarities are kept for the backward.

    Dense where they fit the budget (`Settings.memory`), tiled otherwise; ``tile=`` forces tiles.
    With ``repeatable=True`` the tiles depend on shapes alone.
    With `threads`, the default budget grows with the memory of the machine. Tiles are near
    TILE_BYTES, as square as the matrix allows, and of nearly equal size. They do not depend on the
    number of workers, so sums have the same order and the same bits with any number. There are no
    more workers than a round has tiles. Tiles of an accelerator are larger, because each launch
    costs time and large products are faster there. Without `keeps`, tiles in main memory are slim,
    and none is kept unless it is the only one. A matrix of up to `small` bytes is one tile; a
    larger one that is no more than TILE_BYTES is cut on both sides.
    """
    size = views[0] * rows * views[1] * columns * itemsize // (2 if symmetric else 1)
    most = kept_pairs_bytes(settings, size) if threads else kept_bytes(settings)
    fits = size <= most and may_keep(settings, same_bits=threads)
    sizes = rows, columns, views, depth, itemsize, settings.forced_tile, fits
    plan = _plan_of_form(what, *sizes, symmetric, accelerator, beside, pulled, keeps, small)
    plan = replace(plan, held_columns=True) if held_columns else plan
    if not threads or plan.workers == 1:
        return plan if plan.workers == 1 else replace(plan, workers=1)
    return replace(plan, workers=min(settings.workers or default_workers(), plan.workers))


@functools.lru_cache(maxsize=512)
def _plan_of_form(
    what: str,
    rows: int,
    columns: int,
    views: tuple[int, int],
    depth: int,
    itemsize: int,
    forced: tuple[int, int] | None,
    fits: bool,
    symmetric: bool,
    accelerator: bool,
    beside: int,
    pulled: int,
    keeps: bool,
    small: int,
) -> Plan:
    """Plan for as many workers as a round has tiles; cached for the sake of small calls."""
    if forced is not None:
        tile, keep = (min(forced[0], rows), min(forced[1], columns)), False
        if symmetric:
            tile = (min(tile), min(tile))
    else:
        in_memory = TILE_BYTES if keeps else SLIM_TILE_BYTES
        most = ACCELERATOR_TILE_BYTES if accelerator else in_memory
        small = max(small, most) if accelerator else small
        if accelerator and not symmetric:
            tile = filling_tile(rows, columns, views, depth, itemsize)
        else:
            tile = chosen_tile(rows, columns, views, itemsize, symmetric, most, small)
        keep = fits and (keeps or tile == (rows, columns))
        if accelerator:
            tile = rounded_up(tile[0], rows), rounded_up(tile[1], columns)
    return Plan(
        what=what,
        rows=rows,
        columns=columns,
        views=views,
        depth=depth,
        symmetric=symmetric,
        itemsize=itemsize,
        tile=tile,
        keep=keep,
        workers=min(math.ceil(rows / tile[0]), math.ceil(columns / tile[1])),
        beside=beside,
        pulled=pulled,
    )


@functools.lru_cache(maxsize=512)
def made_at_once(plan: Plan) -> Plan:
    """The same in one pass for value and gradients, which keeps no tile."""
    return replace(plan, keep=False, at_once=True)


@dataclass(frozen=True)
class RowsPlan(Plan):
    """Plan of a walk over blocks of whole rows, whose readers sort them."""

    @property
    def bytes(self) -> int:
        """Bytes of what readers keep of all rows, or of a block, and of the gradients."""
        held = self.entries if self.keep else math.prod(self.tile)
        gradients = (self.rows + self.columns) * self.depth
        return (READ_ARRAYS * held + 2 * gradients) * self.itemsize


def plan_of_rows(
    what: str,
    rows: int,
    columns: int,
    depth: int,
    itemsize: int,
    settings: Settings,
    threads: bool = True,
    accelerator: bool = False,
    at_once: bool = False,
) -> RowsPlan:
    """Choose the rows of a block, and whether all is kept for the backward.

    What a reader keeps for its pullback, such as orders and sums, is a multiple of the scores. A
    block has as many of them as a tile that is given. With `at_once`, value and gradient come from
    one walk, and there is nothing to keep.
    """
    keep = READ_ARRAYS * rows * columns * itemsize <= kept_bytes(settings)
    keep = keep and may_keep(settings) and not at_once
    if settings.forced_tile is not None:
        block = max(1, math.prod(settings.forced_tile) // columns)
    else:
        most = ACCELERATOR_TILE_BYTES if accelerator else ROWS_BYTES
        block = even(rows, max(LEAST_ROWS, most // (columns * itemsize)), 1) if rows else 1
    block = rows if keep else min(block, rows)
    shared = math.ceil(block * columns * itemsize / SHARED_BYTES) if threads else 1
    return RowsPlan(
        what=what,
        rows=rows,
        columns=columns,
        views=(1, 1),
        depth=depth,
        symmetric=False,
        itemsize=itemsize,
        tile=(block, columns),
        keep=keep,
        at_once=at_once,
        workers=min(settings.workers or default_workers(), max(1, shared)),
    )


@dataclass(frozen=True)
class CubePlan:
    """Plan of the walk over a cube of all n-tuples, in blocks of elementwise work."""

    rows: int
    axes: int
    depth: int
    itemsize: int
    tile: tuple[int, ...]
    workers: int
    kind: str
    keep: bool

    what = "cube"
    symmetric = False

    @property
    def entries(self) -> int:
        """Tuples computed in one walk."""
        return self.rows**self.axes

    @property
    def tile_bytes(self) -> int:
        """Bytes of one block."""
        return math.prod(self.tile) * self.itemsize

    @property
    def bytes(self) -> int:
        """Bytes of the blocks in flight, the pair matrices and the sums for each pair."""
        pairs = 0 if self.kind == "product" else self.axes * (self.axes - 1) // 2 * self.rows**2
        gradients = self.axes * self.rows * self.depth
        blocks = 4 * self.workers * self.tile_bytes
        blocks += 2 * self.entries * self.itemsize if self.keep else 0
        return blocks + ((1 + self.workers) * pairs + 2 * gradients) * self.itemsize

    @property
    def value_flops(self) -> int:
        """Products within the blocks (those of pairs of views are counted where they are made)."""
        return 2 * self.entries * self.depth if self.kind == "product" else 0

    @property
    def flops(self) -> int:
        """The same, for value and gradient."""
        return (3 if self.keep else 4) * self.value_flops
