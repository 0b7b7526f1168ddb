"""Calls that a framework's automatic differentiation must see go through that framework's adapter.

Frameworks are found only when their arrays arrive. An adapter is a module with two functions:
``concerns(arrays) -> bool``, whether differentiation or tracing is under way for any of them, and
``call(objective, args, kwargs) -> value``.
"""

import functools
import importlib
from collections.abc import Callable, Iterator
from typing import Any

# Root module and name of a class of arrays, and the module that is its adapter.
ADAPTERS: dict[tuple[str, str], str] = {
    ("jax", "Tracer"): "polycontrast.jax.adapter",
}


@functools.cache
def _module_of(kind: type) -> str | None:
    for base in kind.__mro__:
        found = ADAPTERS.get((base.__module__.partition(".")[0], base.__name__))
        if found is not None:
            return found
    return None


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


def adapter_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any] | None:
    """What carries out a call with these arguments; None where no framework has a say."""
    arrays: dict[str, list[Any]] = {}
    for value in _flat((*args, *kwargs.values())):
        name = _module_of(type(value))
        if name is not None:
            arrays.setdefault(name, []).append(value)
    for name, found in arrays.items():
        adapter = importlib.import_module(name)
        if adapter.concerns(found):
            return adapter.call  # type: ignore[no-any-return]
    return None
