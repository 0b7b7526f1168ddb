"""The symmetric InfoNCE of every pair of views, added up."""

from polycontrast.arrays import namespace, sigmoid, softplus
from polycontrast.calculus import sample_gram
from polycontrast.contrast import MissingViews, block_logsumexp, on_temperature, view_pairs
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


@objective(
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
    same_as=(Same("info_nce", of=of_views("x", "y")),),
)
def pairwise_sum(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.07,
    average: bool = False,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""CLIP loss summed over all pairs of views.

    .. math:: \sum_{a<b} \tfrac{1}{2} \big[ \mathrm{CE}(x_a \to x_b)
              + \mathrm{CE}(x_b \to x_a) \big], \quad \mathrm{CE}(x \to y) = \tfrac{1}{B}
              \sum_i \Big[ \log \sum_j e^{\langle \hat x_i, \hat y_j \rangle/\tau}
              - \langle \hat x_i, \hat y_i \rangle/\tau \Big]

    Parameters
    ----------
    mask
        A missing row is no anchor, positive or negative, and averages use the existing views only.
    temperature
        CLIP's initial value.
    average
        Divide by the number of pairs, M (M - 1) / 2.

    Notes
    -----
    No view is contrasted with itself. One product of a pair of views is used for both directions,
    so the value takes M (M - 1) / 2 products. ``B = 1``: 0.

    References
    ----------
    A. Radford et al., ICML 2021, arXiv 2103.00020. S. Mander, S. Piao, H. Rahmani, "Contrastive
    Training with More Data", ICLR 2023 tiny papers.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.pairwise_sum(views, temperature=1.0).round(6))
    3.308668
    """
    xp = namespace(views)
    there = MissingViews(views, mask, ids)
    z, z_back = there.unit_rows(normalize)
    negatives, pull = block_logsumexp(z, 1 / temperature, view_pairs(z.shape[0]), there)
    s, s_back = sample_gram(z)
    logit = negatives - s / temperature  # (M, M, B): anchor view, candidate view, sample
    # Ordered pairs: each direction of a pair counts one half.
    share = 1 / (there.count * there.others) if average else xp.full_like(there.count, 0.5)
    pairs, zeros = there.pairs(), xp.zeros_like(logit)
    losses = share * xp.sum(xp.where(pairs, softplus(logit), zeros), axis=(0, 1))

    def back(g):
        p = xp.where(pairs, (share * g)[None, None, :] * sigmoid(logit), zeros)
        gz = pull(p) + s_back(-p) / temperature
        on_tau = on_temperature(temperature, 2, (z, gz))
        return {"views": z_back(gz), "temperature": on_tau}

    return losses, back, there.samples
