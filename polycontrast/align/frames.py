"""Data frames as views: pandas, polars, pyarrow and others, by their common interfaces."""

import math
import sys
from numbers import Real
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.columns import Column
from polycontrast.align.reading.parquetfile import index_names, table_columns
from polycontrast.arrays import is_array
from polycontrast.wording import listed

NOTHING = ("<NA>", "NaT", "None")  # how the marks of missing values print


def is_frame(x: object) -> bool:
    """True for a table that has named columns and gives its numbers to NumPy."""
    if is_arrow(x):
        return True
    return not is_array(x) and all(hasattr(x, name) for name in ("columns", "to_numpy", "shape"))


def is_arrow(x: object) -> bool:
    """True for a table of pyarrow."""
    arrow = sys.modules.get("pyarrow")
    return arrow is not None and isinstance(x, arrow.Table)


def column_names(x: Any) -> list[str] | None:
    """Names of the columns of numbers of a frame; None for anything else."""
    if is_arrow(x):
        return [name for column in _features(x) for name in _names(column)]
    if not is_frame(x):
        return None
    names = [str(name) for name in x.columns]
    widths = _list_widths(x)
    return [one for n, name in enumerate(names) for one in _numbered(name, widths.get(n))]


def index_of(x: Any) -> list[str] | None:
    """Names of the rows of a frame that has some."""
    if is_arrow(x):
        named = [column for column in _arrow(x) if column.is_index]
        return [str(name) for name in named[0].values.tolist()] if named else None
    index = getattr(x, "index", None) if is_frame(x) else None
    return None if index is None or callable(index) else [str(name) for name in index]


def numbers_of(name: str, frame: Any) -> np.ndarray:
    """Numbers of a frame, with nan where one is missing; its index is no feature.

    A column of lists of equal length, as embeddings are kept, is a block of columns.

    Raises
    ------
    BadInput
        With the names of columns that hold something else.
    """
    if is_arrow(frame):
        return _stacked(name, [(c.name, c.values) for c in _features(frame)])
    lists = _list_widths(frame)
    values = np.asarray(frame.to_numpy())
    if values.dtype.kind in "biuf" and not lists:
        return values
    columns = values.astype(object).T
    parts = []
    for n, (column, named) in enumerate(zip(columns, frame.columns, strict=True)):
        block = _block(name, str(named), column, lists[n]) if n in lists else _numbers(column)
        parts.append((str(named), block))
    return _stacked(name, parts)


def _stacked(name: str, parts: list[tuple[str, np.ndarray]]) -> np.ndarray:
    words = [repr(column) for column, values in parts if values.dtype.kind not in "biuf"]
    if words:
        raise BadInput(f"{name} must hold real numbers; not numeric: column {listed(words)}")
    blocks = [values[:, None] if values.ndim == 1 else values for _, values in parts]
    small = bool(blocks) and all(b.dtype.kind == "f" and b.dtype.itemsize <= 4 for b in blocks)
    dtype = np.float32 if small else np.float64
    return np.concatenate(blocks, axis=1, dtype=dtype) if blocks else np.empty((0, 0))


def _arrow(table: Any) -> list[Column]:
    return table_columns("table", table, index_names(table.schema.metadata or {}))


def _features(table: Any) -> list[Column]:
    return [column for column in _arrow(table) if not column.is_index]


def _names(column: Column) -> list[str]:
    return _numbered(column.name, column.values.shape[1] if column.values.ndim > 1 else None)


def _numbered(name: str, width: int | None) -> list[str]:
    return [name] if width is None else [f"{name}[{n}]" for n in range(width)]


def _list_widths(frame: Any) -> dict[int, int]:
    """Columns whose first entry is a list or an array of one axis, and its length."""
    if not frame.shape[0] or not all(hasattr(frame, name) for name in ("dtypes", "head")):
        return {}
    first = frame.head(1).to_numpy()
    first = first.reshape(1, -1)[0] if len(frame.columns) == first.size else ()
    found = {}
    for n, entry in enumerate(first):
        if isinstance(entry, (list, tuple)) or (isinstance(entry, np.ndarray) and entry.ndim == 1):
            found[n] = len(entry)
    return found


def _block(name: str, column: str, lists: np.ndarray, width: int) -> np.ndarray:
    """Lists of equal length as rows of a matrix."""
    sizes = [len(one) if hasattr(one, "__len__") else -1 for one in lists]
    wrong = [n for n, size in enumerate(sizes) if size != width]
    if wrong:
        raise BadInput(
            f"{name}: column {column!r} must hold one list of equal length a row; row {wrong[0]} "
            "has another"
        )
    return np.array([np.asarray(one) for one in lists]).reshape(len(lists), width)


def _numbers(column: np.ndarray) -> np.ndarray:
    found = [_number(value) for value in column]
    return np.array(found, dtype=object if None in found else np.float64)


def _number(value: Any) -> float | None:
    if isinstance(value, (Real, np.bool_)):
        return float(value)
    return math.nan if str(value) in NOTHING else None
