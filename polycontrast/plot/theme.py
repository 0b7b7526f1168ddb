"""SVG of a figure for a page: its colours are those of the page, light or dark."""

import re
from collections.abc import Callable
from html import escape
from typing import Any

from matplotlib.text import Text

from polycontrast.plot.style import (
    CLASS_COLOURS,
    EDGED,
    GRID,
    INK,
    MUTED,
    PAPER,
    made,
)
from polycontrast.wording import literal

# Name of the variable of the page that takes the place of a colour.
VARIABLES = {
    INK.lower(): "ink",
    MUTED.lower(): "muted",
    GRID.lower(): "grid",
    PAPER.lower(): "paper",
    **{colour.lower(): f"colour-{n}" for n, colour in enumerate(CLASS_COLOURS)},
}
POINTS = 72  # of an inch
PIXELS = 96


def svg(draw: Callable[[Any], object], width: float, height: float, words: str) -> str:
    """Make a picture for a page; its text stays text, in the fonts of the reader.

    Parameters
    ----------
    draw : callable
        Draws on the figure that it is given.
    width, height : float
        Size of the figure in inches; the margins are then cut to what is drawn.
    words : str
        What the picture shows, for those who do not see it.
    """
    words = literal(words)

    def with_edges(figure: Any) -> None:
        draw(figure)
        for text in figure.findobj(Text):
            if text.get_path_effects():  # they would turn the text into curves; the page has edges
                text.set_path_effects([])
                text.set_gid(EDGED)

    # The salt makes the names inside one picture differ from those of the others on the page.
    settings = {"svg.fonttype": "none", "svg.hashsalt": words}
    options = {
        "format": "svg",
        "transparent": True,
        "pad_inches": 0.06,
        "metadata": dict.fromkeys(("Creator", "Date", "Format", "Type")),
    }
    return _for_a_page(made(with_edges, width, height, settings, options).decode(), words)


def _for_a_page(text: str, words: str) -> str:
    """The picture alone: no prologue, no names that stand twice, and colours of the page."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r' id="[a-zA-Z][\w.]*_\d+"', "", text)
    text = text.replace(f'id="{EDGED}"', f'class="{EDGED}"')
    text = re.sub(r"font: ([^;\"']*px) [^;\"]*", r"font: \1 system-ui, sans-serif", text)
    text = re.sub(r"#[0-9a-f]{6}\b", _variable, text)
    wide = float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1]) * PIXELS / POINTS  # type: ignore[index]
    head = f'<svg role="img" aria-label="{escape(words)}" style="--wide: {wide:.0f}px"'
    text = re.sub(r"<svg", lambda _: head, text, count=1)
    return re.sub(r' (?:width|height)="[\d.]+pt"', "", text, count=2)


def _variable(found: re.Match[str]) -> str:
    name = VARIABLES.get(found[0])
    return found[0] if name is None else f"var(--{name})"
