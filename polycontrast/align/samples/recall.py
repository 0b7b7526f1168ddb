"""Ranks between two views where rows are missing, or where several rows are one thing."""

from dataclasses import dataclass

import numpy as np

from polycontrast.align.samples.samples import Samples
from polycontrast.arrays import Array, rounding_of_products, to_numpy
from polycontrast.calculus import unit_rows

BLOCK = 2**22  # similarities that are in memory at a time
SAME = 1e-5  # entries of equal rows of unit length differ by less: products round by their place


@dataclass(frozen=True)
class Search:
    """Rows of one view that look for their things among the rows of another.

    Parameters
    ----------
    rows : integer array (q,)
        Numbers of the queries.
    queries, candidates : ndarray (q, D), (c, D)
        Of unit length.
    wanted, found : integer array (q,), (c,)
        The thing that each of them shows.
    """

    rows: np.ndarray
    queries: np.ndarray
    candidates: np.ndarray
    wanted: np.ndarray
    found: np.ndarray

    def ranks(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of wrong candidates nearer than the nearest right one, and level with it.

        Level are those that `polycontrast.recall_at_k` takes for level.
        """
        tolerance = float(rounding_of_products(self.queries, self.candidates))
        above, level = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        step = max(1, BLOCK // len(self.candidates))
        for start in range(0, len(self.rows), step):
            part = slice(start, start + step)
            S = self.queries[part] @ self.candidates.T
            right = self.wanted[part, None] == self.found[None, :]
            best = np.max(np.where(right, S, -np.inf), axis=1, keepdims=True)
            above[part] = np.sum((best + tolerance < S) & ~right, axis=1)
            level[part] = np.sum(~(best - tolerance > S) & ~right, axis=1) - above[part]
        return above, level

    def chance(self, ks: tuple[int, ...]) -> list[float]:
        """Recall of candidates in random order."""
        count, ordered = len(self.candidates), np.sort(self.found)
        right = np.searchsorted(ordered, self.wanted, side="right")
        right -= np.searchsorted(ordered, self.wanted, side="left")
        chances = []
        for k in ks:
            missed = np.ones(len(right))
            for n in range(min(k, count)):
                missed *= np.maximum(count - right - n, 0) / (count - n)
            chances.append(float(1 - missed.mean()))
        return chances


def search_of(queries: Array, candidates: Array, samples: Samples) -> Search | None:
    """The search of one view in another; None where fewer than two things remain.

    Rows count that exist in both views. Equal rows of one thing count once.

    Parameters
    ----------
    queries, candidates : array (rows, D)
    samples : Samples
        Of these two views.
    """
    rows = np.arange(samples.rows)
    if samples.mask is not None:
        rows = np.flatnonzero(samples.mask.all(axis=0))
    things = rows if samples.ids is None else samples.ids[rows]
    if len(np.unique(things)) < 2:
        return None
    x, y = (to_numpy(unit_rows(view)[0])[rows] for view in (queries, candidates))
    first, second = _first_of_equals(x, things), _first_of_equals(y, things)
    return Search(rows[first], x[first], y[second], things[first], things[second])


def _first_of_equals(z: np.ndarray, things: np.ndarray) -> np.ndarray:
    """True for rows that do not repeat the first row of their thing."""
    _, first, inverse = np.unique(things, return_index=True, return_inverse=True)
    first = first[inverse.reshape(-1)]
    apart = np.max(np.abs(z - z[first]), axis=1) > SAME
    return (first == np.arange(len(things))) | apart
