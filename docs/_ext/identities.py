"""A picture of the objectives that equal each other: SVG in the colour of the text, with links."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator
from statistics import mean
from typing import Any, NamedTuple

ROW, LEFT, RIGHT, WIDTH = 26, 270, 450, 700
"""Height of a row; where names of the family end and the others begin; the whole width."""


class Identity(NamedTuple):
    """Two objectives of which the first equals the second, and the sentence that says when."""

    first: str
    second: str
    words: str

    def other(self, name: str) -> str:
        """The one that is not named."""
        return self.second if name == self.first else self.first


def identities(objectives: Iterable[Any]) -> list[Identity]:
    """Each pair once, with all that the first one declares of the second."""
    found: dict[tuple[str, str], list[str]] = {}
    for objective in objectives:
        for same in objective.same_as:
            found.setdefault((objective.name, same.name), []).append(same.words())
    return [Identity(*pair, f"{pair[0]}: {' '.join(words)}") for pair, words in found.items()]


def picture(
    family: set[str], declared: list[Identity], link: Callable[[str], str]
) -> Iterator[str]:
    """Lines of an SVG: the family on the left, its neighbours on the right.

    Parameters
    ----------
    family : set of str
        Names of the objectives of the page.
    declared : list of Identity
        Of all objectives.
    link : callable
        From a name to the address of its entry.
    """
    edges = [e for e in declared if e.first in family or e.second in family]
    if not edges:
        return
    names = {name for edge in edges for name in edge[:2]}
    left, right = sorted(names & family), sorted(names - family)
    height = ROW * max(len(left), len(right), 2)
    places = _spread(left, height)
    right = _by_neighbours(right, edges, places)
    left = _by_neighbours(left, edges, _spread(right, height)) if right else left
    places = _spread(left, height) | _spread(right, height)
    yield f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img" '
    yield 'style="max-width: 100%; height: auto; color: inherit" font-size="13" '
    yield 'font-family="inherit" fill="currentColor"><title>Identities of the family</title>'
    for edge in edges:
        yield _line(edge, places, family)
    for name in (*left, *right):
        inside = name in family
        x, anchor = (LEFT, "end") if inside else (RIGHT, "start")
        weight = ' font-weight="bold"' if inside else ""
        yield f'<a href="{html.escape(link(name))}"><text x="{x}" y="{places[name] + 4:.1f}" '
        yield f'text-anchor="{anchor}"{weight}>{html.escape(name)}</text></a>'
    yield "</svg>"


def _spread(names: list[str], height: float) -> dict[str, float]:
    """Height of each name, at equal distances."""
    return {name: height * (n + 0.5) / len(names) for n, name in enumerate(names)}


def _by_neighbours(names: list[str], edges: list[Identity], places: dict[str, float]) -> list[str]:
    """Names in the order of the mean place of their neighbours, which lets few lines cross."""

    def key(name: str) -> tuple[float, str]:
        found = [places[e.other(name)] for e in edges if name in e[:2] and e.other(name) in places]
        return (mean(found) if found else 0.0), name

    return sorted(names, key=key)


def _line(edge: Identity, places: dict[str, float], family: set[str]) -> str:
    """A curve from column to column, or an arc on the left within the family."""
    a, b = places[edge.first], places[edge.second]
    if edge.first in family and edge.second in family:
        ends = [LEFT - 8 * len(name) - 8 for name in edge[:2]]  # before the names
        out = min(ends) - 20
        path = f"M{ends[0]} {a:.1f} C {out} {a:.1f} {out} {b:.1f} {ends[1]} {b:.1f}"
    else:
        a, b = (a, b) if edge.first in family else (b, a)
        middle = (LEFT + RIGHT) / 2
        path = f"M{LEFT + 6} {a:.1f} C {middle} {a:.1f} {middle} {b:.1f} {RIGHT - 6} {b:.1f}"
    style = 'fill="none" stroke="currentColor" stroke-opacity="0.45" stroke-width="1.3"'
    return f'<path d="{path}" {style}><title>{html.escape(edge.words)}</title></path>'
