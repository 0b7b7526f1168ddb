"""Hooks on the gradients of parameters, deferred until the whole gradient is known."""

import contextlib
from collections.abc import Iterable, Iterator

import torch


@contextlib.contextmanager
def deferred_hooks(parameters: Iterable[torch.nn.Parameter]) -> Iterator[None]:
    """Context whose additions to ``.grad`` pass through the hooks of parameters once, as a sum.

    A hook that is not linear, or that takes a step of an optimizer, would give another result on
    parts of the gradient. Parameters without hooks are not changed.
    """
    hooked = {p: _tables(p) for p in parameters if p.requires_grad and any(_tables(p))}
    hooks = [(table, dict(table)) for tables in hooked.values() for table in tables]
    earlier = {p: p.grad for p in hooked}
    for p in hooked:
        p.grad = None
    # torch keeps a reference to these dicts. Empty dicts run no hook; refilled dicts run all again.
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
    """Dicts in which torch keeps the hooks before and after a gradient is added."""
    names = ("_backward_hooks", "_post_accumulate_grad_hooks")
    return [table for name in names if (table := getattr(parameter, name, None))]
