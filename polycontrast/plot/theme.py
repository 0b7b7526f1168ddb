"""SVG of a figure for a page: its colours are those of the page, light or dark."""

import io
import re
import warnings
from collections.abc import Callable
from html import escape
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from polycontrast.plot.style import (
    AS_WRITTEN,
    CLASS_COLOURS,
    EDGED,
    GRID,
    INK,
    MUTED,
    NO_GLYPH,
    PAPER,
)

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
    buffer = io.StringIO()
    # The salt makes the names inside one picture differ from those of the others on the page.
    settings = AS_WRITTEN | {"svg.fonttype": "none", "svg.hashsalt": words}
    with rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", NO_GLYPH, UserWarning)
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        for text in figure.findobj(Text):
            if text.get_path_effects():  # they would turn the text into curves; the page has edges
                text.set_path_effects([])
                text.set_gid(EDGED)
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(
            buffer,
            format="svg",
            transparent=True,
            bbox_inches="tight",
            pad_inches=0.06,
            metadata=nothing,
        )
    return _for_a_page(buffer.getvalue(), words)


def _for_a_page(text: str, words: str) -> str:
    """The picture alone: no prologue, no names that stand twice, and colours of the page."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r' id="[a-zA-Z]\w*_\d+"', "", text)
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
