"""What the report says of the rows: how they were matched by id, their groups, and splits."""

from typing import Any

import numpy as np

from polycontrast.align.job.more_splits import splits_of, splits_sentence
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
