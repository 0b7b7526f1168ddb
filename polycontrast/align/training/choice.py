"""The choice of the start, and with it of the whitening, on folds of the training rows."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from polycontrast.align.closed_form.whitening import Whitening, fit_whitening
from polycontrast.align.errors import BadInput
from polycontrast.align.evaluation import mean_reciprocal_rank
from polycontrast.align.samples import Samples
from polycontrast.align.streams import in_memory, zeroed
from polycontrast.align.training.problem import rows_there, take_rows
from polycontrast.align.training.start import BASE, ClosedForm, Solution, Start
from polycontrast.align.watch import Watch, unwatched
from polycontrast.arrays import Array, to_float64

FOLDS = 5
ENOUGH_ROWS = 600  # judged in all: further folds are left out
ROWS_TO_CHOOSE_ON = 20_000
MOST_ROWS = 2_000  # judged in a fold, of all views together
FEWEST_ROWS = 4  # of a fold: with fewer the usual start is taken


@dataclass(frozen=True)
class Fold:
    """Rows that were set aside from a closed-form solution, and the solution of the others."""

    solver: ClosedForm
    whitened: list[np.ndarray]
    centred: list[np.ndarray]
    samples: Samples


@dataclass
class Choice:
    """Scores of the starts on the folds so far.

    Parameters
    ----------
    starts : list of Start
    scores : dict of float
        Mean reciprocal rank of the own row among the rows of a fold, by start.
    solver : ClosedForm, optional
        Of the last fold: heads for a choice that was interrupted.
    interrupted : bool
    """

    starts: list[Start]
    scores: dict[Start, float] = field(default_factory=dict)
    solver: ClosedForm | None = None
    interrupted: bool = False

    def best(self, among: Callable[[Start], bool] = lambda start: True) -> Start:
        """The start of the highest score; of several, or without any, the most usual one."""
        found = filter(among, self.starts)
        return max(found, key=lambda start: (self.scores.get(start, -1.0), *start.usual))


def folds(
    views: Sequence[Array],
    names: Sequence[str],
    generator: np.random.Generator,
    samples: Samples | None = None,
    complete: bool = True,
) -> Iterator[Fold]:
    """Five folds of the rows, or as many of them as are needed to judge enough rows.

    Of many rows a random sample is enough to choose on. Groups stay on one side of each fold. For
    `complete` see `ClosedForm`.
    """
    rows, most = views[0].shape[0], max(200, MOST_ROWS // len(views))
    order = generator.permutation(rows)[:ROWS_TO_CHOOSE_ON]
    # Host memory, from here on.
    views = [to_float64(in_memory(take_rows(view, order))) for view in views]
    samples, order = (samples or Samples(rows)).take(order), np.arange(len(order))
    for aside in samples.parts(order, FOLDS)[: fold_count(rows, len(views))]:
        kept = np.setdiff1d(order, aside)
        training, learned = [view[kept] for view in views], samples.take(kept)
        try:
            whitenings = [
                fit_whitening(rows_there(view, learned, m), BASE, names[m])
                for m, view in enumerate(training)
            ]
        except BadInput:  # a view that does not vary without the rows of this fold
            continue
        whitened = whitened_rows(whitenings, training, learned)
        solver = ClosedForm(whitenings, whitened, learned, complete)
        judged = [view[aside[:most]] for view in views]
        yield Fold(
            solver,
            [w(view) for w, view in zip(whitenings, judged, strict=True)],
            [view - w.mean for w, view in zip(whitenings, judged, strict=True)],
            samples.take(aside[:most]),
        )


def whitened_rows(
    whitenings: Sequence[Whitening], views: Sequence[Array], samples: Samples
) -> list[Array]:
    """Whitened rows of each view; those that are missing are 0."""
    found = []
    for m, (whitening, view) in enumerate(zip(whitenings, views, strict=True)):
        rows = whitening(view)
        found.append(rows if samples.mask is None else zeroed(rows, samples.mask[m]))
    return found


def fold_count(rows: int, views: int) -> int:
    """How many folds `folds` gives; none where a fold would be too small to judge by."""
    size = min(rows // FOLDS, max(200, MOST_ROWS // views))
    return 0 if size < FEWEST_ROWS else min(FOLDS, -(-ENOUGH_ROWS // size))


def choose(
    starts: list[Start],
    views: Sequence[Array],
    names: Sequence[str],
    samples: Samples,
    seed: int,
    watch: Watch,
) -> Choice:
    """Score starts on folds of the rows; an interrupt ends it as soon as there is some score."""
    count = fold_count(views[0].shape[0], len(views)) if len(starts) > 1 else 0
    given = itertools.islice(folds(views, names, np.random.default_rng(seed), samples), count)
    choice = Choice(starts)
    try:
        return judge(choice, given, count, watch)
    except KeyboardInterrupt:
        if not choice.scores:
            raise
        choice.interrupted = True
        return choice


def judge(choice: Choice, given: Iterator[Fold], count: int, watch: Watch = unwatched) -> Choice:
    """Score the starts of a choice on folds; an interrupt leaves the scores so far in it."""
    total, done = count * len(choice.starts), 0
    for fold in given:
        choice.solver = fold.solver
        # The first fold counts start by start, another one as a whole: scores stay comparable.
        scores: dict[Start, float] = {} if choice.scores else choice.scores
        for start in choice.starts:
            watch("choosing the start", done, total)
            rows = fold.solver.solve(start).rows(fold.whitened, fold.centred)
            scores[start] = mean_reciprocal_rank(rows, samples=fold.samples) / count
            done += 1
        if scores is not choice.scores:
            for start, score in scores.items():
                choice.scores[start] += score
    watch("choosing the start", total, total)
    return choice


def solution_for_training(solver: ClosedForm, start: Start) -> tuple[list[Whitening], Solution]:
    """Whitenings by the ridge of a start, and the heads of the start for their rows."""
    solved = solver.solve(start)
    matrices = []
    for whitening, matrix in zip(solver.whitenings, solved.matrices, strict=True):
        scale = np.append(whitening.scale_to(start.whitening), 1.0)
        matrices.append(matrix / scale[:, None])
    whitenings = [w.with_ridge(start.whitening) for w in solver.whitenings]
    return whitenings, Solution(matrices, solved.outside)
