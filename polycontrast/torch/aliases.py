"""Leaves that stand in for tensors during several backward passes, and add up their gradients."""

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch


class Aliases:
    """A leaf of the same memory for each of several tensors.

    Each backward pass adds to the gradient of the aliases, and leaves the tensors alone. So the
    hooks of a tensor, and a trainer that counts its gradients, get the sum once.

    Parameters
    ----------
    tensors : sequence of torch.Tensor
        Parameters, and any other tensors that require a gradient.
    """

    def __init__(self, tensors: Iterable[torch.Tensor]):
        self._of = {id(t): _alias(t) for t in tensors}

    def __call__(self, value: Any) -> Any:
        """Alias of a tensor; any other value as it is."""
        return self._of.get(id(value), value)

    @contextlib.contextmanager
    def in_modules(self, modules: Iterable[torch.nn.Module]) -> Iterator[None]:
        """Context in which these modules compute with the aliases of their parameters."""
        # One module may occur in several, and one parameter in several modules.
        every = {id(inner): inner for module in modules for inner in module.modules()}
        places = [
            (inner, name, p)
            for inner in every.values()
            for name, p in inner._parameters.items()
            if id(p) in self._of
        ]
        try:
            for inner, name, p in places:
                setattr(inner, name, self(p))
            yield
        finally:
            for inner, name, p in places:
                setattr(inner, name, p)

    def gradients(self) -> list[torch.Tensor | None]:
        """Sums of the gradients so far, in the order of the tensors."""
        return [alias.grad for alias in self._of.values()]


def _alias(tensor: torch.Tensor) -> torch.Tensor:
    if isinstance(tensor, torch.nn.Parameter):
        return torch.nn.Parameter(tensor.detach())
    return tensor.detach().requires_grad_()


def module_of(function: Callable[..., Any]) -> torch.nn.Module | None:
    """Module that a callable is, or of which it is a method; None for any other callable."""
    while isinstance(function, functools.partial):
        function = function.func
    owner = function if isinstance(function, torch.nn.Module) else getattr(function, "__self__", 0)
    return owner if isinstance(owner, torch.nn.Module) else None


def exchanges_gradients(module: torch.nn.Module) -> bool:
    """True where a part of a module sends gradients to other processes by itself.

    `DistributedDataParallel` and FSDP2 count or replace the gradients of their own parameters, so
    these parameters must take part in each backward pass.
    """
    marks = ("no_sync", "set_requires_gradient_sync")
    return any(hasattr(inner, mark) for inner in module.modules() for mark in marks)
