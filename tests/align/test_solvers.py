"""Both solvers lower the loss, keep the best by validation recall, and stop when they should."""

import numpy as np
import pytest

from polycontrast.align.training.solvers import adam, lbfgs
from polycontrast.align.training.tracking import ROWS, Tracker


class Bowl:
    """A quadratic with its least value 0 at all ones, in the place of a `Problem`."""

    bounds, temperature, rows = None, None, 40

    def masks(self, rows, generator):
        return None

    def value_and_grad(self, theta, rows=None, masks=None):
        return float(np.sum((theta - 1) ** 2)), 2 * (theta - 1)


def solve(solver, tracker, start=None):
    start = np.zeros(3) if start is None else start
    if solver is adam:
        generator = np.random.default_rng(0)
        adam(Bowl(), start, tracker, batch=8, generator=generator, learning_rate=0.05)
    else:
        lbfgs(Bowl(), start, tracker)


@pytest.mark.parametrize("solver", [lbfgs, adam])
def test_the_minimum_is_found(solver):
    tracker = Tracker(recall=None, patience=5, max_iter=60)
    solve(solver, tracker)
    np.testing.assert_allclose(tracker.best, 1, atol=1e-2)
    assert tracker.losses[0] == 3.0  # the start is noted as iteration 0
    assert tracker.best_iteration == len(tracker.losses) - 1


@pytest.mark.parametrize("solver", [lbfgs, adam])
def test_the_best_by_recall_is_kept_and_patience_ends_training(solver):
    """Recall rises once and then falls: iteration 1 is kept, and two more are tried."""
    recalls = iter([0.1, 0.5, 0.4, 0.3, 0.2, 0.1])
    tracker = Tracker(recall=lambda theta: next(recalls), patience=2, max_iter=60)
    if solver is lbfgs:  # a bowl that is round is solved at once
        tracker.step(np.zeros(3), 3.0)
        tracker.step(np.ones(3), 2.0)
        tracker.step(np.zeros(3), 1.0)
        with pytest.raises(StopIteration):
            tracker.step(np.zeros(3), 0.5)
    else:
        solve(adam, tracker)
    assert tracker.best_iteration == 1
    assert tracker.stopped == "no better recall"
    assert len(tracker.recalls) == 4


@pytest.mark.parametrize("solver", [lbfgs, adam])
@pytest.mark.parametrize("last", [0, 1])
def test_a_callback_can_stop_training(solver, last):
    seen = []

    def callback(progress):
        seen.append(progress)
        return progress.iteration == last

    tracker = Tracker(recall=None, patience=2, max_iter=60, callback=callback)
    solve(solver, tracker)
    assert [progress.iteration for progress in seen] == list(range(last + 1))
    assert tracker.stopped == "callback"


def test_a_loss_that_is_not_finite_ends_training_and_is_not_kept():
    tracker = Tracker(recall=None, patience=2, max_iter=60)
    tracker.step(np.zeros(3), 3.0)
    with pytest.raises(StopIteration):
        tracker.step(np.ones(3), np.nan)
    assert tracker.stopped == "loss is not finite"
    np.testing.assert_array_equal(tracker.best, 0)


@pytest.mark.parametrize(("gained", "kept"), [(1, 0), (4, 1)], ids=["by chance", "for sure"])
def test_the_start_stays_unless_the_gain_exceeds_its_standard_error(gained, kept):
    """Of 100 rows 9 are found at the start: two are won and one is lost, or four are won."""
    first, best = np.zeros(100), np.zeros(100)
    first[:9] = best[: 9 + gained] = 1
    if gained == 1:
        best[0] = 0
        best[20] = 1
    rows = iter([first, best])
    tracker = Tracker(recall=lambda theta: next(rows), patience=3, max_iter=9)
    for loss in (2.0, 1.0):
        tracker.step(np.full(2, loss), loss)
    assert tracker.best_iteration == 1
    assert tracker.settle() is (kept == 0)
    assert tracker.best_iteration == kept


def test_batches_are_counted_in_rows():
    """Five batches of 8 rows an epoch, of two epochs in all."""
    seen = []
    tracker = Tracker(recall=None, patience=2, max_iter=2, watch=lambda *seen_: seen.append(seen_))
    solve(adam, tracker)
    assert seen == [(ROWS, 8 * n, 80) for n in range(1, 11)]
