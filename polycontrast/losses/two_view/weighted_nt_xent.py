"""NT-Xent of samples that stand for another distribution than that of the batch."""

import math
from typing import Annotated, Any

from polycontrast.arrays import finite_or_zero, known, namespace, safe_log, sigmoid, softplus
from polycontrast.contrast import JointRows
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Same,
    Temperature,
    objective,
    whole_batch,
)
from polycontrast.similarity import Similarity

_ABOUT = "Non-negative weight of each sample, at least two of them above zero; constants."
Importance = Annotated[Any, Role("weights", ("B",), constant=True, about=_ABOUT)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    same_as=(Same("nt_xent", when={"weights": "equal"}),),
)
def weighted_nt_xent(
    x: Embeddings,
    y: Embeddings,
    weights: Importance,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""NT-Xent with importance weights of samples, as anchors and as negatives.

    .. math:: \frac{1}{\sum_a w_a} \sum_{a=1}^{2B} w_a \Big[ \log \Big( e^{s_{a, p(a)}} +
              (2B - 2) \frac{\sum_{b \ne a, p(a)} w_b e^{s_{ab}}}{\sum_{b \ne a, p(a)} w_b} \Big)
              - s_{a, p(a)} \Big],\quad s_{ab} = \langle z_a, z_b \rangle / \tau

    Parameters
    ----------
    x, y
        Two views.
    weights
        Both views of a sample share one.
    temperature
        SimCLR's ImageNet value.
    reduction
        Those of a sample's two views are averaged.

    Raises
    ------
    ValueError
        When a single sample of several has a weight above zero, as it then has no negatives.

    Notes
    -----
    The rows :math:`z = [\hat x; \hat y]` and partners :math:`p(a) = a \pm B` are those of
    `nt_xent`. A common factor of the weights changes nothing. A sample of weight 0 is neither
    anchor nor negative, and its gradient is 0. Only half of the Gram matrix is computed, with
    :math:`\log w` added along its rows and columns.
    ``B = 1``: value 0, gradient 0. There are no `ids`, as the weighted mean is one of all others.

    The paper changes the sampler alone: real data are repeated :math:`\beta` times as often as
    generated data. This loss is the self-normalised estimate of the same objective from a batch
    that was drawn otherwise; it is ours.

    References
    ----------
    Y. Wang, J. Zhang, Y. Wang, "Do Generated Data Always Help Contrastive Learning?", ICLR 2024,
    arXiv 2403.12448.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, w = np.eye(3), np.asarray([1.0, 1.0, 0.0])
    >>> float(pc.weighted_nt_xent(x, x, w, temperature=1.0).round(6))
    0.904832
    """
    xp, batch = namespace(x), whole_batch()
    samples, none = batch.samples(x.shape[0]), xp.zeros_like(xp.sum(weights))[None]
    largest = batch.max(xp.max(xp.concat([weights, none])))  # a rank may have no sample
    top = weights == largest
    equals = batch.sum(xp.sum(xp.astype(top, weights.dtype))) - 1
    others = batch.sum(xp.sum(xp.where(top, 0.0, weights))) + equals * largest
    if samples > 1 and known(others) == 0:
        raise BadArgument("weights must be above zero for at least 2 samples, got 1")
    log_w = safe_log(weights)
    # The sum less a weight, which would lose the digits of the others beside a large one.
    rest = xp.where(top, others, others + (largest - weights))
    per_negative = safe_log(rest) - (math.log(samples - 1) if samples > 1 else 0.0)

    def weighted_negatives(z, scale, pairs, matches):
        offset = xp.stack([log_w, log_w], axis=0)
        matrix = Similarity(z, scale=scale, pairs=pairs, offsets=(offset, offset))
        masses, _, pull = matrix.logsumexp()
        own = finite_or_zero(log_w) + finite_or_zero(per_negative)
        return masses - own[None, :], lambda g: pull(g).x

    rows = JointRows(x, y, temperature, normalize, read=weighted_negatives)
    logit = rows.negatives - rows.matches[None, :]  # (2, B)

    def back(g):
        on_negatives = g[None, :] * sigmoid(logit) / 2
        return rows.pull(on_negatives, -xp.sum(on_negatives, axis=0))

    return xp.sum(softplus(logit), axis=0) / 2, back
