"""The main job: split the rows, align the views, measure on rows held out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from polycontrast.align.aligner import Aligner
from polycontrast.align.errors import BadInput
from polycontrast.align.evaluation import recall_matrices
from polycontrast.align.inputs import check_views
from polycontrast.align.probe import fit_probe
from polycontrast.align.problem import take_rows
from polycontrast.align.tracking import Progress
from polycontrast.arrays import Array, one_blas_thread, to_numpy

KS = (1, 5, 10)
FEWEST_ROWS = 10  # to learn from, and 2 to test on
MOST_PROBE_ROWS = 50_000


@dataclass
class Task:
    """Input of an alignment.

    Parameters
    ----------
    views : dict of array (rows, columns)
    columns : dict of list of str, optional
        Names of columns for messages and the report.
    labels : ndarray (rows,), optional
    holdout : float
        Share of the rows that nothing is learned from.
    seed : int
        Of the split.
    """

    views: dict[str, Array]
    columns: dict[str, list[str]] = field(default_factory=dict)
    labels: np.ndarray | None = None
    holdout: float = 0.3
    seed: int = 0


@dataclass
class Outcome:
    """Result of an alignment: fitted estimator, aligned rows, and figures of the held-out rows."""

    task: Task
    aligner: Aligner
    aligned: dict[str, np.ndarray]
    train_rows: np.ndarray
    test_rows: np.ndarray
    before: dict[int, np.ndarray]
    start: dict[int, np.ndarray]
    after: dict[int, np.ndarray]
    accuracy: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def constant_columns(self) -> dict[str, list[str]]:
        """Columns that do not vary over the training rows and were left out, by view."""
        found = {}
        for name, whitening in zip(self.task.views, self.aligner.whitenings_, strict=True):
            names = self.task.columns.get(name)
            found[name] = [names[j] if names else str(j) for j in whitening.constant]
        return found


def check_task(task: Task) -> Task:
    """The task with its views as floating arrays, after checks.

    Raises
    ------
    BadInput
    """
    names = list(task.views)
    columns = [task.columns.get(name, []) for name in names]
    views = check_views(list(task.views.values()), names, columns)
    rows = views[0].shape[0]
    test = round(task.holdout * rows)
    if test < 2 or rows - test < FEWEST_ROWS:
        got = f"{rows} rows give {rows - test} to learn from and {test} to test on"
        raise BadInput(f"too few rows: {got}; at least {FEWEST_ROWS} and 2 are needed")
    if task.labels is not None and not 2 <= len(np.unique(task.labels)) <= rows // 2:
        distinct = len(np.unique(task.labels))
        raise BadInput(f"labels must be classes that repeat; got {distinct} values in {rows} rows")
    return replace(task, views=dict(zip(names, views, strict=True)))


@one_blas_thread
def run(
    task: Task, aligner: Aligner, callback: Callable[[Progress], object] | None = None
) -> Outcome:
    """Do the job of a task that `check_task` returned; nothing is written.

    BLAS is held to one thread: the objective shares the tiles of the similarities among threads
    itself, and all other products are small.
    """
    began = time.perf_counter()
    views = list(task.views.values())
    rows = views[0].shape[0]
    order = np.random.default_rng(task.seed).permutation(rows)
    count = round(task.holdout * rows)
    test_rows, train_rows = np.sort(order[:count]), np.sort(order[count:])

    aligner.fit(
        [take_rows(view, train_rows) for view in views], callback=callback, names=list(task.views)
    )
    aligned = aligner.transform(views)
    test = [take_rows(view, test_rows) for view in views]
    after = [take_rows(view, test_rows) for view in aligned]
    start = [head.map(x) for head, x in zip(aligner.start_heads_, test, strict=True)]
    outcome = Outcome(
        task=task,
        aligner=aligner,
        aligned={name: to_numpy(z) for name, z in zip(task.views, aligned, strict=True)},
        train_rows=train_rows,
        test_rows=test_rows,
        before=recall_matrices(_unaligned(aligner, test), KS),
        start=recall_matrices(start, KS),
        after=recall_matrices(after, KS),
    )
    if task.labels is not None:
        outcome.accuracy = _probe(outcome, task.labels)
    outcome.seconds = time.perf_counter() - began
    return outcome


def _unaligned(aligner: Aligner, views: list[Array]) -> list[Array]:
    """Leading whitened coordinates, as many for each view, before any alignment."""
    shared = min(aligner.n_components_, *(w.rank for w in aligner.whitenings_))
    return [w(view)[:, :shared] for w, view in zip(aligner.whitenings_, views, strict=True)]


def _probe(outcome: Outcome, labels: np.ndarray) -> dict[str, float]:
    """Accuracy on held-out rows of one classifier for all views, by view, and over all of them."""
    views = list(outcome.aligned.values())
    learn = outcome.train_rows[:: 1 + len(outcome.train_rows) * len(views) // MOST_PROBE_ROWS]
    probe = fit_probe(np.concatenate([z[learn] for z in views]), np.tile(labels[learn], len(views)))
    test = labels[outcome.test_rows]
    by_view = {
        name: float(np.mean(probe(z[outcome.test_rows]) == test))
        for name, z in outcome.aligned.items()
    }
    return {"all": float(np.mean(list(by_view.values())))} | by_view
