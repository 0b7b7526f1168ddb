"""Everything that an alignment leaves behind, written into one folder."""

from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.heads import save_heads
from polycontrast.align.job.report import report_of, to_html, to_json
from polycontrast.align.job.task import Outcome
from polycontrast.arrays import one_blas_thread


def write_results(folder: Path, outcome: Outcome, extra: dict[str, Any] | None = None) -> None:
    """Write heads, aligned rows, the report for programs and for people, and one picture.

    Parameters
    ----------
    folder : Path
        Exists and is empty.
    outcome : Outcome
    extra : dict, optional
        For the report.
    """
    report = report_of(outcome, extra)
    save_heads(
        folder / "heads.npz", dict(zip(outcome.aligned, outcome.aligner.heads_, strict=True))
    )
    (folder / "aligned").mkdir()
    for name, rows in outcome.aligned.items():
        np.save(folder / "aligned" / f"{name}.npy", rows)
    (folder / "report.json").write_text(to_json(report), encoding="utf-8")
    pictures = draw(outcome, report)
    (folder / "summary.png").write_bytes(pictures.pop("summary"))
    page = to_html(report, pictures)
    (folder / "report.html").write_text(page, encoding="utf-8")


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
