"""Values of options, read with messages that say what is wanted."""

import argparse
import ast
import re
from collections.abc import Callable
from typing import Any, TypeVar

from polycontrast.align.reading.numbers import number
from polycontrast.wording import short

T = TypeVar("T")


def at_least(least: int) -> Callable[[str], int]:
    """Reader of integers from `least` on."""

    def read(text: str) -> int:
        whole = re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip())  # more digits count nothing here
        if whole is None or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be an integer >= {least}; got {short(text)!r}")
        return int(text)

    return read


def share(text: str) -> float:
    """Read a number from 0 on and below 1."""
    value = _number(text)
    if value is None or not 0 <= value < 1:
        wanted = "must be a number between 0 and 1"
        raise argparse.ArgumentTypeError(f"{wanted}; got {short(text)!r}")
    return value


def positive(text: str) -> float:
    """Read a finite number above 0."""
    value = _number(text)
    if value is None or not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number > 0; got {short(text)!r}")
    return value


def or_auto(read: Callable[[str], T]) -> Callable[[str], T | str]:
    """Reader of the word ``auto``, or of what another one reads."""

    def read_either(text: str) -> T | str:
        return text if text == "auto" else read(text)

    return read_either


def temperature(text: str) -> float | str:
    """Read a positive number, or one of the words ``learned`` and ``auto``."""
    if text in ("learned", "auto"):
        return text
    value = _number(text)
    if value is None or not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(
            f'must be a number > 0 or "learned" or "auto"; got {short(text)!r}'
        )
    return value


def parameter(text: str) -> tuple[str, Any]:
    """Read ``name=value``: a number, True, False, None, or else a word."""
    name, equals, value = text.partition("=")
    if not (equals and name.isidentifier()):
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE; got {short(text)!r}")
    try:
        read = ast.literal_eval(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return name, value
    # Python reads 1_000 as a number; here that is a word, which the objective refuses.
    is_number = isinstance(read, (int, float)) and not isinstance(read, bool)
    return name, value if is_number and number(value) is None else read


def assigned(text: str) -> tuple[str, str]:
    """Read ``view=file``."""
    view, equals, file = text.partition("=")
    if not (equals and view and file):
        raise argparse.ArgumentTypeError(f"must be VIEW=FILE; got {short(text)!r}")
    return view, file


def column_names(text: str) -> list[tuple[str | None, str]]:
    """Read ``a,b`` or ``view=a,b``: columns of one view, or of every view."""
    view, equals, names = text.partition("=")
    found = (names if equals else text).split(",")
    if not all(found) or (equals and not view):
        raise argparse.ArgumentTypeError(f"must be [VIEW=]NAME,NAME; got {short(text)!r}")
    return [(view if equals else None, name.strip()) for name in found]


def _number(text: str) -> float | None:
    value = number(text)
    return None if value is None or value != value else value
