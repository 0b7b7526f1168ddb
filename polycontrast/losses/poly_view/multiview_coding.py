"""Contrastive multiview coding with in-batch negatives."""

from typing import Literal

from polycontrast.arrays import namespace, sigmoid, softplus
from polycontrast.calculus import sample_gram
from polycontrast.contrast import MissingViews, block_logsumexp, on_temperature, view_pairs
from polycontrast.objective import (
    BadArgument,
    Ids,
    Index,
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
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(
        Same("pairwise_sum", when={"graph": "full"}, factor=2),
        Same("info_nce", of=of_views("x", "y"), when={"graph": "core"}, factor=2),
    ),
    aliases=("CMC",),
)
def multiview_coding(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    graph: Literal["full", "core"] = "full",
    core: Index = 0,
    temperature: Temperature = 0.07,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrastive multiview coding: both cross-entropies of all pairs, or of those with one view.

    .. math:: \sum_{a<b} \big[ \mathrm{CE}(x_a \to x_b) + \mathrm{CE}(x_b \to x_a) \big] \
              \text{(full)}, \quad \sum_{b \ne c} \big[ \mathrm{CE}(x_c \to x_b)
              + \mathrm{CE}(x_b \to x_c) \big] \ \text{(core } c \text{)}

    Parameters
    ----------
    mask
        A missing row is no anchor, positive or negative, and averages use the existing views only.
    graph
        All pairs of views, or the pairs with the core view.
    core
        Index of the core view; unused with the full graph.
    temperature
        The authors' value.

    Raises
    ------
    ValueError
        When `core` is none of the views.

    Notes
    -----
    .. math:: L = \sum_{(a, b)} [\mathrm{CE}(x_a \to x_b) + \mathrm{CE}(x_b \to x_a)]

    over the pairs of the graph: a sum, not a mean. The authors use candidates from a memory bank;
    here the candidates are the batch. The full graph is twice `pairwise_sum`. The value takes
    M (M - 1) / 2 products with the full graph, and M - 1 with the core graph. The order of views
    matters only through `core`.

    References
    ----------
    Y. Tian, D. Krishnan, P. Isola, "Contrastive Multiview Coding", ECCV 2020, arXiv 1906.05849.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.multiview_coding(views, graph="core", temperature=1.0).round(6))
    3.308668
    """
    xp = namespace(views)
    count = views.shape[0]
    if core >= count:
        raise BadArgument(f"core must be the index of one of {count} views, got {core}")
    there = MissingViews(views, mask, ids)
    z, z_back = there.unit_rows(normalize)
    chosen = [pair for pair in view_pairs(count) if graph == "full" or core in pair]
    negatives, pull = block_logsumexp(z, 1 / temperature, chosen, there)
    s, s_back = sample_gram(z)
    logit = negatives - s / temperature  # (M, M, B): anchor view, candidate view, sample
    pairs, zeros = there.pairs(chosen), xp.zeros_like(logit)
    losses = xp.sum(xp.where(pairs, softplus(logit), zeros), axis=(0, 1))

    def back(g):
        p = xp.where(pairs, g[None, None, :] * sigmoid(logit), zeros)
        gz = pull(p) + s_back(-p) / temperature
        on_tau = on_temperature(temperature, 2, (z, gz))
        return {"views": z_back(gz), "temperature": on_tau}

    return losses, back, there.samples_with(chosen)
