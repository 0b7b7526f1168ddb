"""Objectives under `torch.compile`: one opaque operator, whatever the number of tiles.

An operator takes strings, numbers and tensors, so a call travels as the key of its form, its float
parameters, and its tensors. What is Python here runs once, when the call is traced.
"""

from dataclasses import replace
from typing import Any

import torch

from polycontrast.objective import find
from polycontrast.torch.evaluation import evaluate
from polycontrast.torch.form import Form, Slots

Tensors = list[torch.Tensor]
_forms: dict[str, tuple[Form, tuple[str, ...]]] = {}


def call(form: Form, tensors: Tensors) -> torch.Tensor:
    """Value of an objective, as one node of the traced graph."""
    numbers = {name: v for name, v in form.rest.items() if isinstance(v, float)}
    options = tuple((name, v) for name, v in form.rest.items() if name not in numbers)
    key = _intern(form.objective.name, form.slots, options, tuple(numbers))
    return torch.ops.polycontrast.value(key, list(numbers.values()), tensors)


@torch.compiler.assume_constant_result
def _intern(
    name: str, slots: Slots, options: tuple[tuple[str, Any], ...], numbers: tuple[str, ...]
) -> str:
    """Name of a form, under which the operators find it."""
    key = f"{name} {slots} {options} {numbers}"
    _forms[key] = Form(find(name), slots, dict(options)), numbers
    return key


def _form(key: str, numbers: list[float]) -> Form:
    form, names = _forms[key]
    return replace(form, rest={**form.rest, **dict(zip(names, numbers, strict=True))})


@torch.library.custom_op("polycontrast::value", mutates_args=())
def _value(key: str, numbers: list[float], tensors: list[torch.Tensor]) -> torch.Tensor:
    form = _form(key, numbers)
    return evaluate(form, form.differentiable, tuple(tensors))[0]


@torch.library.custom_op("polycontrast::pull", mutates_args=())
def _pull(
    key: str,
    numbers: list[float],
    wanted: list[bool],
    cotangent: torch.Tensor,
    tensors: list[torch.Tensor],
) -> list[torch.Tensor]:
    grads = evaluate(_form(key, numbers), tuple(wanted), tuple(tensors))[1](cotangent)
    # Gradients of a sequence of views share memory, which outputs of an operator must not.
    return [g.clone() for g, w in zip(grads, wanted, strict=True) if w]


@_value.register_fake
def _(key: str, numbers: list[float], tensors: list[torch.Tensor]) -> torch.Tensor:
    form, first = _form(key, numbers), tensors[0]
    dtype = first.dtype if first.element_size() > 2 else torch.float32
    return first.new_empty(form.value_shape(tensors), dtype=dtype)


@_pull.register_fake
def _(
    key: str, numbers: list[float], wanted: list[bool], cotangent: torch.Tensor, tensors: Tensors
) -> Tensors:
    return [torch.empty_like(t) for t, w in zip(tensors, wanted, strict=True) if w]


def _setup_context(ctx: Any, inputs: Any, output: torch.Tensor) -> None:
    ctx.key, ctx.numbers, tensors = inputs
    ctx.save_for_backward(*tensors)


def _backward(ctx: Any, cotangent: torch.Tensor) -> Any:
    wanted, tensors = list(ctx.needs_input_grad[2]), list(ctx.saved_tensors)
    grads = iter(torch.ops.polycontrast.pull(ctx.key, ctx.numbers, wanted, cotangent, tensors))
    none: Any = None if ctx.numbers else []  # torch takes an empty list for one of tensors
    return None, none, [next(grads) if w else None for w in wanted]


_value.register_autograd(_backward, setup_context=_setup_context)
