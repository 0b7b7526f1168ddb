"""Cosines of matching rows beside those of other rows."""

from typing import Any

import numpy as np

from polycontrast.plot.style import ACCENT, INK, MUTED, SECOND, SMALL, plain, title

BINS = 60
ROOM = 1.35  # above the curves, for their names


def draw_gap(
    axes: Any, matching: np.ndarray, others: np.ndarray, heading: str, note: str = ""
) -> None:
    """Draw two distributions of cosines: of the two views of one row, and of different rows.

    Parameters
    ----------
    axes : matplotlib Axes
    matching, others : array (n,)
    heading, note : str
    """
    edges = np.linspace(-1, 1, BINS + 1)
    kinds = (("different rows", others, SECOND, "--"), ("same row", matching, ACCENT, "-"))
    for name, cosines, colour, dashes in kinds:
        heights = np.histogram(np.clip(cosines, -1, 1), edges)[0] / max(len(cosines), 1)
        axes.stairs(heights, edges, fill=True, color=colour, alpha=0.25)
        axes.stairs(heights, edges, color=colour, linewidth=1.8, linestyle=dashes, label=name)
    axes.set_xlim(-1, 1)
    axes.set_ylim(0, axes.get_ylim()[1] * ROOM)
    axes.set_yticks([])
    axes.set_xlabel("cosine", fontsize=SMALL, color=MUTED)
    axes.legend(loc="upper left", fontsize=SMALL, frameon=False, labelcolor=INK)
    plain(axes)
    axes.spines["left"].set_visible(False)
    title(axes, heading, note)
