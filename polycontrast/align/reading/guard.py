"""Reading with every failure said in one line."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.archives import ARCHIVES, read_key, split_key
from polycontrast.align.reading.arrayfile import read_npy
from polycontrast.align.reading.sheets import SHEETS
from polycontrast.align.watch import Watch, unwatched
from polycontrast.wording import short

T = TypeVar("T")
KNOWN = (".npy", *ARCHIVES, *SHEETS)


def guarded(spec: str, read: Callable[[Path, str | None], T], folders: bool = False) -> T:
    """Read a file, if it is one, and say in one line what the system has against it.

    Parameters
    ----------
    spec : str
    read : callable
        From the path and the key of ``file.npz:key``.
    folders : bool
        Whether `read` takes a folder of files as well.
    """
    path, key = split_key(spec)
    try:
        if folders and path.is_dir():
            return read(path, key)
        if path.suffix.lower() not in KNOWN:
            known = ", ".join(KNOWN)
            raise BadInput(
                f"{short(spec)}: unknown kind of file {short(path.suffix)!r}; known: {known}"
            )
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


def read_array(path: Path, key: str | None, watch: Watch = unwatched) -> tuple[str, Any]:
    """Read an array without names of columns, and its own name."""
    if path.suffix.lower() == ".npy":
        return path.stem, read_npy(path, watch)
    found, values = read_key(path, key, watch)
    return (path.stem if key is None else found), values
