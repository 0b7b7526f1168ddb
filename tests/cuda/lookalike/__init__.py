"""A look-alike of CuPy on NumPy: what the GPU path asks of CuPy, on a machine without a GPU.

Functions have the parameters of CuPy 14.2, and refuse what CuPy refuses. Kernels are the text of
`kernels/`, compiled for the processor. `gemmEx` reads and writes memory by columns, as cuBLAS
does. Synchronisations and bytes are counted. What it cannot show: times, races between streams, and
whether CuPy behaves as its sources say.
"""

import contextlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import array_api_compat
import numpy as np

from lookalike import cublas, kernels, memory
from lookalike.functions import functions
from polycontrast.arrays.cuda import launching, ready

__all__ = ["cublas", "installed", "kernels", "memory", "memory_alone"]


class _Generator:
    """Random numbers, as `cupy.random.Generator` has them."""

    def __init__(self, seed=None):
        self.numpy = np.random.default_rng(seed)

    def standard_normal(self, size=None, dtype=np.float64, out=None):
        return _made.asarray(self.numpy.standard_normal(size, dtype=dtype))

    def random(self, size=None, dtype=np.float64, out=None):
        return _made.asarray(self.numpy.random(size, dtype=dtype))


def _module(name, **names):
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    vars(module).update(names)
    return module


def _runtime():
    return _module(
        "cupy.cuda.runtime",
        CUDA_R_32F=0,
        CUDA_R_64F=1,
        CUDA_R_16BF=14,
        CUDARuntimeError=memory.CUDARuntimeError,
        getDeviceCount=lambda: memory.DEVICES,
        getDeviceProperties=lambda device: {"name": b"look-alike", "totalGlobalMem": 2**37},
        driverGetVersion=lambda: 13000,
        runtimeGetVersion=lambda: 13000,
        deviceSynchronize=lambda: memory.synchronised("deviceSynchronize"),
    )


def _modules():
    """The modules, by name."""
    runtime, of_blas = _runtime(), cublas.module()
    device = _module("cupy.cuda.device", Device=memory.Device, get_cublas_handle=lambda: 1)
    of_memory = _module("cupy.cuda.memory", OutOfMemoryError=memory.OutOfMemoryError)
    shared = ("Device", "Stream", "ExternalStream", "Event", "MemoryHook", "using_allocator")
    shared += ("get_current_stream", "PythonFunctionAllocator")
    cuda = _module(
        "cupy.cuda",
        **{name: getattr(memory, name) for name in shared},
        runtime=runtime,
        device=device,
        memory=of_memory,
        is_available=lambda: True,
        get_cublas_handle=device.get_cublas_handle,
    )
    names = functions()
    inner = {k.removeprefix("linalg."): v for k, v in names.items() if k.startswith("linalg.")}
    linalg = _module("cupy.linalg", **inner)
    names = {k: v for k, v in names.items() if not k.startswith("linalg.")}
    cupy = _module("cupy", **names, RawModule=kernels.RawModule)
    cupy.cuda, cupy.linalg, cupy.fft = cuda, linalg, _module("cupy.fft")
    cupy.random = _module("cupy.random", default_rng=_Generator, Generator=_Generator)
    cupy.get_default_memory_pool = memory.Pool
    cupy.__version__, cupy.__path__ = "14.2.0", []
    backends, of_cuda = _module("cupy_backends"), _module("cupy_backends.cuda")
    libs = _module("cupy_backends.cuda.libs", cublas=of_blas)
    made = (cupy, cuda, linalg, cupy.fft, cupy.random, runtime, device, of_memory)
    made += (backends, of_cuda, libs, of_blas)
    return {m.__name__: m for m in made}


_MODULES = _modules()
_made = _MODULES["cupy"]
_COMPAT = {}  # array_api_compat.cupy and its parts, which hold on to these modules


def _loaded():
    """Names of the loaded modules whose place the look-alike takes."""
    parts = ("cupy", "cupy_backends", "array_api_compat.cupy")
    return [n for n in sys.modules if any(n == p or n.startswith(f"{p}.") for p in parts)]


@contextlib.contextmanager
def installed():
    """Context in which ``import cupy`` gives the look-alike."""
    before = {name: sys.modules.pop(name) for name in _loaded()}
    own = vars(array_api_compat).pop("cupy", None)
    sys.modules.update(_MODULES | _COMPAT)
    if _COMPAT:
        array_api_compat.cupy = _COMPAT["array_api_compat.cupy"]
    for cached in (launching._kernel, launching._module, ready.cupy_is_ready):
        cached.cache_clear()
    memory.COUNTS.clear()
    memory.EVENTS.clear()
    kernels.LAUNCHES.clear()
    cublas.ASKED.clear()
    try:
        yield _made
    finally:
        _COMPAT.update({n: sys.modules[n] for n in _loaded() if n.startswith("array_api_compat")})
        for name in _loaded():
            del sys.modules[name]
        vars(array_api_compat).pop("cupy", None)
        sys.modules.update(before)
        if own is not None:
            array_api_compat.cupy = own
        for cached in (launching._kernel, launching._module, ready.cupy_is_ready):
            cached.cache_clear()


@contextlib.contextmanager
def memory_alone():
    """Context in which kernels and products are counted and not computed."""
    kernels.running = cublas.running = False
    try:
        yield
    finally:
        kernels.running = cublas.running = True
