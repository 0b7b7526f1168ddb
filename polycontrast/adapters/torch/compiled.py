"""Functions under `torch.compile`: one opaque operator, for any number of tiles.

An operator takes strings, numbers and tensors, so a call travels as the key of its form, its float
parameters, and its tensors. The Python code here runs once, when the call is traced.

An operator cannot hand its pullback to the backward. Where the value is one number, its gradients
are therefore made with it, and the backward multiplies them. Else the backward starts again.
"""

from dataclasses import replace
from typing import Any

import torch

from polycontrast.adapters.differentiable import functions
from polycontrast.adapters.torch.form import Form, Slots
from polycontrast.adapters.torch.modes import HALF

Tensors = list[torch.Tensor]
_forms: dict[str, tuple[Form, tuple[str, ...]]] = {}


def call(form: Form, tensors: Tensors) -> torch.Tensor:
    """Value of a function, as one node of the traced graph."""
    numbers = {name: v for name, v in form.rest.items() if isinstance(v, float)}
    options = tuple((name, v) for name, v in form.rest.items() if name not in numbers)
    key = _intern(form.function.name, form.slots, options, tuple(numbers))
    needed = [t.requires_grad for t in tensors]
    if torch.is_grad_enabled() and any(needed) and _is_reduced(key):
        # Gradients get their factor later, so until then half precision could overflow.
        if len({t.dtype for t in tensors if t.is_floating_point() and t.ndim > 1}) == 1:
            tensors = [t.float() if t.dtype in HALF else t for t in tensors]
        floats = list(numbers.values())
        return torch.ops.polycontrast.value_and_grads(key, floats, needed, tensors)[0]
    return torch.ops.polycontrast.value(key, list(numbers.values()), tensors)


@torch.compiler.assume_constant_result
def _intern(
    name: str, slots: Slots, options: tuple[tuple[str, Any], ...], numbers: tuple[str, ...]
) -> str:
    """Key of a form, for the operators."""
    key = f"{name} {slots} {options} {numbers}"
    _forms[key] = Form(functions[name], slots, dict(options)), numbers
    return key


@torch.compiler.assume_constant_result
def _is_reduced(key: str) -> bool:
    """True where the value is one number, by the parameters alone."""
    form, _ = _forms[key]
    reduction = form.function.arguments.get("reduction")
    return reduction is not None and form.rest.get("reduction", reduction.default) != "none"


def _form(key: str, numbers: list[float]) -> Form:
    form, names = _forms[key]
    return replace(form, rest={**form.rest, **dict(zip(names, numbers, strict=True))})


# CuPy allocates memory and numbers are read during a call, so a CUDA graph cannot hold one.
# torch before 2.8 has no tag for that.
UNCAPTURED: Any = (
    {"tags": (torch.Tag.cudagraph_unsafe,)} if hasattr(torch.Tag, "cudagraph_unsafe") else {}
)


@torch.library.custom_op("polycontrast::value", mutates_args=(), **UNCAPTURED)
def _value(key: str, numbers: list[float], tensors: list[torch.Tensor]) -> torch.Tensor:
    form = _form(key, numbers)
    return form.vjp(tensors, form.differentiable)[0]


@torch.library.custom_op("polycontrast::pull", mutates_args=(), **UNCAPTURED)
def _pull(
    key: str,
    numbers: list[float],
    needed: list[bool],
    cotangent: torch.Tensor,
    tensors: list[torch.Tensor],
) -> list[torch.Tensor]:
    return _apart(_form(key, numbers).vjp(tensors, needed)[1](cotangent), needed)


@torch.library.custom_op("polycontrast::value_and_grads", mutates_args=(), **UNCAPTURED)
def _value_and_grads(
    key: str, numbers: list[float], needed: list[bool], tensors: list[torch.Tensor]
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    value, back = _form(key, numbers).vjp(tensors, needed)
    return value, _apart(back(torch.ones_like(value)), needed)


def _apart(grads: Tensors, needed: list[bool]) -> Tensors:
    """Gradients that are needed, as `_announced`: those of a sequence share their memory."""
    own, addresses = [], set()
    for g, need in zip(grads, needed, strict=True):
        if need:
            g = g.contiguous()
            address = g.untyped_storage().data_ptr()
            own.append(g.clone() if address in addresses else g)
            addresses.add(address)
    return own


def _value_dtype(tensors: Tensors) -> torch.dtype:
    """Dtype that is computed in: that of the first rows, which every call has."""
    dtype = next(t.dtype for t in tensors if t.is_floating_point() and t.ndim > 1)
    return torch.float32 if dtype in HALF else dtype


def _announced(tensors: Tensors, needed: list[bool]) -> Tensors:
    """Gradients as they will be: of the dtype of their tensor, and contiguous."""
    layout = torch.contiguous_format
    pairs = zip(tensors, needed, strict=True)
    return [torch.empty_like(t, memory_format=layout) for t, need in pairs if need]


@_value.register_fake
def _(key: str, numbers: list[float], tensors: list[torch.Tensor]) -> torch.Tensor:
    shape = _form(key, numbers).value_shape(tensors)
    return tensors[0].new_empty(shape, dtype=_value_dtype(tensors))


@_value_and_grads.register_fake
def _(
    key: str, numbers: list[float], needed: list[bool], tensors: Tensors
) -> tuple[torch.Tensor, Tensors]:
    return tensors[0].new_empty((), dtype=_value_dtype(tensors)), _announced(tensors, needed)


@_pull.register_fake
def _(
    key: str, numbers: list[float], needed: list[bool], cotangent: torch.Tensor, tensors: Tensors
) -> Tensors:
    return _announced(tensors, needed)


def _setup_context(ctx: Any, inputs: Any, output: torch.Tensor) -> None:
    ctx.key, ctx.numbers, tensors = inputs
    ctx.save_for_backward(*tensors)


def _backward(ctx: Any, cotangent: torch.Tensor) -> Any:
    needed, tensors = list(ctx.needs_input_grad[2]), list(ctx.saved_tensors)
    grads = iter(torch.ops.polycontrast.pull(ctx.key, ctx.numbers, needed, cotangent, tensors))
    return None, _none_for(ctx.numbers), [next(grads) if need else None for need in needed]


def _none_for(argument: list[Any]) -> Any:
    """Gradient of an argument that has none; torch takes an empty list for one of tensors."""
    return None if argument else []


def _keep_grads(ctx: Any, inputs: Any, output: tuple[torch.Tensor, Tensors]) -> None:
    _, ctx.numbers, ctx.needed, _ = inputs
    ctx.save_for_backward(*output[1])


def _multiply(ctx: Any, cotangent: torch.Tensor, _: Any) -> Any:
    grads = iter([(g * cotangent).to(g.dtype) for g in ctx.saved_tensors])
    each = [next(grads) if need else None for need in ctx.needed]
    return None, _none_for(ctx.numbers), None, each


_value.register_autograd(_backward, setup_context=_setup_context)
_value_and_grads.register_autograd(_multiply, setup_context=_keep_grads)
