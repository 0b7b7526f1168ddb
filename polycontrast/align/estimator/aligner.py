"""The estimator that brings several views into one shared space."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Self

import numpy as np

from polycontrast.align.closed_form.whitening import Whitening
from polycontrast.align.errors import BadInput, not_fitted
from polycontrast.align.estimator.folds import ViewsAreNotSamples
from polycontrast.align.estimator.output import Output, as_kind
from polycontrast.align.estimator.parameters import Parameters
from polycontrast.align.estimator.saved import Saved
from polycontrast.align.evaluation import mean_recall_at_1
from polycontrast.align.frames import column_names
from polycontrast.align.heads import Head
from polycontrast.align.inputs import (
    check_columns,
    check_numbers,
    check_parameters,
    check_shapes,
    listed_views,
)
from polycontrast.align.mapping import map_rows
from polycontrast.align.samples import Samples, check_mask
from polycontrast.align.streams import StreamedRows, in_memory, without
from polycontrast.align.training.learning import Given, Learning
from polycontrast.align.training.start import Start
from polycontrast.align.training.tracking import Progress
from polycontrast.align.training.usable import check_takes, find_objective
from polycontrast.align.watch import Watch, unwatched
from polycontrast.arrays import Array
from polycontrast.objective import Objective


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

    heads_: list[Head]
    start_heads_: list[Head]
    start_: Start
    start_scores_: dict[Start, float]
    whitening_: float
    whitenings_: list[Whitening]
    n_components_: int
    n_features_in_: tuple[int, ...]
    n_iter_: int
    best_iter_: int
    loss_: float
    temperature_: float | None
    temperature_scores_: dict[float, float]
    history_: dict[str, list[float]]
    validation_rows_: np.ndarray
    stopped_: str
    unit_: str

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
        self.view_names_ = list(names or [f"views[{m}]" for m in range(len(views))])
        columns = [found or [] for found in self.feature_names_in_]
        views = check_shapes(views, self.view_names_)
        self.n_features_in_ = tuple(view.shape[1] for view in views)
        samples = Samples.of(views[0].shape[0], len(views), mask, ids, groups)
        check_takes(objective, samples)
        views = check_numbers(views, self.view_names_, columns, samples.mask)
        parameters = self.get_params()
        check_parameters(parameters)
        given = Given(views, self.view_names_, samples)
        options = SimpleNamespace(**parameters)
        learned = Learning(given, objective, options, callback, watch).run()
        for name, value in vars(learned).items():
            setattr(self, f"{name}_", value)
        if self.stopped_ == "interrupted":
            warnings.warn("interrupted: the best heads so far are kept", stacklevel=2)
        return self

    def transform(self, views: Sequence[Array | None], *, mask: Array | None = None) -> list[Any]:
        """Aligned rows of each view, of unit length; None for a view given as None.

        They are arrays of the library of the view. A frame of pandas or polars gives a NumPy array,
        unless `set_output` says otherwise.

        Parameters
        ----------
        views : sequence of array or data frame (rows, columns), or None
            The columns are those of `fit`.
        mask : bool array (M, rows), optional
            True where a view of a row exists. The aligned row of a missing one is nan, and its
            numbers have no effect. Default: all exist.
        """
        self._check_fitted("transform and score")
        views = listed_views(views)
        rows, kind = self._aligned(views, mask), self._output_kind()
        names = self.get_feature_names_out()
        return [
            z if z is None else as_kind(kind, z, names, view)
            for z, view in zip(rows, views, strict=True)
        ]

    def fit_transform(
        self,
        views: Sequence[Array],
        y: object = None,
        *,
        mask: Array | None = None,
        **options: Any,
    ) -> list[Any]:
        """Learn the heads and align the same rows.

        Parameters
        ----------
        views, y, mask : as in `fit`
            The aligned row of a missing view is nan.
        **options
            Further arguments of `fit`.
        """
        return self.fit(views, y, mask=mask, **options).transform(views, mask=mask)

    def score(
        self,
        views: Sequence[Array],
        y: object = None,
        *,
        mask: Array | None = None,
        ids: Any = None,
    ) -> float:
        """Mean recall@1 over all ordered pairs of views.

        Parameters
        ----------
        views : sequence of array or data frame (rows, columns)
        y : ignored
        mask, ids : as in `fit`
            Recall between two views is measured on the rows that both have, and any row with the
            id of a row is a right answer for it.

        Raises
        ------
        BadInput
            When no two views have two different things in common, beside what `transform` raises.
        """
        views = listed_views(views)
        missing = [m for m, view in enumerate(views) if view is None]
        if missing:
            raise BadInput(f"Aligner: score needs every view; views[{missing[0]}] is None")
        rows = [row for row in self._aligned(views, mask) if row is not None]
        samples = Samples.of(rows[0].shape[0], len(rows), mask, ids)
        if not samples.is_plain and not samples.can_measure:
            raise BadInput(
                "Aligner: score needs two views with two different things in common; mask and ids "
                "leave none"
            )
        return mean_recall_at_1(rows, samples)

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

    def _aligned(self, views: Sequence[Array | None], mask: Array | None) -> list[Array | None]:
        """Aligned rows of each view as arrays, nan where one is missing."""
        self._check_fitted("transform and score")
        if len(views) != len(self.heads_):
            raise BadInput(f"Aligner: fitted on {len(self.heads_)} views; got {len(views)}")
        rows = next((view.shape[0] for view in views if view is not None), 0)
        there = None if mask is None else check_mask("Aligner", mask, len(views), rows)
        return [
            None if view is None else self._of_view(m, view, None if there is None else there[m])
            for m, view in enumerate(views)
        ]

    def _of_view(self, m: int, view: Array, there: np.ndarray | None) -> Array:
        """Rows of one view in the shared space."""
        name, head = f"views[{m}]", self.heads_[m]
        columns, names = self.n_features_in_[m], self.feature_names_in_[m]
        x = check_columns(name, view, columns, names, there)
        rows = map_rows(name, x, head.map, self.n_components_, self.dtype)
        if there is not None:
            return without(in_memory(rows), there)
        return rows if isinstance(view, StreamedRows) else in_memory(rows)
