"""An objective as a caller gives it: itself, or its name."""

from typing import Any

from polycontrast.arrays import describe
from polycontrast.objective.catalogue.registry import find
from polycontrast.objective.objective import Objective


def read_objective(function: str, given: Any) -> Objective:
    """The objective that is given, or the one of a given name; `function` begins each message.

    Raises
    ------
    TypeError
        When it is neither an objective nor a string.
    ValueError
        When no objective has that name.
    """
    if isinstance(given, Objective):
        return given
    if not isinstance(given, str):
        wanted = "an objective or the name of one"
        raise TypeError(f"{function}: objective must be {wanted}, got {describe(given)}")
    try:
        return find(given)
    except ValueError as error:
        raise ValueError(f"{function}: {error}") from None


def name_of(objective: Any) -> str:
    """Name of an objective, or of any callable."""
    name = getattr(objective, "name", None) or getattr(objective, "__name__", None)
    return name if isinstance(name, str) else type(objective).__name__
