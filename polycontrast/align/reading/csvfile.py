"""Numbers from a .csv file, with what is wrong said by column and line."""

import csv
import warnings
from pathlib import Path

import numpy as np

from polycontrast.align.errors import BadInput


def read_csv(path: Path) -> tuple[np.ndarray, list[str]]:
    """Read a table of numbers.

    The first line is a header where it holds anything that is no number, or counts 0, 1, 2, ... as
    data frames without names do. A first column without a name that numbers the rows is the index
    of such a frame and left out: it would match rows by their number. Commas, semicolons or tabs
    separate. Empty fields and ``nan`` are missing values, which is for the caller to judge.

    Returns
    -------
    values : array (rows, columns)
    columns : list of str
        Names from the header, or ``column 1``, ``column 2``, ...
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
    separator = max(",;\t", key=first.count)
    cells = next(csv.reader([first], delimiter=separator), [])
    if not any(cell.strip() for cell in cells):
        raise BadInput(f"{path}: is empty")
    header = not all(_is_number(cell) for cell in cells) or _counts(cells)
    columns = [cell.strip() if header else f"column {n + 1}" for n, cell in enumerate(cells)]
    columns = [name or f"column {n + 1}" for n, name in enumerate(columns)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # no data: said below
            values = np.loadtxt(
                path,
                delimiter=separator,
                skiprows=int(header),
                quotechar='"',
                comments=None,
                ndmin=2,
                encoding="utf-8-sig",
            )
    except ValueError:  # the slow way finds what is wrong, or takes empty fields as missing
        values = _read_slowly(path, separator, header, columns)
    if values.size == 0:
        raise BadInput(f"{path}: has no rows")
    if values.shape[1] != len(columns):
        raise BadInput(f"{path}: {len(columns)} names for {values.shape[1]} columns")
    unnamed = header and not cells[0].strip() and len(cells) > 1
    if unnamed and np.array_equal(values[:, 0], np.arange(len(values))):
        return values[:, 1:], columns[1:]
    return values, columns


def _read_slowly(path: Path, separator: str, header: bool, columns: list[str]) -> np.ndarray:
    rows: list[list[float]] = []
    words: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        for cells in reader:
            if not cells or (header and reader.line_num == 1):
                continue
            if len(cells) != len(columns):
                got = f"{len(cells)} fields, {len(columns)} expected"
                raise BadInput(f"{path}: line {reader.line_num} has {got}")
            for name, cell in zip(columns, cells, strict=True):
                if not _is_number(cell):
                    words.setdefault(name, f"{cell.strip()!r} in line {reader.line_num}")
            if not words:
                rows.append([float(cell) if cell.strip() else np.nan for cell in cells])
    if words:
        listed = ", ".join(f"{name!r} ({where})" for name, where in list(words.items())[:5])
        more = f" and {len(words) - 5} more" if len(words) > 5 else ""
        raise BadInput(f"{path}: not numeric: column {listed}{more}")
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(columns))


def _counts(cells: list[str]) -> bool:
    cells = cells if cells[0].strip() else cells[1:]
    return len(cells) > 1 and cells == [str(n) for n in range(len(cells))]


def _is_number(cell: str) -> bool:
    """True for numbers, and for nothing at all: a missing value."""
    try:
        float(cell)
    except ValueError:
        return not cell.strip()
    return True
