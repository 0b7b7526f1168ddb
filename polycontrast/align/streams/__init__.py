"""Views that stay in files: their rows are read when they are used."""

from polycontrast.align.streams.rows import (
    BLOCK,
    StreamedRows,
    blocks_of,
    in_memory,
    on_host,
    watched_blocks,
    without,
    zeroed,
)
from polycontrast.align.streams.store import RowStore, in_file, is_large, save_rows

__all__ = [
    "BLOCK",
    "RowStore",
    "StreamedRows",
    "blocks_of",
    "in_file",
    "in_memory",
    "is_large",
    "on_host",
    "save_rows",
    "watched_blocks",
    "without",
    "zeroed",
]
