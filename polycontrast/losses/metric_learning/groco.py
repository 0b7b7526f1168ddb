"""GroCo: positives and negatives that a sorting network should keep apart."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace, row_dot, safe_log, segment_sum
from polycontrast.calculus import kept_apart, unit_rows
from polycontrast.contrast import most_similar
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
)

LEAST = -100.0  # logarithm of a probability, as in the authors' code


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("views", stop_grad=True),
    shards=False,
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
        Number of negatives of an anchor: its most similar rows of the same view. The authors' value.
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
    The inputs of the network are k cosines of negatives and those of the positives, each in rising
    order, :math:`n_a` in all. It has :math:`n_a` layers, and a layer compares neighbours a and b
    in turn, which keep their places with the probability :math:`w = 1/2 + \arctan(\mathrm{steepness}
    \, (b - a)) / \pi`. So :math:`\pi_r`, with which input r ends among the first k places, is never
    0, and the loss not for any finite steepness. Logarithms are at least -100. ``k=0``, or an anchor
    without a positive: 0.

    Value and gradient take :math:`O(n_a^2)` numbers for each anchor, without the matrix of all
    permutations. Which rows are negatives is constant, and of equal cosines the first row is taken.
    After the search for them, the gradient is computed from the rows in question alone.

    References
    ----------
    N. Shvetsova, F. Petersen, A. Kukleva, B. Schiele, H. Kuehne, "Learning by Sorting:
    Self-supervised Learning with Group Ordering Constraints", ICCV 2023, arXiv 2301.02009.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(4)] * 2)
    >>> float(pc.groco(views, k=2).round(6))
    0.0
    """
    xp = namespace(views)
    count, samples, _ = views.shape
    if k >= samples:
        raise BadArgument(f"k must be below the number of samples, {samples}, got {k}")
    if n_pos is not None and n_pos > count:
        raise BadArgument(f"n_pos must be at most the number of views, {count}, got {n_pos}")
    z, z_back = unit_rows(views, normalize)
    losses, pulls = xp.zeros_like(z[0, :, 0]), []
    for a in range(count):
        own = z[a, :, :]
        places = xp.flip(most_similar(own, own, k, others=True), axis=1)
        near = [places[:, r] for r in range(k)]
        negatives = [row_dot(own, xp.take(own, index, axis=0)) for index in near]
        views_of = [c for c in range(count if n_pos is None else n_pos) if c != a]
        positives = [row_dot(own, z[c, :, :]) for c in views_of]
        one, pull = _exchanges(own[:, 0], negatives, positives, steepness)
        losses = losses + one / count
        pulls.append((near, views_of, pull))

    def back(g):
        grads = [xp.zeros_like(z[0, :, :]) for _ in range(count)]

        def add(a, c, weights, index=None):
            """Gradients of products of the rows of view a with those of view c, at these places."""
            own, other, weights = z[a, :, :], z[c, :, :], weights[:, None]
            rows = other if index is None else xp.take(other, index, axis=0)
            grads[a] = grads[a] + weights * rows
            if not stop_grad:
                on_rows = weights * own
                at = on_rows if index is None else segment_sum(on_rows, index, samples)
                grads[c] = grads[c] + at

        for a, (near, views_of, pull) in enumerate(pulls):
            on_negatives, on_positives = pull(g / count)
            for r, index in enumerate(near):
                add(a, a, on_negatives[r, :], index)
            for r, c in enumerate(views_of):
                add(a, c, on_positives[r, :])
        return {"views": z_back(xp.stack(grads, axis=0))}

    return losses, back


def _exchanges(
    like: Array, negatives: list[Array], positives: list[Array], steepness: float
) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
    """Losses (B,) of cosines in rising order and of others in any order, and their pullback."""
    xp, k, n = namespace(like), len(negatives), len(negatives) + len(positives)
    none = xp.zeros_like(like)[None, :][:0, :]
    near, far = (xp.stack(t, axis=0) if t else none for t in (negatives, positives))
    order = xp.argsort(far, axis=0)
    values = xp.concat([near, xp.take_along_axis(far, order, axis=0)], axis=0)
    kept, pull = kept_apart(values, k, steepness)
    logs = safe_log(kept)
    seen = ~(logs <= LEAST)

    def back(g: Array) -> tuple[Array, Array]:
        on_values = pull(xp.where(seen, -g[None, :] / (n * kept), 0.0))
        in_order = xp.take_along_axis(on_values[k:, :], xp.argsort(order, axis=0), axis=0)
        return on_values[:k, :], in_order

    return -xp.sum(xp.where(seen, logs, LEAST), axis=0) / max(1, n), back
