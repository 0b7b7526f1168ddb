"""The files of an alignment."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.job.names import HEADS, PAGE, PICTURE, REPORT, row_files
from polycontrast.align.job.output import write_all
from polycontrast.align.job.report import report_of, to_html, to_json
from polycontrast.align.job.task import Outcome
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
    names = list(map(literal, outcome.aligned))
    files = row_files(outcome.aligned)
    report = report_of(outcome, {"files": files} | (extra or {}))
    pictures: dict[str, bytes] = {}

    def draw_summary(path: Path) -> None:
        pictures.update(draw(outcome, report))
        path.write_bytes(pictures["summary"])

    steps: dict[str, Callable[[Path], object]] = {
        HEADS: lambda path: outcome.aligner.save(path, names),
        REPORT: lambda path: path.write_text(to_json(report), encoding="utf-8"),
    }
    for name, rows in outcome.aligned.items():
        steps[files[name]] = partial(np.save, arr=rows)
    steps[PICTURE] = draw_summary
    steps[PAGE] = lambda path: path.write_text(to_html(report, pictures), encoding="utf-8")
    write_all(folder, steps)


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
        aligned=np.stack([rows[outcome.test_rows] for rows in outcome.aligned.values()]),
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
