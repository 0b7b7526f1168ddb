"""Tables written block by block: CSV and parquet."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import MissingDependency
from polycontrast.wording import short

TABLES = (".csv", ".parquet")
Block = Mapping[str, np.ndarray]
"""Some rows of a table: a column by each name, all of one length."""


def check_writer(path: Path) -> None:
    """Refuse a kind of file whose library is missing, before any work is done."""
    if path.suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise MissingDependency(f"writing {short(path)}", "pyarrow", "align") from None


def write_table(path: Path, kind: str, blocks: Iterable[Block]) -> None:
    """Write blocks of rows one after another.

    Parameters
    ----------
    path : Path
    kind : {".csv", ".parquet"}
    blocks : iterable of dict of ndarray
        One or more, with the same columns.
    """
    (_write_parquet if kind == ".parquet" else _write_csv)(path, blocks)


def _write_csv(path: Path, blocks: Iterable[Block]) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer, header = csv.writer(file, lineterminator="\n"), None
        for block in blocks:
            if header is None:
                header = list(block)
                writer.writerow(header)
            writer.writerows(zip(*map(_cells, block.values()), strict=True))


def _cells(column: np.ndarray) -> list[Any]:
    """Numbers with as many digits as their dtype tells apart."""
    if column.dtype.kind != "f":
        return list(column.tolist())
    digits = "{:.9g}" if column.dtype.itemsize <= 4 else "{:.17g}"
    return [digits.format(value) for value in column.tolist()]


def _write_parquet(path: Path, blocks: Iterable[Block]) -> None:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    writer = None
    try:
        for block in blocks:
            table = pyarrow.table({name: _arrow(column) for name, column in block.items()})
            writer = writer or ParquetWriter(path, table.schema)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _arrow(column: np.ndarray) -> Any:
    import pyarrow

    if column.dtype.kind in "OU":
        # A lone surrogate stands for a byte that is no text; parquet can hold none.
        words = [str(w).encode("utf-8", "backslashreplace").decode() for w in column.tolist()]
        return pyarrow.array(words, pyarrow.string())
    return pyarrow.array(column)
