"""Negatives above a cutoff of each anchor."""

import math
from collections.abc import Callable
from typing import Annotated, Any

from polycontrast.arrays import (
    Array,
    constant,
    device,
    finite_or_zero,
    kth_largest,
    logsumexp,
    namespace,
    rounding_of_products,
)
from polycontrast.objective import Role, whole_batch
from polycontrast.similarity import full_rows, numbers_of_samples

_ABOUT = "Share of the negatives of an anchor that are kept, the most similar ones; at least one."
Fraction = Annotated[float, Role("option", low=0.0, high=1.0, about=_ABOUT)]


def hardest(
    a: Array,
    b: Array,
    queue: Array | None,
    scale: Array,
    fraction: float,
    threshold: float | None,
    read: Callable[[Array, Array], tuple[Array, Callable[[Array], Array]]],
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array | None]]]:
    """Read the scores of each anchor with its hardest negatives.

    These have at least the k-th largest product with the anchor, or the threshold, up to rounding.
    Which they are is constant in the gradient.

    Parameters
    ----------
    a, b : array (B, D)
        Anchors, and rows of the batch of which all but the match are negatives.
    queue : array (K, D), optional
        Further negatives, the same on all ranks.
    scale : 0-d array
    fraction : float
        Share of the negatives in k, rounded up.
    threshold : float, optional
        In place of the fraction.
    read : callable
        From scores and a mask of those that are kept, both (b, N), to an array (b,) and its
        pullback.

    Returns
    -------
    out : array (B,)
    back : callable
        From dL/dout to the gradients of a, b and the queue.
    """
    xp, batch = namespace(a), whole_batch()
    own, _ = numbers_of_samples(a)
    (columns,) = batch.gathered([b])
    samples = columns.shape[0]
    columns = columns if queue is None else xp.concat([columns, queue], axis=0)
    places = xp.arange(columns.shape[0], dtype=own.dtype, device=device(own))
    # Rounding of the fraction must not add a negative.
    k = max(1, math.ceil(fraction * (columns.shape[0] - 1) - 1e-9))
    rounding = scale * rounding_of_products(constant(a), constant(columns))

    def read_hardest(S: Array, own: Array) -> tuple[Array, Any]:
        others = places[None, :] != own[:, None]
        fixed = xp.where(others, constant(S), -math.inf)
        cutoff = kth_largest(fixed, k)[:, None] if threshold is None else scale * threshold
        return read(S, others & ~(fixed < cutoff - rounding))  # a nan is kept

    out, pull = full_rows(a, columns, scale, read_hardest, (own,), everywhere=True)

    def back(g: Array) -> tuple[Array, Array, Array | None]:
        found = pull(g)
        of_batch = batch.returned(found.y[:samples, :])
        return found.x, of_batch, None if queue is None else found.y[samples:, :]

    return out, back


def log_sum(S: Array, kept: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Log-sum-exp of the scores that are kept; -inf where none is."""
    xp = namespace(S)
    S = xp.where(kept, S, -math.inf)
    total = logsumexp(S)
    return total, lambda g: g[:, None] * xp.exp(S - finite_or_zero(total)[:, None])


def plain_sum(S: Array, kept: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Sum of the scores that are kept."""
    xp = namespace(S)
    total = xp.sum(xp.where(kept, S, 0.0), axis=1)
    return total, lambda g: xp.where(kept, g[:, None], 0.0)
