"""Statistics of rows and columns, as monoids with a derivative.

A statistic prepares a tile of scores, for example by an exponential (`prepare`). It reduces the
tile along an axis to a state (`reduce`), and merges states in any grouping (`merge`). It finishes a
state to the statistic (`finish`), and gives the derivative by each score (`weigh`). Tiles, threads
and machines all use `merge`. Axes stand for rows, columns or, in a cube, any one index.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from polycontrast import arrays
from polycontrast.arrays import Array

Axis = int | tuple[int, ...]

CAP_BEYOND = 0.01  # of 1 / epsilon: smaller scores are rounded too little for a cap

# Scores within these bounds have exponentials, and sums of a million of them, far from both ends
# of the dtype's range: they need no maximum, and one exponential serves rows and columns.
SAFE_EXPONENT = {16: 5.0, 32: 40.0, 64: 300.0}


class Statistic(Protocol):
    """Interface of a statistic."""

    def prepare(self, scores: Array) -> Array:
        """Turn a tile of scores, a temporary, into the array that is reduced and weighed."""

    def reduce(self, prepared: Array, axis: Axis) -> Any:
        """State of each row (axis 1), column (axis 0), ... of a prepared tile."""

    def merge(self, one: Any, other: Any) -> Any:
        """State of two parts together."""

    def finish(self, state: Any) -> Array:
        """Turn a state into the statistic."""

    def factors(self, g: Array, finished: Array) -> Any:
        """Per-row (or per-column) numbers that `weigh` takes, from cotangent and statistic."""

    def weigh(self, prepared: Array, factors: Sequence[Any]) -> Array:
        """dL/dscores of a tile, from the factors of its rows, columns, ..., made to broadcast."""


class TupleStatistic(Statistic, Protocol):
    """Interface of a statistic of a cube, with states of every axis of a block."""

    separable: bool
    """Whether dL/dscores is the prepared array times the sum of the factors."""

    def marginals(self, prepared: Array) -> Sequence[Any]:
        """States of each axis over all the others."""


def _spread(factors: Sequence[Array], derivative: Array, fresh: bool) -> Array:
    """``derivative * (sum of factors)``, in the memory of a temporary.

    With `fresh`, `derivative` is a temporary; a sum of several factors is always one.
    """
    if fresh:
        factor = factors[0] if len(factors) == 1 else _total(factors)
        return arrays.multiply_(derivative, factor)
    if len(factors) == 1:
        return arrays.multiplied(derivative, factors[0])
    return arrays.multiply_(_total(factors), derivative)


def _total(factors: Sequence[Array]) -> Array:
    """Temporary with the sum of two or more, which broadcast against each other."""
    total = arrays.added(factors[0], factors[1])
    for factor in factors[2:]:
        total = arrays.added(total, factor)
    return total


class ExpSum:
    """Log-sum-exp of scores that are known to be small enough to need no maximum."""

    separable = True

    def prepare(self, scores: Array) -> Array:
        """One exponential for both directions."""
        return arrays.exp_(scores)

    def reduce(self, prepared: Array, axis: Axis) -> Array:
        """Plain sums."""
        return arrays.sums(prepared, axis)

    def marginals(self, prepared: Array) -> list[Array]:
        """Sums of ever smaller arrays, as products with ones: two passes, however many axes."""
        xp, states = arrays.namespace(prepared), []
        where = {"dtype": prepared.dtype, "device": arrays.device(prepared)}
        while prepared.ndim > 1:
            rows = xp.reshape(prepared, (prepared.shape[0], -1))
            states.append(xp.matmul(rows, xp.ones(rows.shape[1], **where)))
            others = xp.matmul(xp.ones(rows.shape[0], **where), rows)
            prepared = xp.reshape(others, prepared.shape[1:])
        return [*states, prepared]

    def merge(self, one: Array, other: Array) -> Array:
        """Sums add."""
        return one + other

    def finish(self, state: Array) -> Array:
        """Logarithm; -inf where nothing was summed."""
        return arrays.safe_log(state)

    def factors(self, g: Array, finished: Array) -> Array:
        """``g / sum``; 0 where nothing was summed."""
        xp = arrays.namespace(finished)
        return g * xp.exp(-xp.where(xp.isinf(finished), math.inf, finished))

    def weigh(self, prepared: Array, factors: Sequence[Array]) -> Array:
        """``exp(S) (u + v + ...)``."""
        return _spread(factors, prepared, fresh=False)


class RunningExpSum:
    """Log-sum-exp with a running maximum, for scores of any size.

    Parameters
    ----------
    capped : bool, default False
        Whether weights need a cap. A score is at most the log-sum-exp of its row. In a symmetric
        matrix the sum may hold its mirror image, which may be rounded differently. For scores of
        1e9 that difference is large in an exponential.
    """

    separable = False

    def __init__(self, capped: bool = False) -> None:
        self.capped = capped

    def prepare(self, scores: Array) -> Array:
        """Scores unchanged: rows and columns have maxima of their own."""
        return scores

    def reduce(self, prepared: Array, axis: Axis) -> tuple[Array, Array]:
        """Maximum, and the sum of exponentials relative to it."""
        xp = arrays.namespace(prepared)
        peak = xp.max(prepared, axis=axis, keepdims=True)
        shifted = arrays.exp_(arrays.subtracted(prepared, arrays.finite_or_zero(peak)))
        return xp.squeeze(peak, axis=axis), arrays.sums(shifted, axis)

    def marginals(self, prepared: Array) -> list[tuple[Array, Array]]:
        """States of each axis, with maxima of its own."""
        axes = range(prepared.ndim)
        return [self.reduce(prepared, tuple(b for b in axes if b != a)) for a in axes]

    def merge(self, one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
        """Both sums relative to the larger maximum."""
        (m1, s1), (m2, s2) = one, other
        xp = arrays.namespace(m1)
        peak = xp.maximum(m1, m2)
        shift = arrays.finite_or_zero(peak)
        return peak, s1 * xp.exp(m1 - shift) + s2 * xp.exp(m2 - shift)

    def finish(self, state: tuple[Array, Array]) -> Array:
        """Maximum plus logarithm; -inf where nothing was summed."""
        peak, total = state
        return arrays.finite_or_zero(peak) + arrays.safe_log(total)

    def factors(self, g: Array, finished: Array) -> tuple[Array, Array]:
        """Cotangent and log-sum-exp, both needed for each weight."""
        return g, arrays.finite_or_zero(finished)

    def weigh(self, prepared: Array, factors: Sequence[tuple[Array, Array]]) -> Array:
        """``exp(S - lse_row) g_row + exp(S - lse_column) g_column + ...``."""
        total = None
        for g, lse in factors:
            shifted = arrays.subtracted(prepared, lse)
            if self.capped:
                shifted = arrays.negative_part_(shifted)
            weights = arrays.multiply_(arrays.exp_(shifted), g)
            total = weights if total is None else arrays.add_(total, weights)
        return total


@dataclass(frozen=True)
class Function:
    """A function of scores and its derivative, elementwise; both are 0 at -inf.

    -inf stands for pairs that do not count.

    Parameters
    ----------
    name : str
        Name of the kernel for it.
    value, derivative : callable
        From an array to a new one.
    both : callable, optional
        Both of a temporary at once, where that costs less than one after the other.
    """

    name: str
    value: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    both: Callable[[Array], tuple[Array, Array]] | None = None

    def of(self, scores: Array) -> tuple[Array, Array]:
        """Values and derivatives of a temporary."""
        if self.both is not None:
            return self.both(scores)
        return self.value(scores), self.derivative(scores)


def _exp(scores: Array) -> Array:
    return arrays.namespace(scores).exp(scores)


def _exp_twice(scores: Array) -> tuple[Array, Array]:
    values = _exp(scores)
    return values, values


def _finite(scores: Array) -> Array:
    xp = arrays.namespace(scores)
    return xp.where(xp.isinf(scores), 0.0, scores)


def _counted(scores: Array) -> Array:
    xp = arrays.namespace(scores)
    return xp.astype(~xp.isinf(scores), scores.dtype)


def _slope_of_sigmoid(scores: Array) -> Array:
    value = arrays.sigmoid(scores)
    return value * (1 - value)


SCORES = Function("scores", _finite, _counted)
"""The scores themselves; their derivative counts the pairs."""
EXP = Function("exponential", _exp, _exp, _exp_twice)
SIGMOID = Function("sigmoid", arrays.sigmoid, _slope_of_sigmoid)
SOFTPLUS = Function("softplus", arrays.softplus, arrays.sigmoid, arrays.softplus_and_sigmoid)


class Sum:
    """Sum of a function of the scores.

    Parameters
    ----------
    function : Function
    """

    def __init__(self, function: Function):
        self.function = function

    def sums_and_slopes(self, scores: Array, columns: bool) -> tuple[Any, Any, Array]:
        """States of rows and, with ``columns=True``, columns of a temporary tile, and its slopes.

        The slopes are a temporary too.
        """
        values, slopes = self.function.of(scores)
        of_rows = arrays.sums(values, 1)
        return of_rows, arrays.sums(values, 0) if columns else None, slopes

    def prepare(self, scores: Array) -> Array:
        """Scores unchanged."""
        return scores

    def reduce(self, prepared: Array, axis: Axis) -> Any:
        """Sums of the function's values."""
        return arrays.sums(self.function.value(prepared), axis)

    def merge(self, one: Any, other: Any) -> Any:
        """Sums add."""
        return one + other

    def finish(self, state: Any) -> Array:
        """The sum itself."""
        return state

    def factors(self, g: Array, finished: Array) -> Array:
        """The cotangent."""
        return g

    def weigh(self, prepared: Array, factors: Sequence[Array]) -> Array:
        """``f'(S) (u + v + ...)``."""
        return _spread(factors, self.function.derivative(prepared), fresh=True)


class Largest:
    """Largest score; -inf where no pair counts. It is constant: it has no gradient."""

    def prepare(self, scores: Array) -> Array:
        """Nothing to do."""
        return scores

    def reduce(self, prepared: Array, axis: Axis) -> Array:
        """Maxima."""
        return arrays.namespace(prepared).max(prepared, axis=axis)

    def merge(self, one: Array, other: Array) -> Array:
        """The larger one."""
        return arrays.namespace(one).maximum(one, other)

    def finish(self, state: Array) -> Array:
        """Nothing to do."""
        return state

    def factors(self, g: Array, finished: Array) -> Array:
        """The cotangent."""
        return g

    def weigh(self, prepared: Array, factors: Sequence[Array]) -> Array:
        """Zeros."""
        return arrays.namespace(prepared).zeros_like(prepared)


class CountedSum(Sum):
    """Sum of the scores, and the number of pairs that count. Only the sum has a cotangent."""

    def __init__(self) -> None:
        super().__init__(SCORES)

    def of_shape(self, t: Array) -> tuple[Array, Array]:
        """A sum and a number for each entry."""
        return t, t

    def reduce(self, prepared: Array, axis: Axis) -> tuple[Array, Array]:
        """Sum and number of pairs."""
        xp = arrays.namespace(prepared)
        counted = ~xp.isinf(prepared)
        total = xp.sum(xp.where(counted, prepared, 0.0), axis=axis)
        return total, xp.sum(xp.astype(counted, prepared.dtype), axis=axis)

    def merge(self, one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
        """Both add."""
        return one[0] + other[0], one[1] + other[1]
