"""Columns of a .parquet file, with lists as the blocks of columns that they are."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.reading.columns import Column
from polycontrast.align.reading.room import check_disk, check_room
from polycontrast.align.streams import BLOCK, is_large
from polycontrast.align.watch import Watch, reading, unwatched
from polycontrast.wording import counted, short


def parquet_columns(path: Path) -> list[Column]:
    """Read all columns of a table; lists of equal length become blocks of columns."""
    return next(parquet_parts(path, whole=True))


def parquet_parts(
    path: Path, whole: bool = False, watch: Watch = unwatched
) -> Iterator[list[Column]]:
    """Read all columns of a table, a large one some rows at a time.

    Lists of equal length become blocks of columns.

    Parameters
    ----------
    path : Path
    whole : bool
        Read a large table at once as well.
    watch : callable, optional

    Raises
    ------
    BadInput
        When the file is damaged, or its lists differ in length.
    MissingDependency
        Without pyarrow.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingDependency(f"reading {short(path)}", "pyarrow", "align") from None
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
            counts = [g.column(n).num_values for g in groups for n in range(g.num_columns)]
            entries, rows = sum(counts), file.metadata.num_rows
            index = index_names(file.schema_arrow.metadata or {})
            if whole or not is_large(4 * entries):
                check_room(path, max(entries, rows))
                yield table_columns(path, file.read(), index)
                return
            check_room(path, rows)
            check_disk(path, 4 * entries)
            show, done = reading(watch, path.name, 4 * entries), 0
            for batch in file.iter_batches(max(1, BLOCK * rows // (4 * entries))):
                show(4 * entries * done // rows)
                done += len(batch)
                yield table_columns(path, pyarrow.Table.from_batches([batch]), index)
    except (pyarrow.ArrowException, OSError, MemoryError) as error:
        raise BadInput(f"{short(path)}: cannot be read: {short(error)}") from None


def table_columns(what: object, table: Any, index: Collection[str] = ()) -> list[Column]:
    """Columns of a table of Arrow; those of `index` name the rows."""
    return [
        _column(what, name, table.column(n), name in index)
        for n, name in enumerate(table.column_names)
    ]


def index_names(metadata: dict[bytes, bytes]) -> set[str]:
    """Columns that pandas wrote for the index of its frame."""
    try:
        stated = json.loads(metadata.get(b"pandas", b"{}"))
        return {name for name in stated.get("index_columns", []) if isinstance(name, str)}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return set()


def _column(what: object, name: str, chunked: Any, is_index: bool) -> Column:
    import pyarrow as pa

    kind = pa.types
    parts = chunked.chunks or [pa.array([], chunked.type)]
    array = pa.chunked_array(parts, chunked.type).combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    width, rows = 1, len(array)
    while _is_list(array.type):
        array, length = _unlisted(what, name, array, rows)
        width *= length
    if kind.is_dictionary(array.type):
        array = array.dictionary_decode()
    stated = array.type
    if kind.is_decimal(stated):
        array = array.cast(pa.float64())
    elif not (kind.is_integer(stated) or kind.is_floating(stated) or kind.is_boolean(stated)):
        words = np.empty(len(array), dtype=object)
        plain = kind.is_null(stated) or kind.is_nested(stated) or width > 1
        words[:] = [None if plain or v is None else str(v) for v in array.to_pylist()]
        return Column(name, words, f"it holds {stated}", doubtful=plain, is_index=is_index)
    values = array.to_numpy(zero_copy_only=False)
    if values.dtype == object:  # booleans of which some are missing
        values = np.array([np.nan if v is None else float(v) for v in values])
    return Column(name, values if width == 1 else values.reshape(rows, width), is_index=is_index)


def _is_list(stated: Any) -> bool:
    import pyarrow as pa

    kind = pa.types
    return kind.is_list(stated) or kind.is_large_list(stated) or kind.is_fixed_size_list(stated)


def _unlisted(what: object, name: str, array: Any, rows: int) -> tuple[Any, int]:
    """Entries of lists one after the other, and how many a list has."""
    from pyarrow.compute import list_value_length

    lengths = list_value_length(array).fill_null(-1).to_numpy(zero_copy_only=False)
    length = int(lengths[0]) if len(lengths) else 0
    wrong = np.flatnonzero((lengths != max(length, 0)) | (lengths < 1))
    if len(wrong):
        found = [int(n) // (len(lengths) // rows) for n in wrong]
        found = list(dict.fromkeys(found))
        raise BadInput(
            f"{short(what)}: column {short(name)!r} must hold one list of equal length a row; "
            f"other lengths or none in {counted(found)}"
        )
    return array.flatten(), length
