"""The main job: split the rows, align the views, measure on rows held out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from polycontrast.align.aligner import Aligner
from polycontrast.align.errors import BadInput
from polycontrast.align.evaluation import chance_matrices, mean_recall, recall_matrices
from polycontrast.align.inputs import check_numbers, check_shapes
from polycontrast.align.probe import fit_probe
from polycontrast.align.problem import take_rows
from polycontrast.align.samples import Matched, Samples
from polycontrast.align.streams import in_memory, on_host
from polycontrast.align.tracking import Progress
from polycontrast.arrays import Array, one_blas_thread

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
    samples : Samples, optional
        Which rows exist, which are one thing, and which belong together. Default: all exist, and
        each is another thing.
    matched : Matched, optional
        The identifiers by which rows were matched.
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
    samples: Samples | None = None
    matched: Matched | None = None


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
    chance: dict[int, np.ndarray] | None = None
    """Recall by chance of each pair of views, where they have different rows to find."""

    def chance_at(self, k: int) -> float:
        """Recall@k of a random order of the candidates, the mean over the pairs of views."""
        if self.chance is None:
            return min(1.0, k / len(self.test_rows))
        return mean_recall(self.chance[k])

    def there(self, view: int) -> np.ndarray:
        """True for the rows that a view has."""
        samples = self.task.samples
        if samples is None or samples.mask is None:
            return np.ones(len(self.train_rows) + len(self.test_rows), dtype=bool)
        return samples.mask[view]

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
    views = check_shapes(list(task.views.values()), names)
    rows = views[0].shape[0]
    samples = samples_of(task)
    views = check_numbers(views, names, columns, samples.mask)
    learned, held = (len(part) for part in split(task))
    test = round(task.holdout * rows)
    if learned != rows - test:
        _check_groups(samples, rows, learned, held)
    if test < 2 or rows - test < FEWEST_ROWS:
        got = f"{rows} rows give {rows - test} to learn from and {test} to test on"
        raise BadInput(f"too few rows: {got}; at least {FEWEST_ROWS} and 2 are needed")
    if task.labels is not None and not 2 <= len(np.unique(task.labels)) <= rows // 2:
        distinct = len(np.unique(task.labels))
        raise BadInput(f"labels must be classes that repeat; got {distinct} values in {rows} rows")
    return replace(task, views=dict(zip(names, views, strict=True)))


def split(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows held out; the same for the same task."""
    samples = samples_of(task)
    held = round(task.holdout * samples.rows)
    return samples.split(held, np.random.default_rng(task.seed))


def samples_of(task: Task) -> Samples:
    """What is known of the rows of a task."""
    return task.samples or Samples(len(next(iter(task.views.values()))))


def _check_groups(samples: Samples, rows: int, learned: int, held: int) -> None:
    together = samples.ids if samples.groups is None else samples.groups
    if learned < FEWEST_ROWS or held < 2:
        count = 0 if together is None else len(np.unique(together))
        raise BadInput(
            f"too few groups: {count} groups of {rows} rows give {learned} to learn from and "
            f"{held} to test on; at least {FEWEST_ROWS} and 2 are needed"
        )


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
    train_rows, test_rows = split(task)
    samples = samples_of(task)
    learned, held = samples.take(train_rows), samples.take(test_rows)
    if not held.can_measure:
        raise BadInput("too few rows: no two views share two held-out things")
    aligner.fit(
        [take_rows(view, train_rows) for view in views],
        callback=callback,
        names=list(task.views),
        mask=learned.mask,
        ids=learned.ids,
        groups=learned.groups,
    )
    aligned = aligner.transform(views)
    test = [in_memory(take_rows(view, test_rows)) for view in views]
    after = [in_memory(take_rows(view, test_rows)) for view in aligned]
    start = [head.map(x) for head, x in zip(aligner.start_heads_, test, strict=True)]
    outcome = Outcome(
        task=task,
        aligner=aligner,
        aligned={name: on_host(z) for name, z in zip(task.views, aligned, strict=True)},
        train_rows=train_rows,
        test_rows=test_rows,
        before=recall_matrices(_unaligned(aligner, test), KS, held),
        start=recall_matrices(start, KS, held),
        after=recall_matrices(after, KS, held),
        chance=None if held.is_plain else chance_matrices(after, KS, held),
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
    step = 1 + len(outcome.train_rows) * len(views) // MOST_PROBE_ROWS
    learn = [_those(outcome.train_rows[::step], outcome.there(m)) for m in range(len(views))]
    probe = fit_probe(
        np.concatenate([in_memory(take_rows(z, n)) for z, n in zip(views, learn, strict=True)]),
        np.concatenate([labels[n] for n in learn]),
    )
    by_view = {}
    for m, (name, z) in enumerate(outcome.aligned.items()):
        rows = _those(outcome.test_rows, outcome.there(m))
        by_view[name] = float(np.mean(probe(in_memory(take_rows(z, rows))) == labels[rows]))
    return {"all": float(np.mean(list(by_view.values())))} | by_view


def _those(rows: np.ndarray, there: np.ndarray) -> np.ndarray:
    """The rows that are there."""
    return rows[there[rows]]
