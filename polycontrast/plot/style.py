"""How pictures look and how they are made: all of them here, so text is drawn as written.

Colours are those that colour-blind readers can tell apart.
"""

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from polycontrast.wording import shortened

# Ten colours by Okabe and Ito, and by Tol, ordered so that neighbours differ in lightness as well.
CLASS_COLOURS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#332288",
    "#B5A500",
    "#882255",
    "#777777",
)
MARKS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")
INK, MUTED, GRID = "#222222", "#666666", "#DDDDDD"
PAPER = "#FEFEFE"  # what a picture lies on, apart from white inside it
EDGED = "edged"  # text with an edge in the colour of the paper
ACCENT, SECOND = "#0072B2", "#D55E00"
HEAT_MAP = "cividis"  # even in lightness, and the same with red-green blindness

SMALL, NORMAL, TITLE = 9, 10.5, 12.5
DOTS_PER_INCH = 144
LONGEST_NAME = 18  # of a view, in letters

# Names of views, labels and objectives are words of users: a dollar sign opens no formula.
AS_WRITTEN = {
    "text.parse_math": False,
    "text.usetex": False,
    "axes.formatter.use_mathtext": False,
}
# A letter that no font has is drawn as a box; a warning about it would help nobody.
NO_GLYPH = r"Glyph .* missing from|Matplotlib currently does not support"


def png(draw: Callable[[Any], object], width: float, height: float) -> bytes:
    """Make a picture as PNG.

    Parameters
    ----------
    draw : callable
        Draws on the figure that it is given.
    width, height : float
        Size of the figure in inches; the margins are then cut to what is drawn.
    """
    options = {"format": "png", "dpi": DOTS_PER_INCH, "facecolor": "white", "pad_inches": 0.15}
    return made(draw, width, height, {}, options)


def made(
    draw: Callable[[Any], object],
    width: float,
    height: float,
    settings: dict[str, Any],
    options: dict[str, Any],
) -> bytes:
    """The file of a picture, with settings of matplotlib and options of its `savefig`."""
    buffer = io.BytesIO()
    with rc_context(AS_WRITTEN | settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", NO_GLYPH, UserWarning)
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        figure.savefig(buffer, bbox_inches="tight", **options)
    return buffer.getvalue()


def plain(axes: Any) -> None:
    """Leave only the two spines that carry numbers."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(MUTED)
    axes.tick_params(colors=MUTED, labelsize=SMALL, labelcolor=INK)


def title(axes: Any, text: str, note: str = "") -> None:
    """Write a heading over the axes, and a note under it in smaller type."""
    axes.set_title(text, loc="left", fontsize=TITLE, color=INK, pad=24 if note else 10)
    if note:
        axes.annotate(
            note,
            (0, 1),
            (0, 8),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=SMALL,
            color=MUTED,
        )


def view_name(name: str) -> str:
    """Name of a view, cut where it is too long for an axis."""
    return shortened(name, LONGEST_NAME)


def readable_on(colour: Any) -> str:
    """Black or white, whichever reads better on a colour (red, green, blue, ...)."""
    light = float(np.dot(np.asarray(colour[:3]), (0.299, 0.587, 0.114)))
    return "black" if light > 0.55 else "white"
