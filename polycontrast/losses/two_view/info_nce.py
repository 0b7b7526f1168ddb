"""InfoNCE: cross-entropy of matching pairs among in-batch candidates and a queue."""

from typing import Annotated, Any

from polycontrast.arrays import (
    Array,
    add_,
    finite_or_zero,
    inner,
    logsumexp,
    namespace,
    row_dot,
    sigmoid,
    softplus,
)
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Interval,
    Normalize,
    Reduction,
    Role,
    Temperature,
    Weights,
    objective,
    whole_batch,
)
from polycontrast.similarity import OtherSamples, Similarity

Negatives = Annotated[Any, Role("rows", ("K D", "B K D"))]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def info_nce(
    x: Embeddings,
    y: Embeddings,
    negatives: Negatives | None = None,
    weights: Weights | None = None,
    *,
    temperature: Temperature = 0.07,
    symmetric: bool = True,
    in_batch: bool = True,
    label_smoothing: Annotated[float, Interval(0.0, 1.0)] = 0.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each row's match among its candidates (InfoNCE, CLIP, MoCo, ALIGN).

    The default is CLIP, with a learned temperature. ALIGN: ``label_smoothing=0.1`` and twice the
    value. MoCo: ``symmetric=False, in_batch=False, negatives=queue``, temperature 0.07 or 0.2.

    .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_j e^{\langle \hat x_i, \hat y_j \rangle / \tau}
              + \log \sum_j e^{\langle \hat x_j, \hat y_i \rangle / \tau}
              - 2 \langle \hat x_i, \hat y_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Two views or modalities.
    negatives
        More candidates for the rows of `x`: shared, or K for each row. They belong to the side of
        `y`, so the direction from `y` to `x` does not use them. With ``comm=``, shared ones are the
        same on all ranks.
    temperature
        CLIP's initial value.
    symmetric
        Average both directions, or take `x` as the anchors only.
    in_batch
        Candidates of :math:`x_i` are all :math:`y_j`, or :math:`y_i` and the negatives alone (which
        needs ``symmetric=False``).
    label_smoothing
        Share :math:`e` of the target that is spread over all n candidates.

    Raises
    ------
    ValueError
        When ``in_batch=False`` is used with ``symmetric=True``.

    Notes
    -----
    With the logits :math:`s` of an anchor, its n candidates and its positive :math:`d`,

    .. math:: \ell = \mathrm{LSE}(s) - (1 - e)\, d - \tfrac{e}{n} \sum s .

    It is computed as :math:`\mathrm{softplus}(N - d) + e\,(d - \bar s)` with the log-sum-exp
    :math:`N` over the other candidates. With :math:`q = \sigma(N - d)`, the gradient weight of a
    candidate is :math:`q\, e^{s - N}`, that of the positive is :math:`-q`, and smoothing adds
    constants. The value takes one product. Value and gradient take three, or four when tiled.
    Memory is O(B D) when tiled. ``B = 1`` without negatives: value 0, gradient 0.

    References
    ----------
    A. van den Oord, Y. Li, O. Vinyals, "Representation Learning with Contrastive Predictive
    Coding", 2018, arXiv 1807.03748. K. He et al., CVPR 2020, arXiv 1911.05722. A. Radford et al.,
    ICML 2021, arXiv 2103.00020. C. Jia et al., ICML 2021, arXiv 2102.05918.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> value, grads = pc.info_nce.value_and_grad(x, x, temperature=1.0, wrt="temperature")
    >>> float(value.round(6)), float(grads.temperature.round(6))
    (0.551445, 0.423883)
    """
    xp = namespace(x)
    if symmetric and not in_batch:
        raise BadArgument("symmetric=True needs in_batch=True, got in_batch=False")
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    scale = 1 / temperature
    positive = scale * row_dot(a, b)
    rows = xp.full_like(positive, -xp.inf)
    columns = queue = extra = None
    if in_batch:
        matrix = Similarity(a, b, scale=scale, pairs=OtherSamples())
        rows, columns, pull = matrix.logsumexp(columns=symmetric, positives=positive)
    in_rows = rows
    if negatives is not None:
        c, c_back = unit_rows(negatives, normalize)
        queue, queue_pull = _candidates(a, c, scale)
        rows = xp.logaddexp(in_rows, queue)
    losses, anchors = softplus(rows - positive), 1
    if symmetric:
        losses, anchors = (losses + softplus(columns - positive)) / 2, 2
    if label_smoothing:
        extra, extra_back = _smoothing(
            a, b, None if queue is None else c, scale, in_batch, symmetric
        )
        losses = losses + label_smoothing * extra

    def back(g):
        p = g * sigmoid(rows - positive) / anchors
        q = g * sigmoid(columns - positive) / anchors if symmetric else 0
        on_positive = (-scale * (p + q))[:, None]
        ga, gb, grads = on_positive * b, on_positive * a, {}
        if in_batch:
            share = p * xp.exp(in_rows - finite_or_zero(rows))
            pulled = pull(share, q if symmetric else None)
            ga, gb = add_(ga, pulled.x), add_(gb, pulled.y)
        if queue is not None:
            da, gc = queue_pull(p * xp.exp(queue - finite_or_zero(rows)))
            ga = add_(ga, da)
        if extra is not None:
            da, db, dc = extra_back(label_smoothing * g)
            ga, gb = add_(ga, da), add_(gb, db)
            gc = None if queue is None else gc + dc
        if queue is not None:
            grads["negatives"] = c_back(gc)
        # Every logit is a product with one row of a, over tau: Euler's theorem, degree 1.
        return grads | {"x": a_back(ga), "y": b_back(gb), "temperature": -inner(a, ga) * scale}

    return losses, back


def _candidates(a: Array, c: Array, scale: Array):
    """Log-sum-exp of each anchor over shared (K, D) or its own (B, K, D) negatives."""
    xp = namespace(a)
    if c.ndim == 2:
        matrix = Similarity(a, c, scale=scale, what="negatives", everywhere=True)
        rows, _, pull = matrix.logsumexp(columns=False)
        return rows, lambda g: pull(g, None)[:2]
    s = scale * xp.matmul(c, a[:, :, None])[:, :, 0]
    lse = logsumexp(s)

    def back(g):
        w = scale * g[:, None] * xp.exp(s - lse[:, None])
        return xp.matmul(w[:, None, :], c)[:, 0, :], w[:, :, None] * a[:, None, :]

    return lse, back


def _smoothing(a: Array, b: Array, c: Array | None, scale: Array, in_batch: bool, symmetric: bool):
    """Positive minus mean logit of each anchor's candidates, averaged over the directions.

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

    def back(g):
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
