"""One training of all heads, and the choice of a temperature among several trainings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.training.problem import Problem
from polycontrast.align.training.solvers import adam, lbfgs
from polycontrast.align.training.tracking import MIN_GAIN, Tracker
from polycontrast.align.training.usable import TEMPERATURES

ENDED = ("interrupted", "callback")  # somebody asked training to stop


@dataclass(frozen=True)
class Training:
    """A problem, the variables it starts from, and the course of its training."""

    problem: Problem
    start: np.ndarray
    tracker: Tracker

    def run(
        self, batch: int | None, generator: np.random.Generator, interrupted: bool = False
    ) -> "Training":
        """Train, by L-BFGS or on batches by Adam; an interrupt ends it.

        With `interrupted` there was one before, and the start is kept.
        """
        try:
            if interrupted:
                raise KeyboardInterrupt
            if batch is None:
                lbfgs(self.problem, self.start, self.tracker)
            else:
                adam(self.problem, self.start, self.tracker, batch=batch, generator=generator)
        except KeyboardInterrupt:
            self.tracker.stopped = "interrupted"
        return self


def choose_temperature(
    trained: Callable[[Mapping[str, float]], Training],
) -> tuple[Training, dict[float, float]]:
    """The training with the best recall on the rows set aside, and the recall of each.

    The first temperature stays unless another one is better.

    Parameters
    ----------
    trained : callable
        From arguments of the objective to a training that is done.

    Raises
    ------
    BadInput
        Where no rows are set aside.
    """
    best, scores = None, {}
    for value in TEMPERATURES:
        found = trained({"temperature": value})
        if found.tracker.recall is None:
            raise BadInput(
                'Aligner: temperature="auto" chooses by the rows set aside, and '
                "validation_fraction leaves too few"
            )
        scores[value] = found.tracker.best_recall
        if best is None or scores[value] > best.tracker.best_recall + MIN_GAIN:
            best = found
        if found.tracker.stopped in ENDED:
            best.tracker.stopped = found.tracker.stopped
            break
    assert best is not None
    return best, scores
