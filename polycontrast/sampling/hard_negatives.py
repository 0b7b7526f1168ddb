"""Negatives of each anchor that are similar to it, out of many."""

from typing import Any

import numpy as np

from polycontrast.arrays import as_count, check_floating, check_integers, to_numpy
from polycontrast.sampling.seeds import generator_of


def semi_hard_negatives(
    seed_or_generator: Any,
    similarity: Any,
    labels: Any,
    anchor_labels: Any,
    *,
    pool: int,
    count: int,
) -> np.ndarray:
    """Draw negatives out of the most similar rows of other labels, for `interclr`.

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    similarity : array (B, R)
        Of each anchor with each row of a bank.
    labels : integer array (R,)
        Clusters of the rows.
    anchor_labels : integer array (B,)
        Those of the anchors.
    pool : int
        Number of the most similar rows, of which those of the anchor's label are then removed.
    count : int
        Number of negatives of each anchor, drawn out of what remains of the pool, each once.

    Returns
    -------
    index : integer array (B, count)

    Raises
    ------
    TypeError
        When there is no seed and no NumPy generator, or an array has the wrong kind of numbers.
    ValueError
        When shapes disagree, a similarity is nan, a number is no integer in its range, or fewer
        than `count` rows remain for some anchor.

    Notes
    -----
    All of the pool is a draw of the hardest: ``count`` equal to what remains. The published code
    draws again where it hits the anchor's label, and may repeat an index.

    References
    ----------
    J. Xie, X. Zhan, Z. Liu, Y. S. Ong, C. C. Loy, "Delving into Inter-Image Invariance for
    Unsupervised Visual Representations", IJCV 2022, arXiv 2008.11702.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> similarity, labels = np.asarray([[0.9, 0.8, 0.7, 0.1]]), np.asarray([0, 1, 1, 1])
    >>> found = pc.semi_hard_negatives(0, similarity, labels, np.asarray([0]), pool=3, count=2)
    >>> sorted(found[0].tolist())
    [1, 2]
    """
    name = "semi_hard_negatives"
    rng = generator_of(name, seed_or_generator)
    check_floating(name, similarity=similarity)
    check_integers(name, labels=labels, anchor_labels=anchor_labels)
    scores, labels, anchor_labels = (to_numpy(t) for t in (similarity, labels, anchor_labels))
    vectors = labels.ndim == anchor_labels.ndim == 1
    if not vectors or scores.shape != (anchor_labels.size, labels.size):
        got = f"{scores.shape}, {labels.shape} and {anchor_labels.shape}"
        text = "similarity, labels and anchor_labels must have the shapes (B, R), (R,) and (B,)"
        raise ValueError(f"{name}: {text}, got {got}")
    if np.isnan(scores).any():
        raise ValueError(f"{name}: similarity must have no nan, which has no place in an order")
    pool = as_count(name, "pool", pool, most=scores.shape[1])
    count = as_count(name, "count", count, most=pool)
    nearest = np.argpartition(-scores, pool - 1, axis=1)[:, :pool]
    found = np.empty((scores.shape[0], count), dtype=np.int64)
    for i, row in enumerate(nearest):
        others = row[labels[row] != anchor_labels[i]]
        if others.size < count:
            text = f"count must be at most the {others.size} rows of other labels in the pool"
            raise ValueError(f"{name}: {text} of anchor {i}, got {count}")
        found[i] = rng.choice(others, size=count, replace=False)
    return found
