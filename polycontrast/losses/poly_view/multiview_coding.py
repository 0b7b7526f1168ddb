"""Contrastive multiview coding with in-batch negatives."""

from typing import Literal

from polycontrast.arrays import inner, namespace, sigmoid, softplus
from polycontrast.calculus import sample_gram
from polycontrast.contrast import MissingViews, block_logsumexp, view_pairs
from polycontrast.objective import (
    BadArgument,
    Index,
    Mask,
    Normalize,
    Reduction,
    Temperature,
    Views,
    Weights,
    objective,
)


@objective(
    family="poly_view",
    formula=r"\sum_{a<b} \big[ \mathrm{CE}(x_a \to x_b) + \mathrm{CE}(x_b \to x_a) \big]"
    r" \ \text{(full)}, \quad \sum_{b \ne c} \big[ \mathrm{CE}(x_c \to x_b) + "
    r"\mathrm{CE}(x_b \to x_c) \big] \ \text{(core } c \text{)}",
    source="Tian, Krishnan, Isola, Contrastive Multiview Coding, ECCV 2020, arXiv 1906.05849",
    cases=(
        {"graph": "core"},
        {"graph": "core", "core": 1},
        {"temperature": 0.5},
        {"normalize": False},
        {"mask": "M B", "weights": "B"},
        {"mask": "M B", "graph": "core", "core": 1},
    ),
    invariances=("sample_permutation", "rotation", "row_scale"),
    shards=True,
)
def multiview_coding(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    *,
    graph: Literal["full", "core"] = "full",
    core: Index = 0,
    temperature: Temperature = 0.07,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrastive multiview coding: both cross-entropies of all pairs, or of those with one view.

    Parameters
    ----------
    views : array (M, B, D), or sequence of M arrays (B, D)
        At least two views; row i of each is the same sample.
    mask : bool array (M, B), optional
        True where a view of a sample exists. A missing row is no anchor, positive or negative, and
        averages use the existing views only. Default: all exist.
    weights : array (B,), optional
        Non-negative weight of each sample, not all zero. "mean" divides by their sum.
    graph : {"full", "core"}, default "full"
        All pairs of views, or the pairs with the core view.
    core : int, default 0
        Index of the core view; unused with the full graph.
    temperature : float or 0-d array, default 0.07
        :math:`\tau > 0`, differentiable. The authors' value.
    normalize : bool, default True
        Scale rows to unit length first.
    reduction : {"mean", "sum", "none"}, default "mean"
        Over the B samples.

    Returns
    -------
    loss : 0-d array, or (B,) for ``reduction="none"``

    Raises
    ------
    ValueError, TypeError
        When there are fewer than two views, `core` is none of them, shapes, dtypes, libraries or
        devices disagree, all weights are zero, or the temperature is not above 0.

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
    there = MissingViews(views, mask)
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
        # Every similarity is a product of two rows over tau: Euler's theorem, degree 2.
        return {"views": z_back(gz), "temperature": -inner(z, gz) / (2 * temperature)}

    return losses, back, there.samples_with(chosen)
