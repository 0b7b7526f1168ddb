"""Batches of one cluster each, and clusters of several stages."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from polycontrast.arrays import Array, as_count, check_integers, describe, to_numpy
from polycontrast.sampling.seeds import generator_of


def cluster_batches(seed_or_generator: Any, labels: Array, batch_size: int) -> np.ndarray:
    """Draw the batches of an epoch, each of samples of one cluster (MCL).

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    labels : integer array (N,)
        Cluster of each sample.
    batch_size : int
        Samples b of a batch, from 1 to the size of the largest cluster.

    Returns
    -------
    batches : NumPy integer array (batches, b)
        Indices of samples, each at most once. Clusters follow one another in turn, in the order of
        their numbers. Samples that do not fill a batch are left out of this epoch.

    Raises
    ------
    TypeError
        When there is no seed and no NumPy generator, or `labels` is no integer array.
    ValueError
        When `labels` has another shape, or no cluster fills a batch.

    Notes
    -----
    The negatives of `info_nce` in such a batch are those of `cluster_info_nce` in a mixed one.

    References
    ----------
    J. Zhang, X. Lan et al., "Learning the Unlearned: Mitigating Feature Suppression in Contrastive
    Learning" (MCL), ECCV 2024, arXiv 2402.11816.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> labels = np.asarray([0, 1, 0, 1, 0, 0, 1])
    >>> labels[pc.cluster_batches(0, labels, 2)].tolist()
    [[0, 0], [1, 1], [0, 0]]
    """
    name = "cluster_batches"
    rng = generator_of(name, seed_or_generator)
    check_integers(name, labels=labels)
    of = to_numpy(labels)
    if of.ndim != 1 or not of.size:
        raise ValueError(f"{name}: labels must have shape (N,) with N > 0, got {of.shape}")
    _, inverse, sizes = np.unique(of, return_inverse=True, return_counts=True)
    size = as_count(name, "batch_size", batch_size, most=int(sizes.max()))
    found = []
    for cluster, count in enumerate(sizes):
        members = rng.permutation(np.flatnonzero(inverse == cluster))
        full = count // size
        rounds = zip(range(full), members[: full * size].reshape(full, size), strict=True)
        found += [(turn, cluster, batch) for turn, batch in rounds]
    return np.stack([batch for _, _, batch in sorted(found, key=lambda one: one[:2])])


def nested_clusters(assignments: Sequence[Array], k: int) -> np.ndarray:
    r"""Clusters of several stages as one: samples share it if they shared that of each stage (MCL).

    .. math:: \sum_s a_s k^{S - 1 - s}

    Parameters
    ----------
    assignments : sequence of integer array (N,)
        Cluster :math:`a_s` of each sample, from 0 to k - 1, at each of S stages.
    k : int
        Number of clusters of a stage.

    Returns
    -------
    clusters : NumPy integer array (N,)
        From 0 to :math:`k^S - 1`.

    Raises
    ------
    TypeError
        When a stage is no integer array.
    ValueError
        When shapes differ, an assignment is not from 0 to k - 1, or :math:`k^S` is above
        :math:`2^{63}`.

    References
    ----------
    J. Zhang, X. Lan et al., "Learning the Unlearned: Mitigating Feature Suppression in Contrastive
    Learning" (MCL), ECCV 2024, arXiv 2402.11816.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.nested_clusters([np.asarray([0, 1, 1]), np.asarray([2, 0, 2])], 3).tolist()
    [2, 3, 5]
    """
    name = "nested_clusters"
    if not isinstance(assignments, (list, tuple)) or not assignments:
        got = describe(assignments)
        raise TypeError(f"{name}: assignments must be a list or tuple of arrays, got {got}")
    k = as_count(name, "k", k)
    if k ** len(assignments) > 2**63:
        raise ValueError(
            f"{name}: k must have k**S <= 2**63 for {len(assignments)} stages, got {k}"
        )
    clusters: Any = 0
    for s, stage in enumerate(assignments):
        check_integers(name, **{f"assignments[{s}]": stage})
        a = to_numpy(stage).astype(np.int64)
        wanted = tuple(assignments[0].shape)
        if a.ndim != 1 or a.shape != wanted:
            text = f"assignments must be arrays of one shape (N,), got {wanted} and {a.shape}"
            raise ValueError(f"{name}: {text}")
        for number in (a.min(initial=0), a.max(initial=0)):
            if not 0 <= number < k:
                text = f"assignments[{s}] must be from 0 to {k - 1} for k={k}, got {number}"
                raise ValueError(f"{name}: {text}")
        clusters = clusters * k + a
    return clusters
