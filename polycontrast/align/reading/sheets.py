"""One table from a file with named columns, or from a folder of such files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.arrayfile import read_npy
from polycontrast.align.reading.choice import Choice
from polycontrast.align.reading.columns import Column, Layout, layout_of, text_of
from polycontrast.align.reading.csvfile import csv_columns, csv_parts
from polycontrast.align.reading.parquetfile import parquet_columns, parquet_parts
from polycontrast.align.reading.table import Table
from polycontrast.align.streams import RowStore, blocks_of
from polycontrast.align.watch import Watch, unwatched
from polycontrast.wording import listed, short


def sheet_columns(path: Path, rows: int | None = None, choice: Choice | None = None) -> Any:
    """All columns of a sheet at once; for `rows` and the words of `choice` see `csv_columns`."""
    if path.suffix.lower() == ".parquet":
        return parquet_columns(path)
    return csv_columns(path, rows, choice.words if choice else frozenset())


def _parts(path: Path, choice: Choice, watch: Watch) -> Iterator[list[Column]]:
    if path.suffix.lower() == ".parquet":
        return parquet_parts(path, watch=watch)
    return csv_parts(path, choice.words, watch)


SHEETS = (".csv", ".tsv", ".parquet")


def is_sheet(path: Path) -> bool:
    """True for the name of a file with columns that may have names."""
    return path.suffix.lower() in SHEETS


def read_sheets(name: str, paths: list[Path], choice: Choice, watch: Watch = unwatched) -> Table:
    """Stack the rows of files with the same columns.

    Parameters
    ----------
    name : str
        Of the view.
    paths : list of Path
    choice : Choice
    watch : callable, optional
    """
    layout, first = None, None
    row_names: list[np.ndarray | None] = []
    roles: dict[str, list[np.ndarray]] = {}
    with RowStore() as store:
        for path in paths:
            for columns in _parts(path, choice, watch):
                layout = layout or layout_of(path, columns, choice)
                _check_names(path, columns, layout, paths[0])
                part = layout.part(path, columns)
                first = first or part
                _check_alike(path, part.values, first.values, paths[0])
                store.add(part.values)
                row_names.append(part.row_names)
                for role, values in part.roles.items():
                    roles.setdefault(role, []).append(text_of(values))
        values = store.result()
    assert layout is not None
    assert first is not None
    return Table(
        name,
        values,
        first.names,
        layout.left_out,
        None if first.row_names is None else np.concatenate(row_names),  # type: ignore[arg-type]
        {role: np.concatenate(parts) for role, parts in roles.items()},
        layout.names,
    )


def read_folder(name: str, folder: Path, choice: Choice, watch: Watch = unwatched) -> Table:
    """Stack the tables of a folder, in the order of their names; numbers in them count."""
    paths = [
        path
        for path in sorted(folder.iterdir(), key=_natural)
        if path.is_file() and not path.name.startswith((".", "_"))
    ]
    kinds = sorted({path.suffix.lower() for path in paths})
    if len(kinds) != 1 or kinds[0] not in (*SHEETS, ".npy"):
        known = ", ".join((*SHEETS, ".npy"))
        held = f"got {listed([kind or 'no ending' for kind in kinds])}" if kinds else "it is empty"
        raise BadInput(f"{short(folder)}: a folder must hold tables of one kind ({known}); {held}")
    if kinds[0] != ".npy":
        return read_sheets(name, paths, choice, watch)
    first = None
    with RowStore() as store:
        for path in paths:
            found = read_npy(path, watch)
            for _, block in blocks_of(found):
                first = block if first is None else first
                if block.ndim != 2:
                    raise BadInput(
                        f"{short(path)}: must be two-dimensional (rows, columns); got shape "
                        f"{block.shape}"
                    )
                _check_alike(path, block, first, paths[0])
                store.add(block)
        return Table(name, store.result())


def _natural(path: Path) -> Any:
    """Order in which part 2 comes before part 10."""
    return [(int(t), "") if t.isdigit() else (0, t) for t in re.split(r"(\d+)", path.name)]


def _check_names(path: Path, columns: list[Column], layout: Layout, first: Path) -> None:
    names = [short(c.name) or f"column {n + 1}" for n, c in enumerate(columns)]
    if names != layout.names:
        other = [n for n in names if n not in layout.names]
        other += [n for n in layout.names if n not in names]
        differ = f"differ: {listed(other)}" if other else "are in another order"
        raise BadInput(f"{short(path)}: its columns and those of {short(first)} {differ}")


def _check_alike(path: Path, part: np.ndarray, like: np.ndarray, first: Path) -> None:
    for what, a, b in (
        ("columns of numbers", part.shape[1], like.shape[1]),
        ("dtype", part.dtype, like.dtype),
    ):
        if a != b:
            raise BadInput(
                f"{short(path)}: all tables of a folder must have equal {what}; got {a}, and {b} "
                f"in {short(first)}"
            )
