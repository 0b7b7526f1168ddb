"""Pictures are drawn for few and many views, with and without labels, and stay legible."""

import re
from itertools import chain, pairwise

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from polycontrast.plot import (
    Scene,
    curves_picture,
    page_pictures,
    projection_picture,
    recall_picture,
    summary_picture,
)
from polycontrast.plot.curves import draw_loss
from polycontrast.plot.neighbours import embed_in_plane
from polycontrast.plot.projection import name_places
from polycontrast.plot.recall import draw_recall
from polycontrast.plot.style import INK, MUTED, PAPER


def scene(views=6, rows=40, labels=None, recalls=True, dim=5):
    rng = np.random.default_rng(0)
    aligned = rng.standard_normal((views, rows, dim))
    aligned /= np.linalg.norm(aligned, axis=2, keepdims=True)
    matrix = rng.uniform(0, 1, (views, views))
    return Scene(
        names=[f"view_with_a_long_name_{n}" for n in range(views)],
        recalls_of=[("Before", "raw columns", matrix / 2), ("After", "learned heads", matrix)],
        worse=matrix < 0.1,
        losses=[3.0, 2.0, 1.5],
        recalls=[0.1, 0.3, 0.2] if recalls else [],
        best=1,
        unit="iteration",
        aligned=aligned,
        labels=labels,
    )


def size_of(png):
    assert png.startswith(b"\x89PNG")
    return tuple(int.from_bytes(png[n : n + 4], "big") for n in (16, 20))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"views": 2, "recalls": False, "dim": 1},
        {"views": 14, "rows": 8},
        {"labels": np.arange(40) % 10},
        {"labels": np.array(["a name", "another"])[np.arange(40) % 2]},
        {"labels": np.arange(40) % 20 + 0.0},
    ],
    ids=["plain", "two views", "many views", "digits", "words", "many labels"],
)
def test_everything_fits_on_one_sheet(options):
    """A sheet of a readable size, without a warning of the layout or of a missing letter."""
    width, height = size_of(summary_picture(scene(**options)))
    assert 1200 < width < 4000
    assert 1200 < height < 4000


@pytest.mark.parametrize("draw", [recall_picture, curves_picture, projection_picture])
def test_every_picture_is_drawn_alone(draw):
    width, height = size_of(draw(scene(labels=np.arange(40) % 10)))
    assert 900 < width < 4000
    assert 400 < height < 2000


def test_pictures_of_a_page_take_its_colours():
    """A picture a panel, with the colours of ink and of classes as variables, apart on a page."""
    shown = scene(labels=np.arange(40) % 10)
    cosines = np.linspace(-1, 1, 50)
    shown.gaps = [("Start", "a note", cosines, -cosines)]
    pictures = page_pictures(shown)
    assert {name: len(found) for name, found in pictures.items()} == {
        "recall": 2,
        "gap": 1,
        "projection": 1,
        "curves": 2,
    }
    every = [*chain(*pictures.values())]
    text = "".join(every)
    assert {f"var(--colour-{n})" for n in range(10)} <= set(re.findall(r"var\([^)]*\)", text))
    assert not re.search(f"{INK}|{MUTED}|{PAPER}", text, re.IGNORECASE)
    names = [name for svg in every for name in set(re.findall(r'id="([^"]*)"', svg))]
    assert len(names) == len(set(names))


def test_names_on_the_axes_do_not_overlap():
    """The boxes of neighbouring row names, as they are drawn, are apart."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    names = [f"karhunen_loeve_{n}" for n in range(8)]
    draw_recall(axes, np.full((8, 8), 0.5), names, "After: recall@1 is 0.500", "a note")
    canvas.draw()
    boxes = [text.get_window_extent() for text in axes.get_yticklabels()]
    assert not any(a.overlaps(b) for a, b in pairwise(boxes))


def test_names_of_classes_keep_apart():
    """Two classes in one place and one elsewhere: three names, each amid its own points."""
    rng = np.random.default_rng(0)
    middles = {"6": (0, 0), "9": (0, 0), "0": (5, 5)}
    points = {
        name: np.array(middle) + rng.standard_normal((40, 2)) for name, middle in middles.items()
    }
    places = name_places(points)
    extent = np.ptp(np.concatenate(list(points.values())), axis=0).max()
    assert np.linalg.norm(places["6"] - places["9"]) >= 0.07 * extent
    for name, middle in middles.items():
        assert np.linalg.norm(places[name] - middle) < 1.5


def test_neighbours_stay_neighbours():
    """Three far groups on the sphere are three groups in the plane, every time the same."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(3), 30)
    rows = np.eye(6)[group] + 0.05 * rng.standard_normal((90, 6))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    places = embed_in_plane(rows)
    np.testing.assert_array_equal(places, embed_in_plane(rows))
    distance = np.linalg.norm(places[:, None] - places[None], axis=2) + 1e9 * np.eye(90)
    assert np.mean(group[np.argmin(distance, axis=1)] == group) == 1
    centres = np.stack([places[group == g].mean(axis=0) for g in range(3)])
    spread = max(np.linalg.norm(places[group == g] - centres[g], axis=1).max() for g in range(3))
    assert (
        min(np.linalg.norm(centres[a] - centres[b]) for a, b in ((0, 1), (0, 2), (1, 2))) > spread
    )


def test_points_that_coincide_are_no_trouble():
    assert np.isfinite(embed_in_plane(np.ones((12, 3)) / np.sqrt(3))).all()


def texts_of(draw):
    figure = Figure()
    axes = figure.subplots()
    draw(axes)
    return [text.get_text() for text in axes.texts] + [axes.get_title(loc="left")]


@pytest.mark.parametrize(
    ("losses", "best", "heading"),
    [
        ([3.0, 2.0, 1.5], 2, "The loss goes from 3 to 1.5"),
        ([3.0, 2.999], 1, "The loss goes from 3 to 2.999"),
        ([3.0, 2.0], 0, "The start is kept"),
        ([], 0, "No training"),
    ],
)
def test_the_heading_of_the_loss_says_what_happened(losses, best, heading):
    assert heading in texts_of(lambda axes: draw_loss(axes, losses, best, "iteration"))


def test_pairs_that_got_worse_are_marked_and_missing_ones_stay_empty():
    matrix = np.array([[1.0, 0.5, np.nan], [0.25, 1.0, 0.75], [np.nan, 0.5, 1.0]])
    marked = np.zeros((3, 3), dtype=bool)
    marked[1, 0] = True
    found = texts_of(lambda axes: draw_recall(axes, matrix, ["a", "b", "c"], "", marked=marked))
    assert sorted(found[:9]) == sorted([".50", "▼.25", ".75", ".50", "–", "–", "·", "·", "·"])


def test_without_held_out_rows_the_sheet_has_no_recall():
    lone = scene(labels=np.arange(40) % 10)
    lone.recalls_of, lone.rows = [], "rows learned from"
    width, height = size_of(summary_picture(lone))
    assert height < width


def test_missing_rows_are_not_drawn():
    """Rows that views lack, a class that no view shows, and a pair that was not measured."""
    given = scene(views=3, rows=12, labels=np.arange(12) % 3)
    given.aligned[0, :5] = given.aligned[2, 8:] = np.nan
    given.aligned[:, 2::3] = np.nan
    given.recalls_of[1][2][0, 1] = np.nan
    places, _ = given.place()
    np.testing.assert_array_equal(np.isnan(places[..., 0]), np.isnan(given.aligned[..., 0]))
    assert size_of(summary_picture(given)) > (1200, 1200)
