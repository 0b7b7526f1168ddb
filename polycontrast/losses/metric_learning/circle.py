"""The circle loss."""

from polycontrast.arrays import finite_or_zero, namespace, sigmoid, softplus
from polycontrast.contrast import is_there
from polycontrast.losses.metric_learning._class_pairs import ClassPairs, Kind
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    Held,
    Normalize,
    Positive,
    Reduction,
    objective,
)
from polycontrast.similarity import Map, RunningExpSum


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("z", detach_weights=True),
    aliases=("CircleLoss",),
)
def circle(
    z: Embeddings,
    labels: ClassLabels,
    *,
    m: float = 0.25,
    gamma: Positive = 256.0,
    detach_weights: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Soft difference of far and near pairs, each weighted by its distance from its optimum.

    .. math:: \frac{1}{|A|} \sum_{i \in A} \log \Big( 1
              + \sum_{n \in Q_i} e^{\gamma a_n (s_{in} - m)}
              \sum_{p \in P_i} e^{-\gamma a_p (s_{ip} - 1 + m)} \Big),\quad
              a_n = \max(s_{in} + m, 0),\ a_p = \max(1 + m - s_{ip}, 0)

    Parameters
    ----------
    m
        Margin: similarities of a class should exceed 1 - m, others stay below m.
    gamma
        Scale. The paper uses 256 for faces, and 64 to 128 elsewhere.
    detach_weights
        Hold the weights :math:`a` constant in the gradient, as published.
    reduction
        One per row. The set :math:`A` of the average holds the rows that have other rows
        :math:`P_i` of their class, and rows :math:`Q_i` of other classes. The rest are 0.

    Notes
    -----
    With :math:`s_{ij} = \langle \hat z_i, \hat z_j \rangle` the loss of a row is the softplus of
    the sum of two log-sum-exps. Exponents reach :math:`\gamma (2 + m)(2 - m)`, so nothing else
    would be finite. With the sigmoid r of that sum, and the softmax q of a pair within its sum,
    the gradient weights are :math:`r q \gamma a_n` and :math:`-r q \gamma a_p`.

    References
    ----------
    Y. Sun, C. Cheng, Y. Zhang, C. Zhang, L. Zheng, Z. Wang, Y. Wei, "Circle Loss: A Unified
    Perspective of Pair Similarity Optimization", CVPR 2020, arXiv 2002.10857.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.circle(np.eye(4), np.asarray([0, 0, 1, 1]), gamma=1.0).round(6))
    1.75747
    """
    xp = namespace(z)

    def weighted(sign: float, least: float, margin: float) -> Kind:
        """Log-sum-exp of ``sign gamma max(sign (s - least), 0) (s - margin)``."""

        def weight(s):
            return xp.maximum((sign * gamma) * (s - least), 0.0)

        def derivative(s):
            w = weight(s)
            if detach_weights:
                return sign * w
            return sign * w + xp.where(w > 0, gamma * (s - margin), 0.0)

        return Kind(RunningExpSum(), Map(lambda s: sign * weight(s) * (s - margin), derivative))

    positives, negatives, pull = ClassPairs(z, labels, normalize).read(
        weighted(-1.0, 1 + m, 1 - m), weighted(1.0, -m, m)
    )
    there = is_there(positives) & is_there(negatives)
    both = finite_or_zero(positives) + finite_or_zero(negatives)

    def back(g):
        weights = xp.where(there, g * sigmoid(both), 0.0)
        return pull(weights, weights)

    return softplus(both), back, there
