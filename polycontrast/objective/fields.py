"""Named tuples whose fields are known only when a call is made."""

from collections import namedtuple
from functools import cache
from typing import Any


@cache
def fields_type(title: str, names: tuple[str, ...]) -> Any:
    """Named tuple with these fields; its instances can be pickled and copied."""
    made: Any = namedtuple(title, names)  # type: ignore[misc]
    made.__reduce__ = lambda self: (_made_again, (title, names, tuple(self)))
    return made


def _made_again(title: str, names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    return fields_type(title, names)(*values)
