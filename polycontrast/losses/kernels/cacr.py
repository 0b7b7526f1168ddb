"""Contrastive attraction and repulsion: transport costs with softmax weights."""

import functools
import math
from typing import Annotated, Any, Literal

from polycontrast.arrays import constant, device, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import SoftMean, SquaredDistances, centred, view_pairs
from polycontrast.objective import (
    Held,
    Nonnegative,
    Normalize,
    Positive,
    Reduction,
    Role,
    Views,
    at_least_two,
    objective,
    whole_batch,
)
from polycontrast.similarity import Map, OtherSamples, Reading

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
    reduction: Reduction = "mean",
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
    reduction
        The loss of a sample is the mean of its views' attractions, with the repulsion of its rows
        in the first view of each pair. The repulsion of "rbf" is one number for all samples.

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
    One matrix product for each pair of views. Weights are computed in logs and in one pass.
    "rbf" is a difference of two log-sum-exps, with exponents :math:`-(\tau_{neg} + t) \delta` and
    :math:`-\tau_{neg} \delta`, so nothing underflows. Rows are centred first, and positives are
    compared by differences. There are no `ids`, as the repulsion spreads all samples.

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
    xp, count = namespace(views), views.shape[0]
    at_least_two("views", views.shape[1], "a negative")
    z, z_back = unit_rows(views, normalize)
    (z,) = centred(z)
    pairs = view_pairs(count)
    positives, attract = _attraction(z, pairs, tau_pos, stop_grad_weights)
    losses = alpha / count * xp.sum(positives, axis=0)
    one = xp.ones((), dtype=z.dtype, device=device(z))
    share, repel = beta / len(pairs), []
    repulsion = _repulsion if cost == "euclidean" else functools.partial(_log_kernels, t)
    for a, c in pairs:
        distances = SquaredDistances(one, z[a, :, :], z[c, :, :], pairs=OtherSamples())
        price, pull = repulsion(distances, tau_neg, stop_grad_weights)
        losses = losses + share * price
        repel.append((a, c, pull))

    def back(g):
        grads, on_pos = attract(alpha / count * g)
        on_neg = xp.zeros_like(on_pos)
        for a, c, pull in repel:
            on_a, on_c, on_tau = pull(share * g)
            grads[a], grads[c], on_neg = grads[a] + on_a, grads[c] + on_c, on_neg + on_tau
        if stop_grad_weights:
            on_pos, on_neg = 0 * on_pos, 0 * on_neg
        return {"views": z_back(xp.stack(grads, axis=0)), "tau_pos": on_pos, "tau_neg": on_neg}

    return losses, back


def _scaled(factor):
    return Map(lambda s: factor * s, lambda s: factor)


def _repulsion(distances, tau, held):
    """Minus the weighted distances of the rows, and the pullback to both sides and tau."""
    statistic = SoftMean(_scaled(tau), held, squares=True)
    (_, mean, square), _, pull = distances.matrix.reduce(statistic, columns=False)
    xp = namespace(mean)

    def back(g):
        rows = distances.on_rows(pull((None, g), None))
        return *rows, xp.sum(g * (square - mean * mean))

    return mean, back


def _log_kernels(t, distances, tau, held):
    """Log of the mean weighted kernel: a difference of log-sum-exps, which never underflows.

    The kernel tilts the weights: both have an exponent of their own.
    """
    tilted = Map(lambda s: constant(tau * s) + t * s, lambda s: t) if held else _scaled(tau + t)
    readings = Reading(SoftMean(_scaled(tau))), Reading(SoftMean(tilted))
    found, _, pull = distances.matrix.read(*readings, columns=False)
    (total, mean), (tilted_total, tilted_mean) = found
    xp, batch = namespace(mean), whole_batch()
    logs = tilted_total - (constant(total) if held else total)
    value = batch.logsumexp(logs)
    samples = batch.samples(logs.shape[0])

    def back(g):
        each = batch.sum(xp.sum(g)) * xp.exp(logs - value)
        rows = distances.on_rows(pull((None if held else (-each, None), (each, None)), None))
        return *rows, xp.sum(each * (tilted_mean - mean))

    return value - math.log(samples), back


def _attraction(z, pairs, tau, held):
    """Weighted distances of each row to its positives, (M, B), and the pullback of their sums.

    It takes dL/d(sum over the views), (B,).
    """
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
        excess, g = delta - mean[:, None, :], g[None, None, :]
        on_delta = g * (constant(weights) if held else weights * (1 + tau * excess))
        grads = [xp.zeros_like(z[a, :, :]) for a in range(count)]
        for (a, c), d in apart.items():
            step = 2 * (on_delta[a, c - 1, :] + on_delta[c, a, :])[:, None] * d
            grads[a], grads[c] = grads[a] + step, grads[c] - step
        return grads, xp.sum(g * weights * excess * delta)

    return mean, back
