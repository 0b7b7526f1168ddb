"""The multi-similarity loss."""

from polycontrast.arrays import constant, namespace, sigmoid, softplus
from polycontrast.contrast import is_there
from polycontrast.losses.metric_learning._class_pairs import (
    LARGEST,
    ClassPairs,
    Kind,
    lse_of,
)
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    Nonnegative,
    Normalize,
    Positive,
    Reduction,
    objective,
)
from polycontrast.similarity import line


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"), aliases=("MultiSimilarityLoss",)
)
def multi_similarity(
    z: Embeddings,
    labels: ClassLabels,
    *,
    alpha: Positive = 2.0,
    beta: Positive = 50.0,
    base: float = 0.5,
    epsilon: Nonnegative | None = None,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Soft maxima of the far pairs of a class, and of the near pairs of different classes.

    .. math:: \frac{1}{B} \sum_i \Big[
              \frac{1}{\alpha} \log \Big(1 + \sum_{p \in P_i} e^{-\alpha (s_{ip} - m)} \Big)
              + \frac{1}{\beta} \log \Big(1 + \sum_{n \in Q_i} e^{\beta (s_{in} - m)} \Big) \Big],
              \quad s_{ij} = \langle \hat z_i, \hat z_j \rangle

    Parameters
    ----------
    alpha
        Sharpness for the other rows :math:`P_i` of the class of row i.
    beta
        Sharpness for the rows :math:`Q_i` of other classes.
    base
        Similarity m that separates near from far.
    epsilon
        Mine pairs: keep those of the class of row i that are less similar than its nearest row of
        another class plus :math:`\varepsilon`, and those of other classes that are more similar
        than its farthest row of the class minus :math:`\varepsilon`. The paper uses 0.1.
        None: all pairs.
    reduction
        One per row.

    Notes
    -----
    A sum without a pair is 0. With mining, the loss of a row is 0 when either sum has none, and
    the choice of pairs, which takes a product of its own, is constant in the gradient. The
    logarithms are softplus functions of two log-sum-exps, so no sharpness overflows. The gradient
    weight of a pair is its softmax among the pairs of its sum and one more candidate of logit 0.
    All pairs are read from one product, of which half of the tiles are computed.

    References
    ----------
    X. Wang, X. Han, W. Huang, D. Dong, M. R. Scott, "Multi-Similarity Loss with General Pair
    Weighting for Deep Metric Learning", CVPR 2019, arXiv 1904.06627.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.multi_similarity(np.eye(4), np.asarray([0, 0, 1, 1])).round(6))
    0.656631
    """
    xp, pairs, above = namespace(z), ClassPairs(z, labels, normalize), None
    close, apart = lse_of(-alpha, alpha * base), lse_of(beta, -beta * base)
    if epsilon is not None:
        far, near, _ = pairs.read(Kind(LARGEST, line(-1.0, 0.0)), Kind(LARGEST, line(1.0, 0.0)))
        far, near = constant(far), constant(near)
        bounds = near + epsilon, -far - epsilon
        above = close.map.value(bounds[0]), apart.map.value(bounds[1])  # rounded as scores are
    positives, negatives, pull = pairs.read(close, apart, above)
    losses, counts = softplus(positives) / alpha + softplus(negatives) / beta, None
    if epsilon is not None:
        # A nan has no place in an order, so it would leave no pair.
        lost = xp.isnan(near) | xp.isnan(far)
        none = xp.where(lost, xp.full_like(near, xp.nan), xp.zeros_like(near))
        counts = is_there(positives) & is_there(negatives)
        losses = xp.where(counts, losses, none)

    def back(g):
        g = g if counts is None else xp.where(counts, g, none)
        return pull(g * sigmoid(positives) / alpha, g * sigmoid(negatives) / beta)

    return losses, back
