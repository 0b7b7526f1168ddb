"""The one decision about who computes a call: the arrays' own library, NumPy or CuPy.

A host is where arrays of another library, its guests, are computed in the memory that they have.
Guests in main memory are computed by NumPy, with its threads; guests on a GPU by CuPy, on their own
stream, where CuPy is installed. What a host cannot take in (bfloat16) is converted.
"""

import contextlib
import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.namespaces import (
    NUMPY_ARRAYS,
    Array,
    autocasts,
    is_generic,
    is_strided,
    is_taped,
    is_traced,
)


class Host(ABC):
    """The place where arrays of another library are computed."""

    casts = False
    """Whether autocast may have made half precision of some arrays, which are all the same here."""

    def running(self) -> contextlib.AbstractContextManager[Any]:
        """Context in which taken arrays are used."""
        return contextlib.nullcontext()

    @abstractmethod
    def take(self, x: Array) -> Array:
        """The same numbers as an array of the host, in the same memory where that can be."""

    @abstractmethod
    def give(self, x: Array, dtype: Any = None) -> Array:
        """A result as an array of the guests' library, in its own dtype or in another."""


class TorchHost(Host):
    """A host of tensors; closed forms choose their precision themselves, so autocast is off."""

    def __init__(self, like: Array):
        self.like, self.casts = like, autocasts(like)

    def running(self) -> contextlib.AbstractContextManager[Any]:
        """Without autocast; entering that context where it is off already would cost 20 us."""
        return without_autocast(self.like)

    def take(self, x: Array) -> Array:
        """The tensor itself."""
        return x

    def give(self, x: Array, dtype: Any = None) -> Array:
        """A tensor."""
        return x if dtype is None else x.to(dtype)


class TorchInNumPy(TorchHost):
    """NumPy, for tensors in main memory."""

    def running(self) -> contextlib.AbstractContextManager[Any]:
        """No context: autocast has no say in NumPy."""
        return contextlib.nullcontext()

    def take(self, x: Array) -> Array:
        """The same memory; half precision, which NumPy lacks in part, becomes float32."""
        x = x.detach().resolve_neg()
        if x.is_floating_point() and x.element_size() < 4:
            x = x.float()
        return x.numpy()

    def give(self, x: Array, dtype: Any = None) -> Array:
        """A tensor in the same memory."""
        import torch

        x = np.asarray(x)
        return super().give(torch.from_numpy(x if x.flags.writeable else x.copy()), dtype)


class JaxInNumPy(Host):
    """NumPy, for JAX's arrays in main memory that nobody traces."""

    def __init__(self, like: Array):
        self.device = next(iter(like.devices())) if like.committed else None

    def take(self, x: Array) -> Array:
        """The same memory; bfloat16 becomes float32."""
        return np.asarray(x.astype("float32") if str(x.dtype) == "bfloat16" else x)

    def give(self, x: Array, dtype: Any = None) -> Array:
        """An array of JAX, bound to a device where its guests are."""
        import jax

        result = jax.device_put(np.asarray(x), self.device)
        return result if dtype is None else result.astype(dtype)


class InCuPy(Host):
    """CuPy, for arrays of one GPU, through DLPack.

    Parameters
    ----------
    device : int
        Number of the GPU.
    """

    def __init__(self, device: int):
        self.device = device

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Within this, CuPy computes on the guests' device, in the order of their stream."""
        import cupy

        with cupy.cuda.Device(self.device), self.stream():
            yield

    def stream(self) -> Any:
        """CuPy's own: DLPack orders it after the guests' work before, and before that after."""
        return contextlib.nullcontext()

    def take(self, x: Array) -> Array:
        """The same memory as a CuPy array."""
        import cupy

        return cupy.from_dlpack(x)


class _Stream:
    """A stream in the terms of CUDA's protocol for Python."""

    def __init__(self, pointer: int):
        self.pointer = pointer

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.pointer


class TorchInCuPy(InCuPy):
    """CuPy, for CUDA tensors."""

    def __init__(self, like: Array):
        super().__init__(int(like.device.index))
        self.casts = autocasts(like)

    def stream(self) -> Any:
        """Current stream of torch, so that the work of both libraries keeps one order."""
        import cupy
        import torch

        theirs = _Stream(torch.cuda.current_stream(self.device).cuda_stream)
        if hasattr(cupy.cuda.Stream, "from_external"):
            return cupy.cuda.Stream.from_external(theirs)
        return cupy.cuda.ExternalStream(theirs.pointer, self.device)

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


class JaxInCuPy(InCuPy):
    """CuPy, for JAX's arrays on a GPU that nobody traces."""

    def take(self, x: Array) -> Array:
        """The same memory; bfloat16 becomes float32, booleans travel as bytes."""
        if str(x.dtype) == "bfloat16":
            x = x.astype("float32")
        if str(x.dtype) == "bool":
            return super().take(x.view("uint8")).view("bool")
        return super().take(x)

    def give(self, x: Array, dtype: Any = None) -> Array:
        """An array of JAX."""
        import jax

        result = jax.dlpack.from_dlpack(x)
        return result if dtype is None else result.astype(dtype)


def host_of(guests: Sequence[Array], ranks: bool = False) -> Host | None:
    """Where arrays are computed; None where nothing stands between them and their own library.

    Parameters
    ----------
    guests : sequence of arrays
        All those of a call.
    ranks : bool, default False
        Whether ranks share the batch: their engines move arrays of a GPU as those of its library.
    """
    first = next((x for x in guests if x.ndim), None)
    if first is None or type(first) in NUMPY_ARRAYS or is_generic():
        return None
    if compat.is_torch_array(first):
        return _host_of_tensors(first, guests, ranks)
    if compat.is_jax_array(first):
        return None if is_taped() else _host_of_jax(first, guests, ranks)
    return None


def _host_of_tensors(first: Array, guests: Sequence[Array], ranks: bool) -> Host | None:
    import torch

    tensors = [t for t in guests if isinstance(t, torch.Tensor)]
    plain = not is_taped() and all(map(is_plain, tensors))
    if plain and first.is_cpu and not torch.compiler.is_compiling():
        return TorchInNumPy(first)
    # A graph that is being captured cannot hold memory of another library's pool.
    if plain and first.is_cuda and not ranks and not torch.cuda.is_current_stream_capturing():
        alone = all(t.device == first.device for t in tensors)
        if alone and _cupy_is_ready():
            return TorchInCuPy(first)
    return TorchHost(first) if autocasts(first) else None


def _host_of_jax(first: Array, guests: Sequence[Array], ranks: bool) -> Host | None:
    if any(is_traced(x) for x in guests) or len(first.devices()) != 1:
        return None
    (device,) = first.devices()
    if device.platform == "cpu":
        return JaxInNumPy(first)
    alone = all(x.devices() == {device} for x in guests if compat.is_jax_array(x))
    if ranks or not alone or device.platform not in ("gpu", "cuda") or not _cupy_is_ready():
        return None
    return JaxInCuPy(int(device.local_hardware_id))


_AT_HOME = contextlib.nullcontext()


def running(host: Host | None) -> contextlib.AbstractContextManager[Any]:
    """Context in which arrays of a host are computed; None: those of the caller's own library."""
    return _AT_HOME if host is None else host.running()


def without_autocast(like: Array) -> contextlib.AbstractContextManager[Any]:
    """Context without autocast on the device of a tensor."""
    if not autocasts(like):
        return contextlib.nullcontext()
    import torch

    return torch.autocast(like.device.type, enabled=False)


def is_plain(x: Array) -> bool:
    """True for tensors whose numbers lie in memory as they are: no transforms, no wrappers."""
    import torch

    functorch = torch._C._functorch
    wrapped = functorch.is_functorch_wrapped_tensor(x) or functorch.is_legacy_batchedtensor(x)
    return is_strided(x) and not wrapped


@functools.cache
def _cupy_is_ready() -> bool:
    try:
        import cupy

        return bool(cupy.cuda.runtime.getDeviceCount() > 0)
    except Exception:  # importing CuPy itself fails without a driver, in several ways
        return False
