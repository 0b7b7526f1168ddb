"""Contrastive attraction and repulsion: transport costs with softmax weights."""

from typing import Annotated, Any, Literal

from polycontrast.arrays import constant, device, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import SoftMean, SquaredDistances, centred, view_pairs
from polycontrast.objective import (
    BadArgument,
    Held,
    Nonnegative,
    Normalize,
    Positive,
    Role,
    Views,
    objective,
    whole_batch,
)
from polycontrast.similarity import Map, OtherSamples

Sharpness = Annotated[Any, Role("scalar", low=0.0, open_low=True)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "translation"),
    held=Held(stop_grad_weights=True),
)
def cacr(
    views: Views,
    *,
    alpha: Nonnegative = 1.0,
    beta: Nonnegative = 1.0,
    tau_pos: Sharpness = 1.0,
    tau_neg: Sharpness = 1.0,
    cost: Literal["euclidean", "rbf"] = "euclidean",
    t: Positive = 2.0,
    stop_grad_weights: bool = False,
    normalize: Normalize = True,
):
    r"""Farther positives attract more, nearer negatives repel more.

    .. math:: \frac{\alpha}{M B} \sum_{a i} \sum_{c \ne a} p^i_{ac} \delta^i_{ac}
              - \frac{2 \beta}{M (M - 1) B} \sum_{a < c} \sum_{ij} w^{ac}_{ij} \delta^{ac}_{ij}

    Parameters
    ----------
    views
        At least 2 samples. The order counts: of two views the first holds the anchors of repulsion.
    alpha, beta
        Weights of attraction and repulsion.
    tau_pos, tau_neg
        Sharpness of the weights, differentiable. The authors have 1 and, on CIFAR-10, 0.9 or, on
        CIFAR-100 and STL-10, 2.
    cost
        "rbf" replaces the repulsion of a pair of views, with B the samples, by
        :math:`\beta \log \frac{1}{B} \sum_{ij} w_{ij} e^{-t \delta_{ij}}`.
    t
        Sharpness of "rbf".
    stop_grad_weights
        Whether the weights are constants, as in the authors' code for ImageNet. Then `tau_pos` and
        `tau_neg` have gradients of 0.

    Raises
    ------
    ValueError
        When there are fewer than two samples, as there is no negative.

    Notes
    -----
    Squared distances are :math:`\delta`. The weights :math:`p` are a softmax of :math:`\tau_{pos}
    \delta^i_{ac}` over the other views c of a sample, :math:`w` is one of :math:`-\tau_{neg}
    \delta_{ij}` over the other samples j. For a price :math:`\pi(\delta)` with the mean
    :math:`\bar \pi` the gradient by :math:`\delta` is :math:`w (\pi' - \tau (\pi - \bar \pi))`.
    One matrix product for each pair of views. Weights are computed in logs and in one pass. Rows
    are centred first, and positives are compared by differences. With ``cost="rbf"`` and rows that
    are not scaled, :math:`e^{-t \delta}` must not underflow for all pairs.

    References
    ----------
    H. Zheng, X. Chen, J. Yao, H. Yang, C. Li, Y. Zhang, H. Zhang, I. Tsang, J. Zhou, M. Zhou,
    "Contrastive Attraction and Contrastive Repulsion for Representation Learning", TMLR 2023,
    arXiv 2105.03746.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 2)
    >>> float(pc.cacr(views).round(6))
    -2.0
    """
    xp, batch = namespace(views), whole_batch()
    count, samples = views.shape[0], batch.samples(views.shape[1])
    if samples < 2:
        raise BadArgument("views must have at least 2 rows, so that there is a negative, got 1")
    z, z_back = unit_rows(views, normalize)
    (z,) = centred(z)
    pairs = view_pairs(count)
    positives, attract = _attraction(z, pairs, tau_pos, stop_grad_weights)
    value = alpha / (count * samples) * batch.sum(xp.sum(positives))
    one = xp.ones((), dtype=z.dtype, device=device(z))
    statistic = _repulsion(tau_neg, t if cost == "rbf" else None, stop_grad_weights)
    repel = []
    for a, c in pairs:
        distances = SquaredDistances(one, z[a, :, :], z[c, :, :], pairs=OtherSamples())
        found, _, pull = distances.matrix.reduce(statistic, columns=False)
        _, price, score, product = found
        mean = batch.sum(xp.sum(price)) / samples
        value = value + beta / len(pairs) * (xp.log(mean) if cost == "rbf" else mean)
        share = beta / (len(pairs) * samples) * (1 / mean if cost == "rbf" else one)
        covariance = xp.sum(product - price * score)
        repel.append((a, c, distances, pull, share + xp.zeros_like(price), share * covariance))

    def back(g):
        grads, on_pos = attract(alpha / (count * samples) * g)
        on_neg = xp.zeros_like(on_pos)
        for a, c, distances, pull, shares, on_tau in repel:
            grads[a], grads[c] = (
                before + more
                for before, more in zip(
                    (grads[a], grads[c]), distances.on_rows(pull(g * shares, None)), strict=True
                )
            )
            on_neg = on_neg + g * on_tau
        if stop_grad_weights:
            on_pos, on_neg = 0 * on_pos, 0 * on_neg
        return {"views": z_back(xp.stack(grads, axis=0)), "tau_pos": on_pos, "tau_neg": on_neg}

    return value, back


def _repulsion(tau, t, held):
    """Weighted mean of the price of scores, minus distances; also of scores, and of both."""

    def decayed(s):
        return namespace(s).exp(t * s)

    if t is None:
        price = Map(lambda s: s, lambda s: namespace(s).ones_like(s))
    else:
        price = Map(decayed, lambda s: t * decayed(s))
    log_weights = Map(lambda s: tau * s, lambda s: tau)
    others = (lambda s: s, lambda s: s * price.value(s))
    return SoftMean(log_weights, price, others, held)


def _attraction(z, pairs, tau, held):
    """Weighted distances of each row to its positives, (M, B), and the pullback of their sum."""
    xp, count = namespace(z), z.shape[0]
    apart = {pair: z[pair[0], :, :] - z[pair[1], :, :] for pair in pairs}
    squares = {pair: row_dot(d, d) for pair, d in apart.items()}
    delta = [[squares[min(a, c), max(a, c)] for c in range(count) if c != a] for a in range(count)]
    delta = xp.stack([xp.stack(row, axis=0) for row in delta], axis=0)  # (M, M - 1, B)
    logits = tau * delta
    e = xp.exp(logits - xp.max(logits, axis=1, keepdims=True))
    weights = e / xp.sum(e, axis=1, keepdims=True)
    mean = xp.sum(weights * delta, axis=1)

    def back(g):
        excess = delta - mean[:, None, :]
        on_delta = g * (constant(weights) if held else weights * (1 + tau * excess))
        grads = [xp.zeros_like(z[a, :, :]) for a in range(count)]
        for (a, c), d in apart.items():
            step = 2 * (on_delta[a, c - 1, :] + on_delta[c, a, :])[:, None] * d
            grads[a], grads[c] = grads[a] + step, grads[c] - step
        return grads, g * xp.sum(weights * excess * delta)

    return mean, back
