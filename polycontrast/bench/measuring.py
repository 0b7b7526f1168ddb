"""Measurements of time and memory, and a description of the machine."""

import datetime
import math
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

PAUSE = 0.05  # seconds


def machine() -> str:
    """Name of the processor, and the number of its cores that this process may use."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count()
    return f"{names[0] if names else platform.machine()}, {cores} cores"


def setting(packages: Iterable[str]) -> str:
    """Machine, versions of Python and of those packages that are installed, and the date."""
    versions = [f"Python {platform.python_version()}"]
    for package in packages:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return f"{machine()}; {', '.join(versions)}; {datetime.date.today()}"


def median_times(
    *calls: Callable[[], Any],
    runs: int,
    finish: Callable[[], object] = lambda: None,
    seconds: float = math.inf,
) -> list[float]:
    """Median seconds of each call, in turns, so that all run under the same conditions.

    Each call is made once before, so that one-time work is not measured. After a longer call there
    is a pause. The threads of a BLAS keep spinning for that time after their last product, on
    processors that the next call needs.

    Parameters
    ----------
    *calls : callable
    runs : int
    finish : callable, optional
        Returns when the work of earlier calls is done, such as `device.finish`. It is called before
        each start, and its time counts at the end.
    seconds : float, default inf
        After this time no other turn starts, but the first one is always made.
    """
    for call in calls:
        call()
    times: list[list[float]] = [[] for _ in calls]
    end = time.perf_counter() + seconds
    for turn in range(runs):
        if turn and time.perf_counter() > end:
            break
        for call, taken in zip(calls, times, strict=True):
            finish()
            start = time.perf_counter()
            call()
            finish()
            taken.append(time.perf_counter() - start)
            if taken[-1] > PAUSE:
                time.sleep(PAUSE)
    return [statistics.median(taken) for taken in times]


def traced_peak(call: Callable[[], Any]) -> int:
    """Most bytes that a call holds beyond those held before; memory of Python and NumPy only."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def raised_peak(call: Callable[[], Any]) -> int | None:
    """Bytes by which a call raises the peak of this process, native memory included.

    Only Linux reports it; on other systems the result is None.
    """
    reset, status = Path("/proc/self/clear_refs"), Path("/proc/self/status")
    if not reset.exists():
        return None

    def peak() -> int:
        lines = status.read_text().splitlines()
        return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))

    reset.write_text("5")  # resets the peak to the memory that is held now
    before = peak()
    call()
    return peak() - before
