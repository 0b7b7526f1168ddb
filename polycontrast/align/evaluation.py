"""How well views find one another: recall of every ordered pair."""

from collections.abc import Callable

import numpy as np

from polycontrast.align.samples import Pair, Samples, pair_of
from polycontrast.arrays import Array, to_numpy
from polycontrast.calculus import unit_rows
from polycontrast.metrics.recall_at_k import recall_at_k


def recall_matrices(
    views: list[Array], ks: tuple[int, ...], samples: Samples | None = None
) -> dict[int, np.ndarray]:
    """Recall@k from the view of the row to the view of the column, for every k.

    The diagonal is 1: every view finds its own rows.

    Parameters
    ----------
    views : list of array (rows, columns)
    ks : tuple of int
    samples : Samples, optional
        Which rows exist, and which are one thing. A pair of views counts the rows that both have,
        and is nan where it has fewer than two.
    """
    count = len(views)
    if samples is not None and not samples.is_plain:
        return _of_pairs(views, ks, samples, lambda pair: pair.recall(ks), 1.0)
    views = [unit_rows(view)[0] for view in views]
    found = np.ones((len(ks), count, count))
    for a, x in enumerate(views):
        for b, y in enumerate(views):
            if a != b:
                found[:, a, b] = to_numpy(recall_at_k(x, y, k=ks, normalize=False))
    return dict(zip(ks, found, strict=True))


def chance_matrices(
    views: list[Array], ks: tuple[int, ...], samples: Samples
) -> dict[int, np.ndarray]:
    """Recall@k of a random order of the candidates, for every pair and k."""
    return _of_pairs(views, ks, samples, lambda pair: pair.chance(ks), np.nan)


def _of_pairs(
    views: list[Array],
    ks: tuple[int, ...],
    samples: Samples,
    measure: Callable[[Pair], list[float]],
    diagonal: float,
) -> dict[int, np.ndarray]:
    """Figures for every k of each ordered pair of views; nan where a pair has too few rows."""
    count = len(views)
    found = np.full((len(ks), count, count), np.nan)
    for a in range(count):
        found[:, a, a] = diagonal
        for b in range(count):
            pair = None if a == b else pair_of(views, a, b, samples)
            if pair is not None:
                found[:, a, b] = measure(pair)
    return dict(zip(ks, found, strict=True))


def mean_recall(matrix: np.ndarray) -> float:
    """Mean over the ordered pairs of two different views that have rows to measure on."""
    off = ~np.eye(len(matrix), dtype=bool) & ~np.isnan(matrix)
    return float(matrix[off].mean()) if off.any() else float("nan")


def mean_recall_at_1(views: list[Array], samples: Samples | None = None) -> float:
    """Mean recall@1 over the ordered pairs."""
    return mean_recall(recall_matrices(views, (1,), samples)[1])
