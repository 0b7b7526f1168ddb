"""Files that hold several arrays by name: .npz, HDF5 and .safetensors."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.reading.arrayfile import (
    archive_of,
    keys_of,
    look_at_entry,
    read_entry,
)
from polycontrast.align.reading.room import check_disk, check_room
from polycontrast.align.streams import BLOCK, RowStore, StreamedRows, is_large
from polycontrast.align.watch import Watch, reading, unwatched
from polycontrast.objective.catalogue.registry import near_matches
from polycontrast.wording import listed, short


@dataclass(frozen=True)
class Archive:
    """An open file with arrays.

    Parameters
    ----------
    keys : list of str
        Their names.
    look : callable
        From a name to the shape of an array and the kind of its dtype; the array is not read.
    read : callable
        From a name to an array; a large matrix of numbers stays in a file.
    """

    keys: list[str]
    look: Callable[[str], tuple[tuple[int, ...], str]]
    read: Callable[[str], Any]


@contextmanager
def _npz(path: Path, watch: Watch) -> Iterator[Archive]:
    with archive_of(path) as archive:
        entries = keys_of(archive)
        yield Archive(
            list(entries),
            lambda key: look_at_entry(path, archive, key, entries[key]),
            lambda key: read_entry(path, archive, key, entries[key], watch),
        )


@contextmanager
def _hdf5(path: Path, watch: Watch) -> Iterator[Archive]:
    try:
        import h5py
    except ImportError:
        raise MissingDependency(f"reading {short(path)}", "h5py", "files") from None
    found: list[str] = []

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.ndim > 0:
            found.append(name)

    def look(key: str) -> tuple[tuple[int, ...], str]:
        return file[key].shape, file[key].dtype.kind

    def read(key: str) -> Any:
        what, item = f"{short(path)}:{key}", file[key]
        if item.dtype.kind not in "biufSO" or item.dtype.names is not None:
            raise BadInput(f"{what}: must hold numbers or words; got {item.dtype}")
        if item.ndim == 2 and item.dtype.kind in "iuf" and is_large(item.nbytes):
            return _copied(what, item, reading(watch, f"{path.name}:{key}", item.nbytes))
        check_room(what, item.size, item.dtype.itemsize)
        if h5py.check_string_dtype(item.dtype) is not None:
            return np.asarray(item.asstr()[...]).astype(str)
        return np.asarray(item[...])

    try:
        with h5py.File(path, "r") as file:
            file.visititems(note)
            yield Archive(found, look, read)
    except BadInput:
        raise
    except (OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{short(path)}: is no sound HDF5 file: {short(error)}") from None


def _copied(what: str, item: Any, show: Callable[[int], object]) -> Any:
    """A large matrix of an HDF5 file, copied block by block: its chunks may be compressed."""
    rows, width = item.shape[0], item.nbytes // max(1, item.shape[0])
    check_room(what, rows)
    check_disk(what, item.nbytes)
    step = max(1, BLOCK // max(1, width))
    if item.chunks:  # no chunk is then read twice
        step = -(-step // item.chunks[0]) * item.chunks[0]
    with RowStore() as store:
        for start in range(0, rows, step):
            show(start * width)
            block = np.asarray(item[start : start + step])
            store.add(block.astype(np.float64) if block.dtype.itemsize > 8 else block)
        return store.result()


@contextmanager
def _safetensors(path: Path, watch: Watch) -> Iterator[Archive]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError:
        raise MissingDependency(f"reading {short(path)}", "safetensors", "files") from None

    def look(key: str) -> tuple[tuple[int, ...], str]:
        part = file.get_slice(key)
        return tuple(part.get_shape()), SAFE_DTYPES.get(str(part.get_dtype()), "V")[1:2]

    def read(key: str) -> Any:
        part = file.get_slice(key)
        kind, shape = str(part.get_dtype()), tuple(part.get_shape())
        if kind not in SAFE_DTYPES:
            held = listed(list(SAFE_DTYPES), 20)
            raise BadInput(f"{short(path)}:{key}: must hold {held}; got {kind}")
        rows = _in_place(path, key, kind, shape)
        if len(shape) == 2 and kind != "BOOL" and is_large(rows.nbytes):
            check_room(f"{path}:{key}", shape[0])
            streamed = StreamedRows(rows)
            halves = kind == "BF16"
            return streamed.then(_from_halves, dtype=np.dtype(np.float32)) if halves else streamed
        check_room(f"{path}:{key}", int(np.prod(shape)))
        return _from_halves(rows) if kind == "BF16" else np.array(rows)

    try:
        with safe_open(path, framework="numpy") as file:
            yield Archive(list(file.keys()), look, read)
    except SafetensorError as error:
        raise BadInput(f"{short(path)}: is no sound .safetensors file: {short(error)}") from None


def _in_place(path: Path, key: str, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """An array of a file whose header was checked, mapped to memory where it lies."""
    dtype = np.dtype(SAFE_DTYPES[kind])
    if 0 in shape:
        return np.empty(shape, dtype)
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        begin = json.loads(file.read(length))[key]["data_offsets"][0]
    return np.asarray(np.memmap(path, dtype, "r", 8 + length + begin, shape))


def _from_halves(rows: np.ndarray) -> np.ndarray:
    """Numbers of a dtype that NumPy lacks, bfloat16, as float32."""
    return (rows.astype(np.uint32) << 16).view(np.float32)


SAFE_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4"}
SAFE_DTYPES |= {"I16": "<i2", "I8": "<i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1"}
SAFE_DTYPES |= {"BOOL": "|b1"}
ARCHIVES = {".npz": _npz, ".h5": _hdf5, ".hdf5": _hdf5, ".safetensors": _safetensors}


def split_key(spec: str) -> tuple[Path, str | None]:
    """Take ``file.npz:key`` apart."""
    lower = spec.lower()
    for suffix in ARCHIVES:
        at = lower.find(f"{suffix}:")
        if at >= 0:
            end = at + len(suffix)
            return Path(spec[:end]), spec[end + 1 :]
    return Path(spec), None


def is_archive(path: Path) -> bool:
    """True for the name of a file that may hold several arrays."""
    return path.suffix.lower() in ARCHIVES


def open_archive(path: Path, watch: Watch = unwatched) -> Any:
    """Context with the `Archive` in a file."""
    return ARCHIVES[path.suffix.lower()](path, watch)


def read_key(path: Path, key: str | None, watch: Watch = unwatched) -> tuple[str, Any]:
    """Read one array of an archive, and its name."""
    with open_archive(path, watch) as archive:
        if key is None:
            if len(archive.keys) != 1:
                held = listed(archive.keys, 20) or "none"
                raise BadInput(
                    f"{short(path)}: name one of its arrays as {short(path)}:KEY; it has {held}"
                )
            key = archive.keys[0]
        elif key not in archive.keys:
            near = near_matches(key, archive.keys)
            raise BadInput(f"{short(path)}: no array {short(key)!r}{near}")
        return key, archive.read(key)
