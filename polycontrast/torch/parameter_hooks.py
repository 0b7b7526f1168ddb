"""Hooks on the gradients of parameters that wait for the whole gradient."""

import contextlib
from collections.abc import Iterable, Iterator

import torch


@contextlib.contextmanager
def deferred_hooks(parameters: Iterable[torch.nn.Parameter]) -> Iterator[None]:
    """Let the hooks of parameters run once, on the sum of what the block adds to ``.grad``.

    A hook that is not linear, or that takes a step of an optimizer, would give another result if
    it saw the gradient in parts. Parameters without hooks are left alone.
    """
    hooked = {p: _tables(p) for p in parameters if p.requires_grad and any(_tables(p))}
    hooks = [(table, dict(table)) for tables in hooked.values() for table in tables]
    earlier = {p: p.grad for p in hooked}
    for p in hooked:
        p.grad = None
    # torch keeps a reference to these dicts: emptied they are quiet, refilled they are as before.
    for table, _ in hooks:
        table.clear()
    try:
        yield
    finally:
        for table, content in hooks:
            table.update(content)
        added = {p: p.grad for p in hooked if p.grad is not None}
        for p, grad in earlier.items():
            p.grad = grad
    if added:
        torch.autograd.backward(list(added), list(added.values()))


def _tables(parameter: torch.nn.Parameter) -> list[dict[int, object]]:
    """Hooks before and after a gradient is added, as torch holds them."""
    names = ("_backward_hooks", "_post_accumulate_grad_hooks")
    return [table for name in names if (table := getattr(parameter, name, None))]
