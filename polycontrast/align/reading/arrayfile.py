"""Arrays from .npy files and .npz archives, whose headers are checked before use.

Nothing is unpickled, and nothing allocated before the size that a header claims was held against
the bytes that are there and against memory.
"""

import ast
import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.room import check_disk, check_room
from polycontrast.align.streams import BLOCK, RowStore, StreamedRows, in_file, is_large
from polycontrast.align.watch import Watch, reading, unwatched
from polycontrast.wording import listed, short

LONGEST_HEADER = 10_000  # as NumPy has it
LOCAL_HEADER = struct.Struct("<4x22x2H")  # of an entry of an archive: lengths of what follows it
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,  # a compression or a version that Python lacks
    RuntimeError,  # encrypted
)


def read_npy(path: Path, watch: Watch = unwatched) -> Any:
    """Read the one array of a .npy file; a large matrix of numbers stays there."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if is_large(size):
            found = _mapped(path, str(path), file, size)
            if found is not None:
                return found
            file.seek(0)
        return _read_array(str(path), file, size, reading(watch, path.name, size))


def _mapped(
    path: Path, what: str, file: IO[bytes], size: int, offset: int = 0
) -> StreamedRows | None:
    """A large matrix as rows in its file; None for what `_read_array` reads or refuses.

    Parameters
    ----------
    path : Path
    what : str
        What messages call the array.
    file : file
        At the header of the array.
    size, offset : int
        Number of bytes of the array with its header, and where they begin in `path`.
    """
    dtype, shape, in_columns, start = _header(what, file)
    if not _is_matrix(dtype, shape) or math.prod(shape) * dtype.itemsize != size - start:
        return None
    check_room(what, shape[0])
    order: Any = "F" if in_columns else "C"
    return in_file(np.asarray(np.memmap(path, dtype, "r", offset + start, shape, order)))


def _is_matrix(dtype: np.dtype, shape: tuple[int, ...]) -> bool:
    """True for a matrix of numbers whose rows can stay in a file."""
    return dtype.kind in "iuf" and dtype.itemsize <= 8 and len(shape) == 2


@contextmanager
def archive_of(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a .npz archive; damage that shows later is named as well."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except BadInput:
        raise
    except DAMAGE as error:
        raise BadInput(f"{short(path)}: is no sound .npz archive: {short(error)}") from None


def keys_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Entries of an archive by the names that NumPy gives their arrays."""
    return {info.filename.removesuffix(".npy"): info for info in archive.infolist()}


def look_at_entry(
    path: Path, archive: zipfile.ZipFile, key: str, entry: zipfile.ZipInfo
) -> tuple[tuple[int, ...], str]:
    """Shape and kind of dtype of one array of an open archive, which is not read."""
    with archive.open(entry) as file:
        dtype, shape, _, _ = _header(short(f"{path}:{key}"), file)
    return shape, dtype.kind


def read_entry(
    path: Path,
    archive: zipfile.ZipFile,
    key: str,
    entry: zipfile.ZipInfo,
    watch: Watch = unwatched,
) -> Any:
    """Read one array of an open archive; a large matrix that is not compressed stays there.

    Its checksum is then not compared.
    """
    what, size = f"{path}:{key}", entry.file_size
    if is_large(size) and entry.compress_type == zipfile.ZIP_STORED:
        with archive.open(entry) as file:
            found = _mapped(path, short(what), file, size, _begin(path, entry))
        if found is not None:
            return found
    with archive.open(entry) as file:
        return _read_array(what, file, size, reading(watch, f"{path.name}:{key}", size))


def _begin(path: Path, entry: zipfile.ZipInfo) -> int:
    """Where the bytes of an entry begin in its archive: after its own header, and two names."""
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        head = file.read(LOCAL_HEADER.size)
    name, more = LOCAL_HEADER.unpack(head)
    return int(entry.header_offset + LOCAL_HEADER.size + name + more)


def _read_array(what: str, file: IO[bytes], size: int, show: Callable[[int], object]) -> Any:
    """Read an array from a stream of `size` bytes; a large matrix becomes rows in a file.

    `show` gets the number of bytes so far.
    """
    what = short(what)
    dtype, shape, in_columns, start = _header(what, file)
    if dtype.hasobject:
        raise BadInput(f"{what}: holds Python objects, no plain array of numbers or words")
    if dtype.names is not None:
        raise BadInput(
            f"{what}: holds records with the fields {listed(list(dtype.names))}; save their "
            "numbers as one plain array (rows, columns)"
        )
    if dtype.kind not in "biufcSU":
        raise BadInput(f"{what}: must hold numbers or words; got {dtype}")
    entries = math.prod(shape)
    claimed = entries * dtype.itemsize
    if claimed != size - start:
        wrong = "is cut off" if claimed > size - start else "holds more than one array"
        raise BadInput(
            f"{what}: {wrong}: its header claims shape {shape} of {dtype}, {claimed:,} bytes, and "
            f"{size - start:,} follow"
        )
    if is_large(claimed) and _is_matrix(dtype, shape) and not in_columns:
        check_room(what, shape[0])
        check_disk(what, claimed)
        width = shape[1] * dtype.itemsize
        step = max(1, BLOCK // width)
        with RowStore() as store:
            for done in range(0, shape[0], step):
                rows = min(step, shape[0] - done)
                show(done * width)
                flat = _filled(what, file, rows * shape[1], dtype)
                store.add(_native(flat.reshape(rows, shape[1])))
            file.read(1)  # an archive compares its checksum at the end
            return store.result()
    check_room(what, entries, dtype.itemsize)
    flat = _filled(what, file, entries, dtype, show)
    file.read(1)
    array = flat.reshape(shape[::-1]).T if in_columns else flat.reshape(shape)
    return _native(array)


def _filled(
    what: str,
    file: IO[bytes],
    entries: int,
    dtype: np.dtype,
    show: Callable[[int], object] = lambda done: None,
) -> np.ndarray:
    """So many entries of a stream, read block by block."""
    flat = np.empty(entries, dtype=dtype)
    buffer = memoryview(flat.view(np.uint8).data if flat.nbytes else b"")
    while len(buffer):
        show(flat.nbytes - len(buffer))
        count = file.readinto(buffer[:BLOCK])  # type: ignore[attr-defined]
        if not count:
            raise BadInput(f"{what}: is cut off {len(buffer):,} bytes before its end")
        buffer = buffer[count:]
    return flat


def _header(what: str, file: IO[bytes]) -> tuple[np.dtype, tuple[int, ...], bool, int]:
    """Dtype, shape, order, and where the numbers begin."""
    head = file.read(12)
    if head[:6] != np.lib.format.MAGIC_PREFIX or len(head) < 12:
        raise BadInput(f"{what}: is no .npy array" + " (empty)" * (not head))
    width, encoding = (2, "latin1") if head[6] == 1 else (4, "utf-8")
    length = int.from_bytes(head[8 : 8 + width], "little")
    if length > LONGEST_HEADER:
        raise BadInput(f"{what}: is damaged: a header of {length:,} bytes")
    text = head[8 + width :] + file.read(length + width - 4)
    try:
        stated = ast.literal_eval(text.decode(encoding).strip())
        dtype = np.lib.format.descr_to_dtype(stated["descr"])
        shape, in_columns = stated["shape"], stated["fortran_order"]
        if not (type(shape) is tuple and all(type(n) is int and n >= 0 for n in shape)):
            raise ValueError("shape")
        if dtype.subdtype is not None or len(shape) > 32:
            raise ValueError("dtype")
    except (ValueError, SyntaxError, TypeError, LookupError, RecursionError, MemoryError):
        raise BadInput(f"{what}: is damaged: its header cannot be understood") from None
    return dtype, shape, bool(in_columns), 8 + width + length


def _native(array: np.ndarray) -> np.ndarray:
    """The same numbers in an order of bytes and a length that every library takes."""
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        return array.astype(np.float64)
    return array.astype(array.dtype.newbyteorder("="), copy=False)
