"""The files of an alignment."""

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.heads import save_heads
from polycontrast.align.job.names import HEADS, ITEMS, PAGE, PICTURE, REPORT, row_files
from polycontrast.align.job.output import write_all
from polycontrast.align.job.report import report_of, to_html, to_json
from polycontrast.align.job.task import Outcome
from polycontrast.align.problem import take_rows
from polycontrast.align.streams import in_memory, save_rows
from polycontrast.arrays import one_blas_thread
from polycontrast.wording import literal


def write_results(folder: Path, outcome: Outcome, extra: dict[str, Any] | None = None) -> None:
    """Write heads, aligned rows, the report for programs and for people, and one picture.

    Parameters
    ----------
    folder : Path
        Exists and is empty.
    outcome : Outcome
    extra : dict, optional
        For the report.

    Raises
    ------
    Unfinished
        When a file could not be written. The others are there; the heads come first.
    """
    heads = dict(zip(map(literal, outcome.aligned), outcome.aligner.heads_, strict=True))
    files = row_files(outcome.aligned)
    report = report_of(outcome, {"files": files} | (extra or {}))
    pictures: dict[str, bytes] = {}

    def draw_summary(path: Path) -> None:
        pictures.update(draw(outcome, report))
        path.write_bytes(pictures["summary"])

    steps: dict[str, Callable[[Path], object]] = {
        HEADS: lambda path: save_heads(path, heads),
        REPORT: lambda path: path.write_text(to_json(report), encoding="utf-8"),
    }
    for m, (name, rows) in enumerate(outcome.aligned.items()):
        steps[files[name]] = partial(save_rows, rows=rows, there=outcome.there(m))
    if outcome.task.matched is not None:
        steps[ITEMS] = partial(save_items, outcome=outcome)
    steps[PICTURE] = draw_summary
    steps[PAGE] = lambda path: path.write_text(to_html(report, pictures), encoding="utf-8")
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


def _shown_rows(outcome: Outcome) -> np.ndarray:
    """Held-out rows of all views (M, n, dim), nan where one is missing."""
    found = []
    for m, rows in enumerate(outcome.aligned.values()):
        part = np.array(in_memory(take_rows(rows, outcome.test_rows)))
        part[~outcome.there(m)[outcome.test_rows]] = np.nan
        found.append(part)
    return np.stack(found)


@one_blas_thread
def draw(outcome: Outcome, report: dict[str, Any]) -> dict[str, bytes]:
    """Pictures as PNG: ``recall``, ``curves``, ``projection``, and all of it as ``summary``."""
    from polycontrast import plot  # matplotlib is an extra

    aligner, labels = outcome.aligner, outcome.task.labels
    scene = plot.Scene(
        names=list(outcome.aligned),
        before=outcome.before[1],
        start=outcome.start[1],
        after=outcome.after[1],
        losses=aligner.history_["loss"],
        recalls=aligner.history_["recall"],
        best=aligner.best_iter_,
        unit=aligner.unit_,
        aligned=_shown_rows(outcome),
        labels=None if labels is None else labels[outcome.test_rows],
        objective=report["objective"],
        accuracy=report.get("probe_accuracy"),
    )
    return {
        "recall": plot.recall_picture(scene),
        "curves": plot.curves_picture(scene),
        "projection": plot.projection_picture(scene),
        "summary": plot.summary_picture(scene),
    }
