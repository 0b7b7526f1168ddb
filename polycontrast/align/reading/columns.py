"""Columns of a table with names: which are features, and which name the rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polycontrast.align.errors import BadInput
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
class Features:
    """Numbers (rows, columns), their names, and what names the rows instead."""

    values: np.ndarray
    names: list[str]
    left_out: list[str]
    row_names: np.ndarray | None


def features(path: Path, columns: list[Column]) -> Features:
    """Stack the columns that hold numbers.

    Raises
    ------
    BadInput
        When a column holds something else and does not name the rows, or nothing is left.
    """
    kept, left_out, row_names = set_aside(columns)
    words = [f"{name!r}" + f" ({c.why})" * bool(c.why) for name, c in kept if not c.is_numbers]
    if words:
        raise BadInput(f"{short(path)}: not numeric: column {listed(words)}")
    if not kept:
        only = f"only names of rows: {listed(left_out)}" if left_out else "no columns"
        raise BadInput(f"{short(path)}: holds {only}")
    blocks, names = [], []
    for name, column in kept:
        flat = column.values.ndim == 1
        block = column.values[:, None] if flat else column.values
        blocks.append(block)
        names += [name] if flat else [f"{name}[{n}]" for n in range(block.shape[1])]
    values = np.concatenate(blocks, axis=1, dtype=np.float64)
    return Features(values, names, left_out, row_names)


def set_aside(
    columns: list[Column],
) -> tuple[list[tuple[str, Column]], list[str], np.ndarray | None]:
    """Columns that stay with their names, names of the others, and what those say of the rows.

    A column that names the rows is no feature: rows would find one another by it.
    """
    named = [(short(c.name) or f"column {n + 1}", c) for n, c in enumerate(columns)]
    apart = [names_rows(c, first=n == 0) for n, c in enumerate(columns)]
    kept = [pair for pair, out in zip(named, apart, strict=True) if not out]
    gone = [pair for pair, out in zip(named, apart, strict=True) if out]
    return kept, [repr(name) for name, _ in gone], gone[0][1].values if gone else None


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
