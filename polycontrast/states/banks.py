"""Banks: one row per sample of the data set, and what is kept of its clusters and tracks."""

import math
from typing import Any

from polycontrast.arrays import (
    Array,
    as_count,
    as_floats,
    check_finite,
    check_floating,
    check_integers,
    check_matrices,
    computing_dtype,
    device,
    namespace,
    quiet,
    same_library,
    segment_sum,
    transpose,
    type_name,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast.queues.blocks_of_rows import row_blocks
from polycontrast.objective import BadArgument, check_labels
from polycontrast.states.slots import as_index, scatter_state


def bank_update(bank: Array, index: Array, features: Array, *, momentum: Any = 1.0) -> Array:
    r"""Bank with new rows of the samples of a batch: :math:`(1 - m) b_i + m \hat f_i`, scaled.

    Parameters
    ----------
    bank : array (N, D)
        One row per sample, such as the `bank` of `interclr`.
    index : integer array (B,)
        Samples of the batch, each at most once.
    features : array (B, D)
        Their embeddings, which are scaled to unit length.
    momentum : float, from 0 to 1, default 1.0
        Share m of the new rows.

    Returns
    -------
    bank : array (N, D)
        A new array in the dtype of `bank`. The rows of the batch have unit length, but for zero
        rows.

    Raises
    ------
    TypeError
        When an array is no real floating array, the index no integer array, or both of different
        libraries.
    ValueError
        When a shape does not fit, an index is out of range or there twice, or the momentum is.

    References
    ----------
    J. Xie, X. Zhan, Z. Liu, Y. S. Ong, C. C. Loy, "Delving into Inter-Image Invariance for
    Unsupervised Visual Representations", IJCV 2022, arXiv 2008.11702.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> bank = np.asarray([[1.0, 0.0], [0.0, 1.0]])
    >>> pc.bank_update(bank, np.asarray([1]), np.asarray([[2.0, 0.0]])).tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    name = "bank_update"
    check_matrices(name, bank=bank, features=features)
    (share,) = as_floats(name, momentum=momentum)
    if not 0 <= share <= 1:
        raise ValueError(f"{name}: momentum must be from 0 to 1, got {share:g}")
    index = _places(name, "index", index, features, bank.shape[0], distinct=True)
    xp, dtype = namespace(bank), computing_dtype(bank)
    old = xp.astype(xp.take(bank, index, axis=0), dtype)
    new = unit_rows(xp.astype(features, dtype, copy=False))[0]
    mixed = xp.astype(unit_rows((1 - share) * old + share * new)[0], bank.dtype)
    return transpose(scatter_state(transpose(bank), index, transpose(mixed)))


def assign_clusters(features: Array, centroids: Array) -> Array:
    """Cluster of each row: the centroid with the largest inner product.

    Parameters
    ----------
    features : array (B, D)
    centroids : array (C, D)

    Returns
    -------
    assign : integer array (B,)
        Of equal products the lowest index. Where JAX traces the arrays, C, which is no cluster,
        stands for what a nan hides.

    Raises
    ------
    TypeError
        When an array is no real floating array, or both are of different libraries.
    ValueError
        When a shape does not fit, there is no centroid, or an entry is not finite.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.assign_clusters(np.asarray([[0.1, 0.9], [2.0, 1.0]]), np.eye(2)).tolist()
    [1, 0]
    """
    check_matrices("assign_clusters", features=features, centroids=centroids)
    check_finite("assign_clusters", features=features, centroids=centroids)
    xp, dtype, found = namespace(features), computing_dtype(features), []
    columns = transpose(xp.astype(centroids, dtype, copy=False))
    for start, stop in row_blocks(features.shape[0], centroids.shape[0]):
        products = xp.astype(features[start:stop, :], dtype, copy=False) @ columns
        lost = xp.isnan(xp.max(products, axis=1))
        found.append(xp.where(lost, centroids.shape[0], xp.argmax(products, axis=1)))
    return xp.concat(found, axis=0)


def cluster_means(
    bank: Array, labels: Array, previous: Array | None = None, *, k: int | None = None
) -> Array:
    """Mean row of each cluster; a cluster without rows keeps its previous mean.

    Parameters
    ----------
    bank : array (N, D)
    labels : integer array (N,)
        Cluster of each row, from 0 to k - 1, see `assign_clusters`.
    previous : array (k, D), optional
        Means before. By default there are none, and a cluster without rows has a mean of nan.
    k : int, optional
        Number of clusters, by default that of `previous`.

    Returns
    -------
    centroids : array (k, D)
        In the dtype of `bank`; half precision is summed in float32.

    Raises
    ------
    TypeError
        When an array is no real floating array, the labels are no integers, or libraries differ.
    ValueError
        When a shape does not fit, a label is out of range, or `k` is no integer above 0, lacks
        beside no `previous`, or is not the number of its rows.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> bank, previous = np.asarray([[1.0], [3.0]]), np.asarray([[0.0], [7.0]])
    >>> pc.cluster_means(bank, np.asarray([0, 0]), previous).tolist()
    [[2.0], [7.0]]
    """
    name = "cluster_means"
    given = {"bank": bank} if previous is None else {"bank": bank, "previous": previous}
    check_matrices(name, **given)
    count = as_count(name, "k", k) if previous is None or k is not None else previous.shape[0]
    if previous is not None and count != previous.shape[0]:
        text = "k must be the number of rows of previous"
        raise ValueError(f"{name}: {text}, got {count} and {previous.shape[0]}")
    labels = _places(name, "labels", labels, bank, count)
    xp = namespace(bank)
    if previous is None:
        previous = xp.full((1, 1), math.nan, dtype=bank.dtype, device=device(bank))
    rows = xp.astype(bank, computing_dtype(bank), copy=False)
    sizes = segment_sum(xp.ones_like(rows[:, :1]), labels, count)
    means = segment_sum(rows, labels, count) / xp.maximum(sizes, xp.ones_like(sizes))
    return xp.where(sizes > 0, xp.astype(means, bank.dtype), xp.astype(previous, bank.dtype))


@quiet
def track_update(memory: Array, past: Array, embedding: Array) -> Array:
    r"""Memory of an object in a video: :math:`(1 - b) m + b e`, for the anchors of `ctvis`.

    .. math:: b = \max \Big( 0, \frac{1}{T} \sum_t \cos(p_t, e) \Big)

    Parameters
    ----------
    memory : array (D,)
        The memory m.
    past : array (T, D)
        All earlier embeddings :math:`p_t` of the object. For T = 0 the result is `embedding`.
    embedding : array (D,)
        Its embedding e in this frame.

    Returns
    -------
    memory : array (D,)
        In the dtype of `memory`. A nan in any embedding shows.

    Raises
    ------
    TypeError
        When an array is no real floating array, or libraries differ.
    ValueError
        When a shape does not fit.

    Notes
    -----
    It is made of differentiable operations, so a framework can differentiate it.

    References
    ----------
    K. Ying et al., "CTVIS: Consistent Training for Online Video Instance Segmentation", ICCV 2023,
    arXiv 2307.12616.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> past = np.asarray([[1.0, 0.0], [0.0, 1.0]])
    >>> pc.track_update(np.zeros(2), past, np.asarray([2.0, 0.0])).tolist()
    [1.0, 0.0]
    """
    name = "track_update"
    check_floating(name, memory=memory, past=past, embedding=embedding)
    size = memory.shape
    if memory.ndim != 1 or embedding.shape != size or past.ndim != 2 or past.shape[1:] != size:
        got = f"{tuple(memory.shape)}, {tuple(past.shape)} and {tuple(embedding.shape)}"
        text = "memory, past and embedding must have shapes (D,), (T, D) and (D,)"
        raise ValueError(f"{name}: {text}, got {got}")
    xp, dtype = namespace(memory), computing_dtype(memory)
    if not past.shape[0]:
        return xp.astype(embedding, memory.dtype)
    m, p, e = (xp.astype(t, dtype, copy=False) for t in (memory, past, embedding))
    mean = xp.mean(unit_rows(p)[0] @ unit_rows(e[None, :])[0][0, :])
    share = xp.where(mean < 0, xp.zeros_like(mean), mean)
    return xp.astype((1 - share) * m + share * e, memory.dtype)


def _places(
    function: str, name: str, index: Array, rows: Array, count: int, distinct: bool = False
) -> Array:
    """A vector of indices into so many places, one for each row; anything else is refused."""
    check_integers(function, **{name: index})
    if not same_library(index, rows):
        text = f"{name} must come from the array library of rows, got {type_name(index)} and rows"
        raise TypeError(f"{function}: {text} of {type_name(rows)}")
    if tuple(index.shape) != (rows.shape[0],):
        got = tuple(index.shape)
        raise ValueError(f"{function}: {name} must have shape ({rows.shape[0]},), got {got}")
    try:
        check_labels(name, index, count, distinct)
    except BadArgument as error:
        raise ValueError(f"{function}: {error}") from None
    return as_index(index)
