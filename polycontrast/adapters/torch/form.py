"""A call of a function, separated into its tensors and all other arguments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from polycontrast.adapters.differentiable import Differentiable, by_name
from polycontrast.arrays import AbstractArray

Pull = Callable[[Any], list[Any]]
Slots = tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class Form:
    """A call without its tensors.

    Parameters
    ----------
    function : Differentiable
    slots : tuple of (name, count)
        Arguments that hold tensors, in order; `count` is None for one tensor, else the length of a
        sequence of views.
    rest : dict
        All other arguments, and the settings of the call.
    """

    function: Differentiable
    slots: Slots
    rest: dict[str, Any]

    @property
    def differentiable(self) -> tuple[bool, ...]:
        """Truth values, one a tensor: whether it has a gradient."""
        flags: list[bool] = []
        for name, count in self.slots:
            flags += [self.function.arguments[name].differentiable] * (count or 1)
        return tuple(flags)

    def assign(self, leaves: Sequence[Any]) -> dict[str, Any]:
        """All arguments by name, with these leaves for the tensors."""
        arguments, todo = dict(self.rest), list(leaves)
        for name, count in self.slots:
            mine, todo = todo[: count or 1], todo[count or 1 :]
            arguments[name] = mine[0] if count is None else tuple(mine)
        return arguments

    def value_shape(self, leaves: Sequence[torch.Tensor]) -> tuple[int, ...]:
        """Shape of the value, from those of the leaves."""
        reduction = self.function.arguments.get("reduction")
        if reduction and self.rest.get("reduction", reduction.default) != "none":
            return ()
        kinds = {torch.bool: "bool", torch.float64: "float64"}
        shapes = [
            AbstractArray(tuple(map(int, t.shape)), kinds.get(t.dtype, "float32")) for t in leaves
        ]
        return tuple(self.function(**self.assign(shapes)).shape)

    def vjp(self, leaves: Sequence[Any], needed: Sequence[bool]) -> tuple[Any, Pull]:
        """Value, and pullback to a list with the gradient of each leaf, or None."""
        names, flags = [], list(needed)
        for name, count in self.slots:
            mine, flags = flags[: count or 1], flags[count or 1 :]
            if any(mine):
                names.append(name)
        value, back = self.function.vjp(wrt=tuple(names) or None, **self.assign(leaves))

        def pull(cotangent: Any) -> list[Any]:
            grads: list[Any] = []
            by_name = back(cotangent)._asdict()
            for name, count in self.slots:
                grad = by_name.get(name)
                if count is None:
                    grads.append(grad)
                else:
                    grads += [None] * count if grad is None else list(grad)
            return [_like(g, leaf) for g, leaf in zip(grads, leaves, strict=True)]

        return value, pull


def _like(grad: Any, leaf: Any) -> Any:
    """A gradient in the dtype and on the device of its tensor (those of scalars may differ)."""
    if not isinstance(leaf, torch.Tensor) or grad is None:
        return grad
    return grad.to(device=leaf.device, dtype=leaf.dtype)


def _holds_tensors(value: Any) -> bool:
    """True for sequences of views."""
    if not isinstance(value, (list, tuple)) or not value:
        return False
    return all(isinstance(t, torch.Tensor) for t in value)


def _is_mixed(value: Any) -> bool:
    """True for sequences of tensors and other things."""
    if not isinstance(value, (list, tuple)):
        return False
    return any(isinstance(t, torch.Tensor) for t in value) and not _holds_tensors(value)


def form_of(
    function: Differentiable, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Form, list[torch.Tensor]]:
    """Form and tensors of a call. This function is traced by `torch.compile`: it stays plain."""
    values = by_name(function, args, kwargs)
    for value in values.values():
        if _is_mixed(value):
            function.vjp(*args, **kwargs)  # raises the same error as any wrong call
    slots: list[tuple[str, int | None]] = []
    tensors: list[torch.Tensor] = []
    rest = {}
    for name, value in values.items():
        if name not in function.arguments:
            rest[name] = value  # an option of execution, or for the function to refuse
        elif isinstance(value, torch.Tensor):
            slots.append((name, None))
            tensors.append(value)
        elif _holds_tensors(value):
            slots.append((name, len(value)))
            tensors.extend(value)
        else:
            rest[name] = value
    if not tensors:
        function.vjp(*args, **kwargs)  # a tensor stands where none can be
    return Form(function, tuple(slots), rest), tensors
