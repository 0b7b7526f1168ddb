"""The inter- and intra-class nearest-neighbour score as a loss."""

from typing import Annotated

from polycontrast.arrays import Array, constant, device, namespace, segment_sum
from polycontrast.calculus import unit_rows
from polycontrast.contrast import full_distances
from polycontrast.objective import (
    ClassLabels,
    Count,
    Embeddings,
    Interval,
    Normalize,
    Positive,
    objective,
    whole_batch,
)
from polycontrast.similarity import numbers_of_samples


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def icnn(
    z: Embeddings,
    labels: ClassLabels,
    *,
    k: Count = 4,
    pool: Count | None = None,
    eps: Annotated[float, Interval(1e-12, 1.0)] = 1e-7,
    eps_dist: Positive = 1e-6,
    normalize: Normalize = False,
):
    r"""Minus the logarithm of a score of nearest neighbours: near ones should share the class.

    .. math:: -\log \tfrac12 \Big( \tfrac12 (\lambda_s + \lambda_d) + \gamma \Big),\quad
              \lambda_s = 1 - \mathrm{avg}_i\, \frac{1}{c_i + \epsilon}
              \sum_{j \in S_i} \frac{d_{ij}}{\max(f_i + \epsilon, \max_{l \in K_i} d_{il})},\quad
              \lambda_d = \mathrm{avg}_i\, \frac{1}{c'_i + \epsilon}
              \sum_{j \in O_i} \frac{d_{ij}}{D + \epsilon},\quad
              \gamma = \frac{1}{k B} \sum_i c_i

    Parameters
    ----------
    k
        Size of the set :math:`K_i` of nearest other rows. The authors' value. With B < k + 3 rows
        it is B - 2, and :math:`\gamma` is 1.
    pool
        Number of nearest other rows among which the nearest one of another class is looked for.
        None is ``k + 1``; a number below k counts as k. The authors have the number of rows of a
        class.
    eps
        :math:`\epsilon`. The authors' value.
    eps_dist
        Is added to squares of distances. The authors' value.

    Notes
    -----
    With :math:`d_{ij} = \sqrt{|z_i - z_j|^2 + \epsilon_d}`, the nearest neighbours :math:`K_i` of
    row i are :math:`c_i` rows :math:`S_i` of its class and :math:`c'_i` others :math:`O_i`. Their
    averages are over the rows that have some, whose number also has :math:`\epsilon` added. The
    distance :math:`f_i` is that of the nearest row of another class in the pool. Without one, the
    inner sum of :math:`\lambda_s` is 0. D is the largest distance of a neighbour of another class;
    without one, :math:`\lambda_d = 1`.

    Neighbours, counts and :math:`\gamma` are constant in the gradient. Of squares of distances that
    are equal up to 64 epsilons, the lowest index counts first. Distances are sorted some whole rows
    at a time. A batch of less than 3 rows has the loss 0.

    References
    ----------
    M. Mendez-Ruiz et al., "SuSana Distancia is all you need: Enforcing class separability in metric
    learning via two novel distance-based loss functions for few-shot image classification", 2023,
    arXiv 2305.09062. The score: A. Garcia Ramirez et al., 2021, arXiv 2107.06992.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z, labels = np.asarray([[0.0], [1.0], [5.0], [7.0], [8.0]]), np.asarray([0, 0, 1, 1, 1])
    >>> mixed = np.asarray([0, 1, 0, 1, 0])
    >>> float(pc.icnn(z, labels, k=1).round(6)), float(pc.icnn(z, mixed, k=1).round(6))
    (0.022757, 0.916291)
    """
    xp, batch = namespace(z), whole_batch()
    samples = batch.samples(z.shape[0])
    pool = min(k + 1 if pool is None else max(k, pool), samples - 1)
    few = k + 2 >= samples
    k = samples - 2 if few else k
    u, u_back = unit_rows(z, normalize)
    if k < 1:
        return 0.0 * xp.sum(u), lambda g: {"z": u_back(g * xp.zeros_like(u))}

    def read(squares, label, i, label_of, j):
        return _read(squares, label, i, label_of, j, k, pool, eps, eps_dist)

    i, j = numbers_of_samples(u)
    (near, far, farthest, same), pull = full_distances(
        u, None, read, (labels, i), (labels,), (j,), squared=True
    )
    rows_near, rows_far = (batch.sum(xp.sum(xp.astype(t > 0, u.dtype))) for t in (same, k - same))
    counts_near, counts_far = rows_near + eps, rows_far + eps
    zero = xp.zeros((1,), dtype=u.dtype, device=device(u))
    largest = batch.max(xp.max(xp.concat([farthest, zero])))  # of no row: a rank may have none
    is_largest = xp.astype(farthest == largest, u.dtype)
    ties = batch.sum(xp.sum(is_largest))
    of_far = batch.sum(xp.sum(far)) / counts_far
    lambda_s = 1 - batch.sum(xp.sum(near)) / counts_near
    lambda_d = xp.where(rows_far > 0, of_far / (largest + eps), 1.0)
    gamma = 1.0 if few else batch.sum(xp.sum(same)) / (k * samples)
    score = ((lambda_s + lambda_d) / 2 + gamma) / 2

    def back(g):
        on_lambda = -0.25 * g / score
        on_far = on_lambda / (counts_far * (largest + eps))
        on_largest = -on_lambda * of_far / ((largest + eps) * (largest + eps) * ties)
        ones = xp.ones_like(near)
        on_near = -on_lambda / counts_near * ones
        pulled = pull((on_near, on_far * ones, on_largest * is_largest, 0.0 * ones))
        return {"z": u_back(pulled.x)}

    return -xp.log(score), back


def _read(
    squares: Array,
    label: Array,
    i: Array,
    label_of: Array,
    j: Array,
    k: int,
    pool: int,
    eps: float,
    eps_dist: float,
):
    """Sums over the neighbours of each row: of its class, of others; the farthest; a count."""
    xp, dtype, (rows, count) = namespace(squares), squares.dtype, squares.shape
    order = _nearest(constant(squares), i, j, pool)
    flat = xp.reshape(order, (rows * pool,))
    d = xp.sqrt(xp.take_along_axis(squares, order, axis=1) + eps_dist)
    others = xp.reshape(xp.take(label_of, flat, axis=0), (rows, pool)) != label[:, None]
    place = xp.arange(pool, dtype=order.dtype, device=device(d))[None, :]
    is_same = xp.astype((place < k) & ~others, dtype)
    is_other = xp.astype((place < k) & others, dtype)
    same = xp.sum(is_same, axis=1, keepdims=True)
    farthest = xp.astype(
        place == xp.max(xp.where(is_other > 0, place, -1), axis=1, keepdims=True), dtype
    )
    first = xp.min(xp.where(others, place, pool), axis=1, keepdims=True)  # of another class
    nearest = xp.sum(xp.where(place == first, d, 0.0), axis=1, keepdims=True) + eps
    beyond = nearest > d[:, k - 1 : k]
    scale = xp.where(beyond, nearest, d[:, k - 1 : k])
    on_scale = xp.astype(xp.where(beyond, place == first, place == k - 1), dtype)
    share = xp.astype(first < pool, dtype) * is_same / (same + eps) / scale
    share_other = is_other / (k - same + eps)
    near = xp.sum(share * d, axis=1)
    out = near, xp.sum(share_other * d, axis=1), xp.sum(farthest * d, axis=1), same[:, 0]

    def pull(g):
        on_near, on_far, on_farthest = (t[:, None] for t in g[:3])
        on_d = on_near * (share - near[:, None] / scale * on_scale)
        on_d = on_d + on_far * share_other + on_farthest * farthest
        row = xp.arange(rows, dtype=order.dtype, device=device(d))
        places = xp.reshape(order + count * row[:, None], (rows * pool,))
        entries = xp.reshape(0.5 * on_d / d, (rows * pool,))
        return xp.reshape(segment_sum(entries, places, rows * count), (rows, count))

    return out, pull


def _nearest(squares: Array, i: Array, j: Array, count: int) -> Array:
    """Places (b, count) of the nearest other rows, in order.

    The last 6 bits of the squares do not count, so that no rounding orders equal distances.
    """
    xp = namespace(squares)
    part = (1 / 128) * squares  # the following product does not overflow
    shifted = 65 * part
    part = shifted - (shifted - part)
    part = xp.where(i[:, None] == j[None, :], xp.inf, part)
    return xp.concat([xp.argsort(part, axis=1, stable=True)[:, :count]], axis=1)  # no view
