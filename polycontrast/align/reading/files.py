"""Views from files and folders."""

from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.archives import is_archive, open_archive, split_key
from polycontrast.align.reading.choice import Choice, Choices
from polycontrast.align.reading.columns import counts_rows, reordered
from polycontrast.align.reading.guard import guarded, read_array
from polycontrast.align.reading.sheets import is_sheet, read_folder, read_sheets
from polycontrast.align.reading.table import Table
from polycontrast.align.streams import StreamedRows, in_memory
from polycontrast.align.watch import Watch, unwatched
from polycontrast.wording import counted, listed, short, shortened

LONGEST_NAME = 60  # letters of a view's name
LOOKED_AT = 10_000  # rows of a large table whose numbers may count the rows


def read_table(spec: str, choice: Choice | None = None, watch: Watch = unwatched) -> Table:
    """Read one view: a file, ``archive.npz:key``, or a folder of tables.

    `watch` gets the progress.

    Raises
    ------
    BadInput
        In one line that names the file.
    MissingDependency
        Where the library that reads this kind of file is missing.
    """

    def read(path: Path, key: str | None) -> Table:
        name, wanted = view_name(spec), choice or Choice()
        if path.is_dir():
            found = read_folder(name, path, wanted, watch)
            return found if found.columns else Table(name, _checked(spec, found.values))
        if is_sheet(path):
            return read_sheets(name, [path], wanted, watch)
        if wanted.features:
            raise BadInput(
                f"{short(spec)}: has no names of columns, so --columns cannot choose among them; "
                "VIEW=NAMES chooses for one view alone"
            )
        return Table(name, _checked(spec, read_array(path, key, watch)[1]))

    return guarded(spec, read, folders=True)


def read_views(
    specs: list[str],
    choices: Choices | None = None,
    apart: tuple[str, ...] = (),
    watch: Watch = unwatched,
) -> dict[str, Table]:
    """Read views and name them after their files or keys; equal names get numbers.

    Parameters
    ----------
    specs : list of str
        Two or more. One archive alone gives a view for each of its matrices.
    choices : Choices, optional
        Columns that were named.
    apart : tuple of str
        Arrays of that archive that are no views, as ``archive.npz:key``.
    watch : callable, optional
        Gets the progress.
    """
    specs = _each_array(specs, apart)
    if len(specs) < 2:
        raise BadInput(f"at least two views are needed; got {len(specs)}")
    names = _names([view_name(spec) for spec in specs])
    choices = choices or Choices(Choice())
    choices.check(names)
    views: dict[str, Table] = {}
    for name, spec in zip(names, specs, strict=True):
        table = read_table(spec, choices.of(name), watch)
        if choices.common.id is None:
            for earlier, other in views.items():
                _check_order(spec, table, earlier, other)
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
        with open_archive(path) as archive:
            return {key: in_memory(archive.read(key)) for key in archive.keys}

    return guarded(str(path), read)


def view_name(spec: str) -> str:
    """Name of the view in a file: one line that can be shown everywhere."""
    path, key = split_key(spec)
    text = path.stem if key is None or not key else key
    return shortened(text, LONGEST_NAME) or "view"


def _names(names: list[str]) -> list[str]:
    found: list[str] = []
    for stem in names:
        name, number = stem, 2
        while name in found:
            name, number = f"{stem}_{number}", number + 1
        found.append(name)
    return found


def _each_array(specs: list[str], apart: tuple[str, ...]) -> list[str]:
    """The matrices of an archive that is the only file."""
    if len(specs) != 1:
        return specs
    path, key = split_key(specs[0])
    if key is not None or not is_archive(path) or path.is_dir():
        return specs

    def read(path: Path, key: str | None) -> list[str]:
        with open_archive(path) as archive:
            arrays = {key: archive.look(key) for key in archive.keys}
        found = [
            f"{path}:{key}"
            for key, (shape, kind) in arrays.items()
            if len(shape) == 2 and kind in "biuf" and f"{path}:{key}" not in apart
        ]
        if len(found) < 2:
            held = listed([f"{key} {shape}" for key, (shape, _) in arrays.items()], 20) or "none"
            raise BadInput(
                f"{short(path)}: at least two arrays (rows, columns) of numbers are needed; it has "
                f"{held}"
            )
        return found

    return guarded(specs[0], read)


def _checked(spec: str, values: Any) -> Any:
    """An array without names of columns, unless one of them can only be the numbers of rows."""
    if 0 in values.shape:
        raise BadInput(f"{short(spec)}: is empty; got shape {values.shape}")
    if values.ndim == 0:
        raise BadInput(f"{short(spec)}: must be two-dimensional (rows, columns); got one number")
    if values.ndim == 2 and np.dtype(values.dtype).kind in "iuf":
        some = values.read(0, LOOKED_AT) if isinstance(values, StreamedRows) else values
        found = [n for n in range(some.shape[1]) if counts_rows(some[:, n])]
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
            f"{earlier!r} ({other.left_out[0]}) in another order; --id COLUMN matches rows by name"
        )
