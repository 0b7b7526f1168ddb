"""Blocks of rows, each compared with all columns at once."""

from polycontrast.context import current_settings

ENTRIES = 2**22  # similarities held at once


def row_blocks(rows: int, columns: int) -> list[tuple[int, int]]:
    """First row, and last plus one, of each block; of no rows one empty block.

    A block has as many rows as a tile of the call, where that is given.
    """
    tile = current_settings().tile
    step = max(1, ENTRIES // columns) if tile is None else tile[0]
    return [(start, min(start + step, rows)) for start in range(0, max(1, rows), step)]
