"""The mean over pairs of views of a two-view loss."""

from typing import Literal

from polycontrast.arrays import finite_or_zero, namespace, sigmoid, softplus
from polycontrast.calculus import sample_gram
from polycontrast.contrast import (
    MissingViews,
    block_logsumexp,
    diagonal,
    on_diagonal,
    on_temperature,
    same_view,
    view_pairs,
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

XY = of_views("x", "y")


@objective(
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
    same_as=(
        Same("nt_xent", of=XY, when={"pair": "nt_xent"}),
        Same("info_nce", of=XY, when={"pair": "info_nce"}),
        Same("dhel", of=XY, when={"pair": "dhel"}),
        Same("pairwise_sum", when={"pair": "info_nce"}, average=True),
    ),
)
def multi_crop(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    pair: Literal["nt_xent", "info_nce", "dhel"] = "nt_xent",
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Mean of a two-view loss over all pairs of views (Multi-Crop, PWE).

    .. math:: \frac{2}{M(M-1)} \sum_{a<b} \mathrm{pair}(x_a, x_b)

    Parameters
    ----------
    mask
        A missing row is no anchor, positive or negative, and averages use the existing views only.
    pair
        The two-view loss: `nt_xent`, the symmetric `info_nce`, or the decoupled hyperspherical
        energy loss with both energies.
    temperature
        SimCLR's ImageNet value.
    reduction
        The loss of a sample is the mean over its views.

    Raises
    ------
    ValueError
        When ``B = 1`` with ``pair="dhel"``.

    Notes
    -----
    The log-sum-exps :math:`D_{ab,i}` of row i of view a over the other samples of view b are
    computed once per pair of views. With the positive :math:`s_{ab,i}` the loss of an anchor is
    :math:`\mathrm{softplus}(\mathrm{logaddexp}(D_{aa}, D_{ab}) - s_{ab})` for nt_xent,
    :math:`\mathrm{softplus}(D_{ab} - s_{ab})` for info_nce and :math:`2 D_{aa} - s_{ab}` for dhel.
    The value takes at most M^2 / 2 products of B x B x D. At M = 2 the loss is the pair loss. With
    dhel a pair of views that `ids` leave without a negative has loss 0.

    References
    ----------
    A. Shidani et al., "Poly-View Contrastive Learning", ICLR 2024, arXiv 2403.05490.
    P. Koromilas et al., "A Principled Framework for Multi-View Contrastive Learning", 2025,
    arXiv 2507.06979.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.multi_crop(views, temperature=1.0).round(6))
    0.904832
    """
    xp = namespace(views)
    there = MissingViews(views, mask, ids)
    z, z_back = there.unit_rows(normalize)
    if pair == "dhel":
        at_least_two("views", z.shape[1], 'an energy for pair="dhel"')
    blocks = [] if pair == "info_nce" else same_view(z.shape[0])
    blocks += [] if pair == "dhel" else view_pairs(z.shape[0])
    across, pull = block_logsumexp(z, 1 / temperature, blocks, there)  # (M, M, B)
    within = diagonal(across)[:, None, :]  # (M, 1, B): each view with itself
    s, s_back = sample_gram(z)
    s = s / temperature
    if pair == "dhel":
        cost = 2 * finite_or_zero(within) - s  # no energy where nobody else has the view
    else:
        negatives = across if pair == "info_nce" else xp.logaddexp(within, across)
        cost = softplus(negatives - s)
    pairs, zeros = there.pairs(), xp.zeros_like(s)
    alone = there.without_energy(within[:, 0, :]) if pair == "dhel" else None
    if alone is not None:  # pairs of views that `ids` leave without any energy
        none, by_ids = alone
        lost = none[:, None, :] & none[None, :, :] & (by_ids[:, None, :] | by_ids[None, :, :])
        pairs = pairs & ~lost
    share = 1 / (there.count * there.others)
    losses = share * xp.sum(xp.where(pairs, cost, zeros), axis=(0, 1))

    def back(g):
        weights = xp.where(pairs, (share * g)[None, None, :] + zeros, zeros)
        if pair == "dhel":
            on_positive, on_across, on_within = -weights, zeros, 2 * weights
        else:
            p = weights * sigmoid(negatives - s)
            on_positive = -p
            on_across = p * xp.exp(across - finite_or_zero(negatives))
            on_within = p * xp.exp(within - finite_or_zero(negatives))
        # A view's own block is part of all its pairs, so its cotangent is their sum.
        own = on_diagonal(xp.sum(on_within, axis=1))
        gz = pull(xp.where(pairs, on_across, own)) + s_back(on_positive) / temperature
        on_tau = on_temperature(temperature, 2, (z, gz))
        return {"views": z_back(gz), "temperature": on_tau}

    return losses, back, there.samples
