"""Objectives in torch's automatic differentiation.

One `torch.autograd.Function` serves all objectives: the forward calls the objective, the backward
its closed-form pullback. The pullback, which may hold similarities, is dropped once it was used.
When a graph of the backward is being built (second derivatives, `torch.func`), the objective is
evaluated again on the saved inputs by differentiable operations.
"""

import inspect
from typing import Any

import torch

from polycontrast import arrays
from polycontrast.torch import compiled
from polycontrast.torch.form import Form, form_of


def concerns(tensors: list[torch.Tensor]) -> bool:
    """True when torch differentiates, transforms or traces what is computed from the tensors."""
    if torch.compiler.is_compiling():
        return True
    wanted = torch.is_grad_enabled() and any(t.requires_grad for t in tensors)
    return wanted or any(map(torch._C._functorch.is_functorch_wrapped_tensor, tensors))


def call(objective: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor:
    """Value of an objective, as a node of torch's graph."""
    form, tensors = form_of(objective, args, kwargs)
    device = tensors[0].device.type
    if device != "meta" and torch.is_autocast_enabled(device):
        # The backward runs without autocast, so what it begins anew with must be alike.
        tensors = [t.float() if t.dtype in (torch.float16, torch.bfloat16) else t for t in tensors]
    if torch.compiler.is_compiling():
        return compiled.call(form, tensors)
    with arrays.without_autocast(tensors[0]):
        value, _ = _Evaluation.apply(form, *tensors)
    return value


class _Evaluation(torch.autograd.Function):  # type: ignore[misc]
    """An objective's value; its derivative is the objective's own."""

    generate_vmap_rule = True

    @staticmethod
    def forward(form: Form, *tensors: torch.Tensor) -> Any:
        """Value, and what the backward will call."""
        return form.vjp(tensors, form.differentiable)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Save the inputs, so that torch sees changes made to them in between."""
        ctx.form, *tensors = inputs
        ctx.back = output[1]
        ctx.save_for_backward(*tensors)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, cotangent: Any, _: Any) -> Any:
        """Gradients of the tensors that want one."""
        tensors, form = ctx.saved_tensors, ctx.form
        back, ctx.back = ctx.back, None
        wanted = tuple(ctx.needs_input_grad[1:])
        if cotangent is None or not any(wanted):
            return (None,) * (1 + len(tensors))
        with arrays.without_autocast(tensors[0]):
            if torch.is_grad_enabled():
                with arrays.taped():
                    back = form.vjp(tensors, form.differentiable)[1]
                    grads = _one_by_one(back, cotangent)
            else:
                back = back or form.vjp(tensors, form.differentiable)[1]
                grads = _one_by_one(back, cotangent)
        return (None, *(g if w else None for g, w in zip(grads, wanted, strict=True)))


def _one_by_one(back: Any, cotangent: torch.Tensor) -> Any:
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


# torch binds the arguments of every `apply`: finding the signature would take most of that time.
_Evaluation.forward.__signature__ = inspect.signature(_Evaluation.forward)  # type: ignore[attr-defined]
