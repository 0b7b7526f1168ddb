"""The library that computes a call: the library of the arrays, NumPy or CuPy.

A host computes with arrays of another library, its guests, in their own memory. NumPy computes
guests in main memory, with its threads. CuPy computes guests on a GPU when it is installed and can
compute there, see `polycontrast.arrays.cuda.hosts`. Its own arrays are computed on their device.
Dtypes that a host lacks (bfloat16) are converted.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.cuda.hosts import CuPy, JaxInCuPy, TorchInCuPy
from polycontrast.arrays.cuda.ready import cupy_is_ready
from polycontrast.arrays.host import Host
from polycontrast.arrays.namespaces import (
    NUMPY_ARRAYS,
    Array,
    autocasts,
    is_generic,
    is_strided,
    is_taped,
    is_traced,
)


class TorchHost(Host):
    """A host of tensors; closed forms choose their own precision, so autocast is off."""

    def __init__(self, like: Array):
        self.like, self.casts = like, autocasts(like)

    def running(self) -> contextlib.AbstractContextManager[Any]:
        """No autocast; no context if autocast is off already, because that would cost 20 us."""
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
        """No context: autocast does not affect NumPy."""
        return contextlib.nullcontext()

    def take(self, x: Array) -> Array:
        """The same memory; half precision becomes float32, because NumPy lacks bfloat16."""
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
    """NumPy, for JAX arrays in main memory that are not traced."""

    def __init__(self, like: Array):
        self.device = next(iter(like.devices())) if like.committed else None

    def take(self, x: Array) -> Array:
        """The same memory; bfloat16 becomes float32."""
        return np.asarray(x.astype("float32") if str(x.dtype) == "bfloat16" else x)

    def give(self, x: Array, dtype: Any = None) -> Array:
        """A JAX array, committed to a device if the guests are."""
        import jax

        result = jax.device_put(np.asarray(x), self.device)
        return result if dtype is None else result.astype(dtype)


def host_of(guests: Sequence[Array], ranks: bool = False) -> Host | None:
    """The host that computes the arrays of a call; None if their own library does, where it is.

    Parameters
    ----------
    guests : sequence of arrays
        All arrays of the call.
    ranks : bool, default False
        Whether ranks share the batch. GPU arrays then stay with their own library, because the
        engines of the ranks send them in that form.
    """
    first = next((x for x in guests if x.ndim), None)
    if first is None or type(first) in NUMPY_ARRAYS or is_generic():
        return None
    if compat.is_cupy_array(first):
        return CuPy(first.device.id)
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
    # A CUDA graph under capture cannot use memory from the pool of another library.
    if plain and first.is_cuda and not ranks and not torch.cuda.is_current_stream_capturing():
        alone = all(t.device == first.device for t in tensors)
        if alone and cupy_is_ready():
            return TorchInCuPy(first)
    return TorchHost(first) if autocasts(first) else None


def _host_of_jax(first: Array, guests: Sequence[Array], ranks: bool) -> Host | None:
    if any(is_traced(x) for x in guests) or len(first.devices()) != 1:
        return None
    (device,) = first.devices()
    if device.platform == "cpu":
        return JaxInNumPy(first)
    alone = all(x.devices() == {device} for x in guests if compat.is_jax_array(x))
    if ranks or not alone or device.platform not in ("gpu", "cuda") or not cupy_is_ready():
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
    """True for tensors with their own dense memory and no transforms or wrappers around them."""
    import torch

    functorch = torch._C._functorch
    wrapped = functorch.is_functorch_wrapped_tensor(x) or functorch.is_legacy_batchedtensor(x)
    return is_strided(x) and not wrapped
