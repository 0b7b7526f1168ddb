"""Sigmoids of shifted scores that add up to a number: the soft top-k operator."""

import math
from collections.abc import Callable

from polycontrast.arrays import (
    Array,
    constant,
    device,
    iterate,
    logsumexp,
    namespace,
    safe_log,
    sigmoid,
    softplus,
)

MOST_STEPS = 100


def sigmoids_with_sum(
    scores: Array, k: Array, alpha: float
) -> tuple[Array, Callable[[Array], Array]]:
    """``out_ij = sigmoid(z_ij)`` with z as in `shifted_to_sum`, so that each row adds up to k.

    ``ds = v g - v sum(v g) / sum(v)`` with ``v = alpha out (1 - out)``.

    Parameters
    ----------
    scores : array (B, L)
    k : array (B,) or 0-d array
        In (0, L).
    alpha : float

    Returns
    -------
    out : array (B, L)
    back : callable
        From dL/dout to dL/dscores.
    """
    z = alpha * (scores + _root(scores, k, alpha)[:, None])
    xp = namespace(scores)

    def back(g: Array) -> Array:
        logs, shares = _slopes(z)
        mean = xp.sum(shares * g, axis=1, keepdims=True)
        return alpha * xp.exp(logs) * (g - mean)

    return sigmoid(z), back


def shifted_to_sum(scores: Array, k: Array, alpha: float) -> tuple[Array, Callable[[Array], Array]]:
    """``z_ij = alpha (s_ij + t_i)`` with t such that the sigmoids of each row add up to k.

    With n the integer part of k and f the rest, t is the root of ``log(f + sum of 1 - out over the
    n largest scores) - log(sum of out over the others)``, which is decreasing in t. Unlike the sum
    less k it is free of cancellation, and nearly a line, so that Newton's method takes few steps. A
    bracket guards it.

    ``ds = alpha (g - w sum(g))`` with w the shares of the slopes of the sigmoids in their sum.

    Parameters
    ----------
    scores : array (B, L)
        Scores of -inf are left out.
    k : array (B,) or 0-d array
        Between 0 and the number of scores; otherwise the row is nan.
    alpha : float

    Returns
    -------
    z : array (B, L)
    back : callable
        From dL/dz to dL/dscores. Cotangents of what is left out must be 0.
    """
    z = alpha * (scores + _root(scores, k, alpha)[:, None])
    xp = namespace(scores)
    return z, lambda g: alpha * (g - _slopes(z)[1] * xp.sum(g, axis=1, keepdims=True))


def _slopes(z: Array) -> tuple[Array, Array]:
    """Logarithms of the slopes of the sigmoid, and shares in their sum.

    Shares by logarithms, for rows where every slope is too small for a number.
    """
    logs = -softplus(z) - softplus(-z)
    return logs, namespace(z).exp(logs - logsumexp(logs, axis=1)[:, None])


def _root(scores: Array, k: Array, alpha: float) -> Array:
    """The shift t of each row.

    It is found for numbers without a derivative. Each further step of Newton's method, from the
    root, carries the derivatives of one more order: two make those of gradients and Hessians.
    """
    xp, size = namespace(scores), scores.shape[1]
    k = k + xp.zeros_like(scores[:, 0])
    if not scores.shape[0]:
        return k
    whole = xp.floor(k)
    rest = safe_log(k - whole)
    ordered = xp.flip(xp.sort(scores, axis=1), axis=1)
    places = xp.arange(size, dtype=scores.dtype, device=device(scores))
    top = places[None, :] < whole[:, None]

    def function(ordered: Array, t: Array) -> tuple[Array, Array]:
        """Difference of logarithms, and its slope."""
        z = alpha * (ordered + t[:, None])
        missing = xp.where(top, -softplus(z), -math.inf)
        present = xp.where(top, -math.inf, -softplus(-z))
        lacking = xp.logaddexp(_row_logsumexp(missing), rest)
        excess = _row_logsumexp(present)
        falls = xp.sum(xp.exp(missing - lacking[:, None]) * sigmoid(z), axis=1)
        rises = xp.sum(xp.exp(present - excess[:, None]) * sigmoid(-z), axis=1)
        return lacking - excess, -alpha * (falls + rises)

    fixed = constant(ordered)
    count = xp.sum(xp.astype(fixed != -math.inf, fixed.dtype), axis=1)
    level = xp.log(xp.where(k < count, k / (count - k), math.nan)) / alpha
    # The first, the last of the largest and the first of the others as far as there are both, and
    # the last of all.
    first, *edges, last = (
        xp.take_along_axis(fixed, xp.astype(n, xp.int64)[:, None], axis=1)[:, 0]
        for n in (
            xp.zeros_like(count),
            *(xp.maximum(xp.minimum(n, count - 1), 0.0) for n in (whole - 1, whole, count)),
        )
    )
    low, high = level - first, level - last
    start = xp.minimum(xp.maximum(-(edges[0] + edges[1]) / 2, low), high)

    def step(state: tuple[Array, Array, Array]) -> tuple[tuple[Array, Array, Array], Array]:
        t, low, high = state
        value, slope = function(fixed, t)
        low, high = xp.where(value > 0, t, low), xp.where(value > 0, high, t)
        steep = slope < 0
        new = t - value / xp.where(steep, slope, -1.0)
        inside = steep & (new >= low) & (new <= high)
        new = xp.where(inside, new, (low + high) / 2)
        # A row that is nan ends the search for itself alone.
        change = xp.abs(new - t)
        error = alpha * xp.max(xp.where(xp.isnan(change), 0.0, change))
        return (new, low, high), error

    # The error of a step is about the square of its length.
    tolerance = xp.finfo(scores.dtype).eps ** 0.5 / 4
    (t, _, _), _ = iterate(step, (start, low, high), tolerance, MOST_STEPS)
    t = constant(t)
    for _ in range(2):
        value, slope = function(ordered, t)
        t = t - value / xp.where(slope < 0, slope, -1.0)
    return t


def _row_logsumexp(t: Array) -> Array:
    return logsumexp(t, axis=1)
