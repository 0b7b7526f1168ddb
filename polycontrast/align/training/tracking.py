"""The course of a training: curves, the best iteration, and when to stop."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

ROWS = "rows of training"  # the phase under which batches are watched
MIN_GAIN = 1e-4  # of recall: less is no improvement


@dataclass(frozen=True)
class Progress:
    """One step of training, as the callback of `Aligner.fit` gets it.

    Parameters
    ----------
    iteration : int
        0 at the start, then 1, 2, ....
    loss : float
        Of the training rows.
    recall, best_recall : float or None
        Recall@1 of the validation rows now, and in the best iteration so far. None without such
        rows.
    expected_last : int
        Iteration at which training ends if recall gets no better.
    seconds : float
        Since the start of training.
    unit : {"iteration", "epoch"}
        What `iteration` counts.
    """

    iteration: int
    loss: float
    recall: float | None
    best_recall: float | None
    expected_last: int
    seconds: float
    unit: str


@dataclass
class Tracker:
    """Curves of loss and recall, the best variables seen, and the rule of early stopping.

    Parameters
    ----------
    recall : callable, optional
        From variables to the recall of each validation row. Without it the last variables are the
        best.
    patience : int
        Iterations without better recall after which training stops.
    max_iter : int
    unit : str
        Name of an iteration.
    callback : callable, optional
        Gets a `Progress` after each iteration; training stops when it returns True.
    watch : callable, optional
        Gets `ROWS`, the rows learned from in all epochs so far, and how many are expected.
    """

    recall: Callable[[np.ndarray], np.ndarray] | None
    patience: int
    max_iter: int
    unit: str = "iteration"
    callback: Callable[[Progress], object] | None = None
    watch: Callable[[str, int, int], object] | None = None
    losses: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    best: np.ndarray | None = None
    best_iteration: int = 0
    first_rows: np.ndarray | None = None
    best_rows: np.ndarray | None = None
    stopped: str = "max_iter"
    expected_last: int = 0
    started: float = field(default_factory=time.perf_counter)

    def step(self, theta: np.ndarray, loss: float) -> None:
        """Note the variables after an iteration; the first call notes the start as iteration 0.

        Raises
        ------
        StopIteration
            When training should end; `stopped` says why.
        """
        iteration = len(self.losses)
        self.losses.append(float(loss))
        self.seconds.append(time.perf_counter() - self.started)
        rows = None
        if self.recall is not None:
            rows = np.asarray(self.recall(theta))
            self.recalls.append(float(rows.mean()))
        if iteration == 0:
            self.first_rows = rows
        if self._is_better(iteration):
            self.best, self.best_iteration, self.best_rows = theta.copy(), iteration, rows
        last = self.max_iter
        if self.recall is not None:
            last = min(last, self.best_iteration + self.patience)
        self.expected_last = last
        if self.callback is not None and self.callback(self._progress(iteration, last)):
            self.stopped = "callback"
            raise StopIteration
        if not np.isfinite(loss):
            self.stopped = "loss is not finite"
            raise StopIteration
        if iteration >= last and last < self.max_iter:
            self.stopped = "no better recall"
            raise StopIteration

    @property
    def best_recall(self) -> float:
        """Recall of the best iteration; -1 before the first one."""
        return self.recalls[self.best_iteration] if self.recalls else -1.0

    def batch(self, done: int, rows: int) -> None:
        """Note how many rows of the present epoch, of `rows`, were learned from."""
        if self.watch is not None:
            epoch = max(len(self.losses) - 1, 0)
            self.watch(ROWS, epoch * rows + done, max(self.expected_last, epoch + 1) * rows)

    def settle(self) -> bool:
        """Go back to the start unless the best iteration has gained more than its standard error.

        Few validation rows find a better iteration by chance. Returns True where the start stays.
        """
        if self.best_iteration and self.first_rows is not None and self.best_rows is not None:
            gain = self.best_rows - self.first_rows
            if gain.mean() <= gain.std() / np.sqrt(max(gain.size, 1)):
                self.best, self.best_iteration = None, 0
        return self.best_iteration == 0

    def _is_better(self, iteration: int) -> bool:
        if iteration == 0:
            return True
        if not np.isfinite(self.losses[iteration]):
            return False
        if self.recall is None:
            return True
        return self.recalls[iteration] > self.recalls[self.best_iteration] + MIN_GAIN

    def _progress(self, iteration: int, last: int) -> Progress:
        return Progress(
            iteration=iteration,
            loss=self.losses[-1],
            recall=self.recalls[-1] if self.recalls else None,
            best_recall=self.recalls[self.best_iteration] if self.recalls else None,
            expected_last=last,
            seconds=self.seconds[-1],
            unit=self.unit,
        )
