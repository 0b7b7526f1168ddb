"""Links of papers: "arXiv 2002.05709" and "doi 10.1109/..." in a text lead to the paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

PAPER = re.compile(
    r"arXiv[:\s]\s*(?P<arxiv>\d{4}\.\d{4,5})|doi[:\s]\s*(?P<doi>10\.\d{4,}/[^\s,;)]+\b)"
)


def address(found: re.Match[str]) -> str:
    """Where the paper of a match is."""
    if found["arxiv"]:
        return f"https://arxiv.org/abs/{found['arxiv']}"
    return f"https://doi.org/{found['doi']}"


def linked(text: str) -> Iterator[nodes.Node]:
    """A text in pieces, of which the names of papers are links."""
    end = 0
    for found in PAPER.finditer(text):
        if found.start() > end:
            yield nodes.Text(text[end : found.start()])
        yield nodes.reference("", found[0], refuri=address(found))
        end = found.end()
    if end < len(text):
        yield nodes.Text(text[end:])


class LinkPapers(SphinxTransform):
    """Replace names of papers in all text that is no link and no code."""

    default_priority = 740  # before quotes are made smart

    def apply(self, **kwargs: object) -> None:
        """Walk over the document."""
        for text in list(self.document.findall(nodes.Text)):
            parent = text.parent
            if PAPER.search(text) and not isinstance(
                parent,
                nodes.reference | nodes.literal | nodes.literal_block | nodes.FixedTextElement,
            ):
                parent.replace(text, list(linked(text.astext())))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_transform(LinkPapers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
