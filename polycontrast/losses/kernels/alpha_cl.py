"""Contrast with a chosen weight for each pair."""

from typing import Annotated

from polycontrast.arrays import device, finite_or_zero, namespace, positive_part_, safe_log
from polycontrast.contrast import JointRows, SoftMean, count_others, where_some
from polycontrast.objective import (
    Embeddings,
    Held,
    Ids,
    Nonnegative,
    Normalize,
    Positive,
    Reduction,
    Role,
    at_least_two,
    objective,
)
from polycontrast.similarity import Map, Similarity

_SHARPNESS = r"Temperature :math:`\tau` of the weights; it has no gradient."
Sharpness = Annotated[float, Role("option", low=0.0, open_low=True, about=_SHARPNESS)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    held=Held(),
)
def alpha_cl(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Sharpness = 0.5,
    exponent: Positive = 4.0,
    eps: Nonnegative = 0.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Weighted mean of negatives minus positives, where the weights are constants.

    .. math:: \frac{1}{2B} \sum_{a=1}^{2B}
              \frac{\sum_b w_{ab} (c_{ab} - c_{a p(a)})}{\sum_b w_{ab} + \epsilon (2B - 2)},
              \quad w_{ab} = e^{-(1 - c_{ab})^\alpha / \tau},\quad
              c_{ab} = \langle z_a, z_b \rangle,\quad z = [\hat x; \hat y]

    Parameters
    ----------
    x, y
        Two views of at least 2 samples.
    exponent
        Power :math:`\alpha` of the distance of a pair. The authors' code has 2 for CIFAR-100.
    eps
        Number :math:`\epsilon` that is added to the sum of the weights, once for each negative.
    reduction
        There are 2B, those of `x` first.

    Raises
    ------
    ValueError
        When ``B < 2``, as there is no negative.

    Notes
    -----
    Sums go over the rows b of other samples, :math:`p(a) = a \pm B` is the partner, and
    :math:`1 - c` below 0 counts as 0. The gradient weight of a negative is its share
    :math:`\bar w_{ab}` of the weights, that of the positive is minus their sum. Shares are a
    softmax, with :math:`\log \epsilon (2B - 2)` as one more logit, so small temperatures are safe.
    With ``exponent=1, eps=0`` the gradient is :math:`\tau` times that of `dcl`. An anchor that
    `ids` leave without a negative has loss 0.

    References
    ----------
    Y. Tian, "Understanding Deep Contrastive Learning via Coordinate-wise Optimization",
    NeurIPS 2022, arXiv 2201.12680.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.alpha_cl(x, x))
    -1.0
    """
    xp = namespace(x)
    at_least_two("x and y", x.shape[0], "a negative")

    def log_weight(c):
        power, rest = positive_part_(1 - c), exponent
        while rest % 2 == 0:  # products are far cheaper than a power
            power, rest = power * power, rest / 2
        return (power if rest == 1 else power**rest) / -temperature

    statistic = SoftMean(Map(log_weight, xp.zeros_like), held=True)
    one = xp.ones((), dtype=x.dtype, device=device(x))

    def read(z, scale, pairs, matches):
        found, _, pull = Similarity(z, scale=scale, pairs=pairs).reduce(statistic)
        return found, lambda g: pull(g).x

    rows = JointRows(x, y, one, normalize, ids, read=read)
    total, negatives = rows.negatives
    share = xp.ones_like(total)
    if eps:
        rest = safe_log(2 * eps * count_others(ids, x))[None, :]
        share = xp.exp(total - finite_or_zero(xp.logaddexp(total, rest)))

    def back(g):
        weights = where_some(xp.reshape(g, share.shape) * share, total, ids)
        grads = rows.pull((None, weights), -xp.sum(weights, axis=0))
        return {"x": grads["x"], "y": grads["y"]}

    losses = where_some(share * (negatives - rows.matches[None, :]), total, ids)
    return xp.reshape(losses, (-1,)), back
