"""Values of options, read with messages that say what is wanted."""

import argparse
import ast
from collections.abc import Callable
from typing import Any


def at_least(least: int) -> Callable[[str], int]:
    """Reader of integers from `least` on."""

    def read(text: str) -> int:
        if not text.strip().lstrip("+-").isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be an integer >= {least}; got {text!r}")
        return int(text)

    return read


def open_share(text: str) -> float:
    """Read a number between 0 and 1, neither included."""
    value = _number(text)
    if value is None or not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"must be a number between 0 and 1; got {text!r}")
    return value


def temperature(text: str) -> float | str:
    """Read a positive number or the word ``learned``."""
    if text == "learned":
        return text
    value = _number(text)
    if value is None or not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f'must be a number > 0 or "learned"; got {text!r}')
    return value


def parameter(text: str) -> tuple[str, Any]:
    """Read ``name=value``: a number, True, False, None, or else a word."""
    name, equals, value = text.partition("=")
    if not (equals and name.isidentifier()):
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE; got {text!r}")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
