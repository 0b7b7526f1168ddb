"""The pictures of an alignment."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from polycontrast.plot.curves import draw_loss, draw_validation
from polycontrast.plot.gap import draw_gap
from polycontrast.plot.neighbours import embed_in_plane
from polycontrast.plot.projection import draw_projection
from polycontrast.plot.recall import draw_recall
from polycontrast.plot.style import INK, MUTED, SMALL, png
from polycontrast.plot.theme import svg
from polycontrast.wording import shortened

MOST_POINTS = 720  # of all views in the projection: more are slow to place and hard to see
LONGEST_NOTE = 60


@dataclass
class Scene:
    """Content of the pictures.

    Parameters
    ----------
    names : list of str
        Of the M views.
    recalls_of : list of (str, str, array (M, M))
        Heading, note, and recall@1 on held-out rows, for each panel; the last one is after
        training. Nan for a pair that was not measured.
    worse : array (M, M) of bool
        Pairs to mark in the last panel.
    losses, recalls : list of float
        By iteration, from the start on.
    best : int
        Iteration that was kept.
    unit : str
        Name of an iteration.
    aligned : array (M, n, dim)
        Nan where a row is missing.
    rows : str
        Which rows these are.
    labels : array (n,), optional
    gaps : list of (str, str, array, array)
        Heading, note, and cosines of matching and of other rows, for each panel.
    accuracy, majority : float, optional
        Of a linear probe for the labels, and of the most frequent label.
    """

    names: list[str]
    recalls_of: list[tuple[str, str, np.ndarray]]
    worse: np.ndarray
    losses: list[float]
    recalls: list[float]
    best: int
    unit: str
    aligned: np.ndarray
    labels: np.ndarray | None
    rows: str = "held-out rows"
    gaps: list[tuple[str, str, np.ndarray, np.ndarray]] = field(default_factory=list)
    accuracy: float | None = None
    majority: float | None = None
    places: np.ndarray | None = field(default=None, init=False)
    shown: np.ndarray | None = field(default=None, init=False)

    def panel(self, n: int) -> "Scene":
        """The same with one panel of recall; pairs are marked in the last one only."""
        last = n == len(self.recalls_of) - 1
        worse = self.worse if last else np.zeros_like(self.worse)
        return replace(self, recalls_of=[self.recalls_of[n]], worse=worse)

    def place(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Places in the plane of some held-out rows (M, some, 2), and their labels."""
        if self.places is None:
            views, rows, dim = self.aligned.shape
            some = min(rows, max(2, MOST_POINTS // views))
            self.shown = np.linspace(0, rows - 1, some).astype(int)
            flat = self.aligned[:, self.shown].reshape(views * some, dim)
            there = ~np.isnan(flat).any(axis=1)
            places = np.full((views * some, 2), np.nan)
            places[there] = embed_in_plane(flat[there])
            self.places = places.reshape(views, some, 2)
        return self.places, None if self.labels is None else self.labels[self.shown]


def page_pictures(scene: Scene) -> dict[str, list[str]]:
    """Pictures of a page as SVG, by part of the page; each panel is a picture of its own.

    A narrow page can show them one below the other. Their colours are variables of the page:
    ``--ink``, ``--muted``, ``--grid``, ``--paper`` and ``--colour-0`` to ``--colour-9``.
    """
    side = 1.9 + 0.42 * max(len(scene.names), 6)
    off = ~np.eye(len(scene.names), dtype=bool)
    pictures: dict[str, list[str]] = {"recall": [], "gap": []}
    for n, (when, note, matrix) in enumerate(scene.recalls_of):

        def draw(figure: Any, n: int = n) -> None:
            _draw_matrices(figure, scene.panel(n))

        words = f"{when}, {note}: mean recall at 1 is {np.nanmean(matrix[off]):.3f}"
        pictures["recall"].append(svg(draw, side, side + 0.5, words))
    for heading, note, matching, others in scene.gaps:

        def draw_one(figure: Any, given: Any = (matching, others, heading, note)) -> None:
            draw_gap(figure.subplots(), *given)

        pictures["gap"].append(svg(draw_one, 4.4, 2.9, f"Cosines, {heading}: {note}"))
    words = f"{scene.rows} in the plane"
    pictures["projection"] = [svg(lambda f: _draw_projection(f.subplots(), scene), 6.6, 6.6, words)]
    pictures["curves"] = [
        svg(lambda f: _draw_loss(f.subplots(), scene), 4.8, 3.2, "Training loss by iteration")
    ]
    if scene.recalls:
        words = "Recall on the validation rows by iteration"
        pictures["curves"].append(
            svg(lambda f: _draw_validation(f.subplots(), scene), 4.8, 3.2, words)
        )
    return pictures


def recall_picture(scene: Scene) -> bytes:
    """Recall@1 between all pairs of views, one panel beside the other, as PNG."""
    side = 1.9 + 0.42 * max(len(scene.names), 4)
    width = len(scene.recalls_of) * side + 1.6
    return png(lambda figure: _draw_matrices(figure, scene), width, side + 0.9)


def curves_picture(scene: Scene) -> bytes:
    """Training loss, and recall on the validation rows, as PNG."""
    return png(lambda figure: _draw_curves(figure.subplots(1, 2), scene), 10.5, 3.6)


def projection_picture(scene: Scene) -> bytes:
    """Held-out rows in the plane, as PNG."""
    return png(lambda figure: _draw_projection(figure.subplots(), scene), 7.5, 7.6)


def summary_picture(scene: Scene) -> bytes:
    """All of it on one sheet, as PNG."""

    def draw(figure: Any) -> None:
        bottom = figure
        if scene.recalls_of:
            top, bottom = figure.subfigures(2, 1, height_ratios=(1, 1.35), hspace=0.04)
            _draw_matrices(top, scene)
        left, right = bottom.subfigures(1, 2, width_ratios=(1.25, 1), wspace=0.04)
        _draw_projection(left.subplots(), scene)
        _draw_curves(right.subplots(2, 1), scene)

    return png(draw, 14.5, 12.6 if scene.recalls_of else 7.4)


def _draw_curves(panels: Any, scene: Scene) -> None:
    first, second = panels
    _draw_loss(first, scene)
    if scene.recalls:
        _draw_validation(second, scene)
    else:
        second.set_visible(False)


def _draw_loss(axes: Any, scene: Scene) -> None:
    draw_loss(axes, scene.losses, scene.best, scene.unit)


def _draw_validation(axes: Any, scene: Scene) -> None:
    draw_validation(axes, scene.recalls, scene.best, scene.unit)


def _draw_matrices(figure: Any, scene: Scene) -> None:
    panels = figure.subplots(1, len(scene.recalls_of), squeeze=False)[0]
    off = ~np.eye(len(scene.names), dtype=bool)
    last = len(panels) - 1
    for n, (axes, (when, note, matrix)) in enumerate(zip(panels, scene.recalls_of, strict=True)):
        heading = f"{when}: recall@1 is {np.nanmean(matrix[off]):.3f}"
        note = shortened(note, LONGEST_NOTE)
        marked = scene.worse if n == last else None
        image = draw_recall(axes, matrix, scene.names, heading, note, n == 0, marked=marked)
    panels[0].set_ylabel("a held-out row of this view …", fontsize=SMALL, color=MUTED)
    panels[-1].set_xlabel("… finds its own row in this view", fontsize=SMALL, color=MUTED)
    bar = figure.colorbar(image, ax=list(panels), fraction=0.02, pad=0.01)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=SMALL, labelcolor=INK, length=0)


def _draw_projection(axes: Any, scene: Scene) -> None:
    places, labels = scene.place()
    views, count = places.shape[:2]
    heading = f"{scene.rows.capitalize()} in the shared space"
    if scene.accuracy is not None:
        heading = f"{scene.rows.capitalize()}: a linear probe reads {scene.accuracy:.0%} of labels"
        if scene.majority is not None:
            heading += f" (majority {scene.majority:.0%})"
    coloured = "coloured by view" if labels is None else "coloured by label, marked by view"
    note = f"{count} rows as each of {views} views shows them, {coloured} (t-SNE)"
    draw_projection(axes, places, scene.names, labels, heading, note)
