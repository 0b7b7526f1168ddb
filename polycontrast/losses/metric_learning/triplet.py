"""The triplet loss."""

from typing import Literal

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.context import promised_cotangent
from polycontrast.contrast import full_distances
from polycontrast.losses.metric_learning._triplets import Triplets
from polycontrast.objective import ClassLabels, Embeddings, Normalize, objective, whole_batch
from polycontrast.similarity import numbers_of_samples


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def triplet(
    z: Embeddings,
    labels: ClassLabels,
    *,
    margin: float = 0.2,
    squared: bool = True,
    mining: Literal["all", "hard", "semihard"] = "all",
    smooth: bool = False,
    average: Literal["nonzero", "all"] = "nonzero",
    normalize: Normalize = True,
):
    r"""Hinge on triplets: a row of the class should be nearer than a row of another class.

    .. math:: \mathrm{avg}_{(a, p, n)}\ h(d_{ap} - d_{an} + m), \quad
              d_{ij} = |\hat z_i - \hat z_j|^2, \quad h(t) = \max(t, 0)

    Parameters
    ----------
    margin
        Difference m of the distances from which on a triplet adds nothing. FaceNet's is 0.2.
    squared
        Squares of distances, as in FaceNet, or distances :math:`|\hat z_i - \hat z_j|`.
    mining
        Triplets: of "all" positives p and negatives n of each anchor a; of "hard" ones, its
        farthest positive and nearest negative; or of "semihard" ones, each positive and the nearest
        negative that is farther away, or the farthest negative if none is.
    smooth
        With :math:`h(t) = \log(1 + e^t)`.
    average
        Over the triplets whose term is above 0, or over all of them. Without any the loss is 0.

    Notes
    -----
    Rows without a positive or a negative are no anchors. pytorch-metric-learning has
    ``squared=False, margin=0.05`` with the average over terms above 0.

    One order of the distances of each anchor gives the value and gradient of "all" in
    O(B^2 D + B^2 log B) operations, for O(B^3) triplets: each positive gets the number of
    negatives within its margin, and each negative minus the number of positives that it is too near
    for. The softplus has no such form, and takes O(B^2 K) operations, where K is the number of
    positives of an anchor; where JAX traces the labels, O(B^3). Memory is O(B) for each anchor of
    a block.

    Distances of rows that lie close together keep their digits in float32, because they are made in
    float64, or where JAX traces without it from differences. A distance within rounding is 0.
    Slopes are 0 for a term of exactly 0, and for the distance of coincident rows; of equally far
    rows, the first one is the hardest.

    References
    ----------
    F. Schroff, D. Kalenichenko, J. Philbin, "FaceNet: A Unified Embedding for Face Recognition and
    Clustering", CVPR 2015, arXiv 1503.03832.

    A. Hermans, L. Beyer, B. Leibe, "In Defense of the Triplet Loss for Person Re-Identification",
    2017, arXiv 1703.07737.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z = np.asarray([[1.0, 0.0], [0.6, 0.8], [0.8, 0.6], [0.0, 1.0]])
    >>> float(pc.triplet(z, np.asarray([0, 0, 1, 1])).round(6))
    0.706667
    """
    xp, batch = namespace(z), whole_batch()
    u, u_back = unit_rows(z, normalize)
    own, every = numbers_of_samples(u)

    def read(d, numbers, label, others, all_numbers):
        alike = label[:, None] == others[None, :]
        other_row = numbers[:, None] != all_numbers[None, :]
        positive, negative = alike & other_row, ~alike
        both = xp.any(positive, axis=1)[:, None] & xp.any(negative, axis=1)[:, None]
        found = Triplets(d, positive & both, negative & both, margin, smooth)
        mined = {"all": found.every, "hard": found.hardest, "semihard": found.semihard}[mining]
        sums, active, count, pull = mined()
        return (sums, active if average == "nonzero" else count), lambda g: pull(g[0])

    # All anchors have the same cotangent; the number of terms divides their gradients afterwards.
    cotangent = xp.ones_like(u[:, 0]), xp.zeros_like(u[:, 0])
    one = xp.ones((), dtype=u.dtype, device=device(u))
    ahead = None if promised_cotangent(one) is None else cotangent
    given = (own, labels), (labels,), (every,)
    (sums, counts), pull = full_distances(u, None, read, *given, squared=squared, ahead=ahead)
    count = xp.maximum(batch.sum(xp.sum(counts)), 1.0)

    def back(g):
        return {"z": u_back((g / count) * pull(cotangent).x)}

    return batch.sum(xp.sum(sums)) / count, back
