"""Time and memory of calls on a GPU, as CuPy and torch report them."""

import statistics
import time
from collections.abc import Callable
from typing import Any


def name() -> str:
    """Name and memory of the current GPU, and the versions of its driver and runtime."""
    import cupy

    runtime = cupy.cuda.runtime
    found = runtime.getDeviceProperties(cupy.cuda.Device().id)
    size = found["totalGlobalMem"] / 2**30
    versions = f"driver {runtime.driverGetVersion()}, runtime {runtime.runtimeGetVersion()}"
    return f"{found['name'].decode()}, {size:.0f} GiB, {versions}"


def median_seconds(*calls: Callable[[], Any], runs: int) -> list[float]:
    """Median seconds of each call, from its start to the end of all its work, in turns.

    Each call is made once before, so that one-time work is not measured.
    """
    import cupy

    wait = cupy.cuda.runtime.deviceSynchronize
    for call in calls:
        call()
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(runs):
        for call, taken in zip(calls, times, strict=True):
            wait()
            start = time.perf_counter()
            call()
            wait()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def peak_bytes(call: Callable[[], Any]) -> int:
    """Most bytes of the CuPy pool that a call holds at one time, beyond those held before."""
    import cupy

    class Hook(cupy.cuda.MemoryHook):  # type: ignore[misc]
        name = "peak"

        def __init__(self) -> None:
            self.held = self.peak = 0

        def malloc_postprocess(self, **kwargs: Any) -> None:
            self.held += kwargs["mem_size"]
            self.peak = max(self.peak, self.held)

        def free_preprocess(self, **kwargs: Any) -> None:
            self.held -= kwargs["mem_size"]

    hook = Hook()
    with hook:
        call()
    return int(hook.peak)
