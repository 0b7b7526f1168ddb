"""Named tuples whose fields are known only when a call is made."""

from collections import namedtuple
from functools import cache
from typing import Any


@cache
def fields_type(title: str, names: tuple[str, ...]) -> Any:
    """Named tuple with these fields; its instances can be pickled and copied."""
    members = {"__slots__": (), "__reduce__": lambda self: (_anew, (title, names, tuple(self)))}
    return type(title, (namedtuple(title, names),), members)


def _anew(title: str, names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    return fields_type(title, names)(*values)


def gradients_by_name(function: str, grads: Any) -> dict[str, Any]:
    """Gradients of an objective of the user's own, by argument.

    Raises
    ------
    TypeError
        When they are neither a dict nor a named tuple; `function` begins the message.
    """
    if isinstance(grads, dict):
        return grads
    if hasattr(grads, "_asdict"):
        return dict(grads._asdict())
    got = type(grads).__name__
    raise TypeError(
        f"{function}: value_and_grad must return gradients as a named tuple or a dict, got {got}"
    )
