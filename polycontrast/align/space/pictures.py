"""Pictures of one or two spaces (needs matplotlib)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from polycontrast.align.space.measures import Measured
from polycontrast.align.space.report import worse_pairs
from polycontrast.plot.neighbours import embed_in_plane
from polycontrast.plot.projection import draw_projection
from polycontrast.plot.recall import draw_recall
from polycontrast.plot.style import MUTED, SMALL, png
from polycontrast.wording import shortened

MOST_POINTS = 720  # of all views in a projection
LONGEST_NAME = 30


def recall_picture(measured: Sequence[Measured]) -> bytes:
    """Recall@1 between all pairs of views, a panel for each space, as PNG."""
    names, last = measured[0].names, len(measured) - 1
    side = 1.9 + 0.42 * max(len(names), 4)

    def draw(figure: Any) -> None:
        panels = figure.subplots(1, len(measured), squeeze=False)[0]
        for n, (axes, one) in enumerate(zip(panels, measured, strict=True)):
            image = draw_recall(
                axes,
                one.recalls.matrix(1),
                names,
                f"{_name(one)}: recall@1 is {one.recalls.mean(1):.3f}",
                row_names=n == 0,
                marked=worse_pairs(measured) if n == last else None,
            )
        panels[0].set_ylabel("a row of this view …", fontsize=SMALL, color=MUTED)
        panels[-1].set_xlabel("… finds its own row in this view", fontsize=SMALL, color=MUTED)
        bar = figure.colorbar(image, ax=list(panels), fraction=0.02, pad=0.01)
        bar.outline.set_visible(False)

    return png(draw, len(measured) * max(side, 4.6) + 1.2, side + 0.9)


def projection_picture(measured: Sequence[Measured]) -> bytes | None:
    """Rows that all views have in the plane, a panel for each space; None where there are few."""
    views = len(measured[0].names)
    rows = np.flatnonzero(measured[0].there.all(axis=0))
    if len(rows) < 3:
        return None
    most = max(2, MOST_POINTS // views)
    shown = rows[np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(int)]
    labels = measured[0].space.labels
    labels = None if labels is None else labels[measured[0].rows[shown]]
    note = f"{len(shown)} rows as each of {views} views shows them (t-SNE)"

    def draw(figure: Any) -> None:
        panels = figure.subplots(1, len(measured), squeeze=False)[0]
        for axes, one in zip(panels, measured, strict=True):
            flat = one.units[:, shown].reshape(views * len(shown), -1)
            places = embed_in_plane(flat).reshape(views, len(shown), 2)
            draw_projection(axes, places, one.names, labels, _name(one), note)

    return png(draw, 6.6 * len(measured), 7.2)


def _name(one: Measured) -> str:
    return shortened(one.space.name, LONGEST_NAME)
