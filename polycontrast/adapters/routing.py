"""The choice of the adapter, for calls that a framework differentiates or traces.

A framework is imported only when its arrays arrive. An adapter is a module with two functions:
``concerns(arrays) -> bool``, whether differentiation or tracing is under way for any of them, and
``call(function, args, kwargs) -> value``. This file is traced by `torch.compile`: it stays plain.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from polycontrast.adapters.jax.wrappers import array_of


def _torch_adapter() -> Any:
    from polycontrast.adapters.torch import graph

    return graph


def _jax_adapter() -> Any:
    from polycontrast.adapters.jax import tracers

    return tracers


def _tensors(torch: Any, values: list[Any]) -> list[Any]:
    return [t for t in values if isinstance(t, torch.Tensor)]


def _tracers(jax: Any, values: list[Any]) -> list[Any]:
    kind = jax.core.Tracer
    held = [array_of(t) for t in values if type(t) not in PLAIN]
    return [t for t in held if isinstance(t, kind)]


# A framework's name, its arrays that matter among values, and its adapter.
ADAPTERS: tuple[tuple[str, Callable[[Any, list[Any]], list[Any]], Callable[[], Any]], ...] = (
    ("torch", _tensors, _torch_adapter),
    ("jax", _tracers, _jax_adapter),
)

PLAIN = frozenset({np.ndarray, float, int, bool, str, type(None)})  # never an array of JAX


def adapter_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any] | None:
    """Function that carries out a call with these arguments; None where no adapter is needed."""
    values: list[Any] = []
    for value in (*args, *kwargs.values()):
        values += value if isinstance(value, (list, tuple)) else (value,)
    for name, among, adapter in ADAPTERS:
        framework = sys.modules.get(name)
        arrays = among(framework, values) if framework is not None else None
        if arrays and adapter().concerns(arrays):
            return adapter().call
    return None
