"""Columns of a .csv file, with what is wrong said by column and line."""

import csv
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.columns import Column
from polycontrast.align.reading.csvlines import Record, first_record, pieces, records_of
from polycontrast.align.reading.numbers import is_doubtful, is_missing, number
from polycontrast.align.reading.room import check_disk, check_room
from polycontrast.align.streams import is_large
from polycontrast.align.watch import Watch, unwatched
from polycontrast.wording import short

FEWEST_RISING = 4  # numbers in a header, as years are: fewer rise by chance in a line of data


def csv_columns(
    path: Path,
    rows: int | None = None,
    words: Collection[str] = frozenset(),
    watch: Watch = unwatched,
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
    watch : callable, optional
    """
    check_room(path, path.stat().st_size, 1)
    with _refusing(path):
        return _first_columns(path, list(pieces(path, watch)), rows, words)


def csv_parts(
    path: Path, words: Collection[str] = frozenset(), watch: Watch = unwatched
) -> Iterator[list[Column]]:
    """Read all columns of a table as `csv_columns` does, a large one some rows at a time.

    The first part says which columns there are, and which of them hold words.
    """
    size = path.stat().st_size
    if not is_large(size):
        yield csv_columns(path, None, words, watch)
        return
    check_disk(path, size)
    with _refusing(path):
        parts = pieces(path, watch)
        lines = next(parts)
        (_, cells), separator = first_record(path, lines)
        if len(cells) == 1:  # an empty line is a missing value there
            yield csv_columns(path, None, words, watch)
            return
        columns = _first_columns(path, [lines], None, words)
        yield columns
        names, before = [column.name for column in columns], len(lines)
        known = {*words, *(column.name for column in columns if not column.is_numbers)}
        for lines in parts:
            found = _read_fast([lines], separator, 0, names, known)
            records = [] if found else records_of(lines, separator, before)
            if found or records:
                yield found or _columns(path, names, records, words)
            before += len(lines)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        raise BadInput(f"{short(path)}: cannot be read: {error}") from None


def _first_columns(
    path: Path, parts: list[list[str]], rows: int | None, words: Collection[str]
) -> list[Column]:
    """Columns of the lines of a file from its first one on."""
    first, separator = first_record(path, parts[0] if parts else [])
    header = rows is None and _is_header(path, first)
    if rows is None and len(first[1]) > 1:
        line, cells = first
        given = [cell.strip() if header else f"column {n + 1}" for n, cell in enumerate(cells)]
        fast = _read_fast(parts, separator, line if header else 0, given, words)
        if fast is not None:
            return fast
    records = records_of(chain.from_iterable(parts), separator)
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
    names = names or [f"column {n + 1}" for n in range(width)]
    return _columns(path, names, records, words)


def _columns(
    path: Path, names: list[str], records: list[Record], words: Collection[str]
) -> list[Column]:
    """Columns of records, each cell read by itself."""
    for line, cells in records:
        if len(cells) != len(names):
            raise BadInput(
                f"{short(path)}: line {line} has {len(cells)} fields, {len(names)} expected"
            )
    lines = [line for line, _ in records]
    return [
        _column(name, [cells[n] for _, cells in records], lines, as_written=name in words)
        for n, name in enumerate(names)
    ]


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
    parts: list[list[str]], separator: str, skipped: int, names: list[str], words: Collection[str]
) -> list[Column] | None:
    """Columns of numbers, and of words in columns that are known; None where there is more.

    Parameters
    ----------
    parts : list of list of str
        Lines. The first so many of them, `skipped`, are no data.
    separator : str
    skipped : int
    names : list of str
    words : collection of str
        Columns that hold words.
    """
    texts = [n for n, name in enumerate(names) if name in words]
    rest = [n for n in range(len(names)) if n not in texts]
    found: dict[int, Column] = {}
    parts = [parts[0][skipped:], *parts[1:]]
    if texts:
        cells_of = _cells(parts, separator, texts, len(names))
        if cells_of is None or not rest:
            return None
        found = {n: Column(names[n], text) for n, text in zip(texts, cells_of, strict=True)}
    blocks = []
    for lines in parts:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # no data: said elsewhere
                block = np.loadtxt(
                    lines,
                    delimiter=separator,
                    quotechar='"',
                    comments=None,
                    ndmin=2,
                    usecols=rest if texts else None,
                )
        except ValueError:
            return None
        if block.size and block.shape[1] != len(rest):
            return None
        blocks += [block] if block.size else []
    if not blocks:
        return None
    values = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    if texts and len(values) != len(found[texts[0]].values):
        return None
    found |= {n: Column(names[n], values[:, at]) for at, n in enumerate(rest)}
    return [found[n] for n in range(len(names))]


def _cells(
    parts: list[list[str]], separator: str, columns: list[int], width: int
) -> list[np.ndarray] | None:
    """Some columns as they are written; None where a row is short or long."""
    kept: list[list[str]] = []
    for cells in csv.reader(chain.from_iterable(parts), delimiter=separator):
        if cells and len(cells) != width:
            return None
        if cells:
            kept.append([cells[n] for n in columns])
    return [_words([row[at] for row in kept]) for at in range(len(columns))]


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
