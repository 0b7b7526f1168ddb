"""The files of an alignment."""

import csv
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.job.figures import gaps_of
from polycontrast.align.job.more_splits import measure_splits
from polycontrast.align.job.names import HEADS, ITEMS, PAGE, PICTURE, REPORT, row_files
from polycontrast.align.job.output import write_all
from polycontrast.align.job.page import to_html
from polycontrast.align.job.report import report_of, to_json, worse_matrix
from polycontrast.align.job.rivals import BEFORE, NAMES
from polycontrast.align.job.task import Outcome, measure_outcome
from polycontrast.align.streams import in_memory, save_rows
from polycontrast.align.training.problem import take_rows
from polycontrast.align.watch import Watch, unwatched
from polycontrast.arrays import one_blas_thread
from polycontrast.wording import literal

MOST_ROWS = 10_000  # that a picture chooses its rows from


def write_results(
    folder: Path,
    outcome: Outcome,
    extra: dict[str, Any] | None = None,
    watch: Watch = unwatched,
) -> None:
    """Write heads and aligned rows, measure them, write both reports and one picture.

    What was learned is written first, so that whatever ends the rest early leaves it.

    Parameters
    ----------
    folder : Path
        Exists and is empty.
    outcome : Outcome
        As `fit` returns it, or measured already.
    extra : dict, optional
        For the report.
    watch : callable, optional
        Gets the phase, the steps done, and their number.

    Raises
    ------
    Unfinished
        When a file could not be written. The others are there; the heads come first.
    """
    names = list(map(literal, outcome.aligned))
    files = row_files(outcome.aligned)
    pictures: dict[str, Any] = {}

    @cache
    def report() -> dict[str, Any]:
        if not outcome.recalls:
            measure_outcome(outcome, watch)
            measure_splits(outcome, watch)
        return report_of(outcome, {"files": files} | (extra or {}))

    def draw_summary(path: Path) -> None:
        report()  # measures
        pictures.update(draw(outcome, watch))
        path.write_bytes(pictures["summary"])

    steps: dict[str, Callable[[Path], object]] = {}
    steps[HEADS] = lambda path: outcome.aligner.save(path, names)
    views = len(outcome.aligned)
    for m, (name, rows) in enumerate(outcome.aligned.items()):

        def step(done: int, before: int = m * len(rows), total: int = views * len(rows)) -> None:
            watch("writing the rows", before + done, total)

        steps[files[name]] = partial(save_rows, rows=rows, there=outcome.there(m), watch=step)
    if outcome.task.matched is not None:
        steps[ITEMS] = partial(save_items, outcome=outcome)
    steps[REPORT] = lambda path: path.write_text(to_json(report()), encoding="utf-8")
    steps[PICTURE] = draw_summary
    steps[PAGE] = lambda path: path.write_text(to_html(report(), pictures), encoding="utf-8")
    write_all(folder, steps)


def save_items(path: Path, outcome: Outcome) -> None:
    """Write which thing each aligned row is: its id, the side of the split, the views that have it.

    The table is in the order of the rows of ``aligned/<view>.npy``.
    """
    held = np.zeros(len(outcome.train_rows) + len(outcome.test_rows), dtype=bool)
    held[outcome.test_rows] = True
    there = [outcome.there(m).astype(int).tolist() for m in range(len(outcome.aligned))]
    assert outcome.task.matched is not None
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        table = csv.writer(file)
        table.writerow(["id", "held_out", *outcome.aligned])
        table.writerows(
            zip(outcome.task.matched.ids.tolist(), held.astype(int).tolist(), *there, strict=True)
        )


@one_blas_thread
def draw(outcome: Outcome, watch: Watch = unwatched) -> dict[str, Any]:
    """Pictures by name: ``summary`` is one sheet as PNG, others are lists of SVG for the page."""
    from polycontrast import plot  # matplotlib is an extra

    aligner, labels = outcome.aligner, outcome.task.labels
    held = len(outcome.test_rows) > 0
    rows = outcome.measured_rows if held else outcome.train_rows
    rows = rows[:: 1 + len(rows) // MOST_ROWS]
    scene = plot.Scene(
        names=list(outcome.aligned),
        recalls_of=recall_panels(outcome),
        worse=worse_matrix(outcome),
        losses=aligner.history_["loss"],
        recalls=aligner.history_["recall"],
        best=aligner.best_iter_,
        unit=aligner.unit_,
        aligned=_shown_rows(outcome, rows),
        rows="held-out rows" if held else "rows learned from",
        labels=None if labels is None else labels[rows],
        gaps=gap_panels(outcome),
        accuracy=outcome.accuracy.get("mean"),
        majority=outcome.accuracy.get("majority"),
    )
    watch("drawing", 0, 2)
    summary = plot.summary_picture(scene)
    watch("drawing", 1, 2)
    parts = plot.page_pictures(scene)
    watch("drawing", 2, 2)
    return {"summary": summary, **parts}


def gap_panels(outcome: Outcome) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    """Heading, note, and cosines of matching and of other rows, before training and after."""
    headings = {"raw": "Raw columns", "start": "Start of training", "after": "After training"}
    return [
        (headings[gap.name], f"distance of centroids {gap.distance:.3f}", gap.matching, gap.others)
        for gap in gaps_of(outcome)
    ]


def _shown_rows(outcome: Outcome, rows: np.ndarray) -> np.ndarray:
    """Some rows of all views in the shared space (M, n, dim), nan where one is missing."""
    found = []
    for m, z in enumerate(outcome.aligned.values()):
        part = np.array(in_memory(take_rows(z, rows)))
        part[~outcome.there(m)[rows]] = np.nan
        found.append(part)
    return np.stack(found)


def recall_panels(outcome: Outcome) -> list[tuple[str, str, np.ndarray]]:
    """Heading, note and recall@1 of each panel: the best without training, the start, and after.

    Without training: a closed form, or the columns as they are where widths match.
    """
    found = outcome.recalls
    if "after" not in found:
        return []
    best = max((name for name in NAMES if name in found), key=lambda name: found[name].mean())
    learned = getattr(outcome.aligner.objective, "name", outcome.aligner.objective)
    panels = [
        ("Before" if best in BEFORE else "Closed form", NAMES[best], best),
        ("Start", str(outcome.aligner.start_), "start"),
        ("After", f"heads learned with {learned}", "after"),
    ]
    return [(when, note, found[name].matrix(1)) for when, note, name in panels]
