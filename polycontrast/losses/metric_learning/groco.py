"""GroCo: positives and negatives that a sorting network should keep apart."""

from collections.abc import Callable

from polycontrast.arrays import Array, constant, namespace, row_dot, safe_log, segment_sum
from polycontrast.calculus import kept_apart, unit_rows
from polycontrast.contrast import most_similar, unit_of_products
from polycontrast.objective import (
    BadArgument,
    Count,
    Held,
    Index,
    Normalize,
    Positive,
    Reduction,
    Views,
    objective,
    whole_batch,
)
from polycontrast.similarity import numbers_of_samples

LEAST = -100.0  # logarithm of a probability, as in the authors' code


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("views", stop_grad=True),
)
def groco(
    views: Views,
    *,
    k: Index = 10,
    steepness: Positive = 1.0,
    n_pos: Count | None = None,
    stop_grad: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Chance that a soft sorting network exchanges positives and hard negatives of an anchor.

    .. math:: -\frac{1}{M B} \sum_{a i} \frac{1}{n_a} \Big[ \sum_{r \in \mathrm{neg}}
              \log \pi^{ai}_r + \sum_{r \in \mathrm{pos}} \log (1 - \pi^{ai}_r) \Big]

    Parameters
    ----------
    k
        Number of negatives of an anchor: its most similar rows of the same view.
    steepness
        How sharply the network sorts.
    n_pos
        How many views, the first ones, are positives of the others. The views after them, small
        crops, are anchors only. All views by default.
    stop_grad
        Hold the other side of every cosine constant in the gradient, as the authors do.
    reduction
        The loss of a sample is the mean over its views.

    Raises
    ------
    ValueError
        When there are not more samples than `k`, or fewer views than `n_pos`.

    Notes
    -----
    The inputs of the network are the k cosines of negatives and those of the positives, each in
    rising order: :math:`n_a` in all. It has :math:`n_a` layers. A layer compares neighbours a and
    b, which keep their places with the probability :math:`w = 1/2 + \arctan(c (b - a)) / \pi`,
    where c is the steepness. Input r ends among the first k places with the probability
    :math:`\pi_r`. For a finite steepness the loss is never 0. Logarithms are at least -100.
    An anchor without a positive has loss 0, and so has each with ``k=0``.

    Value and gradient take :math:`O(n_a^2)` numbers for each anchor, without the matrix of all
    permutations. Which rows are negatives is constant. Cosines within rounding of each other count
    as equal: of negatives the first rows are taken, and views keep their order. After the search
    for them the gradient takes the rows in question alone.

    References
    ----------
    N. Shvetsova, F. Petersen, A. Kukleva, B. Schiele, H. Kuehne, "Learning by Sorting:
    Self-supervised Learning with Group Ordering Constraints", ICCV 2023, arXiv 2301.02009.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(4)] * 2)
    >>> float(pc.groco(views, k=2).round(6))
    0.184915
    """
    xp, batch, count = namespace(views), whole_batch(), views.shape[0]
    samples = batch.samples(views.shape[1])
    if k >= samples:
        raise BadArgument(f"k must be below the number of samples, {samples}, got {k}")
    if n_pos is not None and n_pos > count:
        raise BadArgument(f"n_pos must be at most the number of views, {count}, got {n_pos}")
    z, z_back = unit_rows(views, normalize)
    here, _ = numbers_of_samples(z[0, :, :])
    fixed = constant(xp.reshape(z, (-1, z.shape[2])))
    unit = unit_of_products(fixed, fixed)
    losses, pulls = xp.zeros_like(z[0, :, 0]), []
    for a in range(count):
        own, (rows,) = z[a, :, :], batch.gathered([z[a, :, :]])
        places = most_similar(own, rows, k, here)
        near = [places[:, r] for r in range(k - 1, -1, -1)]
        negatives = [row_dot(own, xp.take(rows, index, axis=0)) for index in near]
        others = [c for c in range(count if n_pos is None else n_pos) if c != a]
        positives = [row_dot(own, z[c, :, :]) for c in others]
        one, pull = _exchanges(own[:, 0], negatives, positives, steepness, unit)
        losses = losses + one / count
        pulls.append((rows, near, others, pull))

    def back(g):
        grads = [xp.zeros_like(z[0, :, :]) for _ in range(count)]
        for a, (rows, near, others, pull) in enumerate(pulls):
            on_negatives, on_positives = pull(g / count)
            on_rows = xp.zeros_like(rows)
            for r, index in enumerate(near):
                weights = on_negatives[r, :, None]
                grads[a] = grads[a] + weights * xp.take(rows, index, axis=0)
                if not stop_grad:
                    on_rows = on_rows + segment_sum(weights * z[a, :, :], index, samples)
            for r, c in enumerate(others):
                weights = on_positives[r, :, None]
                grads[a] = grads[a] + weights * z[c, :, :]
                if not stop_grad:
                    grads[c] = grads[c] + weights * z[a, :, :]
            if not stop_grad:
                grads[a] = grads[a] + batch.returned(on_rows)
        return {"views": z_back(xp.stack(grads, axis=0))}

    return losses, back


def _exchanges(
    like: Array, negatives: list[Array], positives: list[Array], steepness: float, unit: Array
) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
    """Losses (B,) of cosines in rising order and of others in any order, and their pullback."""
    xp, k, n = namespace(like), len(negatives), len(negatives) + len(positives)
    none = xp.zeros_like(like)[None, :][:0, :]
    near, far = (xp.stack(t, axis=0) if t else none for t in (negatives, positives))
    # Equal ones in their own order, whatever rounding made of them.
    order = xp.argsort(xp.floor(constant(far) / unit + 0.5), axis=0, stable=True)
    values = xp.concat([near, xp.take_along_axis(far, order, axis=0)], axis=0)
    kept, pull = kept_apart(values, k, steepness)
    logs = safe_log(kept)
    seen = ~(logs <= LEAST)

    def back(g: Array) -> tuple[Array, Array]:
        on_values = pull(xp.where(seen, -g[None, :] / (n * kept), 0.0))
        in_order = xp.take_along_axis(on_values[k:, :], xp.argsort(order, axis=0), axis=0)
        return on_values[:k, :], in_order

    return -xp.sum(xp.where(seen, logs, LEAST), axis=0) / max(1, n), back
