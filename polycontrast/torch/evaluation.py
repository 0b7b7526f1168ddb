"""Value and pullback of a call on tensors.

CPU tensors are computed as the NumPy arrays that share their memory: same threads, same walk.
"""

import contextlib
import functools
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from polycontrast.torch.form import Form

Tensors = tuple[torch.Tensor, ...]


def without_autocast(device: str) -> AbstractContextManager[Any]:
    """Closed forms choose their precision themselves; entering the real thing costs 20 us."""
    if not torch.is_autocast_enabled(device):
        return contextlib.nullcontext()
    return torch.autocast(device, enabled=False)


def is_transformed(tensor: torch.Tensor) -> bool:
    """True within `torch.func` transforms."""
    return bool(torch._C._functorch.is_functorch_wrapped_tensor(tensor))


def evaluate(form: Form, wanted: tuple[bool, ...], tensors: Tensors) -> tuple[torch.Tensor, Any]:
    """Value and pullback to every tensor, in NumPy where the tensors lie in main memory."""
    plain = all(
        t.device.type == "cpu" and t.layout == torch.strided and not is_transformed(t)
        for t in tensors
    )
    if not plain:
        return form.vjp(tensors, wanted)
    value, back = form.vjp([_as_numpy(t) for t in tensors], wanted)
    return _as_tensor(value), functools.partial(_through_numpy, back)


def _through_numpy(back: Any, cotangent: torch.Tensor) -> list[torch.Tensor | None]:
    grads = back(_as_numpy(cotangent))
    return [None if g is None else _as_tensor(g) for g in grads]


def _as_numpy(tensor: torch.Tensor) -> Any:
    """The same memory; half precision, which NumPy lacks in part, becomes float32."""
    tensor = tensor.detach()
    if tensor.is_floating_point() and tensor.element_size() < 4:
        tensor = tensor.float()
    return tensor.numpy()


def _as_tensor(array: Any) -> torch.Tensor:
    return torch.from_numpy(np.asarray(array))
