"""Held-out rows that do not find their own row, and what they find in its place."""

from collections import Counter
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from polycontrast.align.job.task import Outcome, samples_of
from polycontrast.align.samples import search_of
from polycontrast.align.streams import in_memory
from polycontrast.align.training.problem import take_rows
from polycontrast.wording import literal

MOST_ROWS = 40  # in the list of the worst
MOST_WRONG = 20  # in the list of what is found wrongly
NEIGHBOURS = 3  # wrong ones that are named
BLOCK = 2**22  # similarities that are in memory at a time


@dataclass(frozen=True)
class Failure:
    """One row that fails: views by number, things by number, cosines."""

    rank: int
    views: tuple[int, int]
    thing: int
    own: float
    nearest: tuple[tuple[int, float], ...]


def failures_of(outcome: Outcome) -> dict[str, Any]:
    """The rows that are worst off, and the things that are most often found wrongly.

    A row fails where wrong rows of the other view are nearer than its own one. Things have the ids
    that they were matched by, and else the numbers of their rows.
    """
    rows = outcome.measured_rows
    if not len(rows):
        return {}
    names = list(outcome.task.views)
    held = samples_of(outcome.task).take(rows)
    things = np.arange(len(rows)) if held.ids is None else held.ids
    views = [in_memory(take_rows(z, rows)) for z in outcome.aligned.values()]
    worst: list[Failure] = []
    wrong: Counter[tuple[int, int]] = Counter()
    for a, b in permutations(range(len(views)), 2):
        search = search_of(views[a], views[b], held.of_views(a, b))
        if search is None:
            continue
        step = max(1, BLOCK // len(search.candidates))
        for start in range(0, len(search.rows), step):
            part = slice(start, start + step)
            S = search.queries[part] @ search.candidates.T
            right = search.wanted[part, None] == search.found[None, :]
            own = np.max(np.where(right, S, -np.inf), axis=1)
            S[right] = -np.inf
            ranks = 1 + np.sum(own[:, None] < S, axis=1)
            failed = np.flatnonzero(ranks > 1)
            taken = search.found[np.argmax(S[failed], axis=1)]
            wrong.update(zip(search.wanted[part][failed].tolist(), taken.tolist(), strict=True))
            for row in failed[np.argsort(-ranks[failed], kind="stable")][:MOST_ROWS]:
                near = np.argsort(-S[row], kind="stable")[:NEIGHBOURS]
                near = near[np.isfinite(S[row, near])]
                nearest = tuple((int(search.found[n]), float(S[row, n])) for n in near)
                thing = int(search.wanted[part][row])
                worst.append(Failure(int(ranks[row]), (a, b), thing, float(own[row]), nearest))
        worst = sorted(worst, key=lambda one: -one.rank)[:MOST_ROWS]
    numbers, first = np.unique(things, return_index=True)
    known = {
        thing: _described(outcome, int(rows[n]))
        for thing, n in zip(numbers.tolist(), first.tolist(), strict=True)
    }
    return {
        "rows": [
            known[one.thing]
            | {
                "from": names[one.views[0]],
                "to": names[one.views[1]],
                "rank": one.rank,
                "cosine": one.own,
                "nearest": [known[n] | {"cosine": cosine} for n, cosine in one.nearest],
            }
            for one in worst
        ],
        "confused": [
            {"wanted": known[a], "found": known[b], "times": times}
            for (a, b), times in sorted(wrong.items(), key=lambda item: (-item[1], item[0]))
        ][:MOST_WRONG],
        "labels": _labels(outcome, known, wrong),
    }


def _described(outcome: Outcome, row: int) -> dict[str, Any]:
    """Number of a row, and its id and label where there are some."""
    task = outcome.task
    found: dict[str, Any] = {"row": row}
    if task.matched is not None:
        found["id"] = task.matched.ids[row]
    if task.labels is not None:
        label = task.labels[row]
        label = label.item() if isinstance(label, np.generic) else label
        found["label"] = label if isinstance(label, (str, int, float)) else literal(label)
    return found


def _labels(
    outcome: Outcome, known: dict[int, dict[str, Any]], wrong: Counter[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Of the wrong rows that are nearest: their labels, by the label that was looked for."""
    if outcome.task.labels is None:
        return []
    counts: Counter[tuple[Any, Any]] = Counter()
    for (a, b), times in wrong.items():
        counts[known[a]["label"], known[b]["label"]] += times
    most = sorted(counts.items(), key=lambda item: -item[1])[:MOST_WRONG]
    return [{"wanted": a, "found": b, "times": times} for (a, b), times in most]
