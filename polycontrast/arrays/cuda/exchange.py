"""Arrays of torch and JAX on a GPU, handed to CuPy and back without a copy, through DLPack.

A host is where such guests are computed. It takes their stream, so nothing waits for anything; what
it cannot take in (bfloat16) is converted.
"""

import contextlib
import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import array_api_compat as compat

from polycontrast.arrays.namespaces import Array, is_generic, is_taped, is_traced


class Host(ABC):
    """CuPy as the place where arrays of another library are computed.

    Parameters
    ----------
    device : int
        Number of the GPU.
    """

    def __init__(self, device: int):
        self.device = device

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Within this, CuPy computes on the guests' device, in the order of their stream."""
        import cupy

        with cupy.cuda.Device(self.device), self.stream():
            yield

    def stream(self) -> Any:
        """CuPy's own: DLPack orders it after the work that guests wait for, and before theirs."""
        return contextlib.nullcontext()

    def borrow(self, x: Array) -> Array:
        """The same memory as a CuPy array."""
        import cupy

        return cupy.from_dlpack(x)

    @abstractmethod
    def give_back(self, x: Array, like: Array) -> Array:
        """A CuPy array as one of the guest's library, in the dtype of `like` if that is given."""


class _Stream:
    """A stream in the terms of CUDA's protocol for Python."""

    def __init__(self, pointer: int):
        self.pointer = pointer

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.pointer


class TorchHost(Host):
    """Host of CUDA tensors."""

    def stream(self) -> Any:
        """Current stream of torch, so that the work of both libraries keeps one order."""
        import cupy
        import torch

        theirs = _Stream(torch.cuda.current_stream(self.device).cuda_stream)
        if hasattr(cupy.cuda.Stream, "from_external"):
            return cupy.cuda.Stream.from_external(theirs)
        return cupy.cuda.ExternalStream(theirs.pointer, self.device)

    def borrow(self, x: Array) -> Array:
        """The same memory; bfloat16 becomes float32, booleans travel as bytes."""
        import torch

        x = x.detach()
        if x.dtype == torch.bfloat16:
            x = x.float()
        if x.dtype == torch.bool:
            return super().borrow(x.view(torch.uint8)).view("bool")
        return super().borrow(x)

    def give_back(self, x: Array, like: Array) -> Array:
        """As a tensor."""
        import torch

        made = torch.from_dlpack(x)
        return made if like is None else made.to(like.dtype)


class JaxHost(Host):
    """Host of JAX arrays on one GPU."""

    def borrow(self, x: Array) -> Array:
        """The same memory; bfloat16 becomes float32, booleans travel as bytes."""
        if str(x.dtype) == "bfloat16":
            x = x.astype("float32")
        if str(x.dtype) == "bool":
            return super().borrow(x.view("uint8")).view("bool")
        return super().borrow(x)

    def give_back(self, x: Array, like: Array) -> Array:
        """As an array of JAX."""
        import jax

        made = jax.dlpack.from_dlpack(x)
        return made if like is None else made.astype(like.dtype)


def host_of(guests: Sequence[Array]) -> Host | None:
    """Where arrays of one library on one GPU are computed; None where they stay at home.

    They stay where CuPy or a device is missing, and under transformations of their library, which
    must see what is done.
    """
    if not guests or is_taped() or is_generic():
        return None
    for is_theirs, device_of, kind in (
        (compat.is_torch_array, _torch_device, TorchHost),
        (compat.is_jax_array, _jax_device, JaxHost),
    ):
        if is_theirs(guests[0]):
            device, *more = {device_of(x) if is_theirs(x) else None for x in guests}
            if device is None or more or not _cupy_is_ready():
                return None
            return kind(device)
    return None


def _torch_device(x: Array) -> int | None:
    import torch

    plain = type(x) in (torch.Tensor, torch.nn.Parameter) and x.layout == torch.strided
    if not (plain and x.is_cuda) or torch._C._functorch.is_functorch_wrapped_tensor(x):
        return None
    # A graph that is being captured cannot hold memory of another library's pool.
    return None if torch.cuda.is_current_stream_capturing() else int(x.device.index)


def _jax_device(x: Array) -> int | None:
    if is_traced(x) or len(x.devices()) != 1:
        return None
    (device,) = x.devices()
    return int(device.local_hardware_id) if device.platform in ("gpu", "cuda") else None


@functools.cache
def _cupy_is_ready() -> bool:
    try:
        import cupy

        return bool(cupy.cuda.runtime.getDeviceCount() > 0)
    except Exception:  # importing CuPy itself fails without a driver, in several ways
        return False
