"""Calls that CuPy computes: those of its own arrays, and those of CUDA tensors and JAX arrays.

CuPy works in the memory of the arrays, which it gets through DLPack.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any, ClassVar

from polycontrast.arrays.host import Host
from polycontrast.arrays.namespaces import Array, autocasts

ALIGNMENT = 256  # bytes: what XLA expects of every buffer on a GPU


class CuPy(Host):
    """CuPy, for its own arrays: new arrays and kernels belong to the device that is current.

    Parameters
    ----------
    device : int
        Number of the GPU.
    """

    def __init__(self, device: int):
        self.device = device

    def running(self) -> contextlib.AbstractContextManager[Any]:
        """Context in which the device of the arrays is the current one."""
        import cupy

        return cupy.cuda.Device(self.device)

    def take(self, x: Array) -> Array:
        """The array itself."""
        return x

    def give(self, x: Array, dtype: Any = None) -> Array:
        """The array, in the dtype that is asked for."""
        return x if dtype is None else x.astype(dtype, copy=False)


class GuestsInCuPy(CuPy):
    """CuPy, for arrays of another library on one GPU, through DLPack."""

    def take(self, x: Array) -> Array:
        """The same memory as a CuPy array."""
        import cupy

        return cupy.from_dlpack(x)


class _Stream:
    """A stream in CUDA's stream protocol for Python."""

    def __init__(self, pointer: int):
        self.pointer = pointer

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.pointer


class TorchInCuPy(GuestsInCuPy):
    """CuPy, for CUDA tensors: on torch's current stream, in memory of torch's pool.

    With a pool of its own CuPy could run out of memory that torch keeps but does not use.
    """

    def __init__(self, like: Array):
        super().__init__(int(like.device.index))
        self.casts = autocasts(like)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Context in which CuPy works in order with torch, and takes its memory from torch."""
        import cupy

        memory = cupy.cuda.PythonFunctionAllocator(self._allocate, self._free)
        with super().running(), self._stream(), cupy.cuda.using_allocator(memory.malloc):
            yield

    def _stream(self) -> Any:
        import cupy
        import torch

        theirs = _Stream(torch.cuda.current_stream(self.device).cuda_stream)
        if hasattr(cupy.cuda.Stream, "from_external"):
            return cupy.cuda.Stream.from_external(theirs)
        return cupy.cuda.ExternalStream(theirs.pointer, self.device)  # before CuPy 14

    @staticmethod
    def _allocate(size: int, device: int) -> int:
        import torch

        return torch.cuda.caching_allocator_alloc(size, device)

    @staticmethod
    def _free(pointer: int, device: int) -> None:
        import torch

        torch.cuda.caching_allocator_delete(pointer)

    def take(self, x: Array) -> Array:
        """The same memory; bfloat16 becomes float32, booleans travel as bytes."""
        import torch

        x = x.detach().resolve_neg()
        if x.dtype == torch.bfloat16:
            x = x.float()
        if x.dtype == torch.bool:
            return super().take(x.view(torch.uint8)).view("bool")
        return super().take(x)

    def give(self, x: Array, dtype: Any = None) -> Array:
        """A tensor."""
        import torch

        result = torch.from_dlpack(x)
        return result if dtype is None else result.to(dtype)


class JaxInCuPy(GuestsInCuPy):
    """CuPy, for JAX arrays on a GPU that are not traced.

    DLPack puts CuPy's work after that of JAX, but JAX does not know when CuPy has read an array. It
    may use the memory of one that is no longer referenced at once. So references are kept until the
    work is done.
    """

    _at_work: ClassVar[deque[tuple[Any, tuple[Array, ...]]]] = deque()
    """An event after the work of each call, and the arrays that it reads."""
    _lock = threading.Lock()

    def __init__(self, device: int):
        super().__init__(device)
        self.taken: list[Array] = []

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Context in which CuPy computes; arrays that it has taken outlive the work."""
        import cupy

        with super().running():
            try:
                yield
            finally:
                event = cupy.cuda.Event(disable_timing=True)
                event.record()
                with self._lock:
                    self._at_work.append((event, tuple(self.taken)))
                    while self._at_work and self._at_work[0][0].done:
                        self._at_work.popleft()

    def take(self, x: Array) -> Array:
        """The same memory; bfloat16 becomes float32, booleans travel as bytes."""
        if str(x.dtype) == "bfloat16":
            x = x.astype("float32")
        truth = str(x.dtype) == "bool"
        made = super().take(x.view("uint8") if truth else x)
        self.taken.append(made)
        return made.view("bool") if truth else made

    def give(self, x: Array, dtype: Any = None) -> Array:
        """A JAX array; a result that begins within the memory of another one is copied."""
        import jax

        if x.data.ptr % ALIGNMENT:
            x = x.copy()
        result = jax.dlpack.from_dlpack(x)
        return result if dtype is None else result.astype(dtype)
