"""Files that hold several arrays by name: .npz, HDF5 and .safetensors."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.reading.arrayfile import archive_of, keys_of, read_entry
from polycontrast.align.reading.room import check_room
from polycontrast.objective.catalogue.registry import near_matches
from polycontrast.wording import listed, short


@dataclass(frozen=True)
class Archive:
    """An open file with arrays: their names, and how one of them is read."""

    keys: list[str]
    read: Callable[[str], np.ndarray]


@contextmanager
def _npz(path: Path) -> Iterator[Archive]:
    with archive_of(path) as archive:
        entries = keys_of(archive)
        yield Archive(list(entries), lambda key: read_entry(path, archive, key, entries[key]))


@contextmanager
def _hdf5(path: Path) -> Iterator[Archive]:
    try:
        import h5py
    except ImportError:
        raise MissingDependency(f"reading {short(path)}", "h5py", "files") from None
    found: list[str] = []

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.ndim > 0:
            found.append(name)

    def read(key: str) -> np.ndarray:
        what, item = f"{short(path)}:{key}", file[key]
        if item.dtype.kind not in "biufSO" or item.dtype.names is not None:
            raise BadInput(f"{what}: must hold numbers or words; got {item.dtype}")
        check_room(what, item.size, item.dtype.itemsize)
        if h5py.check_string_dtype(item.dtype) is not None:
            return np.asarray(item.asstr()[...]).astype(str)
        return np.asarray(item[...])

    try:
        with h5py.File(path, "r") as file:
            file.visititems(note)
            yield Archive(found, read)
    except BadInput:
        raise
    except (OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{short(path)}: is no sound HDF5 file: {short(error)}") from None


@contextmanager
def _safetensors(path: Path) -> Iterator[Archive]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError:
        raise MissingDependency(f"reading {short(path)}", "safetensors", "files") from None

    def read(key: str) -> np.ndarray:
        part = file.get_slice(key)
        kind, size = str(part.get_dtype()), int(np.prod(part.get_shape()))
        if kind not in SAFE_DTYPES:
            raise BadInput(f"{short(path)}:{key}: must hold {listed(SAFE_DTYPES, 20)}; got {kind}")
        check_room(f"{path}:{key}", size)
        if kind == "BF16":
            return _bfloat16(path, key)
        return np.asarray(file.get_tensor(key))

    try:
        with safe_open(path, framework="numpy") as file:
            yield Archive(list(file.keys()), read)
    except SafetensorError as error:
        raise BadInput(f"{short(path)}: is no sound .safetensors file: {short(error)}") from None


def _bfloat16(path: Path, key: str) -> np.ndarray:
    """Numbers of a dtype that NumPy lacks, as float32, of a file whose header was checked."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        stated = json.loads(file.read(length))[key]
        begin, end = stated["data_offsets"]
        file.seek(8 + length + begin)
        halves = np.frombuffer(file.read(end - begin), dtype="<u2")
    return (halves.astype(np.uint32) << 16).view(np.float32).reshape(stated["shape"])


SAFE_DTYPES = ["F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8"]
SAFE_DTYPES += ["BOOL"]
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


def open_archive(path: Path) -> Any:
    """Context with the `Archive` in a file."""
    return ARCHIVES[path.suffix.lower()](path)


def read_key(path: Path, key: str | None) -> tuple[str, np.ndarray]:
    """Read one array of an archive, and its name."""
    with open_archive(path) as archive:
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
