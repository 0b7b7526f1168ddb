"""The main job: split the rows, align the views, measure on rows held out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.estimator.aligner import Aligner
from polycontrast.align.inputs import check_numbers, check_shapes
from polycontrast.align.job.recalls import (
    Recalls,
    candidate_rows,
    in_one_space,
    means_of,
    measure,
    wilson,
)
from polycontrast.align.job.rivals import Rivals
from polycontrast.align.probe import fit_probe
from polycontrast.align.samples import Matched, Samples
from polycontrast.align.streams import in_memory, on_host
from polycontrast.align.training.problem import take_rows
from polycontrast.align.training.tracking import Progress
from polycontrast.align.watch import Watch, unwatched
from polycontrast.arrays import Array, one_blas_thread, to_float64

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
    samples : Samples, optional
        Which rows exist, which are one thing, and which belong together. Default: all exist, and
        each is another thing.
    matched : Matched, optional
        The identifiers by which rows were matched.
    holdout : float
        Share of the rows that nothing is learned from; 0 to learn from all of them.
    seed : int
        Of the split.
    folds : int
        Number of random splits, each with a seed of its own; results are those of the first one.
    """

    views: dict[str, Array]
    columns: dict[str, list[str]] = field(default_factory=dict)
    labels: np.ndarray | None = None
    holdout: float = 0.3
    seed: int = 0
    samples: Samples | None = None
    matched: Matched | None = None
    folds: int = 1


@dataclass
class Outcome:
    """Result of an alignment: fitted estimator, aligned rows, and figures of the held-out rows.

    Parameters
    ----------
    task : Task
    aligner : Aligner
    aligned : dict of ndarray or StreamedRows (rows, dim)
        All rows in the shared space, by view; those that are missing are any numbers.
    train_rows, test_rows : ndarray
        Numbers of the rows learned from, and of those held out.
    measured_rows : ndarray
        The held-out rows among which recall is measured: all of them, or a sample.
    recalls : dict of Recalls
        ``"start"`` and ``"after"``, and the rivals that need no training, by name.
    accuracy : dict of float
        Of the probe: ``"mean"`` over the views with ``"low"`` and ``"high"`` of its 95 % interval,
        and ``"majority"`` of always naming the most frequent label. Empty without labels.
    accuracy_by_view : dict of float
    seconds : dict of float
        By phase: ``"fit"`` and ``"measure"``.
    splits : list of dict
        Mean recalls by method for each seed, where the task has several folds.
    """

    task: Task
    aligner: Aligner
    aligned: dict[str, Any]
    train_rows: np.ndarray
    test_rows: np.ndarray
    measured_rows: np.ndarray
    recalls: dict[str, Recalls] = field(default_factory=dict)
    accuracy: dict[str, float] = field(default_factory=dict)
    accuracy_by_view: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    splits: list[dict[str, Any]] = field(default_factory=list)

    @property
    def constant_columns(self) -> dict[str, list[str]]:
        """Columns that do not vary over the training rows and were left out, by view."""
        found = {}
        for name, whitening in zip(self.task.views, self.aligner.whitenings_, strict=True):
            names = self.task.columns.get(name)
            found[name] = [names[j] if names else str(j) for j in whitening.constant]
        return found

    def there(self, view: int) -> np.ndarray:
        """True for the rows that a view has."""
        samples = samples_of(self.task)
        return np.ones(samples.rows, dtype=bool) if samples.mask is None else samples.mask[view]


def check_task(task: Task, watch: Watch = unwatched) -> Task:
    """The task with its views as floating arrays, after checks; `watch` gets the progress.

    Raises
    ------
    BadInput
    """
    names = list(task.views)
    columns = [task.columns.get(name, []) for name in names]
    views = check_shapes(list(task.views.values()), names)
    samples = samples_of(task)
    views = check_numbers(views, names, columns, samples.mask, watch)
    rows, test = samples.rows, round(task.holdout * samples.rows)
    if (task.holdout and test < 2) or rows - test < FEWEST_ROWS:
        got = f"{rows} rows give {rows - test} to learn from and {test} to test on"
        raise BadInput(f"too few rows: {got}; at least {FEWEST_ROWS} and 2 are needed")
    if task.labels is not None and not 2 <= len(np.unique(task.labels)) <= rows // 2:
        distinct = len(np.unique(task.labels))
        raise BadInput(f"labels must be classes that repeat; got {distinct} values in {rows} rows")
    task = replace(task, views=dict(zip(names, views, strict=True)))
    if task.folds > 1 and not test:
        raise BadInput("--folds compares held-out rows; --holdout 0 leaves none")
    for seed in range(task.seed, task.seed + task.folds):
        learned, held = split(replace(task, seed=seed))
        if test and (len(learned) < FEWEST_ROWS or not samples.take(held).can_measure):
            raise BadInput(
                f"too few rows: whole groups give {len(learned)} rows to learn from and "
                f"{len(held)} to test on; at least {FEWEST_ROWS} are needed, and two that two "
                "views share"
            )
    return task


def split(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows held out; the same for the same task."""
    samples = samples_of(task)
    held = round(task.holdout * samples.rows)
    return samples.split(held, np.random.default_rng(task.seed))


def samples_of(task: Task) -> Samples:
    """What is known of the rows of a task."""
    return task.samples or Samples(len(next(iter(task.views.values()))))


@one_blas_thread
def fit(
    task: Task,
    aligner: Aligner,
    callback: Callable[[Progress], object] | None = None,
    watch: Watch = unwatched,
) -> Outcome:
    """Learn from the training rows of a task that `check_task` returned; nothing is measured.

    BLAS is held to one thread: the objective shares the tiles of the similarities among threads
    itself, and all other products are small.
    """
    began = time.perf_counter()
    views = list(task.views.values())
    train_rows, test_rows = split(task)
    learned = samples_of(task).take(train_rows)
    aligner.fit(
        [take_rows(view, train_rows) for view in views],
        callback=callback,
        names=list(task.views),
        mask=learned.mask,
        ids=learned.ids,
        groups=learned.groups,
        watch=watch,
    )
    aligned = {}
    for m, (name, view) in enumerate(task.views.items()):
        watch("mapping the rows", m, len(views))
        alone = [view if n == m else None for n in range(len(views))]
        aligned[name] = on_host(aligner.transform(alone)[m])
    watch("mapping the rows", len(views), len(views))
    return Outcome(
        task=task,
        aligner=aligner,
        aligned=aligned,
        train_rows=train_rows,
        test_rows=test_rows,
        measured_rows=candidate_rows(test_rows, len(views), task.seed),
        seconds={"fit": time.perf_counter() - began},
    )


@one_blas_thread
def measure_outcome(outcome: Outcome, watch: Watch = unwatched) -> None:
    """Add the figures of the held-out rows to an outcome."""
    if len(outcome.test_rows) == 0:
        return
    began = time.perf_counter()
    task, aligner, rows = outcome.task, outcome.aligner, outcome.measured_rows
    views = list(task.views.values())
    count, names = len(views), list(task.views)
    rivals = Rivals(
        [take_rows(view, outcome.train_rows) for view in views],
        names,
        aligner.start_scores_,
        aligner.random_state,
        watch,
        samples_of(task).take(outcome.train_rows),
    )
    held = samples_of(task).take(rows)
    test = [to_float64(in_memory(take_rows(view, rows))) for view in views]
    pairs = rivals.pairs(test)
    start = [head.map(x) for head, x in zip(aligner.start_heads_, test, strict=True)]
    pairs["start"] = in_one_space(start)
    pairs["after"] = in_one_space([in_memory(take_rows(z, rows)) for z in outcome.aligned.values()])
    total, done = len(pairs) * count * (count - 1), 0

    def step() -> None:
        nonlocal done
        watch("measuring recall", done, total)
        done += 1

    for name, pair in pairs.items():
        recalls = measure(count, len(rows), pair, step, held)
        if recalls is not None:
            outcome.recalls[name] = recalls
    watch("measuring recall", total, total)
    if task.labels is not None:
        watch("probing the labels", 0, 1)
        _probe(outcome, task.labels)
        watch("probing the labels", 1, 1)
    outcome.seconds["measure"] = time.perf_counter() - began


def run(
    task: Task,
    aligner: Aligner,
    callback: Callable[[Progress], object] | None = None,
    watch: Watch = unwatched,
) -> Outcome:
    """Do the job of a task that `check_task` returned; nothing is written."""
    outcome = fit(task, aligner, callback, watch)
    measure_outcome(outcome, watch)
    return outcome


def _probe(outcome: Outcome, labels: np.ndarray) -> None:
    """Accuracy on held-out rows of one classifier for all views, and of the most frequent label."""
    views = list(outcome.aligned.values())
    step = 1 + len(outcome.train_rows) * len(views) // MOST_PROBE_ROWS
    learn = outcome.train_rows[::step]
    parts = [learn[outcome.there(m)[learn]] for m in range(len(views))]
    probe = fit_probe(
        np.concatenate([in_memory(take_rows(z, n)) for z, n in zip(views, parts, strict=True)]),
        np.concatenate([labels[n] for n in parts]),
    )
    test = labels[outcome.test_rows]
    values, counts = np.unique(labels[outcome.train_rows], return_counts=True)
    found = np.full((len(views), len(test)), np.nan)
    for m, z in enumerate(views):
        there = outcome.there(m)[outcome.test_rows]
        rows = outcome.test_rows[there]
        found[m, there] = probe(in_memory(take_rows(z, rows))) == labels[rows]
    outcome.accuracy_by_view = dict(zip(outcome.aligned, means_of(found).tolist(), strict=True))
    together = means_of(found.T)
    low, high = wilson(together)
    outcome.accuracy = {
        "mean": float(together.mean()),
        "low": float(low),
        "high": float(high),
        "majority": float(np.mean(test == values[counts.argmax()])),
    }
