"""Each view against the mean of its sample's other views."""

from polycontrast.arrays import inner, namespace, row_dot, sigmoid, softplus
from polycontrast.calculus import rest_mean, unit_rows
from polycontrast.contrast import MissingViews
from polycontrast.objective import (
    Ids,
    Mask,
    Normalize,
    Reduction,
    Same,
    Temperature,
    Views,
    Weights,
    objective,
    of_views,
)
from polycontrast.similarity import RestMean, Similarity


@objective(
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
    same_as=(Same("nt_xent", of=of_views("x", "y")),),
)
def sufficient_statistics(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    normalize_mean: bool = False,
    reduction: Reduction = "mean",
):
    r"""Sufficient-statistics poly-view loss: each view against the mean of the others.

    .. math:: -\frac{1}{BM} \sum_{i,\alpha}
              \log \frac{e^{s(z_{i\alpha}, T_{i\alpha})}}{e^{s(z_{i\alpha}, T_{i\alpha})} + \sum_{j
              \ne i} \sum_\gamma e^{s(z_{i\alpha}, T_{j\gamma})}},
              \quad T_{j\gamma} = \frac{1}{M-1} \sum_{\beta \ne \gamma} z_{j\beta}

    Parameters
    ----------
    mask
        A missing row is no anchor, positive or negative, and averages use the existing views only.
    temperature
        SimCLR's ImageNet value (the paper's is to be verified).
    normalize_mean
        Scale the means to unit length too (whether the paper does is to be verified).
    reduction
        The loss of a sample is the mean over its views.

    Notes
    -----
    With :math:`s(u, v) = \langle u, v \rangle/\tau` and the log-sum-exp :math:`N_{i\alpha}` of
    :math:`s(z_{i\alpha}, T_{j\gamma})` over the other samples, the loss of an anchor is
    :math:`\mathrm{softplus}(N_{i\alpha} - s(z_{i\alpha}, T_{i\alpha}))`. The sample's own
    :math:`T_{i\gamma}`, :math:`\gamma \ne \alpha`, contain the anchor and are left out.

    Without `normalize_mean` the logits are block sums of the symmetric Gram matrix of the views,
    :math:`\langle z, T_{j\gamma} \rangle = (\sum_\beta \langle z, z_{j\beta} \rangle -
    \langle z, z_{j\gamma} \rangle)/(M-1)`, so half of its tiles are computed, and no product
    with the means. ``B = 1``: 0. A mean of zero with `normalize_mean` stays zero and gets
    gradient 0.

    References
    ----------
    A. Shidani, D. Hjelm, J. Ramapuram, R. Webb, E. G. Dhekane, D. Busbridge, "Poly-View
    Contrastive Learning", ICLR 2024, arXiv 2403.05490.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.sufficient_statistics(views, temperature=1.0).round(6))
    1.371951
    """
    xp = namespace(views)
    there = MissingViews(views, mask, ids).with_targets()
    z, z_back = there.unit_rows(normalize)
    share = 1 / there.others
    means, means_back = rest_mean(z, share)
    targets, targets_back = unit_rows(means, normalize_mean)
    scale, pairs = 1 / temperature, there.other_samples()
    if normalize_mean:
        matrix = Similarity(z, targets, scale=scale, pairs=pairs)
    else:
        matrix = Similarity(z, scale=scale, pairs=pairs, score=RestMean(share))
    negatives, _, pull = matrix.logsumexp(columns=False)
    logit = negatives - scale * row_dot(z, targets)  # (M, B)

    def back(g):
        weights = (g / there.count)[None, :] * there.ones * sigmoid(logit)
        pulled = pull(weights)
        on_positive = -scale * weights[..., None]
        direct, through = pulled.x + on_positive * targets, on_positive * z
        if normalize_mean:
            # Similarities are products of an anchor with a target: Euler's theorem, degree 1.
            gt = -scale * inner(z, direct)
            gz = direct + means_back(targets_back(through + pulled.y))
        else:
            # The targets are sums of rows, so similarities have degree 2 in z.
            gz = direct + means_back(through)
            gt = -scale * inner(z, gz) / 2
        return {"views": z_back(gz), "temperature": gt}

    losses = xp.sum(there.ones * softplus(logit), axis=0) / there.count
    return losses, back, there.samples
