"""Lines of a .csv file: read some at a time, and taken apart into cells."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path

from polycontrast.align.errors import BadInput
from polycontrast.align.watch import Watch, reading, unwatched
from polycontrast.wording import short

PIECE = 2**23  # letters that are read at a time
SEPARATORS = "\t;,"
Record = tuple[int, list[str]]
"""The line where a record ends, and its cells."""


def encoding_of(path: Path) -> str:
    """UTF-8, or UTF-16 where the file begins with its mark."""
    with path.open("rb") as file:
        mark = file.read(2)
    return "utf-16" if mark in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def pieces(path: Path, watch: Watch = unwatched) -> Iterator[list[str]]:
    """All lines, some at a time; quotes that open in a piece close in it, unless one is lost."""
    show = reading(watch, path.name, path.stat().st_size)
    with path.open("rb") as raw, TextIOWrapper(raw, encoding_of(path), newline="") as file:
        show(0)
        while lines := file.readlines(PIECE):
            is_open, more = sum(line.count('"') for line in lines) % 2, 0
            while is_open and more < PIECE and (line := file.readline()):
                lines.append(line)
                is_open, more = (is_open + line.count('"')) % 2, more + len(line)
            show(raw.tell())
            yield lines


def first_record(path: Path, lines: list[str]) -> tuple[Record, str]:
    """The first line that holds something, and what separates its cells."""
    separator = _separator(next((line for line in lines if line.strip()), ""))
    reader = csv.reader(lines, delimiter=separator)
    cells = next((cells for cells in reader if cells), [])
    if not any(cell.strip() for cell in cells):
        raise BadInput(f"{short(path)}: is empty")
    return (reader.line_num, cells), separator


def records_of(lines: Iterable[str], separator: str, before: int = 0) -> list[Record]:
    """All records of lines that follow so many others.

    Empty lines count where there is one column, and not at the end.
    """
    reader = csv.reader(lines, delimiter=separator)
    records = [(before + reader.line_num, cells) for cells in reader]
    while records and not records[-1][1]:
        records.pop()
    if all(len(cells) <= 1 for _, cells in records):
        return [(line, cells or [""]) for line, cells in records]
    return [(line, cells) for line, cells in records if cells]


def _separator(line: str) -> str:
    """The most frequent one outside of quotes; decimal commas do not separate."""
    bare = re.sub(r'"[^"]*"', "", line)
    for separator in SEPARATORS[:2]:
        cells = bare.split(separator)
        if len(cells) > 1 and all(re.fullmatch(r"\s*[+-]?\d*,?\d*\s*", cell) for cell in cells):
            return separator
    return max(reversed(SEPARATORS), key=bare.count)
