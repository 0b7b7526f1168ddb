"""Checks before any work: views and parameters, with names of what is wrong."""

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.frames import column_names, index_of, is_frame, numbers_of
from polycontrast.align.reading.columns import reordered
from polycontrast.align.streams import StreamedRows, in_file, is_large, watched_blocks, zeroed
from polycontrast.align.watch import Watch, unwatched
from polycontrast.arrays import Array, computing_dtype, is_array, namespace, to_numpy
from polycontrast.wording import listed

MAY_BE_NONE = ("batch_size", "patience", "workers", "random_state")


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
    columns = columns or [column_names(view) or [] for view in views]
    return check_numbers(check_shapes(views, names), names, columns)


def check_shapes(views: Sequence[Array], names: Sequence[str]) -> list[Array]:
    """Views as arrays of real numbers with equally many rows."""
    if len(views) < 2:
        raise BadInput(f"at least two views are needed; got {len(views)}")
    check_order(views, names)
    views = [_plain(name, view) for name, view in zip(names, views, strict=True)]
    rows = [view.shape[0] for view in views]
    if len(set(rows)) > 1:
        counts = ", ".join(f"{name} {count:,}" for name, count in zip(names, rows, strict=True))
        raise BadInput(f"views must have equal numbers of rows; got {counts}")
    return list(views)


def check_numbers(
    views: Sequence[Array],
    names: Sequence[str],
    columns: Sequence[Sequence[str]],
    mask: np.ndarray | None = None,
    watch: Watch = unwatched,
) -> list[Array]:
    """Views that `check_shapes` returned as floating arrays without nan and infinity.

    Parameters
    ----------
    views : sequence of array (rows, columns)
    names, columns : as in `check_views`
    mask : bool array (M, rows), optional
        True where a view of a row exists; missing rows become 0.
    watch : callable, optional
        Gets the progress.
    """
    converted = []
    for m, (name, view) in enumerate(zip(names, views, strict=True)):
        there = floating(view) if mask is None else zeroed(floating(view), mask[m])
        check_finite(name, there, columns[m], watch)
        converted.append(there.found_finite() if isinstance(there, StreamedRows) else there)
    return converted


def listed_views(views: Any, function: str = "Aligner") -> list[Any]:
    """A list of the views of a sequence, or of one array (views, rows, columns)."""
    if is_array(views) and views.ndim == 3:
        return [views[m, :, :] for m in range(views.shape[0])]
    if isinstance(views, Sequence) and not isinstance(views, (str, bytes)):
        return list(views)
    shape = f" of shape {tuple(views.shape)}" if is_array(views) or is_frame(views) else ""
    raise BadInput(
        f"{function}: views must be a sequence of arrays (rows, columns), such as a list; got "
        f"{type(views).__name__}{shape}"
    )


def check_order(views: Sequence[Any], names: Sequence[str]) -> None:
    """Refuse frames whose rows have the same names in another order."""
    found = {
        name: index for name, view in zip(names, views, strict=True) if (index := index_of(view))
    }
    first = next(iter(found), "")
    for name, index in found.items():
        if reordered(found[first], index):
            raise BadInput(
                f"{name} has the index of {first} in another order; row i of every view must be "
                "the same thing"
            )


def floating(x: Array) -> Array:
    """A view in the dtype to whiten it in: its own; float32 for halves, float64 for integers."""
    if isinstance(x, StreamedRows):
        if x.dtype in (np.float32, np.float64):
            return x
        dtype = np.float32 if x.dtype.kind == "f" and x.dtype.itemsize <= 4 else np.float64
        return x.then(lambda block: block.astype(dtype), dtype=np.dtype(dtype))
    xp = namespace(x)
    real = xp.isdtype(x.dtype, "real floating")
    return xp.astype(x, computing_dtype(x) if real else xp.float64)


def _plain(name: str, view: Any) -> Array:
    """An array (rows, columns) of real numbers, of a plain type, from an array or a frame."""
    if is_frame(view):
        view = numbers_of(name, view)
    if isinstance(view, np.memmap) and view.ndim == 2 and is_large(view.nbytes):
        view = in_file(np.asarray(view)) if view.dtype.kind in "iuf" else view
    if isinstance(view, StreamedRows):
        return view
    if isinstance(view, np.ma.MaskedArray):
        raise BadInput(f"{name} is a masked array; fill what is masked, or drop its rows")
    if isinstance(view, np.ndarray):
        view = np.asarray(view)  # np.matrix would multiply and index in its own way
    _check_array(name, view)
    return view


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

    def is_number(name: str) -> bool:
        return isinstance(given[name], Real) and not isinstance(given[name], bool)

    least = dict(n_components=1, max_iter=1, patience=1, batch_size=2, workers=1, random_state=0)
    least |= dict(hidden=1)
    for name, low in least.items():
        if name == "n_components" and isinstance(given[name], str) and given[name] == "auto":
            continue
        whole = isinstance(given[name], Integral) and is_number(name) and given[name] >= low
        if not whole and not (given[name] is None and name in MAY_BE_NONE):
            also = ' or "auto"' if name == "n_components" else ""
            raise refuse(name, f"an integer >= {low}{also}")
    if given["dtype"] not in ("float32", "float64"):
        raise refuse("dtype", "float32 or float64")
    auto = isinstance(given["whitening"], str) and given["whitening"] == "auto"
    if not auto and not (is_number("whitening") and 0 < given["whitening"] < math.inf):
        raise refuse("whitening", '> 0 and finite, or "auto"')
    if given["head"] not in ("linear", "mlp"):
        raise refuse("head", '"linear" or "mlp"')
    if not (is_number("dropout") and 0 <= given["dropout"] < 1):
        raise refuse("dropout", "in [0, 1)")
    if not (is_number("validation_fraction") and 0 <= given["validation_fraction"] < 1):
        raise refuse("validation_fraction", "in [0, 1)")


def check_columns(
    name: str,
    view: Any,
    columns: int,
    names: Sequence[str] | None = None,
    there: np.ndarray | None = None,
) -> Array:
    """New rows of a view as a floating array, after checks.

    Parameters
    ----------
    name : str
        What messages call the view.
    view : array or data frame (rows, columns)
    columns : int
        How many there were in fit.
    names : sequence of str, optional
        Of the columns in fit.
    there : bool array (rows,), optional
        Rows that exist; the others become 0. Default: all.
    """
    found = column_names(view)
    view = _plain(name, view)
    if view.shape[1] != columns:
        raise BadInput(f"{name} must have {columns} columns as in fit; got {view.shape[1]}")
    if found and names and found != list(names):
        other = next(n for n in range(columns) if found[n] != names[n])
        raise BadInput(
            f"{name} must have the columns of fit in the same order; column {other} is "
            f"{found[other]!r}, in fit it was {names[other]!r}"
        )
    view = floating(view) if there is None else zeroed(floating(view), there)
    check_finite(name, view, found)
    return view


def check_finite(
    name: str,
    view: Array,
    columns: Sequence[str] | None = None,
    watch: Watch = unwatched,
) -> None:
    """Refuse nan and infinite entries; the message names columns and the first row."""
    if isinstance(view, StreamedRows) and view.finite:
        return
    rows, where, first = 0, np.zeros(view.shape[1], dtype=bool), 0
    for start, block in watched_blocks(view, watch, f"checking the numbers of {name}"):
        xp = namespace(block)
        finite = xp.isfinite(block)
        if xp.all(finite):
            continue
        bad = ~to_numpy(finite)
        if not rows:
            first = start + int(np.flatnonzero(bad.any(axis=1))[0])
        rows, where = rows + int(bad.any(axis=1).sum()), where | bad.any(axis=0)
    if not rows:
        return
    wrong = np.flatnonzero(where)
    called = listed([f"{columns[int(j)]!r}" if columns else str(j) for j in wrong])
    word = "column" if len(wrong) == 1 else "columns"
    raise BadInput(
        f"{name} has missing (nan) or infinite values in {word} {called}, "
        f"in {rows:,} of {view.shape[0]:,} rows (the first is row {first})"
    )
