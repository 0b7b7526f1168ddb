"""Data frames as views: pandas, polars and others, by their common interface."""

import math
from numbers import Real
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.arrays import is_array
from polycontrast.wording import listed

NOTHING = ("<NA>", "NaT", "None")  # how the marks of missing values print


def is_frame(x: object) -> bool:
    """True for a table that has named columns and gives its numbers to NumPy."""
    return not is_array(x) and all(hasattr(x, name) for name in ("columns", "to_numpy", "shape"))


def column_names(x: Any) -> list[str] | None:
    """Names of the columns of a frame; None for anything else."""
    return [str(name) for name in x.columns] if is_frame(x) else None


def index_of(x: Any) -> list[str] | None:
    """Names of the rows of a frame that has some."""
    index = getattr(x, "index", None) if is_frame(x) else None
    return None if index is None or callable(index) else [str(name) for name in index]


def numbers_of(name: str, frame: Any) -> np.ndarray:
    """Numbers of a frame, with nan where one is missing; its index is no feature.

    Raises
    ------
    BadInput
        With the names of columns that hold something else.
    """
    values = np.asarray(frame.to_numpy())
    if values.dtype.kind in "biuf":
        return values
    found = [[_number(value) for value in column] for column in values.astype(object).T]
    pairs = zip(column_names(frame) or [], found, strict=True)
    words = [repr(column) for column, numbers in pairs if None in numbers]
    if words:
        raise BadInput(f"{name} must hold real numbers; not numeric: column {listed(words)}")
    return np.array(found, dtype=np.float64).reshape(len(found), len(values)).T


def _number(value: Any) -> float | None:
    if isinstance(value, (Real, np.bool_)):
        return float(value)
    return math.nan if str(value) in NOTHING else None
