"""The poly-view contrastive loss, geometric and arithmetic."""

from typing import Literal

from polycontrast.arrays import finite_or_zero, logsumexp, namespace, sigmoid, softplus
from polycontrast.calculus import sample_gram
from polycontrast.contrast import MissingViews, on_temperature
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
from polycontrast.similarity import Similarity

XY = of_views("x", "y")


@objective(
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
    same_as=(
        Same("nt_xent", of=XY, when={"aggregation": "geometric"}),
        Same("nt_xent", of=XY, when={"aggregation": "arithmetic"}),
    ),
)
def poly_view(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    aggregation: Literal["geometric", "arithmetic"] = "geometric",
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""One-vs-rest poly-view contrastive loss: each view against all other views of its sample.

    .. math:: -\frac{1}{BM(M-1)} \sum_{i,\alpha} \sum_{\beta \ne \alpha}
              \log \frac{e^{s(z_{i\alpha}, z_{i\beta})}}{e^{s(z_{i\alpha}, z_{i\beta})} + \sum_{j
              \ne i} \sum_\gamma e^{s(z_{i\alpha}, z_{j\gamma})}}

    Parameters
    ----------
    mask
        A missing row is no anchor, positive or negative, and averages use the existing views only.
    aggregation
        Mean of the positives' log-probabilities, or logarithm of their mean probability.
    temperature
        SimCLR's ImageNet value (the paper's is to be verified).
    reduction
        The loss of a sample is the mean over its views.

    Notes
    -----
    With :math:`s(u, v) = \langle u, v \rangle/\tau` and the log-sum-exp :math:`N_{i\alpha}` over
    all views of the other samples,
    :math:`-\log l_{i\alpha\beta} = \mathrm{softplus}(N_{i\alpha} - s(z_{i\alpha}, z_{i\beta}))`.
    The denominator holds neither the anchor itself nor the sample's further views.

    Each anchor needs one log-sum-exp, whatever the number of positives. With
    :math:`q = \sigma(N - s) = 1 - l`, a positive has the weight :math:`p = q/(M-1)` (geometric) or
    :math:`p = q\, l_\beta / \sum_\beta l` (arithmetic); it gets :math:`-p`, and a negative
    :math:`\sum_\beta p\; e^{s - N}`. Half of the tiles of one MB x MB Gram matrix are computed.
    ``B = 1``: value 0, gradient 0. Arithmetic is at most geometric.
    In expectation :math:`I(x_\alpha; x_{\text{rest}}) \ge \log(MB - M + 1) - L`.

    References
    ----------
    A. Shidani, D. Hjelm, J. Ramapuram, R. Webb, E. G. Dhekane, D. Busbridge, "Poly-View
    Contrastive Learning", ICLR 2024, arXiv 2403.05490.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.poly_view(views, temperature=1.0).round(6))
    1.371951
    """
    xp = namespace(views)
    there = MissingViews(views, mask, ids)
    z, z_back = there.unit_rows(normalize)
    matrix = Similarity(z, scale=1 / temperature, pairs=there.other_samples())
    negatives, _, pull = matrix.logsumexp()
    s, s_back = sample_gram(z)
    logit = negatives[:, None, :] - s / temperature  # (M, M, B): anchor, positive, sample
    cost, positive, zeros = softplus(logit), there.pairs(), xp.zeros_like(logit)
    if aggregation == "geometric":
        share = (1 / there.others)[None, None, :] + zeros
        losses = xp.sum(xp.where(positive, share * cost, zeros), axis=1)
    else:
        log_l = xp.where(positive, -cost, xp.full_like(cost, -xp.inf))
        log_sum = finite_or_zero(logsumexp(log_l, axis=1))
        share = xp.exp(log_l - log_sum[:, None, :])
        losses = xp.log(there.others)[None, :] - log_sum

    def back(g):
        p = (g / there.count)[None, None, :] * share * sigmoid(logit)
        p = xp.where(positive, p, zeros)
        gz = pull(xp.sum(p, axis=1)).x + s_back(-p) / temperature
        on_tau = on_temperature(temperature, 2, (z, gz))
        return {"views": z_back(gz), "temperature": on_tau}

    return xp.sum(there.ones * losses, axis=0) / there.count, back, there.samples
