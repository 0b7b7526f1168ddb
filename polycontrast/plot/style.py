"""How pictures look: colours that colour-blind readers can tell apart, marks, sizes of type."""

from typing import Any

import numpy as np

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
ACCENT, SECOND = "#0072B2", "#D55E00"
HEAT_MAP = "cividis"  # even in lightness, and the same with red-green blindness

SMALL, NORMAL, TITLE = 9, 10.5, 12.5


def plain(axes: Any) -> None:
    """Leave only the two spines that carry numbers."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(MUTED)
    axes.tick_params(colors=MUTED, labelsize=SMALL, labelcolor=INK)


def title(axes: Any, text: str, note: str = "") -> None:
    """Say what is to be seen, over the axes, with a smaller line under it."""
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


def spoken(name: str) -> str:
    """Name of a view as words; long ones are cut."""
    words = name.replace("_", " ")
    return words if len(words) <= 18 else words[:17] + "…"


def readable_on(colour: Any) -> str:
    """Black or white, whichever reads better on a colour (red, green, blue, ...)."""
    light = float(np.dot(np.asarray(colour[:3]), (0.299, 0.587, 0.114)))
    return "black" if light > 0.55 else "white"
