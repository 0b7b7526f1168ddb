"""The list of all objectives."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polycontrast.objective.call import Objective

_objectives: dict[str, "Objective"] = {}


def objectives() -> Mapping[str, "Objective"]:
    """All registered objectives by name, in the order of registration.

    Examples
    --------
    >>> import polycontrast as pc
    >>> pc.objectives()["dcl"].family
    'two_view'
    """
    return MappingProxyType(_objectives)


def register(objective: "Objective") -> None:
    """Add an objective; a second one of the same name is an error."""
    if objective.name in _objectives:
        raise ValueError(f"an objective named {objective.name!r} is registered already")
    _objectives[objective.name] = objective


def is_registered(objective: "Objective") -> bool:
    """True for what stands in the registry itself, not for others of its name."""
    return _objectives.get(vars(objective).get("name", "")) is objective


def find(name: str) -> "Objective":
    """Objective of that name.

    Raises
    ------
    ValueError
        When there is none; the message names near matches.
    """
    if name in _objectives:
        return _objectives[name]
    raise ValueError(f"unknown objective {name!r}{near_matches(name, _objectives)}")


def near_matches(name: str, known: "Mapping[str, object] | list[str] | tuple[str, ...]") -> str:
    """End of a message about an unknown name: what was probably meant, or all there is."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else f"; known: {', '.join(known)}"
