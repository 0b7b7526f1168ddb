"""The mean logit of an anchor's candidates, for the label smoothing of `info_nce`."""

from typing import Any

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.contrast.anchor import Contrast, Grads, Linear, Logits
from polycontrast.objective import whole_batch
from polycontrast.similarity import CountedSum, Rule


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
    mean = total / n + xp.zeros_like(a)
    means = row_dot(a, mean)
    if symmetric:
        centre = batch.sum(xp.sum(a, axis=0, keepdims=True)) / samples
        means = (means + row_dot(b, centre + xp.zeros_like(b))) / 2

    def pull(g: Array) -> Grads:
        h = (scale / anchors) * g[:, None]
        spread = batch.sum(xp.sum(h * a, axis=0, keepdims=True)) if in_batch else h * a
        grads = {"x": h * mean, "y": spread / n + xp.zeros_like(b)}
        if c is not None:
            spread = xp.sum(h * a, axis=0, keepdims=True) if c.ndim == 2 else (h * a)[:, None, :]
            grads["negatives"] = spread / n + xp.zeros_like(c)
        if symmetric:
            spread = batch.sum(xp.sum(h * b, axis=0, keepdims=True))
            grads["x"] = grads["x"] + spread / samples
            grads["y"] = grads["y"] + h * centre
        return grads

    return (smoothing, positive), (-smoothing, Logits(scale * means, pull))


def uneven_smoothing(
    rows: Contrast,
    positive: Logits,
    smoothing: float,
    pairs: Rule | None,
    others: Rule | Array | None,
    symmetric: bool,
) -> Linear:
    """The same where anchors differ in their candidates: one more product of each block.

    `pairs` are the negatives of the batch, None for none. `others` selects among the negatives
    beside it: a rule, or the (B, K) that are there; None for all.
    """
    share = smoothing / (2 if symmetric else 1)
    counts: list[Any] = [1, 1] if symmetric else [1]
    sums: list[tuple[int, Logits]] = []

    def add(first: str, other: str, rule: Rule | None, both: bool, everywhere: bool) -> None:
        matrix = rows.matrix(first, other, rule, everywhere)
        *sides, back = matrix.reduce(CountedSum(), columns=both)

        def pull(g: Array, h: Any = None) -> Grads:
            pulled = back(g, h)
            return {first: pulled.x, other: pulled.y}

        for k, side in enumerate(sides if both else sides[:1]):
            sums.append((k, Logits(side[0], pull, k)))
            counts[k] = counts[k] + side[1]

    if pairs is not None:
        add("x", "y", pairs, symmetric, False)
    queue = rows.rows.get("negatives")
    if queue is not None and queue.ndim == 2:
        add("x", "negatives", others, False, True)
    elif queue is not None:
        xp, (products, back) = namespace(queue), rows.each("x", "negatives")
        ones = xp.ones_like(products)
        there = ones if others is None else xp.where(others, ones, 0.0)
        total = rows.scale * xp.sum(there * products, axis=1)
        sums.append((0, Logits(total, lambda g: back((rows.scale * g)[:, None] * there))))
        counts[0] = counts[0] + xp.sum(there, axis=1)
    of_positive = smoothing - sum(share / n for n in counts)
    return (of_positive, positive), *((-share / counts[side], total) for side, total in sums)
