"""Intervals by the bootstrap: rows are drawn again with replacement."""

from collections.abc import Iterator

import numpy as np

TIMES = 1000
LEVELS = (2.5, 97.5)  # per cent: an interval of 95 %
ENTRIES = 2**23  # of counts that are in memory at a time


def interval_of_mean(values: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of the mean over columns of the means over rows.

    Parameters
    ----------
    values : array (rows, columns)
        Rows are independent of one another; columns of a row need not be. Nan where a row has no
        value.
    seed : int
    """
    there = ~np.isnan(values)
    filled = np.where(there, values, 0.0)
    found = []
    for counts in _counts(len(values), seed):
        total, sums = counts @ there, counts @ filled
        means = np.divide(sums, total, out=np.full(sums.shape, np.nan), where=total > 0)
        found.append(np.nanmean(means, axis=1))
    return _percentiles(np.concatenate(found))


def interval_of_median(values: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of the median of all entries; rows and nan as for the mean."""
    rows = np.broadcast_to(np.arange(len(values))[:, None], values.shape)
    there = ~np.isnan(values)
    rows, entries = rows[there], values[there]
    order = np.argsort(entries, kind="stable")
    rows, entries = rows[order], entries[order]
    found = []
    for counts in _counts(len(values), seed, len(entries)):
        weights = np.cumsum(counts[:, rows], axis=1)
        half = weights[:, -1:] / 2
        low = entries[np.argmax(weights >= half, axis=1)]
        high = entries[np.argmax(weights > half, axis=1)]
        found.append((low + high) / 2)
    return _percentiles(np.concatenate(found))


def _counts(rows: int, seed: int, width: int = 0) -> Iterator[np.ndarray]:
    """How often each row was drawn (some, rows), for blocks of the repetitions."""
    generator = np.random.default_rng(seed)
    step = max(1, ENTRIES // max(rows, width))
    for start in range(0, TIMES, step):
        some = min(step, TIMES - start)
        drawn = generator.integers(0, rows, (some, rows)) + rows * np.arange(some)[:, None]
        yield np.bincount(drawn.reshape(-1), minlength=some * rows).reshape(some, rows)


def _percentiles(found: np.ndarray) -> tuple[float, float]:
    low, high = np.nanpercentile(found, LEVELS)
    return float(low), float(high)
