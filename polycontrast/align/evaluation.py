"""How well views find one another: recall of every ordered pair."""

import numpy as np

from polycontrast.arrays import Array, to_numpy
from polycontrast.calculus import unit_rows
from polycontrast.metrics.recall_at_k import recall_at_k


def recall_matrices(views: list[Array], ks: tuple[int, ...]) -> dict[int, np.ndarray]:
    """Recall@k from the view of the row to the view of the column, for every k.

    The diagonal is 1: every view finds its own rows.
    """
    count = len(views)
    views = [unit_rows(view)[0] for view in views]
    found = np.ones((len(ks), count, count))
    for a, x in enumerate(views):
        for b, y in enumerate(views):
            if a != b:
                found[:, a, b] = to_numpy(recall_at_k(x, y, k=ks, normalize=False))
    return dict(zip(ks, found, strict=True))


def mean_recall(matrix: np.ndarray) -> float:
    """Mean over the ordered pairs of two different views."""
    off = ~np.eye(len(matrix), dtype=bool)
    return float(matrix[off].mean())


def mean_recall_at_1(views: list[Array]) -> float:
    """Mean recall@1 over the ordered pairs."""
    return mean_recall(recall_matrices(views, (1,))[1])
