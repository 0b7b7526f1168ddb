"""The estimator that brings several views into one shared space."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np

from polycontrast.align.closed_form.whitening import Whitening, fit_whitening
from polycontrast.align.errors import BadInput, not_fitted
from polycontrast.align.estimator.folds import ViewsAreNotSamples
from polycontrast.align.estimator.output import Output, as_kind
from polycontrast.align.estimator.parameters import Parameters
from polycontrast.align.estimator.saved import Saved
from polycontrast.align.evaluation import mean_recall_at_1, rows_at_1
from polycontrast.align.frames import column_names
from polycontrast.align.heads import scores
from polycontrast.align.hidden import first_layers
from polycontrast.align.inputs import (
    check_columns,
    check_numbers,
    check_parameters,
    check_reach,
    check_shapes,
    listed_views,
)
from polycontrast.align.samples import Samples
from polycontrast.align.streams import StreamedRows, in_memory, zeroed
from polycontrast.align.training.choice import Watch, choose, solution_for_training, unwatched
from polycontrast.align.training.fit import Training, choose_temperature
from polycontrast.align.training.problem import Problem, rows_there, take_rows
from polycontrast.align.training.splits import batch_rows, split_rows
from polycontrast.align.training.start import (
    BASE,
    MOST_DIM,
    WHITENINGS,
    ClosedForm,
    Solution,
    candidate_starts,
    dims_to_try,
)
from polycontrast.align.training.tracking import Progress, Tracker
from polycontrast.align.training.usable import (
    check_call,
    check_takes,
    find_objective,
    objective_parameters,
)
from polycontrast.arrays import Array, namespace
from polycontrast.objective import Objective

PATIENCE = {"linear": 6, "mlp": 25}
DROPOUT_BATCH = 256  # rows a batch with dropout, where all rows fit at once


class Aligner(Output, Saved, Parameters):
    """Learn one linear head a view so that matching rows lie close together in one space.

    Each view is standardised and whitened, the heads start from a solution in closed form, and a
    contrastive objective is minimised over all heads jointly by its analytic gradient. Part of the
    rows is set aside to stop before the fit gets worse on rows not seen.

    Parameters
    ----------
    objective : str or Objective, default "poly_view"
        Any registered objective of views alone; for two views also one of two views.
    n_components : int or "auto", default "auto"
        Dimension of the shared space; no more than all views have independent columns together.
        ``"auto"`` chooses between 64 and the columns of the narrowest view, up to 512.
    temperature : float or "learned", optional
        Default: 0.15 where the objective has a temperature. ``"learned"`` starts there. ``"auto"``
        trains with 0.04, 0.08, 0.15 and 0.3 and keeps the one with the best recall on the rows set
        aside, or 0.15 if no other one is better.
    objective_params : dict, optional
        More keyword arguments of the objective.
    whitening : float or "auto", default "auto"
        Ridge of the whitening, in units of the mean variance of the standardised columns.
        ``"auto"`` chooses from 0.01 to 100 in steps of half a decade, see Notes.
    max_iter : int, default 100
        Iterations of L-BFGS, or epochs of Adam.
    batch_size : int, optional
        Rows a batch for Adam. Default: all rows at once by L-BFGS while the views have up to
        16,384 training rows together, and batches of 6,144 rows of all views together beyond.
    validation_fraction : float, default 0.1
        Share of the rows that decides when to stop and which iteration is kept; 0 for none.
    patience : int, optional
        Iterations without better recall on those rows after which training stops. Default: 6 for
        linear heads, and 25 for hidden layers, which start slowly.
    dtype : {"float32", "float64"}, default "float32"
        Of training and of the aligned rows; means and covariances are float64 in any case.
    workers : int, optional
        Threads for the similarities of NumPy arrays.
    random_state : int, default 0
        Seed of the validation rows, of the batches and of hidden layers.
    head : {"linear", "mlp"}, default "linear"
        ``"mlp"`` adds a hidden layer of tanh to the linear map of each view. It adds nothing at the
        start, and the linear start is kept where training finds no better recall on the rows set
        aside.
    hidden : int, default 128
        Width of that layer.
    dropout : float, default 0.0
        Share of its activations that are dropped in training, which then runs in batches by Adam.

    Attributes
    ----------
    heads_ : list of Head
        The learned maps from raw columns, one a view.
    start_ : Start
        Where training began: form, whitening, power of the gains, dimension.
    start_scores_ : dict of float
        By start: the score by which `start_` was chosen.
    start_heads_ : list of Head
        The heads of `start_`.
    whitening_ : float
        The ridge that was given or chosen.
    whitenings_ : list of Whitening
        With the constant columns of each view.
    feature_names_in_ : list of (list of str or None)
        Columns of the views that were data frames.
    view_names_ : list of str
        Names of the views, as `fit` was given them.
    n_components_, n_features_in_, n_iter_, best_iter_ : int (`n_features_in_`: one a view)
    loss_ : float
        Training loss of the iteration that is kept.
    temperature_ : float or None
    temperature_scores_ : dict of float
        With ``temperature="auto"``: recall@1 on the rows set aside, by temperature.
    history_ : dict of list
        ``"loss"``, ``"recall"`` (of the validation rows) and ``"seconds"``, from the start on.
    validation_rows_ : ndarray
        Numbers of the rows set aside.
    stopped_ : str
        Why training ended.
    unit_ : {"iteration", "epoch"}
        What `n_iter_` counts: iterations of L-BFGS or epochs of Adam.

    Notes
    -----
    The start is chosen by the mean reciprocal rank of the own row on five folds of the rows given
    to `fit`, or on as many of these folds as judge 600 rows. With fewer than 20 rows nothing is
    chosen, and it is CCA with whitening 1 and weights by the gain. The choice is among multi-set
    canonical correlation analyses, whose ridge is the whitening and whose directions have a power
    of their gain (0, 0.5, 1, 1.5 or 2) as weight, orthogonal maps, and, where the views have equal
    numbers of columns, the columns as they are.

    Views follow the Array API: NumPy and CuPy arrays, and others, compute where they live. The
    eigenproblems of whitening and of the start, and the steps of the solvers, run on the host.

    An interrupt (Ctrl-C) keeps the best heads so far and warns, as soon as there are some.

    Examples
    --------
    >>> import numpy as np
    >>> from polycontrast.align import Aligner
    >>> rng = np.random.default_rng(0)
    >>> thing = rng.standard_normal((300, 4))
    >>> views = [thing @ rng.standard_normal((4, d)) for d in (5, 8, 6)]
    >>> aligner = Aligner(n_components=4, max_iter=5).fit(views)
    >>> [z.shape for z in aligner.transform(views)], aligner.score(views) > 0.9
    ([(300, 4), (300, 4), (300, 4)], True)
    """

    def __init__(
        self,
        objective: str | Objective = "poly_view",
        n_components: int | str = "auto",
        temperature: float | str | None = None,
        objective_params: Mapping[str, Any] | None = None,
        whitening: float | str = "auto",
        max_iter: int = 100,
        batch_size: int | None = None,
        validation_fraction: float = 0.1,
        patience: int | None = None,
        dtype: str = "float32",
        workers: int | None = None,
        random_state: int = 0,
        head: str = "linear",
        hidden: int = 128,
        dropout: float = 0.0,
    ):
        self.objective = objective
        self.n_components = n_components
        self.temperature = temperature
        self.objective_params = objective_params
        self.whitening = whitening
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.dtype = dtype
        self.workers = workers
        self.random_state = random_state
        self.head = head
        self.hidden = hidden
        self.dropout = dropout

    def fit(
        self,
        views: Sequence[Array],
        y: object = None,
        *,
        mask: Array | None = None,
        ids: Any = None,
        groups: Any = None,
        callback: Callable[[Progress], object] | None = None,
        names: Sequence[str] | None = None,
        watch: Watch = unwatched,
    ) -> Self:
        """Learn the heads.

        Parameters
        ----------
        views : sequence of array or data frame (rows, columns)
            Row ``i`` of each is the same thing. A `numpy.memmap` of more than 128 MiB is read in
            blocks, and never as a whole.
        y : ignored
        mask : bool array (M, rows), optional
            True where a view of a row exists. Each row needs two views. The numbers of a missing
            one have no effect and may be nan. Default: all exist.
        ids : sequence (rows,), optional
            The thing that each row shows. Rows with equal ids are no negatives of each other, any
            of them is a right answer in recall, and they stay together when rows are set aside.
            Default: every row is another thing.
        groups : sequence (rows,), optional
            Rows of one group stay together when rows are set aside. Default: no groups.
        callback : callable, optional
            Gets a `Progress` at the start and after each iteration; training stops when it
            returns True.
        names : sequence of str, optional
            What messages call the views.
        watch : callable, optional
            Gets the name of a phase before training, the steps that are done, and their number.
        """
        views = listed_views(views)
        objective = find_objective(self.objective, len(views))
        self.feature_names_in_ = [column_names(view) for view in views]
        names = names or [f"views[{m}]" for m in range(len(views))]
        self.view_names_ = list(names)
        columns = [column_names(view) or [] for view in views]
        views = check_shapes(views, names)
        samples = Samples.of(views[0].shape[0], len(views), mask, ids, groups)
        check_takes(objective, samples)
        views = check_numbers(views, names, columns, samples.mask)
        check_parameters(self.get_params())
        parameters, learned = objective_parameters(
            objective, self.temperature, self.objective_params
        )
        generator = np.random.default_rng(self.random_state)
        fit_rows, self.validation_rows_ = split_rows(samples, self.validation_fraction, generator)
        batch = batch_rows(self.batch_size, len(views), len(fit_rows))
        width = self.hidden if self.head == "mlp" else 0
        if width and self.dropout and batch is None:  # L-BFGS takes no random function
            batch = min(DROPOUT_BATCH, len(fit_rows))
        training = [take_rows(view, fit_rows) for view in views]
        learned_from = samples.take(fit_rows)
        given = parameters if learned is None else parameters | {"temperature": learned}
        self.n_features_in_ = tuple(view.shape[1] for view in views)
        most = MOST_DIM if isinstance(self.n_components, str) else self.n_components
        size = len(views), batch or len(fit_rows), min(most, sum(self.n_features_in_))
        check_call(objective, size, given)
        self.whitenings_: list[Whitening] = []
        for name, view in zip(names, training, strict=True):
            watch("whitening", len(self.whitenings_), len(views))
            there = rows_there(view, learned_from, len(self.whitenings_))
            self.whitenings_.append(fit_whitening(there, BASE, name))
        whitened = self._whiten(training, names, learned_from)
        solver = ClosedForm(self.whitenings_, whitened, learned_from)
        dims = dims_to_try(self.n_components, [w.rank for w in self.whitenings_])
        ridges = WHITENINGS if isinstance(self.whitening, str) else (float(self.whitening),)
        starts = candidate_starts(self.whitenings_, ridges, dims, most)
        choice = choose(starts, views, names, samples, self.random_state, watch)
        if choice.interrupted and choice.solver is not None:
            solver = choice.solver  # of some of the rows, without more work
        self.start_, self.start_scores_ = choice.best(), choice.scores
        self.whitenings_, solution = solution_for_training(solver, self.start_)
        self.n_components_ = solution.matrices[0].shape[1]
        self.whitening_ = self.start_.whitening

        whitened = self._whiten(training, names, learned_from)
        if batch is None:
            whitened = [in_memory(view) for view in whitened]
        ranks = [view.shape[1] + 1 for view in whitened]
        layers = first_layers(ranks, width, self.n_components_, generator) if width else []

        def trained(more: Mapping[str, float]) -> Training:
            problem = Problem(
                objective,
                whitened,
                self.n_components_,
                {**parameters, "workers": self.workers, **more},
                learned,
                learned_from,
                width,
                self.dropout,
            )
            tracker = Tracker(
                recall=self._validation(problem, views, names, solution, samples),
                patience=self.patience or PATIENCE[self.head],
                max_iter=self.max_iter,
                unit="iteration" if batch is None else "epoch",
                callback=callback,
                watch=watch,
            )
            start = problem.pack(solution.matrices, layers)
            return Training(problem, start, tracker).run(batch, generator, choice.interrupted)

        self.temperature_scores_: dict[float, float] = {}
        if self.temperature == "auto":
            best, self.temperature_scores_ = choose_temperature(trained)
        else:
            best = trained({})
        problem, start, tracker = best.problem, best.start, best.tracker
        if tracker.stopped == "interrupted":
            warnings.warn("interrupted: the best heads so far are kept", stacklevel=2)
        is_start = tracker.settle()
        self._keep(problem, tracker, start, solution)
        if is_start and not choice.interrupted and len(self.validation_rows_):
            self._keep_start(views, names, samples)
        return self

    def transform(self, views: Sequence[Array | None]) -> list[Any]:
        """Aligned rows of each view, of unit length; None for a view given as None.

        They are arrays of the library of the view. A frame of pandas or polars gives a NumPy array,
        unless `set_output` says otherwise.
        """
        self._check_fitted("transform and score")
        views = listed_views(views)
        rows, kind = self._transformed(views), self._output_kind()
        names = self.get_feature_names_out()
        return [
            z if z is None else as_kind(kind, z, names, view)
            for z, view in zip(rows, views, strict=True)
        ]

    def fit_transform(self, views: Sequence[Array], y: object = None) -> list[Any]:
        """Learn the heads and align the same rows."""
        return self.fit(views, y).transform(views)

    def score(self, views: Sequence[Array], y: object = None) -> float:
        """Mean recall@1 over all ordered pairs of views."""
        missing = [m for m, view in enumerate(listed_views(views)) if view is None]
        if missing:
            raise BadInput(f"Aligner: score needs every view; views[{missing[0]}] is None")
        return mean_recall_at_1(self._transformed(views))

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Names of the dimensions of the shared space, ``aligner0`` and so on, of every view."""
        self._check_fitted("get_feature_names_out")
        return np.asarray([f"aligner{n}" for n in range(self.n_components_)], dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "heads_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, True
        tags.input_tags.pairwise = ViewsAreNotSamples()
        tags.transformer_tags.preserves_dtype = []  # the parameter `dtype` decides
        return tags

    def _check_fitted(self, method: str) -> None:
        if not self.__sklearn_is_fitted__():
            raise not_fitted(f"Aligner: fit must be called before {method}")

    def _transformed(self, views: Sequence[Array | None]) -> list[Array | None]:
        """Aligned rows as arrays."""
        self._check_fitted("transform and score")
        views = listed_views(views)
        if len(views) != len(self.heads_):
            raise BadInput(f"Aligner: fitted on {len(self.heads_)} views; got {len(views)}")
        return [None if view is None else self._aligned(m, view) for m, view in enumerate(views)]

    def _aligned(self, m: int, view: Array) -> Array:
        """Rows of one view in the shared space."""
        name = f"views[{m}]"
        x = check_columns(name, view, self.n_features_in_[m], self.feature_names_in_[m])
        rows = self._mapped(name, x, self.heads_[m].map, self.n_components_)
        return rows if isinstance(view, StreamedRows) else in_memory(rows)

    def _whiten(
        self, views: Sequence[Array], names: Sequence[str], samples: Samples
    ) -> list[Array]:
        """Whitened rows of each view; those that are missing are 0."""
        found = []
        for m, (name, whiten, view) in enumerate(zip(names, self.whitenings_, views, strict=True)):
            rows = self._mapped(name, view, whiten, whiten.rank)
            found.append(rows if samples.mask is None else zeroed(rows, samples.mask[m]))
        return found

    def _mapped(
        self, name: str, x: Array, function: Callable[[Array], Array], columns: int
    ) -> Array:
        """Rows mapped by a function, after a check that they are within reach, in `dtype`."""

        def step(block: Array) -> Array:
            with np.errstate(over="ignore", invalid="ignore"):
                rows = function(block)
            check_reach(name, rows)
            return self._cast(rows)

        if isinstance(x, StreamedRows):
            return x.then(step, columns, np.dtype(self.dtype))
        return step(x)

    def _cast(self, x: Array) -> Array:
        xp = namespace(x)
        return xp.astype(x, getattr(xp, self.dtype))

    def _validation(
        self,
        problem: Problem,
        views: Sequence[Array],
        names: Sequence[str],
        solution: Solution,
        samples: Samples,
    ) -> Callable[[np.ndarray], np.ndarray] | None:
        """Recall@1 of the rows set aside, as a function of the variables."""
        kept = samples.take(self.validation_rows_)
        if not kept.can_measure:
            return None
        raw = [in_memory(take_rows(view, self.validation_rows_)) for view in views]
        aside = self._whiten(raw, names, kept)
        parts = zip(raw, self.whitenings_, solution.outside or [], strict=False)
        more = [self._cast(scores(x, w.mean, part)) for x, w, part in parts]

        def recall(theta: np.ndarray) -> np.ndarray:
            rows = problem.embed(theta, aside)
            if more:
                rows = [z + part for z, part in zip(rows, more, strict=True)]
            return rows_at_1(rows, kept)

        return recall

    def _keep(
        self, problem: Problem, tracker: Tracker, start: np.ndarray, solution: Solution
    ) -> None:
        """Set the fitted attributes from what training reached."""
        best = start if tracker.best is None else tracker.best
        matrices, learned = problem.unpack(best)
        self.heads_ = Solution(matrices, solution.outside).heads(self.whitenings_)
        for m, layer in enumerate(problem.layers(best)):
            if tracker.best_iteration:  # the layers of the start add nothing
                layer_of_raw = self.whitenings_[m].hidden(layer)
                self.heads_[m] = replace(self.heads_[m], hidden=layer_of_raw)
        self.start_heads_ = solution.heads(self.whitenings_)
        self.temperature_ = learned.get("temperature", problem.parameters.get("temperature"))
        self.history_ = {
            "loss": tracker.losses,
            "recall": tracker.recalls,
            "seconds": tracker.seconds,
        }
        self.n_iter_, self.best_iter_ = max(len(tracker.losses) - 1, 0), tracker.best_iteration
        self.loss_ = tracker.losses[self.best_iter_] if tracker.losses else float("nan")
        self.stopped_, self.unit_ = tracker.stopped, tracker.unit

    def _keep_start(self, views: Sequence[Array], names: Sequence[str], samples: Samples) -> None:
        """Compute the start once more from all rows, as no row decides about training any more."""
        base = [
            fit_whitening(rows_there(view, samples, m), BASE, names[m])
            for m, view in enumerate(views)
        ]
        self.whitenings_ = base
        solver = ClosedForm(base, self._whiten(views, names, samples), samples)
        self.whitenings_, solution = solution_for_training(solver, self.start_)
        self.heads_ = self.start_heads_ = solution.heads(self.whitenings_)
