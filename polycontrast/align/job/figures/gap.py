"""The gap between views: how far apart they lie as a whole, before training and after."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from polycontrast.align.job.task import Outcome
from polycontrast.align.streams import in_memory
from polycontrast.align.training.problem import take_rows
from polycontrast.arrays import to_float64, to_numpy

MOST_COSINES = 20_000  # of one picture


@dataclass(frozen=True)
class Gap:
    """Views in one space, as a whole.

    Parameters
    ----------
    name : str
        ``"raw"``, ``"start"`` or ``"after"``.
    distance : float
        Between the centroids of two views of unit rows, the mean over pairs of views.
    matching, others : ndarray
        Cosines of the two views of one row, and of two different rows.
    """

    name: str
    distance: float
    matching: np.ndarray
    others: np.ndarray


def gaps_of(outcome: Outcome) -> list[Gap]:
    """Gaps of held-out rows: of raw columns where all widths match, at the start, and after."""
    rows = outcome.measured_rows
    if not len(rows):
        return []
    aligner = outcome.aligner
    raw = [to_float64(in_memory(take_rows(v, rows))) for v in outcome.task.views.values()]
    stages = {
        "raw": raw if len({view.shape[1] for view in raw}) == 1 else None,
        "start": [head.map(x) for head, x in zip(aligner.start_heads_, raw, strict=True)],
        "after": [in_memory(take_rows(z, rows)) for z in outcome.aligned.values()],
    }
    there = [outcome.there(m)[rows] for m in range(len(raw))]
    found = [_gap(name, views, there) for name, views in stages.items() if views is not None]
    return [gap for gap in found if gap is not None]


def _gap(name: str, views: list[Any], there: list[np.ndarray]) -> Gap | None:
    units = []
    for view in views:
        rows = np.asarray(to_numpy(view), dtype=np.float64)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        units.append(rows / np.maximum(length, np.finfo(np.float64).tiny))
    distances, matching, others = [], [], []
    for a, b in combinations(range(len(units)), 2):
        both = there[a] & there[b]
        if both.sum() < 2:
            continue
        x, y = units[a][both], units[b][both]
        distances.append(np.linalg.norm(x.mean(axis=0) - y.mean(axis=0)))
        matching.append(np.sum(x * y, axis=1))
        others.append(np.sum(x * np.roll(y, 1, axis=0), axis=1))
    if not distances:
        return None
    return Gap(name, float(np.mean(distances)), _some(matching), _some(others))


def _some(parts: list[np.ndarray]) -> np.ndarray:
    every = np.concatenate(parts)
    return every[:: 1 + len(every) // MOST_COSINES]


def gap_figures(gaps: list[Gap]) -> dict[str, Any]:
    """The same as numbers for the report."""
    return {
        gap.name: {
            "centroid_distance": gap.distance,
            "matching_cosine": float(gap.matching.mean()),
            "other_cosine": float(gap.others.mean()),
        }
        for gap in gaps
    }
