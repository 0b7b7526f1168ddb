"""Objectives by what they are called and by what they take, as their signatures say."""

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from polycontrast.objective.arguments.roles import SAMPLES, Argument
from polycontrast.objective.catalogue.registry import near_matches, plain


def matching(
    objectives: Mapping[str, Any],
    words: str = "",
    takes: str | Iterable[str] = (),
    views: int | None = None,
    family: str | None = None,
    shards: bool | None = None,
) -> Mapping[str, Any]:
    """The objectives for which all of this holds, see `polycontrast.objectives`."""
    takes = (takes,) if isinstance(takes, str) else tuple(takes)
    families = dict.fromkeys(o.family for o in objectives.values())
    if family is not None and family not in families:
        raise ValueError(f"objectives: unknown family {family!r}{near_matches(family, families)}")
    arguments = dict.fromkeys(name for o in objectives.values() for name in o.arguments)
    for name in takes:
        if name not in arguments:
            hint = near_matches(name, arguments)
            raise ValueError(f"objectives: no objective takes {name!r}{hint}")
    found = {
        name: o
        for name, o in objectives.items()
        if all(plain(word) in _text(o) for word in words.split())
        and all(argument in o.arguments for argument in takes)
        and (views is None or o.views[0] <= views <= o.views[1])
        and family in (None, o.family)
        and shards in (None, o.shards)
    }
    return MappingProxyType(found)


def _text(objective: Any) -> str:
    """All that words are looked for in."""
    references = (objective.__doc__ or "").partition("References\n")[2].partition("Examples\n")[0]
    parts = (objective.name, *objective.aliases, objective.summary, references)
    return " ".join(map(plain, parts))


def views_of(arguments: Mapping[str, Argument]) -> tuple[int, float]:
    """Fewest and most arrays of embeddings of the same samples that must be given.

    Those are arrays of rows (B, D) that have a gradient, each view of a stack, or, where an
    objective has none of them, arrays (B, n, D) of a row per token or place.
    """
    needed = [a for a in arguments.values() if a.required and a.differentiable]
    for axes in (2, 3):
        single = sum(a.kind == "rows" and _embeds(a.axes(axes)) for a in needed)
        stacks = [a for a in needed if a.kind == "views"]
        if single or stacks:
            break
    least, most = single, float(single)
    for stack in stacks:
        low, high = _stacked(stack)
        least, most = least + low, most + high
    return least, most


def _stacked(stack: Argument) -> tuple[int, float]:
    """Fewest and most views in a stack."""
    length = stack.dims[0][0]
    if length.isdigit():
        return int(length), int(length)
    one = any(len(dims) == 2 for dims in stack.dims)  # one view may come without an axis of views
    return 1 if one else stack.role.least_views, math.inf


def _embeds(axes: tuple[str, ...]) -> bool:
    return axes[:1] in [(name,) for name in SAMPLES] and axes[-1] in ("D", "E")
