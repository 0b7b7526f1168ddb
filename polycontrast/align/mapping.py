"""Rows that a function maps to other rows, block by block where they are in a file."""

from collections.abc import Callable

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.streams import StreamedRows
from polycontrast.arrays import Array, namespace, to_numpy

FARTHEST = 1e15  # the square of more is lost in float32


def map_rows(
    name: str, x: Array, function: Callable[[Array], Array], columns: int, dtype: str
) -> Array:
    """Mapped rows; those of a file are mapped when they are read.

    Parameters
    ----------
    name : str
        What messages call the rows.
    x : array or StreamedRows (rows, columns)
    function : callable
        From a block of rows to the mapped ones.
    columns : int
        Of the mapped rows.
    dtype : {"float32", "float64"}
        Of the mapped rows.

    Raises
    ------
    BadInput
        When mapped rows are so far from those of training that float32 loses them.
    """

    def step(block: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            rows = function(block)
        _check_reach(name, rows)
        xp = namespace(rows)
        return xp.astype(rows, getattr(xp, dtype))

    if isinstance(x, StreamedRows):
        return x.then(step, columns, np.dtype(dtype))
    return step(x)


def _check_reach(name: str, rows: Array) -> None:
    xp = namespace(rows)
    near = xp.max(xp.abs(rows), axis=1) < FARTHEST
    if not xp.all(near):
        count = int(np.sum(~to_numpy(near)))
        raise BadInput(
            f"{name} has values too far from those of the training rows to be mapped, in "
            f"{count:,} of {rows.shape[0]:,} rows"
        )
