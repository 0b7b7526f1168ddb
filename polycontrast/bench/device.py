"""Name, end of work and memory of a GPU, as CuPy reports them."""

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


def finish() -> None:
    """Return when all work of the current GPU is done."""
    import cupy

    cupy.cuda.runtime.deviceSynchronize()


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
