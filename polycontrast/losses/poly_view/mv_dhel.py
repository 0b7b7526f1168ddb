"""Alignment of all views in one term, uniformity of each view on its own."""

import math

from polycontrast.arrays import finite_or_zero, logsumexp, namespace
from polycontrast.calculus import sample_gram
from polycontrast.contrast import (
    MissingViews,
    block_logsumexp,
    diagonal,
    on_diagonal,
    on_temperature,
    same_view,
)
from polycontrast.objective import (
    Ids,
    Mask,
    Normalize,
    Reduction,
    Same,
    Temperature,
    Views,
    Weights,
    at_least_two,
    objective,
    of_views,
)


@objective(
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
    same_as=(Same("dhel", of=of_views("x", "y")),),
)
def mv_dhel(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.5,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Multi-view decoupled hyperspherical energy loss.

    .. math:: \frac{1}{B}
              \sum_i \Big\{ -\log \sum_{l<l'} e^{\langle u_{il}, u_{il'} \rangle/\tau} + \sum_l \log
              \sum_{j \ne i} e^{\langle u_{il}, u_{jl} \rangle/\tau} \Big\}

    Parameters
    ----------
    views
        At least two samples.
    mask
        A missing row is no anchor, positive or negative, and averages use the existing views only.
    temperature
        The authors' value on CIFAR and ImageNet-100.

    Returns
    -------
    loss
        May be negative.

    Raises
    ------
    ValueError
        When there are fewer than two samples.

    Notes
    -----
    The formula is that of the authors' code. Their printed formula counts ordered pairs (a
    constant) and includes :math:`j = i`. Only the Gram matrix of each view is computed, and only
    half of its tiles: M / 2 products of B x B x D, M times fewer than the other losses of the
    family. The gradient has softmaxes over the other samples, and minus the softmax over the pairs
    of views. A sample that `ids` leave without a negative has loss 0.

    References
    ----------
    P. Koromilas, E. Georgiou, G. Bouritsas, T. Giannakopoulos, M. A. Nicolaou, Y. Panagakis, "A
    Principled Framework for Multi-View Contrastive Learning", 2025, arXiv 2507.06979.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.mv_dhel(views, temperature=1.0).round(6))
    -0.019171
    """
    xp = namespace(views)
    there = MissingViews(views, mask, ids)
    z, z_back = there.unit_rows(normalize)
    at_least_two("views", z.shape[1], "an energy")
    lse, pull = block_logsumexp(z, 1 / temperature, same_view(z.shape[0]), there)
    energies = diagonal(lse)
    alone = there.without_energy(energies)
    lost = None if alone is None else xp.all(alone[0], axis=0) & xp.any(alone[1], axis=0)
    energies = finite_or_zero(energies)  # (M, B); none where nobody else has the view
    s, s_back = sample_gram(z)
    # Ordered pairs hold every pair twice, hence the log 2.
    scores = xp.where(there.pairs(), s / temperature - math.log(2), xp.full_like(s, -xp.inf))
    alignment = finite_or_zero(logsumexp(scores, axis=(0, 1)))

    def back(g):
        g = g if lost is None else xp.where(lost, 0.0, g)
        softmax = xp.exp(scores - alignment[None, None, :])
        gz = pull(on_diagonal(g[None, :] + xp.zeros_like(energies)))
        gz = gz + s_back(-g[None, None, :] * softmax) / temperature
        on_tau = on_temperature(temperature, 2, (z, gz))
        return {"views": z_back(gz), "temperature": on_tau}

    losses = xp.sum(energies, axis=0) - alignment
    return losses if lost is None else xp.where(lost, 0.0, losses), back, there.samples
