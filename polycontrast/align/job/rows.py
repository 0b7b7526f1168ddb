"""What the report says of the rows: how they were matched by id, their groups, and splits."""

from collections.abc import Callable
from typing import Any

import numpy as np

from polycontrast.align.job.more_splits import splits_of, splits_section, splits_sentence
from polycontrast.align.job.names import ITEMS
from polycontrast.align.job.task import Outcome


def rows_of(outcome: Outcome) -> dict[str, Any]:
    """Figures of the report, where rows were matched, belong to groups or were split again."""
    task, found = outcome.task, {}
    if task.matched is not None:
        found["matching"] = task.matched.counts
    if task.samples is not None and task.samples.groups is not None:
        parts = {"n_train": outcome.train_rows, "n_test": outcome.test_rows}
        found["groups"] = {
            name: len(np.unique(task.samples.groups[rows])) for name, rows in parts.items()
        }
    if outcome.splits:
        found["folds"] = splits_of(outcome)
    return found


def sentences_of(report: dict[str, Any]) -> list[str]:
    """The same in words, one sentence a figure."""
    said = []
    if matching := report.get("matching"):
        said.append(
            f"{matching['matched']:,} of {matching['ids']:,} ids were found in every view, "
            f"{matching['incomplete']:,} in some, and {matching['dropped']:,} in one alone, which "
            "were dropped."
        )
    if groups := report.get("groups"):
        said.append(
            f"Rows of {groups['n_train']:,} groups were learned from, and rows of "
            f"{groups['n_test']:,} others were held out."
        )
    if folds := report.get("folds"):
        said.append(splits_sentence(folds))
    return said


def matching_section(report: dict[str, Any], shown: Callable[[object], str]) -> str:
    """A part of the page; empty where there is nothing to say.

    Parameters
    ----------
    report : dict
    shown : callable
        Words of users as HTML.
    """
    folds = splits_section(report["folds"], shown) if "folds" in report else ""
    said = sentences_of({name: report[name] for name in ("matching", "groups") if name in report})
    if not said:
        return folds
    section = f"<h2>Rows</h2>\n<p>{shown(' '.join(said))}</p>"
    if "matching" not in report:
        return section + folds
    head = ["view", "rows", "ids", "missing", "dropped"]
    lines = [head, *([v, *(f"{n:,}" for n in c.values())] for v, c in _views(report))]
    cells = [
        "".join(f"<{tag}>{shown(cell)}</{tag}>" for cell in line)
        for tag, line in zip(["th"] + ["td"] * len(lines), lines, strict=False)
    ]
    table = "".join(f"<tr>{line}</tr>" for line in cells)
    return (
        f"{section}\n<table>{table}</table>\n<p>Missing: ids that other views share and this one "
        f"lacks. Dropped: ids that only this view has. <code>{ITEMS}</code> names each aligned "
        f"row.</p>{folds}"
    )


def _views(report: dict[str, Any]) -> list[tuple[str, dict[str, int]]]:
    return list(report["matching"]["views"].items())
