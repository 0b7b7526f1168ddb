"""Recall between two views where rows are missing, or where several rows are one thing."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from polycontrast.align.samples.samples import Samples
from polycontrast.arrays import Array, rounding_of_products, to_numpy
from polycontrast.calculus import unit_rows

BLOCK = 2**22  # similarities that are in memory at a time
SAME = 1e-5  # entries of equal rows of unit length differ by less: products round by their place


@dataclass(frozen=True)
class Pair:
    """Rows of one view that look for their things among the rows of another.

    Parameters
    ----------
    queries, candidates : ndarray (q, D), (c, D)
        Of unit length.
    wanted, found : integer array (q,), (c,)
        The thing that each of them shows.
    """

    queries: np.ndarray
    candidates: np.ndarray
    wanted: np.ndarray
    found: np.ndarray

    def recall(self, ks: tuple[int, ...]) -> list[float]:
        r"""Share of queries with a right candidate among the `k` nearest.

        The rank of a query is the number of wrong candidates nearer than its nearest right one.
        Wrong candidates as near as that one count as in `polycontrast.recall_at_k`.
        """
        tolerance = float(rounding_of_products(self.queries, self.candidates))
        totals = np.zeros(len(ks))
        step = max(1, BLOCK // max(1, len(self.candidates)))
        for start in range(0, len(self.queries), step):
            S = self.queries[start : start + step] @ self.candidates.T
            right = self.wanted[start : start + step, None] == self.found[None, :]
            best = np.max(np.where(right, S, -np.inf), axis=1, keepdims=True)
            better = np.sum((best + tolerance < S) & ~right, axis=1)
            level = np.sum(~(best - tolerance > S) & ~right, axis=1) - better
            for n, k in enumerate(ks):
                totals[n] += np.sum(np.clip((k - better) / (level + 1), 0.0, 1.0))
        return (totals / len(self.queries)).tolist()

    def chance(self, ks: tuple[int, ...]) -> list[float]:
        """Recall of an order of the candidates that is random."""
        count = len(self.candidates)
        right = np.searchsorted(np.sort(self.found), self.wanted, side="right")
        right = right - np.searchsorted(np.sort(self.found), self.wanted, side="left")
        chances = []
        for k in ks:
            missed = np.ones(len(right))
            for n in range(min(k, count)):
                missed *= np.maximum(count - right - n, 0) / (count - n)
            chances.append(float(1 - missed.mean()))
        return chances


def pair_of(views: list[Array], a: int, b: int, samples: Samples) -> Pair | None:
    """Queries of view `a` among the candidates of view `b`; None where fewer than two remain.

    Rows count that exist in both views. Equal rows of one thing count once.
    """
    rows = np.arange(samples.rows)
    if samples.mask is not None:
        rows = np.flatnonzero(samples.mask[a] & samples.mask[b])
    things = rows if samples.ids is None else samples.ids[rows]
    if len(np.unique(things)) < 2:
        return None
    sides = []
    for m in (a, b):
        z = to_numpy(unit_rows(views[m])[0])[rows]
        once = _first_of_equals(z, things)
        sides.append((z[once], things[once]))
    (x, wanted), (y, found) = sides
    return Pair(x, y, wanted, found)


def _first_of_equals(z: np.ndarray, things: np.ndarray) -> Any:
    """Rows without those that repeat the first row of their thing."""
    _, first, inverse = np.unique(things, return_index=True, return_inverse=True)
    first = first[inverse.reshape(-1)]
    apart = np.max(np.abs(z - z[first]), axis=1) > SAME
    return (first == np.arange(len(things))) | apart
