"""Columns of a .csv file, with what is wrong said by column and line."""

import csv
import re
import warnings
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.columns import Column
from polycontrast.align.reading.numbers import is_doubtful, is_missing, number
from polycontrast.align.reading.room import check_room
from polycontrast.wording import short

FEWEST_RISING = 4  # numbers in a header, as years are: fewer rise by chance in a line of data
SEPARATORS = "\t;,"
Record = tuple[int, list[str]]  # the line where it ends, and its cells


def csv_columns(
    path: Path, rows: int | None = None, words: Collection[str] = frozenset()
) -> list[Column]:
    """Read all columns of a table.

    The first line is a header if it holds words and its numbers, if any, rise. It is also one if
    it counts 0, 1, 2, ... as data frames without names do. Tabs, semicolons or commas separate
    cells. If the header has one name less than there are columns, the file comes from R, and the
    first column has no name. Empty cells and words such as NA are missing values. So is an empty
    line of a file with one column: the rows after it keep their numbers.

    Parameters
    ----------
    path : Path
    rows : int, optional
        Number of rows that there must be. One extra line is a header, whatever it holds.
    words : collection of str
        Names of columns to read as they are written, even where they hold numbers.
    """
    try:
        first, separator = _first_record(path)
        header = rows is None and _is_header(path, first)
        if rows is None and len(first[1]) > 1:
            fast = _read_fast(path, separator, first, header, words)
            if fast is not None:
                return fast
        records = _records(path, separator)
    except csv.Error as error:
        raise BadInput(f"{short(path)}: cannot be read: {error}") from None
    if rows is not None:
        header = _is_header_of_labels(path, records, rows)
    while header and rows is None and not any(records[0][1]):
        records.pop(0)
    names = [cell.strip() for cell in records[0][1]] if header else []
    records = records[int(header) :]
    if not records:
        raise BadInput(f"{short(path)}: has no rows")
    width = len(records[0][1])
    if header and len(names) == width - 1 and _names_of_r(names, records):
        names = ["", *names]
    width = len(names) or width
    for line, cells in records:
        if len(cells) != width:
            raise BadInput(f"{short(path)}: line {line} has {len(cells)} fields, {width} expected")
    lines = [line for line, _ in records]
    names = names or [f"column {n + 1}" for n in range(width)]
    return [
        _column(name, [cells[n] for _, cells in records], lines, as_written=name in words)
        for n, name in enumerate(names)
    ]


def encoding_of(path: Path) -> str:
    """UTF-8, or UTF-16 where the file begins with its mark."""
    with path.open("rb") as file:
        mark = file.read(2)
    return "utf-16" if mark in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _first_record(path: Path) -> tuple[Record, str]:
    check_room(path, path.stat().st_size, 1)
    with path.open(encoding=encoding_of(path), newline="") as file:
        skipped, line = 0, file.readline()
        while line and not line.strip():
            skipped, line = skipped + 1, file.readline()
        file.seek(0)
        separator = _separator(line)
        reader = csv.reader(file, delimiter=separator)
        cells = next((cells for cells in reader if cells), [])
        if not any(cell.strip() for cell in cells):
            raise BadInput(f"{short(path)}: is empty")
        return (reader.line_num, cells), separator


def _separator(line: str) -> str:
    """The most frequent one outside of quotes; decimal commas do not separate."""
    bare = re.sub(r'"[^"]*"', "", line)
    for separator in SEPARATORS[:2]:
        cells = bare.split(separator)
        if len(cells) > 1 and all(re.fullmatch(r"\s*[+-]?\d*,?\d*\s*", cell) for cell in cells):
            return separator
    return max(reversed(SEPARATORS), key=bare.count)


def _is_header(path: Path, first: Record) -> bool:
    line, cells = first
    numbers = [value for cell in cells if (value := number(cell)) is not None and value == value]
    words = [cell.strip() for cell in cells if number(cell) is None]
    named = [cell for cell in words if not is_doubtful(cell)]
    if not words:
        return _counts(cells)
    if not named:
        raise BadInput(
            f"{short(path)}: {short(words[0])!r} in line {line} is neither a number nor a name"
        )
    rising = all(a < b for a, b in pairwise(numbers)) and len(numbers) >= FEWEST_RISING
    if numbers and not (rising or numbers == list(range(len(numbers)))):
        raise BadInput(
            f"{short(path)}: line {line} holds numbers and words, such as {short(named[0])!r}; "
            "a header names every column"
        )
    return True


def _names_of_r(names: list[str], records: list[Record]) -> bool:
    """Whether the column that the header does not name can be the row names of R's tables."""
    first = [cells[0].strip() for _, cells in records if cells]
    unlike = len(set(first)) == len(first)
    return (
        unlike and not names[0].startswith("#") and not any("." in c and number(c) for c in first)
    )


def _is_header_of_labels(path: Path, records: list[Record], rows: int) -> bool:
    if len(records) == rows + 1:
        return True
    if len(records) != rows:
        raise BadInput(f"{short(path)}: {len(records):,} labels for {rows:,} rows")
    cells = [cells[-1].strip() for _, cells in records]
    others = cells[1:]
    is_name = cells[0].lower() in {"label", "labels", "class", "classes", "target", "targets"}
    numbers = [number(cell) for cell in others if not is_missing(cell)]
    is_word = number(cells[0]) is None and not is_doubtful(cells[0])
    above_numbers = is_word and len(numbers) > 0 and None not in numbers
    if rows > 1 and (above_numbers or (is_name and cells[0] not in others)):
        raise BadInput(
            f"{short(path)}: {len(others):,} labels for {rows:,} rows, under the name "
            f"{short(cells[0])!r}"
        )
    return False


def _counts(cells: list[str]) -> bool:
    cells = cells if cells[0].strip() else cells[1:]
    return len(cells) > 1 and cells == [str(n) for n in range(len(cells))]


def _read_fast(
    path: Path, separator: str, first: Record, header: bool, words: Collection[str]
) -> list[Column] | None:
    """Columns of a table that holds numbers, and words in columns that are known, or None."""
    line, cells = first
    names = [cell.strip() if header else f"column {n + 1}" for n, cell in enumerate(cells)]
    texts = [n for n, name in enumerate(names) if name in words]
    rest = [n for n in range(len(names)) if n not in texts]
    found: dict[int, Column] = {}
    if texts:
        cells_of = _cells(path, separator, line if header else 0, texts, len(names))
        if cells_of is None or not rest:
            return None
        found = {n: Column(names[n], text) for n, text in zip(texts, cells_of, strict=True)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # no data: said elsewhere
            values = np.loadtxt(
                path,
                delimiter=separator,
                skiprows=line if header else 0,
                quotechar='"',
                comments=None,
                ndmin=2,
                encoding=encoding_of(path),
                usecols=rest if texts else None,
            )
    except ValueError:
        return None
    if values.size == 0 or values.shape[1] != len(rest):
        return None
    if texts and len(values) != len(found[texts[0]].values):
        return None
    found |= {n: Column(names[n], values[:, at]) for at, n in enumerate(rest)}
    return [found[n] for n in range(len(names))]


def _cells(
    path: Path, separator: str, lines: int, columns: list[int], width: int
) -> list[np.ndarray] | None:
    """Some columns as they are written, below so many lines; None where a row is short or long."""
    kept: list[list[str]] = []
    with path.open(encoding=encoding_of(path), newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        for cells in reader:
            if reader.line_num <= lines or not cells:
                continue
            if len(cells) != width:
                return None
            kept.append([cells[n] for n in columns])
    return [_words([row[at] for row in kept]) for at in range(len(columns))]


def _records(path: Path, separator: str) -> list[Record]:
    """All lines; empty ones count where there is one column, and not at the end."""
    with path.open(encoding=encoding_of(path), newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        records = [(reader.line_num, cells) for cells in reader]
    while records and not records[-1][1]:
        records.pop()
    if all(len(cells) <= 1 for _, cells in records):
        return [(line, cells or [""]) for line, cells in records]
    return [(line, cells) for line, cells in records if cells]


def _column(name: str, cells: list[str], lines: list[int], as_written: bool = False) -> Column:
    if as_written:
        return Column(name, _words(cells))
    numbers = [number(cell) for cell in cells]
    if None not in numbers:
        return Column(name, np.array(numbers, dtype=np.float64))
    bad = [n for n, value in enumerate(numbers) if value is None]
    worst = next((n for n in bad if is_doubtful(cells[n])), None)
    n = bad[0] if worst is None else worst
    why = f"{short(cells[n].strip())!r} in line {lines[n]}"
    return Column(name, _words(cells), why, doubtful=worst is not None)


def _words(cells: list[str]) -> np.ndarray:
    """Cells as they are written, None where one is missing."""
    words = np.empty(len(cells), dtype=object)
    words[:] = [None if is_missing(cell) else cell.strip() for cell in cells]
    return words
