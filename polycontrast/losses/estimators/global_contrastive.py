"""Contrast with the whole data set, by a moving average of each sample's normaliser."""

import math
from typing import Annotated, Any, Literal

from polycontrast.arrays import device, finite_or_zero, namespace, row_dot, safe_log
from polycontrast.calculus import unit_rows
from polycontrast.contrast import count_others, other_items
from polycontrast.objective import (
    Embeddings,
    Held,
    Ids,
    Nonnegative,
    Normalize,
    Reduction,
    Role,
    Temperatures,
    at_least_two,
    objective,
)
from polycontrast.similarity import EXP, PerAnchor, Similarity

_ABOUT = "State of the samples, or a prediction of it; it has a gradient where `wrt` names it."
Normalizers = Annotated[
    Any, Role("state", ("B", "2 B"), log_normalizer=1, on_request=True, about=_ABOUT)
]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("temperature"),
    aliases=("SogCLR", "GlobalContrastiveLoss"),
)
def global_contrastive(
    x: Embeddings,
    y: Embeddings,
    log_u: Normalizers,
    temperature: Temperatures = 0.1,
    ids: Ids | None = None,
    *,
    rho: Nonnegative = 0.0,
    negatives: Literal["cross", "all"] = "cross",
    relative: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrastive loss of each sample against the whole data set, from small batches.

    Each anchor has a moving average of its normaliser (`update_log_u`) in place of the normaliser
    of this batch: SogCLR. With a temperature for each sample it is iSogCLR.

    .. math:: \frac{1}{2B} \sum_{i, d} \Big[ \tau_i (\log u_i + \rho) + \mathrm{sg}(\tau_i) \Big(
              \frac{1}{u_i K} \sum_{z \in N_i} e^{(\langle a_i, z \rangle - s_{ii}) / \tau_i}
              - 1 \Big) \Big]

    Parameters
    ----------
    x, y
        Two views or modalities of at least 2 samples.
    log_u
        A state is already updated with this batch. The first row is that of the anchors `x`, the
        second that of `y`; (B,) is shared by both.
    temperature
        See `update_temperature`.
    rho
        Keeps learned temperatures away from 0. The authors' code: 0.3 for two views of an image
        (temperatures from 0.1), 6.0 for two modalities (from 0.01).
    negatives
        An anchor's negatives: the other samples in the other view (two modalities), or in both
        views (two views of one modality).
    relative
        Whether scores are taken relative to that of the match. `log_u` must have been
        made with the same choice.
    reduction
        There are 2B.

    Returns
    -------
    loss : 0-d array, or (2, B) for ``reduction="none"``

    Raises
    ------
    ValueError
        When ``B < 2``, as there is no negative.

    Notes
    -----
    For the anchor :math:`a_i` with K negatives z and :math:`h_{iz} = \langle a_i, z \rangle -
    s_{ii}`,

    .. math:: V_i = \tau_i (\log u_i + \rho) + \mathrm{sg}(\tau_i) \Big( \frac{g_i}{u_i} - 1 \Big),
              \qquad g_i = \frac{1}{K} \sum_z e^{h_{iz} / \tau_i},

    without `relative`: :math:`h_{iz} = \langle a_i, z \rangle` and :math:`V_i - s_{ii}`. It is the
    tangent of :math:`\tau_i \log g_i` at :math:`u_i`, so never below it. The
    stop-gradient makes the derivative by the temperature the published one,
    :math:`\log u_i + \rho - \frac{1}{u_i K} \sum_z e^{h_{iz}/\tau_i} h_{iz} / \tau_i`: where
    :math:`u_i \ne g_i` it is not that of the value.
    The derivative by :math:`\log u_i` is :math:`\tau_i (1 - g_i / u_i)`. The loss is convex in it,
    and least at :math:`u_i = g_i`: minimised by a small network that predicts :math:`\log u`, it
    needs no state (NeuCLIP). `flo_bound` has the same variable.
    Value and gradient are one pass over the pairs. With `ids` K is the number of negatives that are
    left; an anchor without any has loss 0.

    Against published code: LibAUC's unimodal loss is ``negatives="all", relative=False`` with a
    shared state (its gradient of the features is the sum over the directions, twice ours); its
    bimodal loss lacks the 1/(B - 1) of the mean in the gradient of the features; FastCLIP counts
    one term of the derivative by a global temperature twice.

    References
    ----------
    Z. Yuan et al., "Provable Stochastic Optimization for Global Contrastive Learning: Small Batch
    Does Not Harm Performance", ICML 2022, arXiv 2202.12387. Z. Qiu et al., "Not All Semantics are
    Created Equal: Contrastive Self-supervised Learning with Automatic Temperature
    Individualization", ICML 2023, arXiv 2305.11965. X. Wei et al., "FastCLIP", 2024, arXiv
    2407.01445. X. Wei, C.-J. Lin, T. Yang, "NeuCLIP: Efficient Large-Scale CLIP Training with
    Neural Normalizer Optimization", ICLR 2026, arXiv 2511.08417.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, seen = np.eye(3), np.full((2, 3), -np.inf)  # no sample was seen before
    >>> log_u = pc.update_log_u(x, x, seen, temperature=1.0)
    >>> float(pc.global_contrastive(x, x, log_u, temperature=1.0).round(6))
    -1.0
    """
    xp = namespace(x)
    at_least_two("x and y", x.shape[0], "a negative")
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    one = xp.asarray(1.0, dtype=a.dtype, device=device(a))
    match = row_dot(a, b)
    zeros = xp.zeros_like(xp.stack([match, match], axis=0))
    tau, given = zeros + _directions(temperature), log_u
    log_u = zeros + _directions(log_u)
    centre = match[None, :] if relative else xp.zeros_like(match)[None, :]
    others = count_others(ids, x)
    alone, log_n = (others == 0)[None, :], finite_or_zero(safe_log(others))[None, :]
    log_u, log_n = xp.where(alone, 0.0, log_u), log_n + math.log(1 + (negatives == "all"))
    slope = 1 / tau
    shift = -centre * slope - log_u - log_n
    sides = [(slope[d, :], shift[d, :]) for d in range(2)]
    options = {"scale": one, "pairs": other_items(ids)}
    cross = Similarity(a, b, score=PerAnchor(*sides), **options)
    shares = [lambda g: (g[0, :] * tau[0, :],), lambda g: (g[1, :] * tau[1, :],)]
    *ratios, pull = cross.sums_of(EXP, like=zeros, share=lambda g: shares[0](g) + shares[1](g))
    ratio, within = xp.stack(ratios, axis=0), []  # g / u
    if negatives == "all":
        for z, side, what, share in zip((a, b), sides, ("x", "y"), shares, strict=True):
            matrix = Similarity(z, score=PerAnchor(side), what=what, **options)
            within.append(matrix.sums_of(EXP, like=zeros, share=share))
        ratio = ratio + xp.stack([sums for sums, _, _ in within], axis=0)
    losses = tau * (log_u + rho + ratio - 1)

    def back(g):
        g = xp.where(alone, 0.0, g)
        pulled = pull(g)
        ga, gb = pulled.x, pulled.y
        moments = xp.stack([pulled.of_rows, pulled.of_columns], axis=0)
        if within:
            in_a, in_b = (pull_one(g) for _, _, pull_one in within)
            ga, gb = ga + in_a.x, gb + in_b.x
            moments = moments + xp.stack([in_a.of_rows, in_b.of_rows], axis=0)
        on_match = -xp.sum(g * ratio if relative else g, axis=0)[:, None]
        ga, gb = ga + on_match * b, gb + on_match * a
        gt = g * (log_u + rho + ratio * centre * slope) - moments * slope * slope
        if temperature.ndim < 2:
            gt = xp.sum(gt, axis=0) if temperature.ndim else xp.sum(gt)
        g_log_u = g * tau * (1 - ratio)
        g_log_u = g_log_u if given.ndim == 2 else xp.sum(g_log_u, axis=0)
        return {"x": a_back(ga), "y": b_back(gb), "log_u": g_log_u, "temperature": gt}

    losses = losses if relative else losses - match[None, :]
    return xp.where(alone, 0.0, losses), back


def _directions(t):
    """Numbers (2, B) for the anchors of both sides; sides may share them."""
    return t[None, :] if t.ndim == 1 else t
