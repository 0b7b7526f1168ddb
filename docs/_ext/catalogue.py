"""The `catalogue` directive: every registered objective by family, with its full docstring."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from numpydoc.docscrape_sphinx import SphinxDocString
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import polycontrast as pc


def grouped() -> dict[str, list[Any]]:
    """Objectives by family, the families by their titles."""
    groups: dict[str, list[Any]] = {}
    for objective in pc.objectives().values():
        groups.setdefault(objective.family, []).append(objective)
    return dict(sorted(groups.items(), key=lambda group: caption(group[1][0])[0]))


def caption(objective: Any) -> tuple[str, str]:
    """Title of a family and a sentence about it: the docstring of its folder."""
    package = importlib.import_module(objective.__module__.rpartition(".")[0])
    title, words, *_ = inspect.cleandoc(package.__doc__ or "").split("\n\n")
    return title.removesuffix("."), words


def indented(text: str, by: str = "   ") -> Iterator[str]:
    """Lines of a cleaned text under a directive, with an empty line after them."""
    yield from (by + line if line.strip() else "" for line in text.splitlines())
    yield ""


def overview(groups: dict[str, list[Any]]) -> Iterator[str]:
    """One table: name, family, first sentence."""
    yield from [".. list-table::", "   :header-rows: 1", "   :widths: 25 15 60", ""]
    for row in [("objective", "family", "what it is")] + [
        (f":ref:`{o.name} <objective-{o.name}>`", caption(o)[0], o.summary)
        for members in groups.values()
        for o in members
    ]:
        yield from (f"   {'* -' if n == 0 else '  -'} {cell}" for n, cell in enumerate(row))
    yield ""


def call(objective: Any) -> str:
    """Signature without annotations: what they say is said better under Parameters."""
    plain = [p.replace(annotation=p.empty) for p in objective.signature.parameters.values()]
    return f"polycontrast.{objective.name}{inspect.Signature(plain)}"


def neighbours(objective: Any) -> Iterator[str]:
    """Objectives that it equals at some parameters, or that equal it."""
    names = {same.name for same in objective.same_as}
    names |= {
        other.name
        for other in pc.objectives().values()
        if any(same.name == objective.name for same in other.same_as)
    }
    if names:
        links = ", ".join(f":ref:`{name} <objective-{name}>`" for name in sorted(names))
        yield from [f"Equal at some parameters: {links}.", ""]


def entry(objective: Any) -> Iterator[str]:
    """One objective: heading, signature, its docstring with formula and references, neighbours."""
    name = objective.name
    yield from [f".. _objective-{name}:", "", name, "^" * len(name), ""]
    yield from [f".. py:function:: {call(objective)}", ""]
    doc = SphinxDocString(inspect.cleandoc(objective.__doc__ or ""))
    yield from indented(str(doc))
    yield from neighbours(objective)


class Catalogue(SphinxDirective):
    """`.. catalogue::` without arguments or content."""

    def run(self) -> list[nodes.Node]:
        """Write the catalogue as text and let the document's own parser read it."""
        groups, text = grouped(), StringList()

        def add(lines: Iterable[str], origin: str) -> None:
            # A warning or a failed example then says which objective it is about.
            lines = list(lines)
            text.extend(StringList(lines, items=[(origin, n) for n in range(len(lines))]))

        add(overview(groups), "catalogue")
        for family, members in groups.items():
            title, words = caption(members[0])
            add([title, "-" * len(title), "", words.replace("`", "``"), ""], f"family {family}")
            for objective in members:
                add(entry(objective), f"docstring of {objective.name}")
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("catalogue", Catalogue)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
