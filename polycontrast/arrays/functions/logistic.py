"""Logarithms, roots, log-sum-exps and the logistic function, safe at their ends."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from polycontrast.arrays.functions.arithmetic import add_, exp_
from polycontrast.arrays.namespaces import Array, namespace
from polycontrast.arrays.temporaries import reuses, temporary

SAFE_EXPONENT = 80.0  # its exponential plus 1 is far below the largest float32
STRIP = 2**16  # entries of a tile that stay in the inner cache over several passes


def safe_log(x: Array) -> Array:
    """Logarithm of non-negative numbers with log 0 = -inf and no warning."""
    if reuses(x):
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(x)
    xp = namespace(x)
    zero = x == 0
    return xp.where(zero, -math.inf, xp.log(xp.where(zero, 1.0, x)))


def safe_sqrt(x: Array) -> Array:
    """Square root of the larger of `x` and 0; on a gradient tape its derivative at 0 is 0."""
    if reuses(x):
        return np.sqrt(np.maximum(x, 0))
    xp = namespace(x)
    positive = x > 0
    length = xp.sqrt(xp.where(positive, x, 1.0))
    # A nan stays nan.
    return xp.where(positive, length, xp.where(x <= 0, 0.0, x))


def safe_sqrt_(x: Array) -> Array:
    """The same of a temporary."""
    if reuses(x):
        return np.sqrt(np.maximum(x, 0, out=x), out=x)
    return safe_sqrt(x)


def finite_or_zero(x: Array) -> Array:
    """`x` with infinities replaced by 0, so that ``inf - inf`` never arises; nan stays."""
    xp = namespace(x)
    return xp.where(xp.isinf(x), 0.0, x)


def logsumexp(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Log-sum-exp along an axis; -inf where every term is -inf."""
    xp = namespace(x)
    peak = finite_or_zero(xp.max(x, axis=axis, keepdims=True))
    total = xp.sum(xp.exp(x - peak), axis=axis, keepdims=True)
    return xp.squeeze(safe_log(total) + peak, axis=axis)


def softplus(x: Array) -> Array:
    """``log(1 + exp(x))`` without overflow; 0 at -inf."""
    xp = namespace(x)
    positive, size = _positive_part_and_size(x)
    return positive + xp.log1p(xp.exp(-size))


def sigmoid(x: Array) -> Array:
    """``1 / (1 + exp(-x))`` without overflow; the derivative of `softplus`."""
    xp = namespace(x)
    e = xp.exp(-_positive_part_and_size(x)[1])
    return xp.where(x >= 0, 1.0, e) / (1 + e)


def softplus_with_slope(x: Array) -> tuple[Array, Callable[[], Array]]:
    """Softplus, and a function that makes the sigmoid from the same exponential."""
    xp = namespace(x)
    positive, size = _positive_part_and_size(x)
    e = xp.exp(-size)
    return positive + xp.log1p(e), lambda: xp.where(x >= 0, 1.0, e) / (1 + e)


def softplus_and_sigmoid(x: Array) -> tuple[Array, Array]:
    """Softplus and sigmoid of a temporary, from one exponential."""
    xp = namespace(x)
    if reuses(x) and x.ndim and x.size and x.max() < SAFE_EXPONENT:
        # exp(x) is finite, so no absolute value and no case distinction is needed.
        slope = temporary(x.shape, x.dtype)
        slope = np.empty_like(x) if slope is None else slope
        for e, into in _strips(x, slope):
            np.exp(e, out=e)
            np.add(e, 1, out=into)
            np.divide(e, into, out=into)
            np.log1p(e, out=e)
        return x, slope
    positive, size = _positive_part_and_size(x)
    e = exp_(-size)
    slope = xp.where(x >= 0, 1.0, e) / (1 + e)
    return add_(xp.log1p(e), positive), slope


def _strips(*given: Array) -> Iterator[tuple[Array, ...]]:
    """Matching rows of arrays of one shape, some at a time: so many stay in the inner cache."""
    count = given[0].shape[0]
    step = max(1, STRIP * count // given[0].size)
    for start in range(0, count, step):
        yield tuple(t[start : start + step] for t in given)


def _positive_part_and_size(x: Array) -> tuple[Array, Array]:
    """``max(x, 0)`` and ``|x|``; on a tape, their derivatives at 0 are those of the side x >= 0.

    A formula with one case for each sign is then differentiated in one of its cases. Libraries take
    0 as the slope of ``|x|`` at 0, which is the slope of neither case.
    """
    xp = namespace(x)
    if reuses(x):
        return np.maximum(x, 0), np.abs(x)
    upper = x >= 0
    return xp.where(upper, x, xp.zeros_like(x)), xp.where(upper, x, -x)
