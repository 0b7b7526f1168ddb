"""Sections of the page: pictures with their tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from polycontrast.align.job.page import tables
from polycontrast.align.job.page.words import between
from polycontrast.align.page import parts
from polycontrast.align.page.marks import LONGEST, named, table
from polycontrast.align.page.parts import figure
from polycontrast.wording import shortened

STAGES = {"raw": "raw columns", "start": "start of training", "after": "after training"}


def tiles(report: dict[str, Any]) -> str:
    """Further figures, large."""
    held, found = report["holdout"], []
    if held:
        found = [
            (f"{held[f'recall@{k}']:.3f}", f"recall@{k} ({between(held, k)})") for k in (5, 10)
        ]
    if "probe_accuracy" in report:
        low, high = report["probe_interval"]
        said = f"of labels by a linear probe ({low:.1%} to {high:.1%}); "
        said += f"the most frequent label: {report['probe_majority']:.1%}"
        found.append((f"{report['probe_accuracy']:.1%}", said))
    found.append((f"{report['seconds']:.1f} s", "computing"))
    return parts.tiles(found)


def recall(report: dict[str, Any], pictures: Mapping[str, Sequence[str]]) -> str:
    """Who finds whom: pictures, methods, and pairs of views."""
    if not report["holdout"]:
        return ""
    caption = (
        "Each cell is a share of the held-out rows of the view on the left. For these rows, the "
        "nearest row in the view of the column is the same thing."
    )
    if report["worse_pairs"]:
        caption += " ▼ marks pairs that got worse, by more than chance explains."
    return (
        f"<h2>Who finds whom</h2>{figure(pictures['recall'], caption)}"
        f"<h3>Methods</h3>{tables.methods(report)}"
        f"<h3>Pairs of views</h3>{tables.pairs(report)}"
    )


def failures(report: dict[str, Any]) -> str:
    """Where it fails: the worst rows, and what is taken for what."""
    found = report["failures"]
    if not found or not report["holdout"]:
        return ""
    if not found["rows"]:
        return "<h2>Where it fails</h2><p>Every held-out row finds its own row first.</p>"
    head = ["row", "of", "searched in", "rank of its own", "cosine", "nearest wrong rows (cosine)"]
    lines = [
        [
            thing(one),
            named(one["from"]),
            named(one["to"]),
            f"{one['rank']:,}",
            f"{one['cosine']:.3f}",
            ", ".join(f"{thing(near)} ({near['cosine']:.3f})" for near in one["nearest"]),
        ]
        for one in found["rows"]
    ]
    section = [
        "<h2>Where it fails</h2><h3>The worst rows</h3>",
        table(head, lines, "Rank 2 means that one wrong row is nearer than the row's own."),
    ]
    if found["labels"]:
        lines = [
            [named(one["wanted"]), named(one["found"]), f"{one['times']:,}"]
            for one in found["labels"]
        ]
        section.append("<h3>Labels</h3>")
        foot = "Rows that fail: the label of the row, and that of the nearest wrong row."
        section.append(table(["label", "label of what is found", "times"], lines, foot))
    lines = [
        [thing(one["wanted"]), thing(one["found"]), f"{one['times']:,}"]
        for one in found["confused"]
    ]
    section.append("<h3>Rows taken for one another</h3>")
    foot = "Times: ordered pairs of views in which the wrong row is the nearest one."
    section.append(table(["row", "nearest wrong row", "times"], lines, foot))
    return "".join(section)


def thing(described: dict[str, Any]) -> str:
    """Name of a row: its id, or its number, and its label where there is one."""
    name = (
        named(shortened(described["id"], LONGEST))
        if "id" in described
        else f"row {described['row']}"
    )
    return f"{name} [{named(described['label'])}]" if "label" in described else name


def gap(report: dict[str, Any], pictures: Mapping[str, Sequence[str]]) -> str:
    """The gap between views, before and after."""
    figures = report["gap"]
    if not figures or not report["holdout"]:
        return ""
    head = ["", "distance of centroids", "cosine of the same row", "cosine of different rows"]
    keys = ("centroid_distance", "matching_cosine", "other_cosine")
    lines = [[STAGES[name], *(f"{one[key]:.3f}" for key in keys)] for name, one in figures.items()]
    caption = (
        "Cosines between two views: of the same row, and of two different rows. The less the two "
        "overlap, the better rows are found."
    )
    foot = (
        "The gap is the distance between the centroids of two views, whose rows have length 1. "
        "Figures are means over the pairs of views."
    )
    pictured = figure(pictures.get("gap", ()), caption)
    return f"<h2>The gap between views</h2>{pictured}{table(head, lines, foot)}"
