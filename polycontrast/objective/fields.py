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
