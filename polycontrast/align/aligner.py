"""The estimator that brings several views into one shared space."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np

from polycontrast.align.errors import BadInput, not_fitted
from polycontrast.align.evaluation import mean_recall_at_1
from polycontrast.align.folds import ViewsAreNotSamples
from polycontrast.align.frames import column_names
from polycontrast.align.inputs import (
    check_columns,
    check_parameters,
    check_reach,
    check_views,
    listed_views,
)
from polycontrast.align.mcca import mcca_start
from polycontrast.align.output import Output, as_kind
from polycontrast.align.parameters import Parameters
from polycontrast.align.problem import Problem, take_rows
from polycontrast.align.saved import Saved
from polycontrast.align.solvers import adam, lbfgs
from polycontrast.align.tracking import Progress, Tracker
from polycontrast.align.usable import check_call, find_multi_view, objective_parameters
from polycontrast.align.whitening import fit_whitening
from polycontrast.arrays import Array, namespace
from polycontrast.objective import Objective

DEFAULT_DIM = 64
FULL_BATCH_ROWS = 16_384  # of all views together: up to here one L-BFGS step takes seconds
MINI_BATCH_ROWS = 6_144  # of all views together, in a batch of Adam
MOST_VALIDATION_ROWS = 2_000


class Aligner(Output, Saved, Parameters):
    """Learn one linear head a view so that matching rows lie close together in one space.

    Each view is standardised and whitened, the heads start from multi-set canonical correlation
    analysis, and a contrastive objective is minimised over all heads jointly by its analytic
    gradient. Part of the rows is set aside to stop before the fit gets worse on rows not seen.

    Parameters
    ----------
    objective : str or Objective, default "poly_view"
        Any registered objective of views alone.
    n_components : int, default 64
        Dimension of the shared space; no more than all views have independent columns together.
    temperature : float or "learned", optional
        Default: 0.15 where the objective has a temperature. ``"learned"`` starts there.
    objective_params : dict, optional
        More keyword arguments of the objective.
    whitening : float, default 0.1
        Ridge of the whitening, in units of the mean variance of the standardised columns.
    max_iter : int, default 100
        Iterations of L-BFGS, or epochs of Adam.
    batch_size : int, optional
        Rows a batch for Adam. Default: all rows at once by L-BFGS while the views have up to
        16,384 training rows together, and batches of 6,144 rows of all views together beyond.
    validation_fraction : float, default 0.1
        Share of the rows that decides when to stop and which iteration is kept; 0 for none.
    patience : int, default 6
        Iterations without better recall on those rows after which training stops.
    dtype : {"float32", "float64"}, default "float32"
        Of training and of the aligned rows; means and covariances are float64 in any case.
    workers : int, optional
        Threads for the similarities of NumPy arrays.
    random_state : int, default 0
        Seed of the validation rows and of the batches.

    Attributes
    ----------
    heads_ : list of Head
        The learned maps from raw columns, one a view.
    start_heads_ : list of Head
        Where training began: multi-set canonical correlation analysis.
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
    Views follow the Array API: NumPy and CuPy arrays, and others, compute where they live. The
    eigenproblems of whitening and of the start, and the steps of the solvers, run on the host.

    An interrupt (Ctrl-C) during training keeps the best heads so far and warns.

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
        n_components: int = DEFAULT_DIM,
        temperature: float | str | None = None,
        objective_params: Mapping[str, Any] | None = None,
        whitening: float = 0.1,
        max_iter: int = 100,
        batch_size: int | None = None,
        validation_fraction: float = 0.1,
        patience: int = 6,
        dtype: str = "float32",
        workers: int | None = None,
        random_state: int = 0,
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

    def fit(
        self,
        views: Sequence[Array],
        y: object = None,
        *,
        callback: Callable[[Progress], object] | None = None,
        names: Sequence[str] | None = None,
    ) -> Self:
        """Learn the heads.

        Parameters
        ----------
        views : sequence of array or data frame (rows, columns)
            Row ``i`` of each is the same thing.
        y : ignored
        callback : callable, optional
            Gets a `Progress` at the start and after each iteration; training stops when it
            returns True.
        names : sequence of str, optional
            What messages call the views.
        """
        objective = find_multi_view(self.objective)
        views = listed_views(views)
        self.feature_names_in_ = [column_names(view) for view in views]
        names = names or [f"views[{m}]" for m in range(len(views))]
        self.view_names_ = list(names)
        views = check_views(views, names)
        check_parameters(self.get_params())
        parameters, learned = objective_parameters(
            objective, self.temperature, self.objective_params
        )
        generator = np.random.default_rng(self.random_state)
        fit_rows, self.validation_rows_ = self._split(views[0].shape[0], generator)
        batch = self._batch(len(views), len(fit_rows))
        training = [take_rows(view, fit_rows) for view in views]
        self.whitenings_ = [
            fit_whitening(view, self.whitening, name)
            for name, view in zip(names, training, strict=True)
        ]
        self.n_features_in_ = tuple(view.shape[1] for view in views)
        self.n_components_ = min(self.n_components, sum(w.rank for w in self.whitenings_))
        given = parameters if learned is None else parameters | {"temperature": learned}
        check_call(objective, (len(views), batch or len(fit_rows), self.n_components_), given)

        whitened = self._whiten(training, names)
        problem = Problem(
            objective,
            whitened,
            self.n_components_,
            parameters | {"workers": self.workers},
            learned,
        )
        start = problem.pack(mcca_start(whitened, self.n_components_))
        tracker = Tracker(
            recall=self._validation(problem, views, names),
            patience=self.patience,
            max_iter=self.max_iter,
            unit="iteration" if batch is None else "epoch",
            callback=callback,
        )
        try:
            if batch is None:
                lbfgs(problem, start, tracker)
            else:
                adam(problem, start, tracker, batch=batch, generator=generator)
        except KeyboardInterrupt:
            tracker.stopped = "interrupted"
            warnings.warn("interrupted: the best heads so far are kept", stacklevel=2)
        self._keep(problem, tracker, start)
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
        with np.errstate(over="ignore", invalid="ignore"):
            rows = self.heads_[m].map(x)
        check_reach(name, rows)
        return self._cast(rows)

    def _split(self, rows: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Rows to learn from and rows that decide when to stop, each in rising order."""
        aside = min(round(self.validation_fraction * rows), MOST_VALIDATION_ROWS)
        if rows - aside < 2:
            raise BadInput(f"Aligner: too few rows to learn from; got {rows}")
        order = generator.permutation(rows)
        return np.sort(order[aside:]), np.sort(order[:aside])

    def _batch(self, views: int, rows: int) -> int | None:
        """Rows in a batch of Adam, or None for L-BFGS on all rows."""
        if self.batch_size is not None:
            return min(self.batch_size, rows)
        return None if views * rows <= FULL_BATCH_ROWS else max(2, MINI_BATCH_ROWS // views)

    def _whiten(self, views: Sequence[Array], names: Sequence[str]) -> list[Array]:
        found = []
        for name, whiten, view in zip(names, self.whitenings_, views, strict=True):
            with np.errstate(over="ignore", invalid="ignore"):
                rows = whiten(view)
            check_reach(name, rows)
            found.append(self._cast(rows))
        return found

    def _cast(self, x: Array) -> Array:
        xp = namespace(x)
        return xp.astype(x, getattr(xp, self.dtype))

    def _validation(
        self, problem: Problem, views: Sequence[Array], names: Sequence[str]
    ) -> Callable[[np.ndarray], float] | None:
        if len(self.validation_rows_) < 2:
            return None
        aside = self._whiten([take_rows(view, self.validation_rows_) for view in views], names)
        return lambda theta: mean_recall_at_1(problem.embed(theta, aside))

    def _keep(self, problem: Problem, tracker: Tracker, start: np.ndarray) -> None:
        """Set the fitted attributes from what training reached."""
        best = start if tracker.best is None else tracker.best
        matrices, learned = problem.unpack(best)
        self.heads_ = [w.head(matrix) for w, matrix in zip(self.whitenings_, matrices, strict=True)]
        self.start_heads_ = [
            w.head(matrix)
            for w, matrix in zip(self.whitenings_, problem.unpack(start)[0], strict=True)
        ]
        self.temperature_ = learned.get("temperature", problem.parameters.get("temperature"))
        self.history_ = {
            "loss": tracker.losses,
            "recall": tracker.recalls,
            "seconds": tracker.seconds,
        }
        self.n_iter_, self.best_iter_ = max(len(tracker.losses) - 1, 0), tracker.best_iteration
        self.loss_ = tracker.losses[self.best_iter_] if tracker.losses else float("nan")
        self.stopped_, self.unit_ = tracker.stopped, tracker.unit
