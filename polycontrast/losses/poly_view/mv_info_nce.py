"""One InfoNCE term per sample over all interactions of views."""

from typing import Literal

from polycontrast.arrays import finite_or_zero, logsumexp, namespace, sigmoid, softplus
from polycontrast.calculus import sample_gram
from polycontrast.contrast import MissingViews, block_logsumexp, on_temperature, view_pairs
from polycontrast.objective import (
    Ids,
    Mask,
    Normalize,
    Reduction,
    Temperature,
    Views,
    Weights,
    objective,
)
from polycontrast.similarity import Similarity


@objective(invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"))
def mv_info_nce(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    energy: Literal["cross", "all"] = "cross",
    temperature: Temperature = 0.5,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Multi-view InfoNCE: all positive pairs of a sample over all its pairs, in one term.

    .. math:: -\frac{1}{B} \sum_i
              \log \frac{\sum_l \sum_{l' \ne l} e^{\langle u_{il}, u_{il'} \rangle/\tau}}{\sum_l
              \sum_{(j,m) \in A(i,l)} e^{\langle u_{il}, u_{jm} \rangle/\tau}}

    Parameters
    ----------
    mask
        A missing row is no anchor, positive or negative. Samples with fewer than two views have no
        term.
    energy
        Pairs in the denominator: those of different views (the authors' formula), or all except a
        row with itself (the authors' code, which produced their reported numbers).
    temperature
        The authors' value on CIFAR and ImageNet-100; they use 0.1 on ImageNet-1k.

    Notes
    -----
    .. math:: \ell_i = \log E_i - \log P_i, \quad
              P_i = \sum_l \sum_{l' \ne l} e^{\langle u_{il}, u_{il'} \rangle/\tau}, \quad
              E_i = \sum_l \sum_{(j,m) \in A(i,l)} e^{\langle u_{il}, u_{jm} \rangle/\tau}

    with :math:`A = \{m \ne l\}` or :math:`A = \{(j, m) \ne (i, l)\}`. Both contain the positives,
    so with the log-sum-exp :math:`N_i` over the other samples the loss is
    :math:`\mathrm{softplus}(N_i - \log P_i)`. A negative gets :math:`q\, e^{s - N_i}` and a
    positive :math:`-q\, e^{s} / P_i`, with :math:`q = \sigma(N_i - \log P_i)`. The value
    takes M (M - 1) / 2 products of B x B x D for "cross", and M^2 / 2 for "all". ``B = 1``: 0.

    References
    ----------
    P. Koromilas, E. Georgiou, G. Bouritsas, T. Giannakopoulos, M. A. Nicolaou, Y. Panagakis, "A
    Principled Framework for Multi-View Contrastive Learning", 2025, arXiv 2507.06979.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.mv_info_nce(views, temperature=1.0).round(6))
    0.551445
    """
    xp = namespace(views)
    there = MissingViews(views, mask, ids)
    z, z_back = there.unit_rows(normalize)
    scale = 1 / temperature
    if energy == "all":
        lse, _, pull = Similarity(z, scale=scale, pairs=there.other_samples()).logsumexp()
        axes: tuple[int, ...] = (0,)
    else:
        lse, pull = block_logsumexp(z, scale, view_pairs(z.shape[0]), there)
        axes = (0, 1)
    negatives = logsumexp(lse, axis=axes)
    s, s_back = sample_gram(z)
    scores = xp.where(there.pairs(), s * scale, xp.full_like(s, -xp.inf))
    positives = finite_or_zero(logsumexp(scores, axis=(0, 1)))
    logit = negatives - positives

    def back(g):
        p = g * sigmoid(logit)
        # The share of each row (and view) in the sample's negatives.
        total = xp.reshape(finite_or_zero(negatives), (1,) * (lse.ndim - 1) + (-1,))
        share = xp.reshape(p, tuple(total.shape)) * xp.exp(lse - total)
        gz = pull(share).x if energy == "all" else pull(share)
        gz = gz + scale * s_back(-p[None, None, :] * xp.exp(scores - positives[None, None, :]))
        on_tau = on_temperature(temperature, 2, (z, gz))
        return {"views": z_back(gz), "temperature": on_tau}

    return softplus(logit), back, there.samples
