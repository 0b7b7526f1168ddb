"""The mean logit of an anchor's candidates, for the label smoothing of `info_nce`."""

from typing import Any, NamedTuple

from polycontrast.arrays import Array, finite_or_zero, logsumexp, namespace, row_dot
from polycontrast.contrast.anchor import Contrast, Grads, Linear, Logits
from polycontrast.objective import whole_batch
from polycontrast.similarity import CountedSum, Reading, Rule


def even_smoothing(
    rows: Contrast, positive: Logits, smoothing: float, in_batch: bool, symmetric: bool
) -> Linear:
    """Positive minus mean logit, averaged over directions, where all anchors have as many.

    The mean logit is the product with the mean candidate, so no pair is formed.
    """
    a, b, scale, anchors = rows.rows["x"], rows.rows["y"], rows.scale, 2 if symmetric else 1
    c: Any = rows.rows.get("negatives")
    xp, batch = namespace(a), whole_batch()
    samples = batch.samples(a.shape[0])
    n = (samples if in_batch else 1) + (0 if c is None else c.shape[-2])
    total = batch.sum(xp.sum(b, axis=0, keepdims=True)) if in_batch else b
    if c is not None:
        total = total + xp.sum(c, axis=-2, keepdims=c.ndim == 2)
    mean = total / n
    means = row_dot(a, mean)
    if symmetric:
        centre = batch.sum(xp.sum(a, axis=0, keepdims=True)) / samples
        means = (means + row_dot(b, centre)) / 2

    def pull(g: Array) -> Grads:
        h = (scale / anchors) * g[:, None]
        spread = batch.sum(xp.sum(h * a, axis=0, keepdims=True)) if in_batch else h * a
        grads = {"x": h * mean, "y": spread / n}
        if c is not None:
            spread = xp.sum(h * a, axis=0, keepdims=True) if c.ndim == 2 else (h * a)[:, None, :]
            grads["negatives"] = spread / n + xp.zeros_like(c)
        if symmetric:
            spread = batch.sum(xp.sum(h * b, axis=0, keepdims=True))
            grads["x"] = grads["x"] + spread / samples
            grads["y"] = grads["y"] + h * centre
        return grads

    return (smoothing, positive), (-smoothing, Logits(scale * means, pull))


class Summed(NamedTuple):
    """Log-sum-exps of anchors over their candidates, sums of the logits, and numbers of them."""

    logsumexp: Logits
    sums: Logits
    counts: Array


def summed_queue(rows: Contrast, others: Any) -> Summed:
    """Statistics of rows ``"x"`` over the negatives, from one product.

    `others` selects among the negatives: a rule of shared ones, or the (B, K) own ones that are
    there; None for all.
    """
    if rows.rows["negatives"].ndim == 2:
        matrix = rows.matrix("x", "negatives", others, everywhere=True)
        readings = Reading(matrix.exp_sum()), Reading(CountedSum())
        (found, (sums, counts)), _, back = matrix.read(*readings, columns=False)

        def pull(g: Array, h: Any = None) -> Grads:
            pulled = back((g, h), None)
            return {"x": pulled.x, "negatives": pulled.y}

        return Summed(Logits(found, pull), Logits(sums, pull, 1), counts)
    products, to_rows = rows.each("x", "negatives")
    xp, scale = namespace(products), rows.scale
    ones = xp.ones_like(products)
    there = ones if others is None else xp.where(others, ones, 0.0)
    s = xp.where(there > 0, scale * products, -xp.inf)
    lse = logsumexp(s)

    def pull_own(g: Array, h: Any = None) -> Grads:
        w = g[:, None] * xp.exp(s - finite_or_zero(lse)[:, None])
        return to_rows(scale * (w if h is None else w + h[:, None] * there))

    total = xp.sum(finite_or_zero(s), axis=1)
    return Summed(Logits(lse, pull_own), Logits(total, pull_own, 1), xp.sum(there, axis=1))


def uneven_smoothing(
    rows: Contrast,
    positive: Logits,
    smoothing: float,
    pairs: Rule | None,
    queue: Summed | None,
    symmetric: bool,
) -> Linear:
    """The same where anchors differ in their candidates: one more product of the pairs.

    `pairs` are the negatives of the batch, None for none.
    """
    share = smoothing / (2 if symmetric else 1)
    counts: list[Any] = [1, 1] if symmetric else [1]
    sums: list[tuple[int, Logits]] = []
    if pairs is not None:
        matrix = rows.matrix("x", "y", pairs)
        *sides, back = matrix.reduce(CountedSum(), columns=symmetric)

        def pull(g: Array, h: Any = None) -> Grads:
            pulled = back(g, h)
            return {"x": pulled.x, "y": pulled.y}

        for k in range(len(counts)):
            sums.append((k, Logits(sides[k][0], pull, k)))
            counts[k] = counts[k] + sides[k][1]
    if queue is not None:
        sums.append((0, queue.sums))
        counts[0] = counts[0] + queue.counts
    of_positive = smoothing - sum(share / n for n in counts)
    return (of_positive, positive), *((-share / counts[side], total) for side, total in sums)
