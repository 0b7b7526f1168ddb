"""Blocks of rows, each compared with all columns at once."""

from polycontrast.similarity.tiles.plan import ROWS_BYTES

ENTRIES = ROWS_BYTES // 4  # similarities held at once, as many as a walk over whole rows has


def row_blocks(rows: int, columns: int) -> list[tuple[int, int]]:
    """First row, and last plus one, of each block; of no rows one empty block."""
    step = max(1, ENTRIES // columns)
    return [(start, min(start + step, rows)) for start in range(0, max(1, rows), step)]
