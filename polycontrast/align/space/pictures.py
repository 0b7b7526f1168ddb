"""Pictures of one or two spaces, for the page (needs matplotlib)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from polycontrast.align.space.measures import Measured
from polycontrast.align.space.report import worse_pairs
from polycontrast.plot.neighbours import embed_in_plane
from polycontrast.plot.projection import draw_projection
from polycontrast.plot.recall import draw_recall
from polycontrast.plot.style import INK, MUTED, SMALL
from polycontrast.plot.theme import svg
from polycontrast.wording import shortened

MOST_POINTS = 720  # of all views in a projection
LONGEST_NAME = 30


def page_pictures(measured: Sequence[Measured]) -> dict[str, list[str]]:
    """SVG of the parts of the page: ``recall`` and ``projection``, a picture for each space.

    There is no projection where fewer than three rows have all views.
    """
    worse, last = worse_pairs(measured), len(measured) - 1
    recall = [
        _recall(one, worse if n == last else np.zeros_like(worse)) for n, one in enumerate(measured)
    ]
    rows = np.flatnonzero(measured[0].there.all(axis=0))
    if len(rows) < 3:
        return {"recall": recall, "projection": []}
    most = max(2, MOST_POINTS // len(measured[0].names))
    shown = rows[np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(int)]
    return {"recall": recall, "projection": [_projection(one, shown) for one in measured]}


def _recall(one: Measured, worse: np.ndarray) -> str:
    """Recall@1 between all pairs of views."""
    side = 1.9 + 0.42 * max(len(one.names), 6)
    heading = f"{_name(one)}: recall@1 is {one.recalls.mean(1):.3f}"

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        image = draw_recall(axes, one.recalls.matrix(1), one.names, heading, marked=worse)
        axes.set_ylabel("a row of this view …", fontsize=SMALL, color=MUTED)
        axes.set_xlabel("… finds its own row in this view", fontsize=SMALL, color=MUTED)
        bar = figure.colorbar(image, ax=axes, fraction=0.02, pad=0.01)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=SMALL, labelcolor=INK, length=0)

    return svg(draw, side, side + 0.5, f"Between pairs of views, {heading}")


def _projection(one: Measured, shown: np.ndarray) -> str:
    """Some rows, which all views have, in the plane."""
    views = len(one.names)
    places = embed_in_plane(one.units[:, shown].reshape(views * len(shown), -1))
    places = places.reshape(views, len(shown), 2)
    labels = one.space.labels
    labels = None if labels is None else labels[one.rows[shown]]
    note = f"{len(shown)} rows as each of {views} views shows them (t-SNE)"

    def draw(figure: Any) -> None:
        draw_projection(figure.subplots(), places, one.names, labels, _name(one), note)

    return svg(draw, 6.6, 6.6, f"Rows of all views in the plane, {_name(one)}")


def _name(one: Measured) -> str:
    return shortened(one.space.name, LONGEST_NAME)
