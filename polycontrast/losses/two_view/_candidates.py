"""Candidates beside the batch, and the mean logit of all candidates, for `info_nce`."""

from collections.abc import Callable
from typing import Any, NamedTuple

from polycontrast.arrays import Array, finite_or_zero, logsumexp, namespace, row_dot
from polycontrast.objective import whole_batch
from polycontrast.similarity import CountedSum, Reading, Rule, Similarity


class Candidates(NamedTuple):
    """Statistics of each anchor's logits with its candidates."""

    logsumexp: Array
    sums: Any
    counts: Any
    """How many there are; both None if not asked for."""
    pull: Callable[[Any, Any], tuple[Array, Array]]
    """From dL/dlogsumexp and dL/dsums, either may be None, to those of anchors and candidates."""


def shared(a: Array, c: Array, scale: Array, pairs: Rule | None, summed: bool) -> Candidates:
    """Statistics over candidates (K, D) that all anchors share, as far as a rule counts them."""
    matrix = Similarity(a, c, scale=scale, pairs=pairs, what="negatives", everywhere=True)
    if not summed:
        rows, _, pull = matrix.logsumexp(columns=False)
        return Candidates(rows, None, None, lambda g, h: pull(g, None)[:2])
    readings = Reading(matrix.exp_sum()), Reading(CountedSum())
    (lse, (sums, counts)), _, pull = matrix.read(*readings, columns=False)
    return Candidates(lse, sums, counts, lambda g, h: pull((g, h), None)[:2])


def own(a: Array, c: Array, scale: Array, there: Array | None) -> Candidates:
    """Statistics over candidates (B, K, D) of each anchor, as far as they are there (B, K)."""
    xp = namespace(a)
    s = scale * xp.matmul(c, a[:, :, None])[:, :, 0]
    ones = xp.ones_like(s)
    if there is not None:
        s = xp.where(there, s, -xp.inf)
        ones = xp.where(there, ones, 0.0)
    lse = logsumexp(s)

    def pull(g: Any, h: Any) -> tuple[Array, Array]:
        w = 0.0
        if g is not None:
            w = g[:, None] * xp.exp(s - finite_or_zero(lse)[:, None])
        if h is not None:
            w = w + h[:, None] * ones
        w = scale * w
        return xp.matmul(w[:, None, :], c)[:, 0, :], w[:, :, None] * a[:, None, :]

    sums = xp.sum(finite_or_zero(s), axis=1)
    return Candidates(lse, sums, xp.sum(ones, axis=1), pull)


Smoothing = tuple[Array, Callable[[Array], tuple[Array, Array, Array | None]]]
"""Positive minus mean logit of each anchor's candidates, averaged over the directions, and the
pullback to anchors, candidates of the batch and others."""


def even_smoothing(
    a: Array, b: Array, c: Array | None, scale: Array, in_batch: bool, symmetric: bool
) -> Smoothing:
    """Where all anchors have the same candidates.

    The mean logit is the product with the mean candidate, so no pair is formed.
    """
    xp, batch = namespace(a), whole_batch()
    samples, anchors = batch.samples(a.shape[0]), 2 if symmetric else 1
    others = 0 if c is None else c.shape[-2]
    n = (samples if in_batch else 1) + others
    total = batch.sum(xp.sum(b, axis=0, keepdims=True)) if in_batch else b
    if c is not None:
        total = total + xp.sum(c, axis=-2, keepdims=c.ndim == 2)
    mean = total / n + xp.zeros_like(a)
    centre = batch.sum(xp.sum(a, axis=0, keepdims=True)) / samples
    excess = row_dot(a, b - mean)
    if symmetric:
        excess = (excess + row_dot(b, a - centre)) / 2

    def back(g: Array) -> tuple[Array, Array, Array | None]:
        h = (scale / anchors) * g[:, None]
        spread = batch.sum(xp.sum(h * a, axis=0, keepdims=True)) if in_batch else h * a
        ga, gb = h * (b - mean), h * a - spread / n
        gc = None
        if c is not None:
            spread = xp.sum(h * a, axis=0, keepdims=True) if c.ndim == 2 else (h * a)[:, None, :]
            gc = -spread / n
            gc = gc + xp.zeros_like(c)
        if symmetric:
            ga = ga + h * b - batch.sum(xp.sum(h * b, axis=0, keepdims=True)) / samples
            gb = gb + h * (a - centre)
        return ga, gb, gc

    return scale * excess, back


def uneven_smoothing(
    a: Array,
    b: Array,
    scale: Array,
    pairs: Rule | None,
    queue: Candidates | None,
    symmetric: bool,
) -> Smoothing:
    """Where anchors differ in their candidates: one more product of the pairs.

    `pairs` are the negatives of the batch, None for none.
    """
    xp, anchors = namespace(a), 2 if symmetric else 1
    positive = scale * row_dot(a, b)
    sums = counts = xp.zeros_like(positive)
    columns: Any = None
    pull = None
    if pairs is not None:
        matrix = Similarity(a, b, scale=scale, pairs=pairs)
        (sums, counts), columns, pull = matrix.reduce(CountedSum(), columns=symmetric)
    if queue is not None:
        sums, counts = sums + queue.sums, counts + queue.counts
    sides = [(sums, counts + 1)] + ([(columns[0], columns[1] + 1)] if symmetric else [])
    excess = sum(positive - (positive + total) / n for total, n in sides) / anchors

    def back(g: Array) -> tuple[Array, Array, Array | None]:
        shares = [g / (anchors * n) for _, n in sides]
        on_positive = (scale * (g - sum(shares)))[:, None]
        ga, gb, gc = on_positive * b, on_positive * a, None
        if pull is not None:
            pulled = pull(-shares[0], -shares[1] if symmetric else None)
            ga, gb = ga + pulled.x, gb + pulled.y
        if queue is not None:
            da, gc = queue.pull(None, -shares[0])
            ga = ga + da
        return ga, gb, gc

    return excess, back
