"""Views and labels from files."""

import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.arrayfile import archive_of, keys_of, read_entry, read_npy, read_npz
from polycontrast.align.reading.columns import Column, counts_rows, features, reordered, set_aside
from polycontrast.align.reading.csvfile import csv_columns
from polycontrast.align.reading.numbers import is_missing
from polycontrast.align.reading.parquetfile import parquet_columns
from polycontrast.wording import counted, listed, short, shortened

T = TypeVar("T")

LABEL_NAMES = {"label", "labels", "class", "classes", "target", "targets", "y"}
LONGEST_LABEL = 1_000  # letters
LONGEST_NAME = 60  # letters of a view's name
EXACT = 2**53  # whole numbers up to here are told apart in float64


@dataclass(frozen=True)
class Table:
    """Features read from one file.

    Parameters
    ----------
    name : str
        What the view is called.
    values : ndarray (rows, columns)
    columns : list of str, optional
        Names where the file has some.
    left_out : list of str
        Columns that name the rows and are no features.
    row_names : ndarray, optional
        What the first of them says.
    """

    name: str
    values: np.ndarray
    columns: list[str] | None = None
    left_out: list[str] = field(default_factory=list)
    row_names: np.ndarray | None = None


def read_table(spec: str) -> Table:
    """Read ``file.npy``, ``file.npz:key``, ``file.csv`` or ``file.parquet``.

    Raises
    ------
    BadInput
        In one line that names the file.
    MissingDependency
        For parquet without pyarrow.
    """

    def read(path: Path, key: str | None) -> Table:
        if path.suffix.lower() in SHEETS:
            found = features(path, SHEETS[path.suffix.lower()](path))
            return Table(
                _name(path.stem), found.values, found.names, found.left_out, found.row_names
            )
        name, values = _read_array(path, key)
        return Table(_name(name), _checked(spec, values))

    return _guarded(spec, read)


def read_views(specs: list[str]) -> dict[str, Table]:
    """Read views and name them after their files or keys; equal names get numbers.

    Each matrix of a .npz archive that is given alone is a view.
    """
    if len(specs) == 1 and specs[0].lower().endswith(".npz"):
        specs = _views_of_archive(specs[0])
    if len(specs) < 2:
        raise BadInput(f"at least two views are needed; got {len(specs)}")
    views: dict[str, Table] = {}
    for spec in specs:
        table = read_table(spec)
        for earlier, other in views.items():
            _check_order(spec, table, earlier, other)
        name, number = table.name, 2
        while name in views:
            name, number = f"{table.name}_{number}", number + 1
        views[name] = table
    return views


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read all arrays of a .npz archive by their keys.

    Raises
    ------
    BadInput
        In one line that names the file.
    """

    def read(path: Path, key: str | None) -> dict[str, np.ndarray]:
        with archive_of(path) as archive:
            entries = keys_of(archive)
            return {key: read_entry(path, archive, key, entries[key]) for key in entries}

    return _guarded(str(path), read)


def read_labels(spec: str, rows: int) -> np.ndarray:
    """Read one label a row: numbers or words.

    Raises
    ------
    BadInput
        When there is not exactly one label for each of `rows` rows.
    """

    def read(path: Path, key: str | None) -> np.ndarray:
        suffix = path.suffix.lower()
        if suffix not in SHEETS:
            return _read_array(path, key)[1]
        columns = csv_columns(path, rows) if suffix == ".csv" else parquet_columns(path)
        kept = columns
        if len(columns) > 1:
            kept = [column for _, column in set_aside(columns)[0]]
        if len(kept) > 1:
            kept = [column for column in kept if column.name.lower() in LABEL_NAMES] or kept
        if len(kept) != 1:
            names = listed([repr(column.name) for column in kept or columns])
            raise BadInput(
                f"{short(spec)}: labels must be one column, or one whose name is label, class or "
                f"target; got {names}"
            )
        return kept[0].values

    return _checked_labels(short(spec), _guarded(spec, read), rows)


def _views_of_archive(spec: str) -> list[str]:
    """Names of the matrices in an archive, as one would give them."""
    arrays = read_arrays(Path(spec))
    found = [key for key, array in arrays.items() if array.ndim == 2 and array.dtype.kind in "biuf"]
    if len(found) < 2:
        held = listed([f"{key} {array.shape}" for key, array in arrays.items()], 20) or "none"
        raise BadInput(
            f"{short(spec)}: at least two arrays (rows, columns) of numbers are needed; it has "
            f"{held}"
        )
    return [f"{spec}:{key}" for key in found]


def split_key(spec: str) -> tuple[Path, str | None]:
    """Take ``file.npz:key`` apart."""
    at = spec.lower().find(".npz:")
    return (Path(spec), None) if at < 0 else (Path(spec[: at + 4]), spec[at + 5 :])


def _guarded(spec: str, read: Callable[[Path, str | None], T]) -> T:
    """Read a file, if it is one, and say in one line what the system has against it."""
    path, key = split_key(spec)
    if path.suffix.lower() not in (*ARRAYS, *SHEETS):
        known = ", ".join((*ARRAYS, *SHEETS))
        raise BadInput(
            f"{short(spec)}: unknown kind of file {short(path.suffix)!r}; known: {known}"
        )
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadInput(f"{short(path)}: is no file")
        return read(path, key)
    except FileNotFoundError:
        raise BadInput(f"{short(path)}: no such file") from None
    except BadInput:
        raise
    except UnicodeError:
        raise BadInput(f"{short(path)}: cannot be read: is no text in UTF-8") from None
    except MemoryError:
        raise BadInput(f"{short(path)}: cannot be read: not enough memory") from None
    except (OSError, ValueError) as error:  # a name with a null character is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise BadInput(f"{short(path)}: cannot be read: {short(reason)}") from None


def _read_array(path: Path, key: str | None) -> tuple[str, np.ndarray]:
    if path.suffix.lower() == ".npy":
        return path.stem, read_npy(path)
    found, values = read_npz(path, key)
    return (path.stem if key is None else found), values


def _name(text: str) -> str:
    """A name of a view: one line that can be shown everywhere."""
    return shortened(text, LONGEST_NAME) or "view"


def _checked(spec: str, values: np.ndarray) -> np.ndarray:
    """An array without names of columns, unless one of them can only be the numbers of rows."""
    if 0 in values.shape:
        raise BadInput(f"{short(spec)}: is empty; got shape {values.shape}")
    if values.ndim == 2 and values.dtype.kind in "iuf":
        found = [n for n in range(values.shape[1]) if counts_rows(values[:, n])]
        if found:
            raise BadInput(
                f"{short(spec)}: {counted(found, 'column')} numbers the rows, which would match by "
                "it and nothing else; leave it out"
            )
    return values


def _check_order(spec: str, table: Table, earlier: str, other: Table) -> None:
    """Refuse two tables whose rows have the same names in another order."""
    a, b = table.row_names, other.row_names
    if a is not None and b is not None and reordered(a.tolist(), b.tolist()):
        raise BadInput(
            f"{short(spec)}: its rows ({table.left_out[0]}) have the names of those of "
            f"{earlier!r} ({other.left_out[0]}) in another order; row i of every file must be the "
            "same thing"
        )


def _checked_labels(spec: str, labels: np.ndarray, rows: int) -> np.ndarray:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise BadInput(f"{spec}: labels must be one column; got shape {labels.shape}")
    if len(labels) != rows:
        raise BadInput(f"{spec}: {len(labels):,} labels for {rows:,} rows")
    kind = labels.dtype.kind
    if kind not in "biufUSO":
        raise BadInput(f"{spec}: labels must be numbers or words; got {labels.dtype}")
    if kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    if kind == "f":
        missing = np.flatnonzero(~np.isfinite(labels))
    elif kind in "biu":
        return labels
    else:
        missing = np.flatnonzero([is_missing(label) for label in labels.tolist()])
    if len(missing):
        raise BadInput(
            f"{spec}: labels have missing (nan, empty) or infinite values in "
            f"{counted(missing.tolist())} of {rows:,} (rows count from 0)"
        )
    if kind == "f":
        if np.abs(labels).max() >= EXACT:
            raise BadInput(f"{spec}: labels have numbers from 2^53 on, which are not told apart")
        return labels
    if max(len(label) for label in labels) > LONGEST_LABEL:
        raise BadInput(f"{spec}: labels have more than {LONGEST_LABEL:,} letters")
    return labels.astype(str)


ARRAYS = (".npy", ".npz")
SHEETS: dict[str, Callable[[Path], list[Column]]] = {
    ".csv": csv_columns,
    ".parquet": parquet_columns,
}
