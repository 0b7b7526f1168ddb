"""The figures of one or two spaces, as plain numbers and as lines of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import polycontrast as pc
from polycontrast.align.job.recalls import KS
from polycontrast.align.space.bootstrap import interval_of_mean, interval_of_median
from polycontrast.align.space.measures import Measured


@dataclass(frozen=True)
class Line:
    """One figure of each space.

    Parameters
    ----------
    what : str
    values : list of float
    intervals : list of (float, float) or None
    form : str
        How the numbers are written.
    difference : (float, float, float), optional
        Second space minus first, with the ends of its interval.
    """

    what: str
    values: list[float]
    intervals: list[tuple[float, float] | None]
    form: str = "{:.3f}"
    difference: tuple[float, float, float] | None = None

    def cells(self) -> list[str]:
        """The line as words: name, figures, and the difference where there is one."""
        write = self.form.format
        found = []
        for value, interval in zip(self.values, self.intervals, strict=True):
            ends = "" if interval is None else f" ({write(interval[0])} to {write(interval[1])})"
            found.append(write(value) + ends if np.isfinite(value) else "–")
        if len(self.values) == 2:
            signed = self.form.replace(":", ":+").format
            d = self.difference
            found.append("" if d is None else f"{signed(d[0])} ({signed(d[1])} to {signed(d[2])})")
        return [self.what, *found]


def lines_of(measured: Sequence[Measured], seed: int = 0) -> list[Line]:
    """Every figure that is one number a space; differences where rows can be compared."""
    lines = []
    for k in KS:
        hits = [_by_row(one.recalls.hits[KS.index(k)]) for one in measured]
        values = [one.recalls.mean(k) for one in measured]
        intervals = [one.recalls.interval(k) for one in measured]
        lines.append(Line(f"recall@{k}", values, list(intervals), difference=_apart(hits, seed)))
    ranks = [_by_row(one.ranks) for one in measured]
    lines.append(
        Line(
            "median rank of the own row",
            [float(np.nanmedian(r)) for r in ranks],
            [interval_of_median(r, seed) for r in ranks],
            "{:.1f}",
        )
    )
    apart = [np.stack(list(one.apart.values()), axis=1) for one in measured]
    apart = [a[:, ~np.isnan(a).all(axis=0)] for a in apart]
    lines.append(
        Line(
            "alignment (mean squared distance of matching rows)",
            [float(np.mean(np.nanmean(a, axis=0))) for a in apart],
            [interval_of_mean(a, seed) for a in apart],
            difference=_apart(apart, seed),
        )
    )
    lines.append(_line("uniformity (mean over views)", [_mean(one.uniformity) for one in measured]))
    lines.append(
        _line("gap between the views (mean)", [_mean(one.gap.values()) for one in measured])
    )
    lines.append(
        _line(
            "linear separability of the views (0.5 is none)",
            [_mean(one.separability.values()) for one in measured],
        )
    )
    if all(one.probe for one in measured):
        lines.append(
            Line(
                "linear probe of the labels",
                [one.probe["mean"] for one in measured],
                [(one.probe["low"], one.probe["high"]) for one in measured],
            )
        )
        lines.append(_line("most frequent label", [one.probe["majority"] for one in measured]))
    return lines


def _line(what: str, values: list[float]) -> Line:
    return Line(what, values, [None] * len(values))


def _mean(values: Any) -> float:
    found = np.array(list(values), dtype=np.float64)
    return float(np.nanmean(found)) if np.isfinite(found).any() else float("nan")


def _by_row(x: np.ndarray) -> np.ndarray:
    """Values (M, M, n) of the ordered pairs that were measured, as (n, pairs)."""
    off = ~np.eye(len(x), dtype=bool)
    pairs = np.asarray(x[off], dtype=np.float64)
    return pairs[~np.isnan(pairs).all(axis=1)].T


def _apart(values: list[np.ndarray], seed: int) -> tuple[float, float, float] | None:
    """Mean of the differences of the same rows, with its interval."""
    if len(values) != 2 or values[0].shape != values[1].shape:
        return None
    difference = values[1] - values[0]
    low, high = interval_of_mean(difference, seed)
    return float(np.mean(np.nanmean(difference, axis=0))), low, high


def worse_pairs(measured: Sequence[Measured]) -> np.ndarray:
    """Pairs (M, M) whose recall@1 is lower in the last space, by more than chance explains."""
    if len(measured) < 2:
        return np.zeros((len(measured[0].names),) * 2, dtype=bool)
    return measured[-1].recalls.worse_than(measured[0].recalls)


def warnings_of(measured: Sequence[Measured]) -> list[str]:
    """What a reader has to know first, in whole sentences."""
    found = []
    for one in measured:
        if one.space.learned_from:
            found.append(
                f"{one.space.name}: a run has learned from {one.space.learned_from:,} of its rows, "
                "and it is not known which; rows that were learned from are found more often"
            )
        lost = one.recalls.at_chance() | np.eye(len(one.names), dtype=bool)
        if lost.all():
            found.append(
                f"{one.space.name}: the views find one another no better than rows in random order "
                "would: row i of every file must be the same thing, or --id must match them"
            )
    return found


def report_of(measured: Sequence[Measured], lines: Sequence[Line], seed: int) -> dict[str, Any]:
    """Every figure, as plain numbers and lists for JSON."""
    first = measured[0]
    return {
        "polycontrast": pc.__version__,
        "views": first.names,
        "n_rows": first.space.samples.rows,
        "n_candidates": len(first.rows),
        "seed": seed,
        "spaces": {one.space.name: _figures(one) for one in measured},
        "figures": [
            {
                "what": line.what,
                "values": line.values,
                "intervals": line.intervals,
                "difference": line.difference,
            }
            for line in lines
        ],
        "warnings": warnings_of(measured),
        "files": {},
        "notes": {
            "n_candidates": "the rows among which everything is measured",
            "held_out": "whether these are rows that a run of align has held out",
            "intervals": "of 95 %: of recall and of the probe by Wilson's formula, of ranks and "
            "distances by the bootstrap over rows",
            "difference": "second space minus first, on the same rows; its interval is by the "
            "bootstrap over rows",
        },
    }


def _figures(one: Measured) -> dict[str, Any]:
    low, high = one.recalls.pair_intervals(1)
    return {
        "dim": int(one.units.shape[2]),
        "held_out": one.space.held_out is not None,
        "missing": dict(zip(one.names, (~one.there).sum(axis=1).tolist(), strict=True)),
        "chance@1": one.recalls.chance(1),
        **{f"recall@{k}": one.recalls.mean(k) for k in KS},
        **{f"matrix@{k}": one.recalls.matrix(k).tolist() for k in KS},
        "matrix_low@1": low.tolist(),
        "matrix_high@1": high.tolist(),
        "median_rank": median_ranks(one).tolist(),
        "pairs": [
            {"views": [one.names[a], one.names[b]]} | pair_figures(one, a, b) for a, b in one.apart
        ],
        "uniformity": dict(zip(one.names, one.uniformity, strict=True)),
        "probe": one.probe,
    }


def median_ranks(one: Measured) -> np.ndarray:
    """Median rank (M, M) of the own row; nan on the diagonal, and where nothing was measured."""
    found = np.full(one.ranks.shape[:2], np.nan)
    known = ~np.isnan(one.ranks).all(axis=2)
    found[known] = np.nanmedian(one.ranks[known], axis=1)
    return found


def pair_figures(one: Measured, a: int, b: int) -> dict[str, float]:
    """Figures of an unordered pair of views; nan where they have too few rows in common."""
    apart = one.apart[a, b]
    return {
        "alignment": float("nan") if np.isnan(apart).all() else float(np.nanmean(apart)),
        "gap": one.gap.get((a, b), float("nan")),
        "separability": one.separability.get((a, b), float("nan")),
    }
