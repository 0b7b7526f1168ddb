"""Checks before any work: views and parameters, with names of what is wrong."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.arrays import Array, computing_dtype, is_array, namespace, to_numpy

NAMED_AT_MOST = 5


def check_views(
    views: Sequence[Array],
    names: Sequence[str],
    columns: Sequence[Sequence[str]] | None = None,
) -> list[Array]:
    """Views as floating arrays, after checks.

    Parameters
    ----------
    views : sequence of array (rows, columns)
    names : sequence of str
        What messages call the views.
    columns : sequence of sequence of str, optional
        What messages call the columns of each view. Default: their numbers.

    Returns
    -------
    list of array
        Each in its own floating dtype; see `floating`.
    """
    if len(views) < 2:
        raise BadInput(f"at least two views are needed; got {len(views)}")
    for name, view in zip(names, views, strict=True):
        _check_array(name, view)
    rows = [view.shape[0] for view in views]
    if len(set(rows)) > 1:
        counts = ", ".join(f"{name} {count:,}" for name, count in zip(names, rows, strict=True))
        raise BadInput(f"views must have equal numbers of rows; got {counts}")
    converted = [floating(view) for view in views]
    for m, (name, view) in enumerate(zip(names, converted, strict=True)):
        check_finite(name, view, columns[m] if columns else None)
    return converted


def floating(x: Array) -> Array:
    """A view in the dtype to whiten it in: its own; float32 for halves, float64 for integers."""
    xp = namespace(x)
    real = xp.isdtype(x.dtype, "real floating")
    return xp.astype(x, computing_dtype(x) if real else xp.float64)


def _check_array(name: str, view: Array) -> None:
    if not is_array(view):
        raise BadInput(f"{name} must be an array (rows, columns); got {type(view).__name__}")
    shape = tuple(view.shape)
    if len(shape) != 2:
        hint = "; flatten each row's values into columns" if len(shape) > 2 else ""
        raise BadInput(f"{name} must be two-dimensional (rows, columns); got shape {shape}{hint}")
    if 0 in shape:
        raise BadInput(f"{name} is empty; got shape {shape}")
    xp = namespace(view)
    if not xp.isdtype(view.dtype, ("real floating", "integral", "bool")):
        raise BadInput(f"{name} must hold real numbers; got {view.dtype}")


def check_parameters(given: Mapping[str, Any]) -> None:
    """Refuse parameters of `Aligner` that no fit could use."""

    def refuse(name: str, wanted: str) -> BadInput:
        return BadInput(f"Aligner: {name} must be {wanted}; got {given[name]!r}")

    for name, least in dict(n_components=1, max_iter=1, patience=1, batch_size=2).items():
        value = given[name]
        whole = isinstance(value, Integral) and int(value) >= least
        if not whole and not (value is None and name == "batch_size"):
            raise refuse(name, f"an integer >= {least}")
    if given["dtype"] not in ("float32", "float64"):
        raise refuse("dtype", "float32 or float64")
    if not given["whitening"] > 0:
        raise refuse("whitening", "> 0")
    if not 0 <= given["validation_fraction"] < 1:
        raise refuse("validation_fraction", "in [0, 1)")


def check_columns(name: str, view: Array, columns: int) -> Array:
    """New rows of a view as a floating array, after checks."""
    _check_array(name, view)
    if view.shape[1] != columns:
        raise BadInput(f"{name} must have {columns} columns as in fit; got {view.shape[1]}")
    view = floating(view)
    check_finite(name, view)
    return view


def check_finite(name: str, view: Array, columns: Sequence[str] | None = None) -> None:
    """Refuse nan and infinite entries; the message names columns and the first row."""
    xp = namespace(view)
    finite = xp.isfinite(view)
    if xp.all(finite):
        return
    bad = ~to_numpy(finite)
    where = np.flatnonzero(bad.any(axis=0))
    called = [f"{columns[j]!r}" if columns else str(j) for j in where[:NAMED_AT_MOST]]
    more = f" and {len(where) - NAMED_AT_MOST} more" if len(where) > NAMED_AT_MOST else ""
    word = "column" if len(where) == 1 else "columns"
    rows = np.flatnonzero(bad.any(axis=1))
    raise BadInput(
        f"{name} has missing (nan) or infinite values in {word} {', '.join(called)}{more}, "
        f"in {len(rows):,} of {len(bad):,} rows (the first is row {rows[0]})"
    )
