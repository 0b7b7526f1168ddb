"""Two ways to minimise: L-BFGS on all rows at once, Adam on mini-batches."""

import math

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from polycontrast.align.training.problem import TEMPERATURE_RANGE, Problem
from polycontrast.align.training.tracking import Tracker

LEARNING_RATE = 1e-3


def lbfgs(problem: Problem, theta: np.ndarray, tracker: Tracker) -> None:
    """SciPy's L-BFGS-B; the tracker notes the start and every iteration."""

    def function(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = problem.value_and_grad(theta)
        if not tracker.losses:
            tracker.step(theta, value)
        return value, gradient

    def callback(intermediate_result: OptimizeResult) -> None:
        tracker.step(intermediate_result.x, intermediate_result.fun)

    try:
        result = minimize(
            function,
            theta,
            jac=True,
            method="L-BFGS-B",
            bounds=problem.bounds,
            callback=callback,
            options=dict(maxiter=tracker.max_iter, maxfun=10 * tracker.max_iter, maxcor=20),
        )
    except StopIteration:  # raised at the start, where SciPy does not expect it
        return
    if result.status == 0:
        tracker.stopped = "converged"


def adam(
    problem: Problem,
    theta: np.ndarray,
    tracker: Tracker,
    *,
    batch: int,
    generator: np.random.Generator,
    learning_rate: float = LEARNING_RATE,
    decay: tuple[float, float] = (0.9, 0.999),
) -> None:
    """Adam (Kingma, Ba 2015, arXiv 1412.6980) on shuffled batches; an iteration is one epoch.

    The learning rate falls as a half cosine over ``tracker.max_iter`` epochs.
    """
    parts = max(1, problem.rows // batch)
    first, second, step = np.zeros_like(theta), np.zeros_like(theta), 0
    low, high = np.log(TEMPERATURE_RANGE)
    try:
        for epoch in range(tracker.max_iter):
            rate = learning_rate * (1 + math.cos(math.pi * epoch / tracker.max_iter)) / 2
            losses, sizes, start = [], [], theta
            for rows in np.array_split(generator.permutation(problem.rows), parts):
                masks = problem.masks(len(rows), generator)
                value, gradient = problem.value_and_grad(theta, rows, masks)
                losses.append(value)
                sizes.append(len(rows))
                if epoch == 0 and step == 0:
                    tracker.step(start, value)
                step += 1
                first = decay[0] * first + (1 - decay[0]) * gradient
                second = decay[1] * second + (1 - decay[1]) * gradient**2
                mean, square = first / (1 - decay[0] ** step), second / (1 - decay[1] ** step)
                theta = theta - rate * mean / (np.sqrt(square) + 1e-8)
                if problem.temperature is not None:
                    theta[-1] = np.clip(theta[-1], low, high)
                tracker.batch(sum(sizes), problem.rows)
            tracker.step(theta, float(np.average(losses, weights=sizes)))
    except StopIteration:
        return
