"""Sides of the tiles of a matrix."""

import math

ACCELERATOR_TILE_BYTES = 128 * 2**20  # enough work while the host prepares the next tile
ACCELERATOR_MULTIPLE = 128  # sides of such tiles: the size that matrix products use
PRODUCT_COLUMNS = 256  # a multiprocessor makes so many columns of a product, of 128 rows, at a time
MULTIPROCESSORS = 132  # of an H100 or H200
TALLEST = 1.5  # most rows of such a tile, in units of the side of a square one
EVEN_PARTS = 2  # a side has a multiple of this number of tiles, for workers to share evenly


def chosen_tile(
    rows: int,
    columns: int,
    views: tuple[int, int],
    itemsize: int,
    symmetric: bool,
    most: int,
    small: int,
) -> tuple[int, int]:
    """Tile of at most `most` bytes, as square as the matrix allows.

    A matrix of up to `small` bytes is one tile.
    """
    entry = views[0] * views[1] * itemsize
    size = rows * columns * entry
    if size <= small:
        return rows, columns
    if size <= most:  # as one of the usual tiles: both sides are cut, for workers to share
        most = size // EVEN_PARTS**2
    side = max(1, math.isqrt(most // entry))
    if symmetric:
        tile = even(rows, side, 2 * EVEN_PARTS)
        return tile, tile
    if rows < side:
        return rows, even(columns, max(1, most // (entry * rows)), EVEN_PARTS)
    if columns < side:
        return even(rows, max(1, most // (entry * columns)), EVEN_PARTS), columns
    return even(rows, side, EVEN_PARTS), even(columns, side, EVEN_PARTS)


def filling_tile(
    rows: int, columns: int, views: tuple[int, int], depth: int, itemsize: int
) -> tuple[int, int]:
    """Tile of an accelerator whose gradient of the rows fills all multiprocessors, once or more.

    That gradient has as many rows as the tile, and its depth in columns, which are few. Half full
    multiprocessors would take as long as full ones.
    """
    entry = views[0] * views[1] * itemsize
    if rows * columns * entry <= ACCELERATOR_TILE_BYTES:
        return rows, columns
    side = math.isqrt(ACCELERATOR_TILE_BYTES // itemsize)
    across = math.ceil(depth / PRODUCT_COLUMNS)
    rounds = max(1, round(side / ACCELERATOR_MULTIPLE * across / MULTIPROCESSORS))
    tall = ACCELERATOR_MULTIPLE * (rounds * MULTIPROCESSORS // across)
    tall = (tall if 0 < tall <= TALLEST * side else side) // views[0]
    height = even(rows, max(1, tall), 1)
    return height, even(columns, max(1, ACCELERATOR_TILE_BYTES // (entry * height)), 1)


def rounded_up(size: int, length: int) -> int:
    """Side of an accelerator's tile, as a multiple that matrix products use."""
    return min(length, math.ceil(size / ACCELERATOR_MULTIPLE) * ACCELERATOR_MULTIPLE)


def even(length: int, most: int, multiple: int) -> int:
    """Size of equal parts of at most `most`, their number a multiple where that is possible."""
    parts = math.ceil(length / most)
    parts = min(length, math.ceil(parts / multiple) * multiple)
    return math.ceil(length / parts)
