"""How well views find one another: recall and ranks of every ordered pair."""

from collections.abc import Sequence
from itertools import combinations, permutations

import numpy as np

from polycontrast.align.samples import Samples, search_of
from polycontrast.arrays import Array, to_numpy
from polycontrast.calculus import unit_rows
from polycontrast.metrics.recall_at_k import found_among, recall_at_k, rivals

LEVEL = 1e-10  # of two cosines in float64 that rounding may tell apart


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


def row_recalls(
    queries: Array, candidates: Array, ks: tuple[int, ...], samples: Samples | None = None
) -> np.ndarray:
    """Recall@k of each row of one pair of views (ks, rows); nan for rows that do not count.

    Parameters
    ----------
    queries, candidates : array (rows, columns)
    ks : tuple of int
    samples : Samples, optional
        Of these two views: which rows exist, and which are one thing.
    """
    if samples is not None and not samples.is_plain:
        found = np.full((len(ks), samples.rows), np.nan)
        search = search_of(queries, candidates, samples)
        if search is not None:
            above, level = search.ranks()
            found[:, search.rows] = [found_among(k, above, level) for k in ks]
        return found
    x, y = unit_rows(queries)[0], unit_rows(candidates)[0]
    blocks = [
        np.stack([to_numpy(found_among(k, better, equal)) for k in ks])
        for better, equal in rivals(x, y)
    ]
    return np.concatenate(blocks, axis=1)


def mean_reciprocal_rank(
    views: Sequence[np.ndarray], ordered: bool = False, samples: Samples | None = None
) -> float:
    """Mean over rows and pairs of views of 1 / rank of the own row; level rows share their ranks.

    It tells two heads apart on fewer rows than recall@1 does. Views search in one another; with
    ``ordered=True`` each searches in those after it only.
    """
    pairs = list(combinations(range(len(views)), 2))
    if samples is not None and not samples.is_plain:
        ways = pairs if ordered else [*pairs, *((b, a) for a, b in pairs)]
        searches = [search_of(views[a], views[b], samples.of_views(a, b)) for a, b in ways]
        ranks = [search.ranks() for search in searches if search is not None]
        means = [np.mean(1 / (1 + above + level / 2)) for above, level in ranks]
        return float(np.mean(means)) if means else 0.0
    found, units = [], [_unit(view) for view in views]
    for a, b in pairs:
        similar = units[a] @ units[b].T
        found += [_reciprocal_rank(s) for s in (similar, similar.T)[: 2 - ordered]]
    return float(np.mean(found))


def _reciprocal_rank(similar: np.ndarray) -> float:
    own = np.diagonal(similar)[:, None]
    above = np.count_nonzero(similar > own + LEVEL, axis=1)
    level = np.count_nonzero(similar >= own - LEVEL, axis=1) - above - 1
    return float(np.mean(1 / (1 + above + level / 2)))


def _unit(rows: np.ndarray) -> np.ndarray:
    tiny = np.finfo(rows.dtype).tiny
    rows = rows / np.maximum(np.abs(rows).max(axis=1, keepdims=True), tiny)  # squares may overflow
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), tiny)


def rows_at_1(views: list[Array], samples: Samples | None = None) -> np.ndarray:
    """Recall@1 of each row that counts, its mean over the ordered pairs."""
    count = len(views)
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b]
    if samples is not None and not samples.is_plain:
        hits = np.stack(
            [row_recalls(views[a], views[b], (1,), samples.of_views(a, b))[0] for a, b in pairs]
        )
        return np.nanmean(hits[:, ~np.isnan(hits).all(axis=0)], axis=0)
    found = [row_recalls(views[a], views[b], (1,))[0] for a, b in pairs]
    return np.asarray(np.mean(found, axis=0, dtype=np.float64))


def mean_recall(matrix: np.ndarray) -> float:
    """Mean over the ordered pairs of two different views, of those that were measured."""
    off = ~np.eye(len(matrix), dtype=bool)
    return float(np.nanmean(matrix[off]))


def mean_recall_at_1(views: list[Array], samples: Samples | None = None) -> float:
    """Mean recall@1 over the ordered pairs, of those that can be measured."""
    if samples is None or samples.is_plain:
        return mean_recall(recall_matrices(views, (1,))[1])
    found = []
    for a, b in permutations(range(len(views)), 2):
        rows = row_recalls(views[a], views[b], (1,), samples.of_views(a, b))[0]
        if not np.isnan(rows).all():
            found.append(np.nanmean(rows))
    return float(np.mean(found))
