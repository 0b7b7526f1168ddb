"""The machine: its processors, the memory that is available, and the number of threads to use."""

import functools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

CONTROL_GROUPS = Path("/sys/fs/cgroup")
GROUPS_OF_PROCESS = Path("/proc/self/cgroup")
MEMORY_OF_SYSTEM = Path("/proc/meminfo")
PROCESSORS = Path("/proc/cpuinfo")
VERSION_1 = "memory.usage_in_bytes", "memory.limit_in_bytes", "total_inactive_file"
VERSION_2 = "memory.current", "memory.max", "inactive_file"


def default_workers() -> int:
    """Number of threads from the usual environment variables, or the processors of this process."""
    for name in ("POLYCONTRAST_NUM_THREADS", "OMP_NUM_THREADS"):
        value = os.environ.get(name, "").partition(",")[0]
        if value.isdigit() and int(value) > 0:
            return int(value)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_memory() -> int:
    """Bytes that this process can still use without swapping; 0 where the system does not say.

    The least of what Linux calls available, of what the control group of a container leaves, and
    of what a limit of the address space (`RLIMIT_AS`) leaves.
    """
    return min(_left(), default=0)


@functools.cache
def processor_features() -> frozenset[str]:
    """Names of the processor's features, as Linux lists them; none elsewhere."""
    for line in _text(PROCESSORS).splitlines():
        name, _, features = line.partition(":")
        if name.strip() == "flags":
            return frozenset(features.split())
    return frozenset()


def _left() -> Iterator[int]:
    """What each limit leaves; nothing where the memory of the system is not known."""
    available = _fields(MEMORY_OF_SYSTEM).get("MemAvailable:")
    if available is None:
        return
    yield available * 1024
    for used, limit in _control_groups():
        yield max(0, limit - used)
    if (space := _address_space()) is not None:
        yield space


def _control_groups() -> Iterator[tuple[int, int]]:
    """Bytes used and allowed of this process's control group, and of the groups around it.

    Both versions of the interface are read. Pages of files that were not used lately count as
    free, because the system gives them back first.
    """
    for line in _text(GROUPS_OF_PROCESS).splitlines():
        _, _, kind_and_path = line.partition(":")
        kind, _, path = kind_and_path.partition(":")
        if kind == "":
            top, used, limit, inactive = CONTROL_GROUPS, *VERSION_2
        elif kind == "memory":
            top, used, limit, inactive = CONTROL_GROUPS / "memory", *VERSION_1
        else:
            continue
        group = top / path.lstrip("/")
        for folder in (group, *group.parents[: len(group.parts) - len(top.parts)]):
            now, most = _number(folder / used), _number(folder / limit)
            if now is not None and most is not None:
                yield now - _fields(folder / "memory.stat").get(inactive, 0), most


def _address_space() -> int | None:
    """Bytes that the limit of the address space leaves; None without a limit."""
    if sys.platform == "win32":
        return None
    import resource  # exists on Unix alone

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return None
    pages = _text(Path("/proc/self/statm")).split()
    used = int(pages[0]) * resource.getpagesize() if pages else 0
    return max(0, limit - used)


def _fields(path: Path) -> dict[str, int]:
    """Numbers by name of a file with a name and a number in each line."""
    lines = (line.split() for line in _text(path).splitlines())
    return {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdigit()}


def _number(path: Path) -> int | None:
    """Number in a file; None where there is none, such as "max"."""
    text = _text(path).strip()
    return int(text) if text.isdigit() else None


def _text(path: Path) -> str:
    """Content of a small file of the system; empty where it cannot be read."""
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeError):
        return ""
