"""A fit as a whole: rows set aside, whitening, the start, training, and what is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from polycontrast.align.closed_form.whitening import Whitening, fit_whitening
from polycontrast.align.evaluation import rows_at_1
from polycontrast.align.heads import Head, scores
from polycontrast.align.hidden import first_layers
from polycontrast.align.mapping import map_rows
from polycontrast.align.samples import Samples
from polycontrast.align.streams import in_memory, zeroed
from polycontrast.align.training.choice import Choice, choose, solution_for_training
from polycontrast.align.training.fit import Training, choose_temperature
from polycontrast.align.training.problem import Problem, rows_there, take_rows
from polycontrast.align.training.splits import batch_rows, split_rows
from polycontrast.align.training.start import (
    BASE,
    MOST_DIM,
    WHITENINGS,
    ClosedForm,
    Solution,
    Start,
    candidate_starts,
    dims_to_try,
)
from polycontrast.align.training.tracking import Progress, Tracker
from polycontrast.align.training.two_views import TwoViews
from polycontrast.align.training.usable import check_call, objective_parameters
from polycontrast.align.watch import Watch, unwatched
from polycontrast.arrays import Array
from polycontrast.objective import Objective

PATIENCE = {"linear": 6, "mlp": 25}
DROPOUT_BATCH = 256  # rows a batch with dropout, where all rows fit at once


@dataclass(frozen=True)
class Given:
    """Rows of several views, after checks.

    Parameters
    ----------
    views : list of array or StreamedRows (rows, columns)
    names : list of str
        What messages call the views.
    samples : Samples
        Which rows exist, and which belong together.
    """

    views: list[Array]
    names: list[str]
    samples: Samples

    def take(self, rows: np.ndarray) -> "Given":
        """Some of the rows."""
        views = [take_rows(view, rows) for view in self.views]
        return Given(views, self.names, self.samples.take(rows))

    def in_memory(self) -> "Given":
        """The same, all in memory."""
        return replace(self, views=[in_memory(view) for view in self.views])

    def whitenings(self, watch: Watch = unwatched) -> list[Whitening]:
        """The whitening of each view by its rows that exist."""
        found: list[Whitening] = []
        for m, (name, view) in enumerate(zip(self.names, self.views, strict=True)):
            watch("whitening", m, len(self.views))
            found.append(fit_whitening(rows_there(view, self.samples, m), BASE, name))
        return found

    def whitened(self, whitenings: list[Whitening], dtype: str) -> list[Array]:
        """Whitened rows of each view; those that are missing are 0."""
        found = []
        for m, (name, whiten, view) in enumerate(
            zip(self.names, whitenings, self.views, strict=True)
        ):
            rows = map_rows(name, view, whiten, whiten.rank, dtype)
            there = self.samples.mask
            found.append(rows if there is None else zeroed(rows, there[m]))
        return found


@dataclass(frozen=True)
class Learned:
    """What a fit found; `Aligner` has each as an attribute of this name with an underscore."""

    heads: list[Head]
    start: Start
    start_scores: dict[Start, float]
    start_heads: list[Head]
    whitening: float
    whitenings: list[Whitening]
    n_components: int
    n_iter: int
    best_iter: int
    loss: float
    temperature: float | None
    temperature_scores: dict[float, float]
    history: dict[str, list[float]]
    validation_rows: np.ndarray
    stopped: str
    unit: str


class Learning:
    """One fit of an objective to the rows of several views.

    Parameters
    ----------
    given : Given
    objective : Objective or TwoViews
    options : object
        Has the parameters of `Aligner` as attributes.
    callback, watch : callable
        As `Aligner.fit` takes them.

    Raises
    ------
    BadInput
        For parameters that the objective refuses, and for too few rows.
    """

    def __init__(
        self,
        given: Given,
        objective: Objective | TwoViews,
        options: Any,
        callback: Callable[[Progress], object] | None = None,
        watch: Watch = unwatched,
    ):
        self.given, self.objective, self.options = given, objective, options
        self.callback, self.watch = callback, watch
        self.parameters, self.first_temperature = objective_parameters(
            objective, options.temperature, options.objective_params
        )
        self.generator = np.random.default_rng(options.random_state)
        rows, self.aside = split_rows(given.samples, options.validation_fraction, self.generator)
        self.training, self.validation = given.take(rows), given.take(self.aside)
        self.hidden = options.hidden if options.head == "mlp" else 0
        self.batch = batch_rows(options.batch_size, len(given.views), len(rows))
        if self.hidden and options.dropout and self.batch is None:
            self.batch = min(DROPOUT_BATCH, len(rows))  # L-BFGS takes no random function
        wanted = options.n_components
        self.most_dim = MOST_DIM if isinstance(wanted, str) else wanted
        dim = min(self.most_dim, sum(view.shape[1] for view in given.views))
        first = self.first_temperature
        known = self.parameters if first is None else self.parameters | {"temperature": first}
        check_call(objective, (len(given.views), self.batch or len(rows), dim), known)

    def run(self) -> Learned:
        """Choose the start, train from it, and keep the better of the two."""
        choice, solver = self._choose_start()
        whitenings, solution = solution_for_training(solver, choice.best())
        best, tried = self._train(whitenings, solution, choice.interrupted)
        is_start = best.tracker.settle()
        found = self._learned(choice, whitenings, solution, best, tried)
        if is_start and not choice.interrupted and len(self.aside):
            found = self._start_of_all_rows(found)
        return found

    def _choose_start(self) -> tuple[Choice, ClosedForm]:
        """The starts with their scores, and the solver that makes one of them."""
        options, (views, names) = self.options, (self.given.views, self.given.names)
        whitenings = self.training.whitenings(self.watch)
        whitened = self.training.whitened(whitenings, options.dtype)
        solver = ClosedForm(whitenings, whitened, self.training.samples)
        dims = dims_to_try(options.n_components, [w.rank for w in whitenings])
        chosen = isinstance(options.whitening, str)
        ridges = WHITENINGS if chosen else (float(options.whitening),)
        starts = candidate_starts(whitenings, ridges, dims, self.most_dim)
        samples, seed = self.given.samples, options.random_state
        choice = choose(starts, views, names, samples, seed, self.watch)
        if choice.interrupted and choice.solver is not None:
            solver = choice.solver  # of some of the rows, without more work
        return choice, solver

    def _train(
        self, whitenings: list[Whitening], solution: Solution, interrupted: bool
    ) -> tuple[Training, dict[float, float]]:
        """The training that is best, and recall by temperature where several are tried."""
        options = self.options
        whitened = self.training.whitened(whitenings, options.dtype)
        if self.batch is None:
            whitened = [in_memory(view) for view in whitened]
        dim = solution.matrices[0].shape[1]
        ranks = [view.shape[1] + 1 for view in whitened]
        layers = first_layers(ranks, self.hidden, dim, self.generator) if self.hidden else []

        def trained(more: Mapping[str, float]) -> Training:
            problem = Problem(
                self.objective,
                whitened,
                dim,
                {**self.parameters, "workers": options.workers, **more},
                self.first_temperature,
                self.training.samples,
                self.hidden,
                options.dropout,
            )
            tracker = Tracker(
                recall=self._recall(problem, whitenings, solution),
                patience=options.patience or PATIENCE[options.head],
                max_iter=options.max_iter,
                unit="iteration" if self.batch is None else "epoch",
                callback=self.callback,
                watch=self.watch,
            )
            start = problem.pack(solution.matrices, layers)
            return Training(problem, start, tracker).run(self.batch, self.generator, interrupted)

        return choose_temperature(trained) if options.temperature == "auto" else (trained({}), {})

    def _recall(
        self, problem: Problem, whitenings: list[Whitening], solution: Solution
    ) -> Callable[[np.ndarray], np.ndarray] | None:
        """Recall@1 of the rows set aside, as a function of the variables."""
        if not self.validation.samples.can_measure:
            return None
        raw = self.validation.in_memory()
        whitened, dtype = raw.whitened(whitenings, self.options.dtype), self.options.dtype
        more = []
        if solution.outside is not None:
            parts = zip(raw.names, raw.views, whitenings, solution.outside, strict=True)
            for name, x, w, part in parts:
                outside = partial(scores, mean=w.mean, matrix=part)
                more.append(map_rows(name, x, outside, part.shape[1], dtype))

        def recall(theta: np.ndarray) -> np.ndarray:
            rows = problem.embed(theta, whitened)
            if more:
                rows = [z + part for z, part in zip(rows, more, strict=True)]
            return rows_at_1(rows, raw.samples)

        return recall

    def _learned(
        self,
        choice: Choice,
        whitenings: list[Whitening],
        solution: Solution,
        best: Training,
        tried: dict[float, float],
    ) -> Learned:
        """The record of what training reached."""
        problem, tracker, start = best.problem, best.tracker, choice.best()
        theta = best.start if tracker.best is None else tracker.best
        matrices, learned = problem.unpack(theta)
        heads = Solution(matrices, solution.outside).heads(whitenings)
        if tracker.best_iteration:  # the hidden layers of the start add nothing
            for m, layer in enumerate(problem.layers(theta)):
                heads[m] = replace(heads[m], hidden=whitenings[m].hidden(layer))
        return Learned(
            heads=heads,
            start=start,
            start_scores=choice.scores,
            start_heads=solution.heads(whitenings),
            whitening=start.whitening,
            whitenings=whitenings,
            n_components=problem.dim,
            n_iter=max(len(tracker.losses) - 1, 0),
            best_iter=tracker.best_iteration,
            loss=tracker.losses[tracker.best_iteration] if tracker.losses else float("nan"),
            temperature=learned.get("temperature", problem.parameters.get("temperature")),
            temperature_scores=tried,
            history={
                "loss": tracker.losses,
                "recall": tracker.recalls,
                "seconds": tracker.seconds,
            },
            validation_rows=self.aside,
            stopped=tracker.stopped,
            unit=tracker.unit,
        )

    def _start_of_all_rows(self, found: Learned) -> Learned:
        """The start once more from all rows, as no row decides about training any more."""
        base = self.given.whitenings()
        whitened = self.given.whitened(base, self.options.dtype)
        solver = ClosedForm(base, whitened, self.given.samples)
        whitenings, solution = solution_for_training(solver, found.start)
        heads = solution.heads(whitenings)
        return replace(found, heads=heads, start_heads=heads, whitenings=whitenings)
