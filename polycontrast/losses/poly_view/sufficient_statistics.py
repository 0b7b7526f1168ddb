"""Each view against the mean of its sample's other views."""

from polycontrast.arrays import inner, namespace, row_dot, sigmoid, softplus
from polycontrast.calculus import rest_mean, unit_rows
from polycontrast.objective import Normalize, Reduction, Temperature, Views, objective
from polycontrast.similarity import OtherSamples, Similarity


@objective(
    family="poly_view",
    formula=r"-\frac{1}{BM} \sum_{i,\alpha} \log \frac{e^{s(z_{i\alpha}, T_{i\alpha})}}"
    r"{e^{s(z_{i\alpha}, T_{i\alpha})} + \sum_{j \ne i} \sum_\gamma "
    r"e^{s(z_{i\alpha}, T_{j\gamma})}}, \quad T_{j\gamma} = \frac{1}{M-1} "
    r"\sum_{\beta \ne \gamma} z_{j\beta}",
    source="Shidani, Hjelm, Ramapuram, Webb, Dhekane, Busbridge, ICLR 2024, arXiv 2403.05490",
    cases=({"normalize_mean": True}, {"temperature": 0.5}, {"normalize": False}),
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
)
def sufficient_statistics(
    views: Views,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    normalize_mean: bool = False,
    reduction: Reduction = "mean",
):
    r"""Sufficient-statistics poly-view loss: each view against the mean of the others.

    Parameters
    ----------
    views : array (M, B, D), or sequence of M arrays (B, D)
        At least two views; row i of each is the same sample.
    temperature : float or 0-d array, default 0.1
        :math:`\tau > 0`, differentiable. SimCLR's ImageNet value (the paper's is to be verified).
    normalize : bool, default True
        Scale rows to unit length first.
    normalize_mean : bool, default False
        Scale the means to unit length too (whether the paper does is to be verified).
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
    With :math:`s(u, v) = \langle u, v \rangle/\tau` and the log-sum-exp :math:`N_{i\alpha}` of
    :math:`s(z_{i\alpha}, T_{j\gamma})` over the other samples, the loss of an anchor is
    :math:`\mathrm{softplus}(N_{i\alpha} - s(z_{i\alpha}, T_{i\alpha}))`; the sample's own
    :math:`T_{i\gamma}`, :math:`\gamma \ne \alpha`, contain the anchor and are left out.

    Without `normalize_mean` the logits are block sums of the symmetric Gram matrix of the views,
    :math:`\langle z, T_{j\gamma} \rangle = (\sum_\beta \langle z, z_{j\beta} \rangle -
    \langle z, z_{j\gamma} \rangle)/(M-1)`, so half of its tiles are visited and no product with
    the means is taken. ``B = 1``: 0. A mean of zero with `normalize_mean` stays zero and gets
    gradient 0. At M = 2 it equals `nt_xent`.

    References
    ----------
    A. Shidani, D. Hjelm, J. Ramapuram, R. Webb, E. G. Dhekane, D. Busbridge, "Poly-View
    Contrastive Learning", ICLR 2024, arXiv 2403.05490.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.sufficient_statistics(views, temperature=1.0).round(6))
    1.371409
    """
    xp = namespace(views)
    z, z_back = unit_rows(views, normalize)
    means, means_back = rest_mean(z)
    targets, targets_back = unit_rows(means, normalize_mean)
    if normalize_mean:
        matrix = Similarity(z, targets, scale=1 / temperature, pairs=OtherSamples())
    else:
        matrix = Similarity(z, scale=1 / temperature, pairs=OtherSamples(), rest=True)
    negatives, _, pull = matrix.logsumexp(columns=False)
    logit = negatives - row_dot(z, targets) / temperature  # (M, B)

    def back(g):
        weights = (g / z.shape[0])[None, :] * sigmoid(logit)
        pulled = pull(weights)
        on_positive = -weights[..., None] / temperature
        direct, through = pulled.x + on_positive * targets, on_positive * z
        if normalize_mean:
            # Similarities are products of an anchor with a target: Euler's theorem, degree 1.
            gt = -inner(z, direct) / temperature
            gz = direct + means_back(targets_back(through + pulled.y))
        else:
            # The targets are sums of rows, so similarities have degree 2 in z.
            gz = direct + means_back(through)
            gt = -inner(z, gz) / (2 * temperature)
        return {"views": z_back(gz), "temperature": gt}

    return xp.mean(softplus(logit), axis=0), back
