"""Room in memory and on the disk, asked for before anything is allocated."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from polycontrast.align.errors import BadInput
from polycontrast.wording import short

COPIES = 3  # the table, and what whitening makes of it
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def check_room(what: object, entries: int, size: int = 8) -> None:
    """Refuse a table that memory has no room for.

    Parameters
    ----------
    what : file, for the message
    entries : int
        As many as the file claims to hold.
    size : int
        Bytes of one; numbers become float64.
    """
    wanted, free = COPIES * entries * max(size, 8), free_memory()
    if free is not None and wanted > free:
        raise BadInput(
            f"{short(what)}: claims {entries:,} entries, which take {in_words(wanted)} to align; "
            f"{in_words(free)} of memory are free"
        )


def check_disk(what: object, size: int) -> None:
    """Refuse a table whose `size` bytes have no place among the temporary files."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if size > free:
        raise BadInput(
            f"{short(what)}: takes {in_words(size)} in {folder} while it is aligned, where "
            f"{in_words(free)} are free; TMPDIR can name another folder"
        )


def free_memory() -> int | None:
    """Bytes that this process may still take, as far as the system says."""
    found = []
    with suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        found += [int(line.split()[1]) * 1024 for line in lines if "MemAvailable" in line]
    for limit in LIMITS:
        with suppress(OSError, ValueError):  # "max" where there is none
            found.append(int(Path(limit).read_text(encoding="ascii")))
    return min(found, default=None)


def in_words(size: int) -> str:
    """Bytes in the largest unit that keeps a number above 1."""
    value, units = float(size), ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:,.4g} {units[0]}"
