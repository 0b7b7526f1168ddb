"""Modes of torch that a call respects: gradients, transforms, compilation, autocast, batches."""

from typing import Any

import torch

HALF = (torch.float16, torch.bfloat16)


def concerns(tensors: list[torch.Tensor]) -> bool:
    """True when torch differentiates, transforms or traces results of these tensors."""
    if torch.compiler.is_compiling():
        return True
    taped = torch.is_grad_enabled() and any(t.requires_grad for t in tensors)
    return taped or any(map(torch._C._functorch.is_functorch_wrapped_tensor, tensors))


def as_under_autocast(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """Tensors without half precision where autocast is on.

    The backward runs without autocast, so tensors that it starts again with need the same dtype.
    """
    device = tensors[0].device.type
    if device == "meta" or not torch.is_autocast_enabled(device):
        return tensors
    return [t.float() if t.dtype in HALF else t for t in tensors]


def pulled(back: Any, cotangent: torch.Tensor) -> Any:
    """Gradients for a cotangent, or for each of many, as ``is_grads_batched=True`` gives them."""
    if not torch._C._functorch.is_legacy_batchedtensor(cotangent):
        return back(cotangent)
    level = torch._C._vmapmode_increment_nesting() - 1
    torch._C._vmapmode_decrement_nesting()
    each = [back(one) for one in torch._remove_batch_dim(cotangent, level, 1, 0)]
    return [
        None if g[0] is None else torch._add_batch_dim(torch.stack(g), 0, level)
        for g in zip(*each, strict=True)
    ]
