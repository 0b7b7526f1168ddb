"""The choice of the adapter, for calls that a framework differentiates or traces.

A framework is imported only when its arrays arrive. An adapter is a module with two functions:
``concerns(arrays) -> bool``, whether differentiation or tracing is under way for any of them, and
``call(function, args, kwargs) -> value``. This file is traced by `torch.compile`: it stays plain.
"""

import sys
from collections.abc import Callable
from typing import Any

from polycontrast.adapters.jax.wrappers import array_of


def _torch_adapter() -> Any:
    from polycontrast.adapters.torch import graph

    return graph


def _jax_adapter() -> Any:
    from polycontrast.adapters.jax import tracers

    return tracers


def _itself(value: Any) -> Any:
    return value


# A framework's name, its class of arrays that matter, the array that a value stands for, and the
# adapter.
ADAPTERS: tuple[tuple[str, Callable[[Any], Any], Callable[[Any], Any], Callable[[], Any]], ...] = (
    ("torch", lambda torch: torch.Tensor, _itself, _torch_adapter),
    ("jax", lambda jax: jax.core.Tracer, array_of, _jax_adapter),
)


def adapter_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any] | None:
    """Function that carries out a call with these arguments; None where no adapter is needed."""
    for name, kind, array, adapter in ADAPTERS:
        framework = sys.modules.get(name)
        if framework is None:
            continue
        arrays = []
        for value in (*args, *kwargs.values()):
            inner = value if isinstance(value, (list, tuple)) else (value,)
            arrays += [t for t in map(array, inner) if isinstance(t, kind(framework))]
        if arrays and adapter().concerns(arrays):
            return adapter().call
    return None
