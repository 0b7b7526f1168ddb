"""Functions with a known pullback as nodes of torch's graph.

One `torch.autograd.Function` serves all of them: the forward calls the function, the backward its
pullback. The pullback, which may hold similarities, is dropped once it was used. When a graph of
the backward is being built (second derivatives, `torch.func`), the function is evaluated again on
the saved inputs by differentiable operations.
"""

import inspect
from typing import Any

import torch

from polycontrast import arrays
from polycontrast.adapters.differentiable import Differentiable
from polycontrast.adapters.torch import compiled
from polycontrast.adapters.torch.form import Form, form_of
from polycontrast.adapters.torch.modes import as_under_autocast, concerns, pulled

__all__ = ["call", "concerns"]


def call(function: Differentiable, args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor:
    """Value of a function, as a node of torch's graph."""
    form, tensors = form_of(function, args, kwargs)
    tensors = as_under_autocast(tensors)
    if torch.compiler.is_compiling():
        return compiled.call(form, tensors)
    with arrays.without_autocast(tensors[0]):
        value, _ = _Evaluation.apply(form, *tensors)
    return value


class _Evaluation(torch.autograd.Function):  # type: ignore[misc]
    """A function's value; its derivative is the function's own."""

    generate_vmap_rule = True

    @staticmethod
    def forward(form: Form, *tensors: torch.Tensor) -> Any:
        """Value of the function, and its pullback for the backward."""
        return form.vjp(tensors, form.differentiable)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Save the inputs, so that torch detects changes made to them in between."""
        ctx.form, *tensors = inputs
        ctx.back = output[1]
        ctx.save_for_backward(*tensors)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, cotangent: Any, _: Any) -> Any:
        """Gradients of the tensors that need one."""
        tensors, form = ctx.saved_tensors, ctx.form
        back, ctx.back = ctx.back, None
        needed = tuple(ctx.needs_input_grad[1:])
        if cotangent is None or not any(needed):
            return (None,) * (1 + len(tensors))
        with arrays.without_autocast(tensors[0]):
            if torch.is_grad_enabled():
                with arrays.taped():
                    back = form.vjp(tensors, form.differentiable)[1]
                    grads = pulled(back, cotangent)
            else:
                back = back or form.vjp(tensors, form.differentiable)[1]
                grads = pulled(back, cotangent)
        return (None, *(g if need else None for g, need in zip(grads, needed, strict=True)))


# torch binds the arguments of every `apply`: finding the signature would take most of that time.
_Evaluation.forward.__signature__ = inspect.signature(_Evaluation.forward)  # type: ignore[attr-defined]
