"""Contrast on a graph: neighbours against the sums of clusters."""

import math
from collections.abc import Callable
from typing import Annotated, Any

from polycontrast.arrays import (
    Array,
    add_to_rows_,
    constant,
    device,
    infinite_to_nan,
    inner,
    is_traced,
    known,
    matmul,
    namespace,
    row_dot,
    segment_max,
    segment_sum,
    transpose,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature
from polycontrast.objective import (
    BadArgument,
    Count,
    IndexInto,
    Positive,
    Role,
    check_labels,
    objective,
)
from polycontrast.similarity import Labels, OtherRows, Similarity

Rows = Annotated[Any, Role("rows", ("N D",), about="Embeddings of the nodes.")]
_EDGES = "First and last node of each edge. An edge both ways is two."
Edges = Annotated[Any, IndexInto("N", "2 E", about=_EDGES)]
_WEIGHTS = "Weight of each edge, such as the entries of a power of the adjacency matrix."
EdgeWeights = Annotated[Any, Role("rows", ("E",), low=0.0, about=_WEIGHTS)]
_ASSIGN = "Cluster of each node, from 0 on."
Assignment = Annotated[Any, Role("rows", ("N",), dtype="integral", about=_ASSIGN)]
_SHARES = "Share of each node in each cluster, in the place of `assign`."
Shares = Annotated[Any, Role("rows", ("N C",), about=_SHARES)]
_SCALE = "Factor s of the cosines, an inverse temperature. Differentiable."
Scale = Annotated[Any, Role("scalar", low=0.0, open_low=True, about=_SCALE)]
BLOCK = 2**22  # numbers of the rows of edges that are gathered at once


@objective(invariances=("sample_permutation", "rotation"), shards=False)
def pamc(
    z: Rows,
    edges: Edges,
    weights: EdgeWeights,
    assign: Assignment | None = None,
    shares: Shares | None = None,
    *,
    clusters: Count | None = None,
    scale: Scale = 0.5,
    eps: Positive = 1e-10,
):
    r"""Contrast of the nodes of a graph: edges attract, and sums of clusters repel (PAMC).

    .. math:: -\frac{1}{N} \sum_i \log \Big( \epsilon + \sum_{e = (i, j)} w_e e^{s c_{ij}} \Big)
              + \frac{1}{K} \sum_k \log \Big( \epsilon + \sum_l e^{s \hat c_{kl}} \Big)

    Parameters
    ----------
    assign
        Without it, each node is a cluster of its own.
    clusters
        Number of clusters of `assign`; by default one more than the largest. Needed where JAX
        traces `assign`.
    scale
        The authors' value.
    eps
        Number :math:`\epsilon` that keeps nodes without an edge finite. The authors' value.

    Raises
    ------
    ValueError
        When both `assign` and `shares` are given, `assign` is below 0 or not below `clusters`, or
        `clusters` lacks where JAX traces `assign`.

    Notes
    -----
    :math:`c_{ij}` is the cosine of two nodes, and :math:`\hat c_{kl}` that of the sums
    :math:`m_k = \sum_i q_{ik} z_i` of two clusters, with the shares q. Of a node and itself, and of
    a cluster and itself, both count as 0. Clusters that no node belongs to are left out of the mean
    over K. Rows enter the sums as they are, so the length of a single row matters. In place of all
    pairs of nodes there are E edges and pairs of clusters: the time is O(E D + N D + K^2 D), with
    shares O(N K D), and no N x N array exists. All sums of exponentials are computed relative to
    their largest term. A sum of rows that is 0 has cosine 0 and no gradient. The whole method adds
    `dec_kl`.

    References
    ----------
    G. K. Kulatilleke, M. Portmann, S. S. Chandra, "Efficient block contrastive learning via
    parameter-free meta-node approximation" (PAMC), 2022, arXiv 2209.14067.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z, edges, weights = np.eye(3), np.array([[0, 1, 2], [1, 0, 2]]), np.ones(3)
    >>> float(pc.pamc(z, edges, weights, np.array([0, 0, 1])).round(6))
    0.693147
    """
    if assign is not None and shares is not None:
        raise BadArgument("shares must not be given together with assign, got both")
    sums, present, pull_sums = _cluster_sums(z, assign, shares, clusters)
    repulsion, pull_repulsion = _repulsion(sums, present, scale, eps)
    u, u_back = unit_rows(z)
    attraction, pull_attraction = _attraction(u, edges, infinite_to_nan(weights), scale, eps)

    def back(g):
        on_sums, on_scale = pull_repulsion(g)
        grads = pull_sums(on_sums)
        on_u, grads["weights"], on_scale_too = pull_attraction(-g)
        grads["z"] = grads["z"] + u_back(on_u)
        return grads | {"scale": on_scale + on_scale_too}

    return repulsion - attraction, back


def _cluster_sums(
    z: Array, assign: Array | None, shares: Array | None, clusters: int | None
) -> tuple[Array, Array, Callable[[Array], dict[str, Array]]]:
    """Sum of the rows of each cluster, whether it has any, and the pullback."""
    xp = namespace(z)
    if shares is not None:
        q = infinite_to_nan(shares)

        def back_shares(g: Array) -> dict[str, Array]:
            return {"z": matmul(q, g), "shares": matmul(z, transpose(g))}

        return matmul(transpose(q), z), xp.any(q != 0, axis=0), back_shares
    if assign is None:
        return z, xp.ones_like(z[:, 0]) > 0, lambda g: {"z": g}
    if clusters is None:
        largest = known(xp.max(assign))
        if largest is None:
            raise BadArgument("clusters must be given where assign is traced")
        clusters = int(largest) + 1
    check_labels("assign", assign, clusters)
    wrong = (assign < 0) | (assign >= clusters)  # known only where nothing is traced
    index = xp.where(wrong, xp.zeros_like(assign), assign)
    rows = xp.where(wrong[:, None], xp.nan, z)
    sizes = segment_sum(xp.ones_like(z[:, 0]), index, clusters)
    return segment_sum(rows, index, clusters), sizes > 0, lambda g: {"z": xp.take(g, index, axis=0)}


def _repulsion(
    sums: Array, present: Array, scale: Array, eps: float
) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
    """Mean logarithm of the kernel sums of the clusters, and its pullback to sums and scale."""
    xp = namespace(sums)
    m, m_back = unit_rows(sums)
    sides = xp.astype(present, xp.int32)
    matrix = Similarity(m, scale=scale, pairs=Labels(sides) & OtherRows(), what="clusters")
    others, _, pull = matrix.logsumexp(columns=False)
    itself = xp.full((), math.log1p(eps), dtype=m.dtype, device=device(m))
    whole = xp.logaddexp(others, itself)
    count = xp.sum(xp.astype(present, m.dtype))
    value = xp.sum(xp.where(present, whole, 0 * whole)) / count

    def back(g: Array) -> tuple[Array, Array]:
        weights = xp.where(present, (g / count) * xp.exp(others - whole), 0 * g)
        pulled = pull(weights).x
        return m_back(pulled), -on_temperature(scale, 2, (m, pulled))

    return value, back


def _attraction(
    u: Array, edges: Array, weights: Array, scale: Array, eps: float
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    """Mean logarithm of the kernel sums over edges; the pullback to rows, weights and scale."""
    xp, (count, depth) = namespace(u), u.shape
    start, end = edges[0, :], edges[1, :]
    size = edges.shape[1]
    step = max(1, size if is_traced(u) else BLOCK // depth)
    blocks = [slice(k, min(k + step, size)) for k in range(0, size, step)]

    def rows(index: Array) -> Array:
        return xp.take(u, index, axis=0)

    each = [row_dot(rows(start[part]), rows(end[part])) for part in blocks]
    loop = start == end
    cosines = xp.where(loop, 0.0, xp.concat(each))
    logits = scale * cosines
    least = xp.full((count,), math.log(eps), dtype=u.dtype, device=device(u))
    largest = constant(xp.maximum(segment_max(logits, start, count), least))
    terms = xp.exp(logits - xp.take(largest, start))
    total = segment_sum(weights * terms, start, count) + xp.exp(least - largest)

    def back(g: Array) -> tuple[Array, Array, Array]:
        on_weights = (g / count) * terms / xp.take(total, start)
        on_logits = on_weights * weights
        on_cosines = xp.where(loop, 0.0, scale * on_logits)
        on_u = xp.zeros_like(u)
        for part in blocks:
            of_part, ends = on_cosines[part, None], (start[part], end[part])
            for one, other in (ends, ends[::-1]):
                on_u = add_to_rows_(on_u, one, of_part * rows(other))
        return on_u, on_weights, inner(on_logits[None, :], cosines[None, :])

    return xp.sum(largest + xp.log(total)) / count, back
