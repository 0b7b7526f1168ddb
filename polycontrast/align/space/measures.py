"""Measures of the embeddings of several views."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any

import numpy as np

import polycontrast as pc
from polycontrast.align.errors import BadInput
from polycontrast.align.job.recalls import KS, Recalls, candidate_rows, means_of, wilson
from polycontrast.align.probe import fit_probe
from polycontrast.align.samples import Samples, search_of
from polycontrast.align.space.spaces import Space
from polycontrast.align.streams import in_memory
from polycontrast.align.training.problem import take_rows
from polycontrast.align.watch import Watch, unwatched
from polycontrast.arrays import one_blas_thread
from polycontrast.calculus import unit_rows
from polycontrast.metrics.recall_at_k import found_among, rivals

MOST_SEPARATED = 2_000  # rows of a view that the classifier between two views learns from
TESTED = 0.3  # share of the rows that the probe of labels is tested on
FEWEST_PROBED = 10


@dataclass(frozen=True)
class Measured:
    """Figures of one space.

    Parameters
    ----------
    space : Space
    rows : integer array (n,)
        Rows of the space among which everything was measured.
    recalls : Recalls
    ranks : ndarray (M, M, n)
        Rank of the own row, from 1 on; level rows share their ranks. Nan where there is none.
    apart : dict of (int, int) to ndarray (n,)
        Squared distance of matching rows of unit length, by pair of views a < b; nan where a view
        lacks the row.
    gap, separability : dict of (int, int) to float
        By pair of views a < b.
    uniformity : list of float
        By view.
    probe : dict of float
        Accuracy of a linear probe for the labels on rows it has not seen, as ``"mean"``, ``"low"``
        and ``"high"``, and ``"majority"`` of the most frequent label. Empty without labels.
    units : ndarray (M, n, dim)
        The rows, of unit length; 0 for those that are missing.
    """

    space: Space
    rows: np.ndarray
    recalls: Recalls
    ranks: np.ndarray
    units: np.ndarray
    apart: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)
    gap: dict[tuple[int, int], float] = field(default_factory=dict)
    separability: dict[tuple[int, int], float] = field(default_factory=dict)
    uniformity: list[float] = field(default_factory=list)
    probe: dict[str, float] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Names of the views."""
        return list(self.space.views)

    @property
    def there(self) -> np.ndarray:
        """True where a view of a measured row exists (M, n)."""
        return self.space.mask[:, self.rows]


def measure_spaces(
    spaces: Sequence[Space], seed: int = 0, watch: Watch = unwatched
) -> list[Measured]:
    """Measure spaces on the same rows, so that they can be compared.

    Parameters
    ----------
    spaces : sequence of Space
        Of the same views of the same rows.
    seed : int
        Of the sample of the rows where there are many, and of the splits.
    watch : callable, optional

    Raises
    ------
    BadInput
        When the spaces have other views or rows.
    """
    first = spaces[0]
    for space in spaces[1:]:
        if list(space.views) != list(first.views):
            raise BadInput(
                f"spaces must have the same views; {first.name} has {', '.join(first.views)}, "
                f"{space.name} has {', '.join(space.views)}"
            )
        if space.samples.rows != first.samples.rows:
            raise BadInput(
                f"spaces must have the same rows; {first.name} has {first.samples.rows:,}, "
                f"{space.name} has {space.samples.rows:,}"
            )
    mask = np.logical_and.reduce([space.mask for space in spaces])
    usable = mask.sum(axis=0) >= 2
    for space in spaces:
        usable[np.setdiff1d(np.arange(len(usable)), space.rows)] = False
    rows = candidate_rows(np.flatnonzero(usable), len(first.views), seed)
    if len(rows) < 2:
        raise BadInput(f"too few rows that all spaces have and held out; got {len(rows)}")
    return [_measure(space, rows, mask[:, rows], seed, watch) for space in spaces]


@one_blas_thread
def _measure(
    space: Space, rows: np.ndarray, there: np.ndarray, seed: int, watch: Watch
) -> Measured:
    count = len(space.views)
    pairs = list(combinations(range(count), 2))
    total, done = len(pairs) * 3 + count + 1, 0

    def step() -> None:
        nonlocal done
        watch(f"measuring {space.name}", done, total)
        done += 1

    units = np.stack(
        [
            unit_rows(np.where(t[:, None], in_memory(take_rows(view, rows)), 0.0))[0]
            for t, view in zip(there, space.views.values(), strict=True)
        ]
    )
    samples = space.samples.take(rows)
    samples = Samples(len(rows), None if there.all() else there, samples.ids)
    hits = np.full((len(KS), count, count, len(rows)), np.nan, dtype=np.float32)
    hits[:, range(count), range(count)] = 1
    ranks = np.full((count, count, len(rows)), np.nan)
    chances = None if samples.is_plain else np.full((len(KS), count, count), np.nan)
    for a, b in permutations(range(count), 2):
        step()
        above, level, chance = _ranks(units[a], units[b], samples.of_views(a, b))
        hits[:, a, b] = [found_among(k, above, level) for k in KS]
        ranks[a, b] = 1 + above + level / 2
        if chances is not None:
            chances[:, a, b] = chance
    if np.isnan(ranks).all():
        raise BadInput(f"{space.name}: no two views have two things in common")
    measured = Measured(space, rows, Recalls(hits, chances), ranks, units)
    order = np.random.default_rng(seed)
    for a, b in pairs:
        step()
        both = np.flatnonzero(there[a] & there[b])
        x, y = units[a][both], units[b][both]
        squares = np.full(len(rows), np.nan)
        if len(both) >= 2:
            squares[both] = pc.alignment(x, y, reduction="none")
            measured.gap[a, b] = float(pc.centroid_gap(x, y))
            some = order.permutation(len(both))[:MOST_SEPARATED]
            measured.separability[a, b] = float(
                pc.linear_separability(x[some], y[some], order.permutation(len(some)))
            )
        measured.apart[a, b] = squares
    for z, t in zip(units, there, strict=True):
        step()
        measured.uniformity.append(float(pc.uniformity(z[t])) if t.sum() >= 2 else float("nan"))
    step()
    if space.labels is not None:
        measured.probe.update(_probe(units, there, space.labels[rows], seed))
    watch(f"measuring {space.name}", total, total)
    return measured


def _ranks(x: np.ndarray, y: np.ndarray, samples: Samples) -> tuple[Any, Any, Any]:
    """Wrong rows above the own one and level with it, of each row; recalls by chance."""
    if samples.is_plain:
        blocks = list(rivals(x, y))
        above, level = (np.concatenate([block[n] for block in blocks]) for n in (0, 1))
        return above, level, None
    above, level = np.full((2, samples.rows), np.nan)
    search = search_of(x, y, samples)
    if search is None:
        return above, level, np.nan
    above[search.rows], level[search.rows] = search.ranks()
    return above, level, search.chance(KS)


def _probe(units: np.ndarray, there: np.ndarray, labels: np.ndarray, seed: int) -> dict[str, float]:
    """Accuracy of one linear classifier for all views on rows it has not seen."""
    rows = len(labels)
    learn, test = Samples(rows).split(round(TESTED * rows), np.random.default_rng(seed))
    classes, counts = np.unique(labels[learn], return_counts=True)
    if rows < FEWEST_PROBED or len(classes) < 2:
        return {}
    parts = [
        (z[learn[t[learn]]], labels[learn[t[learn]]]) for z, t in zip(units, there, strict=True)
    ]
    classify = fit_probe(
        np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    )
    found = np.full((len(units), len(test)), np.nan)
    for m, (z, t) in enumerate(zip(units, there, strict=True)):
        found[m, t[test]] = classify(z[test[t[test]]]) == labels[test[t[test]]]
    together = means_of(found.T)
    together = together[~np.isnan(together)]
    low, high = wilson(together)
    return {
        "mean": float(together.mean()),
        "low": float(low),
        "high": float(high),
        "majority": float(np.mean(labels[test] == classes[counts.argmax()])),
    }
