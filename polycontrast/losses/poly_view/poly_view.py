"""The poly-view contrastive loss, geometric and arithmetic."""

import math
from typing import Literal

from polycontrast.arrays import inner, logsumexp, namespace, sigmoid, softplus
from polycontrast.calculus import sample_gram, unit_rows
from polycontrast.objective import Normalize, Reduction, Temperature, Views, objective
from polycontrast.similarity import OtherSamples, Similarity, other_views


@objective(
    family="poly_view",
    formula=r"-\frac{1}{BM(M-1)} \sum_{i,\alpha} \sum_{\beta \ne \alpha} \log "
    r"\frac{e^{s(z_{i\alpha}, z_{i\beta})}}{e^{s(z_{i\alpha}, z_{i\beta})} + "
    r"\sum_{j \ne i} \sum_\gamma e^{s(z_{i\alpha}, z_{j\gamma})}}",
    source="Shidani, Hjelm, Ramapuram, Webb, Dhekane, Busbridge, ICLR 2024, arXiv 2403.05490",
    cases=({"aggregation": "arithmetic"}, {"temperature": 0.5}, {"normalize": False}),
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
)
def poly_view(
    views: Views,
    *,
    aggregation: Literal["geometric", "arithmetic"] = "geometric",
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""One-vs-rest poly-view contrastive loss: each view against all other views of its sample.

    Parameters
    ----------
    views : array (M, B, D), or sequence of M arrays (B, D)
        At least two views; row i of each is the same sample.
    aggregation : {"geometric", "arithmetic"}, default "geometric"
        Mean of the positives' log-probabilities, or logarithm of their mean probability.
    temperature : float or 0-d array, default 0.1
        :math:`\tau > 0`, differentiable. SimCLR's ImageNet value (the paper's is to be verified).
    normalize : bool, default True
        Scale rows to unit length first.
    reduction : {"mean", "sum", "none"}, default "mean"
        Over the B samples, after the mean over their views.

    Returns
    -------
    loss : 0-d array, or (B,) for ``reduction="none"``

    Raises
    ------
    ValueError, TypeError
        When there are fewer than two views, shapes, dtypes, libraries or devices disagree, or the
        temperature is not above 0.

    Notes
    -----
    With :math:`s(u, v) = \langle u, v \rangle/\tau` and the log-sum-exp :math:`N_{i\alpha}` over
    all views of the other samples,
    :math:`-\log l_{i\alpha\beta} = \mathrm{softplus}(N_{i\alpha} - s(z_{i\alpha}, z_{i\beta}))`.
    Neither the anchor itself nor the sample's further views are in the denominator.

    Each anchor gets one log-sum-exp, whatever the number of positives. With
    :math:`q = \sigma(N - s) = 1 - l`, a positive has the weight :math:`p = q/(M-1)` (geometric) or
    :math:`p = q\, l_\beta / \sum_\beta l` (arithmetic); it gets :math:`-p`, and a negative
    :math:`\sum_\beta p\; e^{s - N}`. Half of the tiles of one MB x MB Gram matrix are visited.
    ``B = 1``: value 0, gradient 0. Arithmetic is at most geometric; both equal `nt_xent` at M = 2.
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
    1.371409
    """
    xp = namespace(views)
    z, z_back = unit_rows(views, normalize)
    count = z.shape[0]
    negatives, _, pull = Similarity(z, scale=1 / temperature, pairs=OtherSamples()).logsumexp()
    s, s_back = sample_gram(z)
    logit = negatives[:, None, :] - s / temperature  # (M, M, B): anchor, positive, sample
    cost = softplus(logit)
    positive = other_views(cost)
    if aggregation == "geometric":
        losses = xp.sum(xp.where(positive, cost, xp.zeros_like(cost)), axis=1) / (count - 1)
    else:
        lowest = xp.where(positive, -cost, xp.full_like(cost, -xp.inf))
        log_sum = logsumexp(lowest, axis=1)
        losses = math.log(count - 1) - log_sum

    def back(g):
        share = 1 / (count - 1)
        if aggregation == "arithmetic":
            share = xp.exp(lowest - log_sum[:, None, :])
        p = xp.where(
            positive, (g / count)[None, None, :] * share * sigmoid(logit), xp.zeros_like(logit)
        )
        gz = pull(xp.sum(p, axis=1)).x + s_back(-p) / temperature
        # Every similarity is a product of two rows over tau: Euler's theorem, degree 2.
        return {"views": z_back(gz), "temperature": -inner(z, gz) / (2 * temperature)}

    return xp.mean(losses, axis=0), back
