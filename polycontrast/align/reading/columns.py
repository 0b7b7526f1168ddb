"""Columns of a table with names: which are features, and which name the rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.choice import Choice, chosen
from polycontrast.align.reading.numbers import is_missing
from polycontrast.wording import listed, short

# Names under which data frames, databases and people keep the names of rows.
IDENTIFIERS = frozenset(
    {"id", "ids", "idx", "index", "level0", "rowid", "rowids", "rowname", "rownames", "rownumber"}
    | {"rownr", "rowindex", "rn", "uid", "uuid", "guid", "objectid"}
)
UNNAMED = re.compile(r"(Unnamed: \d+[\w.]*|\.\.\.\d+|__index_level_\d+__)?")  # pandas, R
OF_R = re.compile(r"X(\.\d+)?")  # what R calls a column of row names that it reads again
ENDS_IN_ID = re.compile(r".*([_\-. ]id|[a-z](Id|ID))", re.DOTALL)
FEWEST_COUNTED = 10  # rows: fewer may rise by 1 by chance


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Parameters
    ----------
    name : str
        As the file has it; empty where there is none.
    values : ndarray
        Numbers (rows,), or (rows, length) where the file holds lists; else objects (rows,).
    why : str
        The first of its values that is no number, and where.
    doubtful : bool
        Whether that may be a number in a form that is not read.
    is_index : bool
        Whether the file itself says that these are names of rows.
    """

    name: str
    values: np.ndarray
    why: str = ""
    doubtful: bool = False
    is_index: bool = False

    @property
    def is_numbers(self) -> bool:
        """True for numbers, with nan where one is missing."""
        return self.values.dtype.kind in "biuf"


@dataclass(frozen=True)
class Part:
    """What some rows of a table hold.

    Parameters
    ----------
    values : ndarray (rows, columns)
        Features.
    names : list of str
        Of the features.
    row_names : ndarray, optional
        What the first column says that names the rows.
    roles : dict of ndarray
        The columns ``"id"``, ``"group"`` and ``"label"``, where they were chosen and exist.
    """

    values: np.ndarray
    names: list[str]
    row_names: np.ndarray | None
    roles: dict[str, np.ndarray]


@dataclass(frozen=True)
class Layout:
    """Which columns of a table are features, and what the others are.

    Columns are known by their places. A table in several parts has the layout of its first part.
    """

    names: list[str]
    features: list[int]
    apart: list[int]
    roles: dict[str, int]

    @property
    def left_out(self) -> list[str]:
        """Names of the columns that name the rows and are no features."""
        return [repr(self.names[n]) for n in self.apart]

    def part(self, path: Path, columns: list[Column]) -> Part:
        """Features of some rows, stacked, and the other columns.

        Raises
        ------
        BadInput
            When a column of features holds something else, or nothing is left.
        """
        kept = [(self.names[n], columns[n]) for n in self.features]
        words = [f"{name!r}" + f" ({c.why})" * bool(c.why) for name, c in kept if not c.is_numbers]
        if words:
            raise BadInput(
                f"{short(path)}: not numeric: column {listed(words)}; --columns names the features"
            )
        if not kept:
            only = f"only names of rows: {listed(self.left_out)}" if self.apart else "no columns"
            raise BadInput(f"{short(path)}: holds {only}")
        blocks, names = [], []
        for name, column in kept:
            flat = column.values.ndim == 1
            block = column.values[:, None] if flat else column.values
            blocks.append(block)
            names += [name] if flat else [f"{name}[{n}]" for n in range(block.shape[1])]
        halves = all(b.dtype.kind == "f" and b.dtype.itemsize <= 4 for b in blocks)
        values = np.concatenate(blocks, axis=1, dtype=np.float32 if halves else np.float64)
        row_names = columns[self.apart[0]].values if self.apart else None
        roles = {role: columns[n].values for role, n in self.roles.items()}
        return Part(values, names, row_names, roles)


def layout_of(path: Path, columns: list[Column], choice: Choice | None = None) -> Layout:
    """Decide what each column of a table is.

    A column that names the rows is no feature: rows would find one another by it.
    """
    choice = choice or Choice()
    names = [short(c.name) or f"column {n + 1}" for n, c in enumerate(columns)]
    roles = {
        role: n
        for role, name in choice.roles.items()
        if (n := _place(path, columns, name)) is not None
    }
    if choice.id is not None and "id" not in roles:
        raise no_column(path, choice.id, names)
    rest = [n for n in range(len(columns)) if n not in roles.values()]
    apart = [n for n in rest if names_rows(columns[n], first=n == 0)]
    features = [n for n in rest if n not in apart]
    if choice.features:
        _check_chosen(path, [names[n] for n in rest], choice.features)
        named = [n for n in rest if names[n] in choice.features and not columns[n].is_index]
        features = sorted({*named, *(n for n in features if chosen(names[n], choice.features))})
        apart = [n for n in apart if n not in features]
    return Layout(names, features, apart, roles)


def _place(path: Path, columns: list[Column], name: str) -> int | None:
    """Number of the column of a name; ``index`` is also the index of a data frame without one."""
    found = [n for n, column in enumerate(columns) if column.name == name]
    if len(found) > 1:
        raise BadInput(f"{short(path)}: {len(found)} columns have the name {short(name)!r}")
    if not found and name == "index":
        found = [n for n, column in enumerate(columns) if column.is_index][:1]
    return found[0] if found else None


def _check_chosen(path: Path, names: list[str], patterns: tuple[str, ...]) -> None:
    for pattern in patterns:
        if not any(chosen(name, (pattern,)) for name in names):
            raise no_column(path, pattern, names)


def no_column(path: object, name: str, names: list[str]) -> BadInput:
    """The error for a name that no column has."""
    return BadInput(f"{short(path)}: no column {short(name)!r}; it has {listed(names)}")


def text_of(values: np.ndarray) -> np.ndarray:
    """Names as words: 3 and 3.0 are the same, 007 and 7 are not; None where one is missing."""
    if values.dtype.kind == "f":
        words = [None if v != v else str(int(v) if v.is_integer() else v) for v in values.tolist()]
    elif values.dtype.kind == "S":
        words = [v.decode("utf-8", "replace") for v in values.tolist()]
    else:
        words = [None if v is None or is_missing(str(v)) else str(v) for v in values.tolist()]
    found = np.empty(len(words), dtype=object)
    found[:] = words
    return found


def names_rows(column: Column, first: bool) -> bool:
    """True for the index of a data frame, row names, identifiers, and numbers of rows."""
    unnamed = UNNAMED.fullmatch(column.name) is not None
    if column.is_index or (unnamed and first):
        return True
    if column.doubtful or column.values.ndim > 1:
        return False
    plain = re.sub(r"[^a-z0-9]", "", column.name.lower())
    if not column.is_numbers:
        return unnamed or plain in IDENTIFIERS or ENDS_IN_ID.fullmatch(column.name) is not None
    values = column.values
    if not (np.isfinite(values).all() and (values == np.floor(values)).all()):
        return False
    if plain in IDENTIFIERS:
        return True
    if unnamed or ENDS_IN_ID.fullmatch(column.name) or (first and OF_R.fullmatch(column.name)):
        return len(np.unique(values)) == len(values) > 1
    return counts_rows(values)


def counts_rows(values: np.ndarray) -> bool:
    """True for 0, 1, 2, ... and 1, 2, 3, ... over rows enough that it is no chance."""
    if len(values) < FEWEST_COUNTED or values[0] not in (0, 1):
        return False
    return np.array_equal(values, np.arange(len(values)) + values[0])


def reordered(a: Sequence[object], b: Sequence[object]) -> bool:
    """True for the same distinct names of rows in another order."""
    first, second = list(map(str, a)), list(map(str, b))
    same = len(set(first)) == len(first) == len(second) and set(first) == set(second)
    return same and first != second
