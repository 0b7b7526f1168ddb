"""Recall of every ordered pair of views, with intervals, on rows held out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from polycontrast.align.evaluation import row_recalls
from polycontrast.align.samples import Samples, search_of
from polycontrast.arrays import Array

KS = (1, 5, 10)
Z = 1.96  # of 95 %
ROUNDING = 1e-12  # of a variance of numbers up to 1
MOST_CANDIDATES = 10_000  # of all views together, and at least
LEAST_CANDIDATES = 1_000  # of each view

Pair = Callable[[int, int], tuple[Array, Array] | None]
"""Rows of queries and rows of candidates for an ordered pair of views; None if it has none."""


@dataclass(frozen=True)
class Recalls:
    """Recall@k of each row of each ordered pair of views.

    Parameters
    ----------
    hits : ndarray (ks, M, M, rows)
        Between 0 and 1; nan for a pair that was not measured, and for a row that a pair lacks. The
        diagonal is 1.
    by_chance : ndarray (ks, M, M), optional
        Recall of candidates in random order. Default: every row has one right candidate among all.
    """

    hits: np.ndarray
    by_chance: np.ndarray | None = None

    @property
    def rows(self) -> int:
        """Number of queries, which is the number of candidates too."""
        return self.hits.shape[3]

    @property
    def pairs(self) -> int:
        """Number of ordered pairs that were measured."""
        return int(np.sum(~np.isnan(self._of(1)).any(axis=2) & self._off()))

    def chance(self, k: int) -> float:
        """Recall of guessing, and of rows in random order."""
        if self.by_chance is not None:
            return float(np.nanmean(self.by_chance[KS.index(k)]))
        return min(1.0, k / self.rows)

    def matrix(self, k: int = 1) -> np.ndarray:
        """Recall@k (M, M), from the view of the row to the view of the column."""
        return means_of(self._of(k))

    def mean(self, k: int = 1) -> float:
        """Mean over the ordered pairs of two different views."""
        return float(self._by_row(k).mean())

    def interval(self, k: int = 1) -> tuple[float, float]:
        """95 % interval of `mean`."""
        low, high = wilson(self._by_row(k))
        return float(low), float(high)

    def pair_intervals(self, k: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """95 % intervals of `matrix`: the low ends and the high ends."""
        return wilson(self._of(k))

    def worse_than(self, other: "Recalls") -> np.ndarray:
        """Pairs (M, M) whose recall@1 is lower than in `other` by more than chance explains.

        The rows are the same, so the difference of each row counts: its 95 % interval lies below 0.
        """
        return _below_zero(self._of(1) - other._of(1))

    def mean_where(self, other: "Recalls") -> float:
        """Mean recall@1 over the pairs that the other one has as well."""
        return float(rows_of_pairs(self._of(1)[self._both(other)]).mean())

    def is_worse_than(self, other: "Recalls") -> bool:
        """The same for the mean over the pairs that both have."""
        difference = (self._of(1) - other._of(1))[self._both(other)]
        return bool(_below_zero(rows_of_pairs(difference)))

    def at_chance(self) -> np.ndarray:
        """Pairs (M, M) that find no more than rows in random order would."""
        found = np.ones(self.hits.shape[1:3], dtype=bool)
        for k in KS:
            found &= self.pair_intervals(k)[0] <= self.chance(k)
        return found

    def _of(self, k: int) -> np.ndarray:
        return self.hits[KS.index(k)]

    def _both(self, other: "Recalls") -> np.ndarray:
        return ~np.isnan(self._of(1) + other._of(1)).all(axis=2) & self._off()

    def _off(self) -> np.ndarray:
        return ~np.eye(self.hits.shape[1], dtype=bool)

    def _by_row(self, k: int) -> np.ndarray:
        return rows_of_pairs(self._of(k)[self._off()])


def wilson(hits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's 95 % interval of the mean along the last axis.

    Rows are independent of one another. A row may have a mean of several pairs, which varies less
    than a single hit does: n is then the number of hits that would vary as much.
    """
    hits = np.asarray(hits, dtype=np.float64)
    mean, rows = means_of(hits), np.maximum((~np.isnan(hits)).sum(axis=-1), 1)
    spread = means_of((hits - mean[..., None]) ** 2)
    n = rows * np.divide(mean * (1 - mean), spread, out=np.ones_like(mean), where=spread > ROUNDING)
    centre = (mean + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(mean * (1 - mean) / n + Z**2 / (4 * n**2))
    low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return np.minimum(low, mean), np.maximum(high, mean)  # rounding may cross the mean at 0 and 1


def _below_zero(difference: np.ndarray) -> np.ndarray:
    difference = np.asarray(difference, dtype=np.float64)
    mean, rows = means_of(difference), (~np.isnan(difference)).sum(axis=-1)
    error = np.sqrt(means_of((difference - mean[..., None]) ** 2) / np.maximum(rows, 1))
    return mean + Z * error < 0


def rows_of_pairs(pairs: np.ndarray) -> np.ndarray:
    """One figure a row, whose mean is the mean over pairs, and which vary as that mean does.

    Where every pair has every row, these are the means over the pairs. A row that only some pairs
    have adds to the mean what it adds to theirs.

    Parameters
    ----------
    pairs : ndarray (pairs, rows)
        Nan for a row that a pair lacks.
    """
    pairs = pairs[~np.isnan(pairs).all(axis=1)]
    there, means = ~np.isnan(pairs), means_of(pairs)
    rows = there.any(axis=0)
    apart = np.where(there, pairs - means[:, None], 0.0) / there.sum(axis=1, keepdims=True)
    return means.mean() + apart[:, rows].mean(axis=0) * rows.sum()


def means_of(x: np.ndarray) -> np.ndarray:
    """Mean along the last axis of the entries that are not nan; nan where there are none."""
    count = (~np.isnan(x)).sum(axis=-1)
    return np.where(
        count > 0, np.nansum(x, axis=-1, dtype=np.float64) / np.maximum(count, 1), np.nan
    )


def measure(
    views: int,
    rows: int,
    pair: Pair,
    step: Callable[[], object],
    samples: Samples | None = None,
) -> Recalls | None:
    """Recall of all ordered pairs; None where no pair can be measured.

    Parameters
    ----------
    views, rows : int
        Numbers of views, and of queries of each.
    pair : callable
        Queries and candidates of an ordered pair.
    step : callable
        Called before each pair.
    samples : Samples, optional
        Which rows exist, and which are one thing.
    """
    samples = samples or Samples(rows)
    chances = None if samples.is_plain else np.full((len(KS), views, views), np.nan)
    hits = np.full((len(KS), views, views, rows), np.nan, dtype=np.float32)
    found = False
    for a in range(views):
        for b in range(views):
            given = None if a == b else pair(a, b)
            if a == b:
                hits[:, a, b] = 1
            else:
                step()
                if given is not None:
                    both = samples.of_views(a, b)
                    hits[:, a, b], found = row_recalls(*given, KS, both), True
                    search = None if chances is None else search_of(*given, both)
                    if chances is not None and search is not None:
                        chances[:, a, b] = search.chance(KS)
    return Recalls(hits, chances) if found else None


def in_one_space(views: Sequence[Array]) -> Pair:
    """Pairs of views that share a space; None for those of different widths."""
    return lambda a, b: (views[a], views[b]) if views[a].shape[1] == views[b].shape[1] else None


def candidate_rows(rows: np.ndarray, views: int, seed: int) -> np.ndarray:
    """Held-out rows to measure on: all of them, or a random sample where there are many."""
    most = max(LEAST_CANDIDATES, MOST_CANDIDATES // views)
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
