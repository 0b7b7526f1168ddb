"""Statistics of a matrix of similarities that is never stored whole."""

import math
from collections.abc import Callable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import (
    Settings,
    current_settings,
    current_watch,
    promised_cotangent,
    whole_batch,
)
from polycontrast.similarity.companion import Companion
from polycontrast.similarity.diagnostics import Noticing, record
from polycontrast.similarity.matrix import Matrix, MatrixGradients
from polycontrast.similarity.rules.pairs import OtherSamples, Rule
from polycontrast.similarity.scores import Score
from polycontrast.similarity.statistics import (
    CAP_BEYOND,
    SAFE_EXPONENT,
    ExpSum,
    Function,
    RunningExpSum,
    Statistic,
    Sum,
)
from polycontrast.similarity.tiles.readings import Reading, Readings
from polycontrast.similarity.walks import walk

Cotangents = tuple[Array, ...]
Found = tuple[Array, Array | None, Callable[..., MatrixGradients]]
"""Statistics of the rows and of the columns, and their pullback."""


class Similarity:
    """Inner products of rows times a scale, as a matrix that computes statistics of itself.

    ``S[i, j] = score(scale <x_i, y_j> + r_i + c_j)``. Each method gives a statistic of the rows and
    of the columns, and its pullback; both compute the matrix in tiles. Compute positives, the one
    known partner of each row, separately with `arrays.row_dot`.

    With ``scale`` the inverse temperature, ``dL/dscale = <x, dL/dx> / scale``, since the loss is a
    function of ``scale x``; half of that where the matrix is symmetric (Euler's theorem). So the
    gradient of the temperature costs no pass over the pairs.

    Parameters
    ----------
    x : array (B, D) or (M, B, D)
        Rows of B samples, or of M views of B samples.
    y : array, optional
        The other side, with as many axes. Without it the matrix is symmetric: its columns are its
        rows, half of the tiles are computed, and statistics of rows are those of columns.
    scale : 0-d array
    pairs : Rule, optional
        Pairs that count. Default: all.
    offsets : (rows, columns), optional
        Arrays to add along rows and along columns; either may be None.
    score : Score, optional
        Map from tiles of products to tiles of scores, see `polycontrast.similarity.scores`.
    what : str, default "pairs"
        Name of the matrix in a printed plan.
    everywhere : bool, default False
        Where ranks share a batch: `y` is the same on all of them, and does not travel.
    beside : Companion, optional
        Other products of the same samples, for rules and statistics that read them.
    held_columns : bool, default False
        Whether `y` is constant: its gradient is not computed.
    longest : float, optional
        Bound of the lengths of all rows, where one is known: 1 for unit rows.
    settings : Settings, optional
        Default: those of the call in progress.
    """

    def __init__(
        self,
        x: Array,
        y: Array | None = None,
        *,
        scale: Array,
        pairs: Rule | None = None,
        offsets: tuple[Array | None, Array | None] = (None, None),
        score: Score | None = None,
        what: str = "pairs",
        everywhere: bool = False,
        beside: Companion | None = None,
        held_columns: bool = False,
        longest: float | None = None,
        settings: Settings | None = None,
    ):
        self.matrix = Matrix(x, y, scale, pairs, offsets, score, everywhere, beside, held_columns)
        self.what, self.longest = what, longest
        self.settings = current_settings() if settings is None else settings

    def reduce(
        self, statistic: Statistic, *, columns: bool = True, ahead: tuple[Any, Any] | None = None
    ) -> tuple[Any, Any, Callable[..., MatrixGradients]]:
        """Any statistic of rows and columns, with its pullback.

        Parameters
        ----------
        statistic : Statistic
        columns : bool, default True
            Whether to compute the statistic of the columns.
        ahead : (rows, columns), optional
            Cotangents that the pullback will certainly get.

        Returns
        -------
        rows, columns : array, or any result of the statistic
            `columns` is None without ``columns=True``, and for a symmetric matrix.
        back : callable
            From the cotangents of rows (and columns) to `MatrixGradients`.
        """
        return walk(self.matrix, statistic, self.settings, self.what, columns, ahead)

    def read(
        self, *readings: Reading, columns: bool = True
    ) -> tuple[tuple[Array, ...], tuple[Array, ...] | None, Callable[..., MatrixGradients]]:
        """Several statistics of the same products, with one pullback for all.

        Parameters
        ----------
        *readings : Reading
        columns : bool, default True
            Whether to compute statistics of the columns.

        Returns
        -------
        rows, columns : tuple of array
            One per reading, as in `reduce`.
        back : callable
            From tuples of cotangents of rows (and columns) to `MatrixGradients`; None for a
            reading that has none.
        """
        return self.reduce(Readings(readings), columns=columns)

    def logsumexp(self, columns: bool = True, positives: Array | None = None) -> Found:
        """Log-sum-exp of each row and, unless the matrix is symmetric, of each column.

        Parameters
        ----------
        columns : bool, default True
            Whether to compute those of the columns.
        positives : array, optional
            Logits of the rows' matches, in the shape of the rows or of their samples; columns have
            the same. Only diagnostics read them.

        Returns
        -------
        rows, columns, back
            As in `reduce`; -inf where no pair counts.
        """
        watch = current_watch()
        if watch is None or positives is None:
            return self.reduce(self.exp_sum(), columns=columns)
        noticing = Noticing(self.exp_sum(power=2), self._tolerance())
        rows, cols, back = self.reduce(noticing, columns=columns)
        record(watch, self.matrix, positives, noticing, rows, cols)
        if isinstance(self.matrix.pairs, OtherSamples):
            views, samples = self.matrix.y.shape[:2]
            watch.negatives = views * (whole_batch().samples(samples) - 1)
        return rows[0], None if cols is None else cols[0], back

    def sums_of(
        self,
        function: Function,
        *,
        columns: bool = True,
        like: Array | None = None,
        share: Callable[[Array], Cotangents] = lambda g: (g,),
        positives: Array | None = None,
        shift: Any = 0.0,
    ) -> Found:
        """Sums of a function of the scores over rows and columns.

        Where the cotangent of the losses is known before they are computed, value and gradients
        come from one pass, with three products in place of four.

        Parameters
        ----------
        function : Function
        columns : bool, default True
            Whether to compute sums over columns.
        like : array, optional
            Array of the shape and dtype of the losses. With it, `back` takes the cotangent of the
            losses, and `share` turns it into those of the sums. Not for losses of which some do not
            exist: their cotangent is not known before.
        share : callable, optional
            From the cotangent of the losses to those of the sums over rows (and columns). Default:
            the sums over rows have that of the losses.
        positives : array, optional
            As in `logsumexp`; `shift` is the part of a logit that is no similarity.

        Returns
        -------
        rows, columns, back
            As in `reduce`.
        """
        ahead = None
        expected = None if like is None else promised_cotangent(like)
        if expected is not None:
            ahead = (*share(expected), None)[:2]  # the columns may have no cotangent
        watch = current_watch()
        if watch is None or positives is None:
            rows, cols, back = self.reduce(Sum(function), columns=columns, ahead=ahead)
        else:  # columns are anchors as well
            noticing = Noticing(Sum(function), self._tolerance())
            seen, others, back = self.reduce(noticing, ahead=ahead)
            record(watch, self.matrix, positives, noticing, seen, others, shift)
            rows, cols = seen[0], None if others is None or not columns else others[0]
        return rows, cols, lambda g: back(*share(g))

    def exp_sum(self, power: int = 1) -> Statistic:
        """Log-sum-exp as a statistic: without maxima where all scores are known to be small.

        Parameters
        ----------
        power : int, default 1
            Power of the exponentials that must be safe.
        """
        largest = self._largest_score()
        safe = SAFE_EXPONENT[self.matrix.xp.finfo(self.matrix.like.dtype).bits]
        return ExpSum() if largest <= safe / power else RunningExpSum(self._is_capped(largest))

    def _is_capped(self, largest: float) -> bool:
        """True where rounding may take a score far beyond the log-sum-exp that it is part of."""
        mirrored = self.matrix.symmetric or self.settings.comm is not None
        eps = self.matrix.xp.finfo(self.matrix.like.dtype).eps
        return mirrored and not largest < CAP_BEYOND / eps

    def _largest_score(self) -> float:
        """Bound of the sizes of all scores; nan where there is none."""
        matrix = self.matrix
        if matrix.score is not None or matrix.pairs.weighs:
            return math.nan
        if arrays.kernels(matrix.like) is not None:
            return math.nan  # reading the largest score would synchronise with the device
        if self.longest is None:
            sides = (matrix.x,) if matrix.symmetric else (matrix.x, matrix.y)
            largest = [self._largest(arrays.row_dot(t, t)) for t in sides]
            largest = [largest[0], largest[-1]]
        else:
            largest = [self.longest**2] * 2
        largest += [self._largest(matrix.xp.abs(t)) for t in matrix.offsets if t is not None]
        bounds = [arrays.known(t) for t in (matrix.scale, *largest)]
        scale, x, y, *offsets = (math.nan if b is None else b for b in bounds)
        comm = self.settings.comm
        if comm is not None and None not in bounds:
            x, y, *offsets = comm.largest([x, y, *offsets])  # ranks merge their states
        return float(abs(scale) * math.sqrt(x * y) + sum(offsets))

    def _tolerance(self) -> Array:
        """Largest difference of two scores that are level."""
        matrix = self.matrix
        rounding = arrays.rounding_of_products(matrix.x, matrix.y, self.longest)
        return matrix.xp.abs(matrix.scale) * rounding

    def _largest(self, t: Array) -> Array | float:
        return 0.0 if 0 in t.shape else self.matrix.xp.max(t)
