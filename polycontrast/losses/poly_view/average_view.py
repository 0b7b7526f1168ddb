"""Each view against the mean of the others, by a two-view loss."""

from typing import Literal

from polycontrast.arrays import namespace
from polycontrast.calculus import rest_mean, unit_rows
from polycontrast.contrast import MissingViews
from polycontrast.losses.poly_view.multi_crop import multi_crop
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
    ),
)
def average_view(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    pair: Literal["nt_xent", "info_nce", "dhel"] = "nt_xent",
    temperature: Temperature = 0.5,
    normalize: Normalize = True,
    normalize_mean: bool = False,
    reduction: Reduction = "mean",
):
    r"""Mean over the views of a two-view loss between a view and the average of the others.

    .. math:: \frac{1}{M} \sum_a \mathrm{pair}(x_a, \mu_a), \quad \mu_a = \frac{1}{M-1}
              \sum_{b \ne a} x_b

    Parameters
    ----------
    mask
        A missing row is no anchor, positive or negative, and averages use the existing views only.
    pair
        The two-view loss, as in `multi_crop`.
    temperature
        The value of Koromilas et al.
    normalize_mean
        Scale the means to unit length too.
    reduction
        The loss of a sample is the mean over its views.

    Raises
    ------
    ValueError
        When ``B = 1`` with ``pair="dhel"``.

    Notes
    -----
    Rows and means are anchors or candidates, as the pair loss defines it. By default the means are
    not scaled. The cost is M pair losses, each differentiated in both of its arguments. The
    gradient of a mean is divided among its views. At M = 2 the loss is the pair loss.

    References
    ----------
    P. Koromilas et al., "A Principled Framework for Multi-View Contrastive Learning", 2025,
    arXiv 2507.06979. Z. Piran, M. Klein, J. Thornton, M. Cuturi, ICML 2024, arXiv 2405.19532.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.average_view(views, temperature=1.0).round(6))
    0.904832
    """
    xp = namespace(views)
    if pair == "dhel":
        at_least_two("views", views.shape[1], 'an energy for pair="dhel"')
    there = MissingViews(views, mask, ids)
    z, z_back = there.unit_rows(normalize)
    means, means_back = rest_mean(z, 1 / there.others)
    mu, mu_back = unit_rows(means, normalize_mean)
    targets = there.with_targets()
    losses, backs = [], []
    for a in range(z.shape[0]):
        both = None if mask is None else xp.stack([targets.mask[a, :]] * 2, axis=0)
        loss, back_a = multi_crop.vjp(
            xp.stack([z[a, ...], mu[a, ...]], axis=0),
            both,
            ids=ids,
            pair=pair,
            temperature=temperature,
            normalize=False,
            reduction="none",
            wrt=("views", "temperature"),
        )
        losses.append(loss)
        backs.append(back_a)

    def back(g):
        gz, gmu, gt = [], [], xp.zeros_like(temperature)
        for back_a in backs:
            pulled = back_a(g / there.count)
            gz.append(pulled.views[0, ...])
            gmu.append(pulled.views[1, ...])
            gt = gt + pulled.temperature
        on_means = means_back(mu_back(xp.stack(gmu, axis=0)))
        return {"views": z_back(xp.stack(gz, axis=0) + on_means), "temperature": gt}

    return sum(losses[1:], start=losses[0]) / there.count, back, there.samples
