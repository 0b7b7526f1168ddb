"""The directives of the catalogue, and the role that links to an objective."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from identities import identities, picture
from numpydoc.docscrape_sphinx import SphinxDocString
from sphinx import addnodes
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


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], widths: str) -> Iterator[str]:
    """A table whose first row is its head."""
    yield from [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in [head, *rows]:
        yield from (f"   {'* -' if n == 0 else '  -'} {cell}" for n, cell in enumerate(row))
    yield ""


def linked(text: str) -> str:
    """Text whose words in backticks are links where they name an objective, and code elsewhere."""

    def link(found: re.Match[str]) -> str:
        name = found[1]
        return reference(name) if name in pc.objectives() else f"``{name}``"

    return re.sub(r"`([^`]+)`(?!_)", link, text)


def reference(name: str) -> str:
    """Link to the entry of an objective."""
    return f":ref:`{name} <objective-{name}>`"


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
        links = ", ".join(map(reference, sorted(names)))
        yield from [f"Equal at some parameters: {links}.", ""]


def entry(objective: Any) -> Iterator[str]:
    """One objective: heading, signature, its docstring with formula and references, neighbours."""
    name = objective.name
    yield from [f".. _objective-{name}:", "", name, "-" * len(name), ""]
    yield from [f".. py:function:: {call(objective)}", ""]
    doc = SphinxDocString(inspect.cleandoc(objective.__doc__ or ""))
    yield from indented(str(doc))
    yield from neighbours(objective)


class Generated(SphinxDirective):
    """A directive that writes text and lets the document's own parser read it."""

    def run(self) -> list[nodes.Node]:
        """Parse the lines of `parts`; a warning or a failed example then says where it is from."""
        text = StringList()
        for origin, lines in self.parts():
            lines = list(lines)
            text.extend(StringList(lines, items=[(origin, n) for n in range(len(lines))]))
        return self.parse_text_to_nodes(text, allow_section_headings=True)

    def parts(self) -> Iterator[tuple[str, Iterable[str]]]:
        """Names of origins with their lines."""
        raise NotImplementedError


class Catalogue(Generated):
    """`.. catalogue::` is one table: name, family, first sentence."""

    def parts(self) -> Iterator[tuple[str, Iterable[str]]]:
        """The table."""
        rows = (
            (reference(o.name), f":doc:`{caption(o)[0]} <catalogue/{family}>`", o.summary)
            for family, members in grouped().items()
            for o in members
        )
        yield "catalogue", table(("objective", "family", "what it is"), rows, "25 20 55")


class Family(Generated):
    """`.. family:: NAME` is the page of a family.

    The lines of its content are the cases in which its objectives are of use, each as ``what you
    have | objectives | reason``.
    """

    required_arguments = 1
    has_content = True

    def parts(self) -> Iterator[tuple[str, Iterable[str]]]:
        """The sentence of the family, its cases, its identities, then every objective."""
        name, groups = self.arguments[0], grouped()
        if name not in groups:
            raise self.error(f"family: unknown family {name!r}")
        members = groups[name]
        yield f"family {name}", [linked(caption(members[0])[1]), ""]
        lines = filter(None, self.content)
        cases = [tuple(linked(c.strip()) for c in line.split(" | ")) for line in lines]
        if any(len(case) != 3 for case in cases):
            raise self.error(f"family {name}: a case must have three cells")
        if cases:
            yield f"cases of {name}", table(("you have", "use", "because"), cases, "35 25 40")
        yield f"identities of {name}", self.identities({o.name for o in members})
        for objective in members:
            yield f"docstring of {objective.name}", entry(objective)

    def identities(self, family: set[str]) -> Iterator[str]:
        """The picture of what equals what, for pages in a browser."""

        def link(name: str) -> str:
            here = "" if name in family else f"{pc.objectives()[name].family}.html"
            return f"{here}#objective-{name.replace('_', '-')}"

        drawn = list(picture(family, identities(pc.objectives().values()), link))
        if drawn:
            yield "Lines join objectives that are equal at some parameters. Entries name these."
            yield from ["", ".. raw:: html", ""]
            yield from (f"   {line}" for line in drawn)
            yield ""


def objective_link(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, *_: Any
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The role of a name that links to the entry of the objective."""
    if text not in pc.objectives():
        return [], [inliner.reporter.error(f"unknown objective {text!r}", line=lineno)]
    link = addnodes.pending_xref(
        rawtext,
        nodes.literal(text, text),
        refdomain="std",
        reftype="ref",
        reftarget=f"objective-{text}",
        refexplicit=True,
        refwarn=True,
        refdoc=inliner.document.settings.env.docname,
    )
    return [link], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives and the role."""
    app.add_directive("catalogue", Catalogue)
    app.add_directive("family", Family)
    app.add_role("objective", objective_link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
