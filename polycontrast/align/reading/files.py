"""Views and labels from files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.reading.csvfile import read_csv
from polycontrast.objective.registry import near_matches


@dataclass(frozen=True)
class Table:
    """Columns read from one file, and their names where the file has some."""

    name: str
    values: np.ndarray
    columns: list[str] | None = None


def read_table(spec: str) -> Table:
    """Read ``file.npy``, ``file.npz:key``, ``file.csv`` or ``file.parquet``.

    Raises
    ------
    BadInput
        In one line that names the file.
    MissingDependency
        For parquet without pyarrow.
    """
    path, key = split_key(spec)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise BadInput(f"{spec}: unknown kind of file {path.suffix!r}; known: {known}")
    if not path.is_file():
        raise BadInput(f"{path}: {'is no file' if path.exists() else 'no such file'}")
    try:
        return reader(path, key)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from None


def read_views(specs: list[str]) -> dict[str, Table]:
    """Read views and name them after their files or keys; equal names get numbers."""
    if len(specs) < 2:
        raise BadInput(f"at least two views are needed; got {len(specs)}")
    views: dict[str, Table] = {}
    for spec in specs:
        table = read_table(spec)
        name, number = table.name, 2
        while name in views:
            name, number = f"{table.name}_{number}", number + 1
        views[name] = table
    return views


def read_labels(spec: str, rows: int) -> np.ndarray:
    """Read one label a row: numbers or words.

    Raises
    ------
    BadInput
        When there is not exactly one label for each of `rows` rows.
    """
    path, _ = split_key(spec)
    if path.suffix.lower() == ".csv" and path.is_file():
        labels = _label_lines(path, rows)
    else:
        table = read_table(spec)
        labels = table.values
        if labels.ndim == 2 and labels.shape[1] == 1:
            labels = labels[:, 0]
    if labels.ndim != 1:
        raise BadInput(f"{spec}: labels must be one column; got shape {labels.shape}")
    if len(labels) != rows:
        raise BadInput(f"{spec}: {len(labels):,} labels for {rows:,} rows")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise BadInput(f"{spec}: labels have missing (nan) or infinite values")
    if labels.dtype.kind not in "biufUS":
        raise BadInput(f"{spec}: labels must be numbers or words; got {labels.dtype}")
    return labels


def split_key(spec: str) -> tuple[Path, str | None]:
    """Take ``file.npz:key`` apart."""
    head, colon, key = spec.rpartition(":")
    if colon and head.lower().endswith(".npz"):
        return Path(head), key
    return Path(spec), None


def _read_npy(path: Path, key: str | None) -> Table:
    with path.open("rb") as file:
        return Table(path.stem, _plain(str(path), lambda: np.load(file, allow_pickle=False)))


def _read_npz(path: Path, key: str | None) -> Table:
    archive = _plain(str(path), lambda: np.load(path, allow_pickle=False))
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise BadInput(f"{path}: is no .npz archive")
    with archive:
        keys = archive.files
        if key is None:
            if len(keys) != 1:
                listed = ", ".join(keys) or "none"
                raise BadInput(f"{path}: name one of its arrays as {path}:KEY; it has {listed}")
            key, name = keys[0], path.stem
        elif key in keys:
            name = key.replace("/", "_")
        else:
            raise BadInput(f"{path}: no array {key!r}{near_matches(key, keys)}")
        return Table(name, _plain(f"{path}:{key}", lambda: archive[key]))


def _plain(what: str, load: Callable[[], np.ndarray]) -> np.ndarray:
    try:
        return load()
    except (ValueError, EOFError) as error:
        if "pickle" in str(error).lower():
            raise BadInput(f"{what}: holds no plain array of numbers or words") from None
        raise BadInput(f"{what}: cannot be read: {error}") from None


def _read_csv(path: Path, key: str | None) -> Table:
    values, columns = read_csv(path)
    return Table(path.stem, values, columns)


def _read_parquet(path: Path, key: str | None) -> Table:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingDependency(f"reading {path}", "pyarrow", "align") from None
    try:
        table = pyarrow.parquet.read_table(path)
    except pyarrow.ArrowException as error:
        raise BadInput(f"{path}: cannot be read: {str(error).splitlines()[0]}") from None
    columns = [name for name in table.column_names if not name.startswith("__index_level_")]
    arrays = [table.column(name).to_numpy() for name in columns]
    words = [
        name for name, array in zip(columns, arrays, strict=True) if array.dtype.kind not in "biuf"
    ]
    if words and len(columns) == 1:
        return Table(path.stem, arrays[0].astype(str), columns)
    if words:
        listed = ", ".join(repr(name) for name in words[:5])
        raise BadInput(f"{path}: not numeric: column {listed}")
    if not columns:
        raise BadInput(f"{path}: has no columns")
    return Table(path.stem, np.stack([a.astype(np.float64) for a in arrays], axis=1), columns)


def _label_lines(path: Path, rows: int) -> np.ndarray:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines = [line.strip().strip('"') for line in lines if line.strip()]
    if len(lines) == rows + 1:  # a line more than rows is a header
        lines = lines[1:]
    try:
        return np.array(lines, dtype=np.float64)
    except ValueError:
        return np.array(lines, dtype=str)


READERS: dict[str, Callable[[Path, str | None], Table]] = {
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
