"""The page of an evaluation, for people."""

from collections.abc import Mapping, Sequence

import numpy as np

from polycontrast.align.page import page
from polycontrast.align.page.marks import named, shown, table
from polycontrast.align.page.parts import answer, command, figure, tiles, warnings
from polycontrast.align.space.measures import Measured
from polycontrast.align.space.report import (
    Line,
    median_ranks,
    pair_figures,
    warnings_of,
    worse_pairs,
)

MOST_PAIRS = 240  # lines of a table of pairs
NONE = "–"


def to_html(
    measured: Sequence[Measured],
    lines: Sequence[Line],
    pictures: Mapping[str, Sequence[str]],
    line: str = "",
) -> str:
    """One page with everything in it.

    Parameters
    ----------
    measured : sequence of Measured
        One or two spaces.
    lines : sequence of Line
    pictures : dict of list of str
        SVG as `page_pictures` makes them: ``recall`` and ``projection``.
    line : str, optional
        The command that made the page.
    """
    views = len(measured[0].names)
    title = f"{views} views in one space" if len(measured) == 1 else "Two spaces compared"
    body = [
        command(line),
        _answer(measured, lines),
        warnings(warnings_of(measured)),
        tiles(_tiles(measured, lines)),
        f"<h2>Figures</h2>{_figures(measured, lines)}",
        f"<h2>Who finds whom</h2>{figure(pictures['recall'], _caption(measured))}",
        _ordered(measured),
        f"<h2>Pairs of views</h2>{_unordered(measured)}",
        f"<h2>Views</h2>{_views(measured)}",
    ]
    if pictures["projection"]:
        body.append(f"<h2>The space</h2>{figure(pictures['projection'])}")
    return page(title, _asked(measured), "\n".join(body))


def verdict(measured: Sequence[Measured], lines: Sequence[Line]) -> str:
    """The main result in one sentence of plain words."""
    main = lines[0]
    if len(measured) == 1:
        low, high = main.intervals[0] or (np.nan, np.nan)
        return (
            f"A row finds its own row in another view first in {main.values[0]:.1%} of the cases "
            f"(95 % interval {low:.1%} to {high:.1%}); in random order it would in "
            f"{measured[0].recalls.chance(1):.1%}."
        )
    order = _better(measured, lines)
    if order is None:
        first, second = (one.space.name for one in measured)
        return f"No difference in recall@1 between {first} and {second} beyond chance."
    better, worse, by, (low, high) = order
    return (
        f"{better} finds more: its recall@1 is {by:.3f} above that of {worse} "
        f"(95 % interval {low:.3f} to {high:.3f})."
    )


def about(measured: Sequence[Measured]) -> str:
    """What was measured on which rows, in words."""
    one = measured[0]
    held = [m.space.name for m in measured if m.space.held_out is not None]
    words = f"Everything is measured among {len(one.rows):,} of {one.space.samples.rows:,} rows"
    if held:
        words += f", which {' and '.join(held)} held out from training"
    elif len(one.rows) < one.space.samples.rows:
        words += ", those that two views or more have, or a random sample of them"
    return words + ". Ranges are intervals of 95 %."


def _better(
    measured: Sequence[Measured], lines: Sequence[Line]
) -> tuple[str, str, float, tuple[float, float]] | None:
    """The better space, the other, the distance with its interval; None within chance."""
    difference = lines[0].difference
    if difference is None or difference[1] <= 0 <= difference[2]:
        return None
    first, second = (one.space.name for one in measured)
    better, worse = (second, first) if difference[0] > 0 else (first, second)
    low, high = sorted(abs(end) for end in difference[1:])
    return better, worse, abs(difference[0]), (low, high)


def _asked(measured: Sequence[Measured]) -> str:
    views = ", ".join(map(named, measured[0].names))
    spaces = " and ".join(named(one.space.name) for one in measured)
    what = f"how {spaces} differ" if len(measured) == 2 else f"how well the views of {spaces} match"
    return f"Asked: {what}, without training. The views: {views}."


def _answer(measured: Sequence[Measured], lines: Sequence[Line]) -> str:
    main = lines[0]
    guess = f"Guessing finds {measured[0].recalls.chance(1):.2%}. {shown(about(measured))}"
    if len(measured) == 1:
        low, high = main.intervals[0] or (np.nan, np.nan)
        said = f"({low:.1%} to {high:.1%}) of the rows of a view find their own row in another view"
        return answer(f"{main.values[0]:.1%}", f"{said} first.", guess)
    order = _better(measured, lines)
    if order is None:
        first, second = (named(one.space.name) for one in measured)
        apart = NONE if main.difference is None else f"{main.difference[0]:+.3f}"
        said = f"is the difference in recall@1 from {first} to {second}: within chance."
        return answer(apart, said, guess)
    better, worse, by, (low, high) = order
    said = f"({low:.3f} to {high:.3f}) is how much the recall@1 of {named(better)} is above that of"
    return answer(f"{by:.3f}", f"{said} {named(worse)}.", guess)


def _tiles(measured: Sequence[Measured], lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Recall of each of two spaces; of one, recall at higher k."""
    chosen = lines[:1] if len(measured) == 2 else lines[1:3]
    return [
        (f"{value:.3f}", f"{shown(one.what)}{of}")
        for one in chosen
        for value, of in zip(one.values, _of(measured), strict=True)
    ]


def _of(measured: Sequence[Measured]) -> list[str]:
    """Which space a figure is of, where there are two."""
    return [f" of {named(one.space.name)}" * (len(measured) == 2) for one in measured]


def _figures(measured: Sequence[Measured], lines: Sequence[Line]) -> str:
    names = [named(one.space.name) for one in measured]
    head = ["figure", *names, *["difference"] * (len(names) == 2)]
    return table(head, [[shown(cell) for cell in line.cells()] for line in lines])


def _caption(measured: Sequence[Measured]) -> str:
    words = (
        "Each cell is a share of the rows of the view on the left. For these rows, the nearest row "
        "in the view of the column is the same thing."
    )
    if worse_pairs(measured).any():
        last = named(measured[-1].space.name)
        words += f" ▼ marks pairs that are worse in {last}, by more than chance explains."
    return words


def _ordered(measured: Sequence[Measured]) -> str:
    names, bad = measured[0].names, worse_pairs(measured)
    head = ["a row of", "finds its own in"]
    head += [f"{what}{of}" for of in _of(measured) for what in ("recall@1", "median rank")]
    intervals = [one.recalls.pair_intervals(1) for one in measured]
    ranks = [median_ranks(one) for one in measured]
    pairs = [(a, b) for a in range(len(names)) for b in range(len(names)) if a != b]
    lines = []
    for a, b in pairs[:MOST_PAIRS]:
        cells = [named(names[a]), named(names[b])]
        for n, one in enumerate(measured):
            value, (low, high) = one.recalls.matrix(1)[a, b], intervals[n]
            known = np.isfinite(value)
            ends = f" ({low[a, b]:.3f} to {high[a, b]:.3f})" if known else ""
            cells += [f"{value:.3f}{ends}" if known else NONE]
            cells += [f"{ranks[n][a, b]:.1f}" if known else NONE]
        lines.append([*cells, "▼ worse" if bad[a, b] else ""])
    return table([*head, "change"], lines, _first(len(pairs)))


def _unordered(measured: Sequence[Measured]) -> str:
    figures = ("alignment", "gap", "separability")
    head = ["pair of views", *(f"{what}{of}" for of in _of(measured) for what in figures)]
    names, pairs = measured[0].names, list(measured[0].apart)
    lines = []
    for a, b in pairs[:MOST_PAIRS]:
        found = [pair_figures(one, a, b) for one in measured]
        cells = [_number(one[what]) for one in found for what in figures]
        lines.append([f"{named(names[a])}, {named(names[b])}", *cells])
    return table(head, lines, _first(len(pairs)))


def _first(count: int) -> str:
    return f"The first {MOST_PAIRS} pairs; report.json has all." * (count > MOST_PAIRS)


def _views(measured: Sequence[Measured]) -> str:
    head = ["view", "missing rows", *(f"uniformity{of}" for of in _of(measured))]
    missing = (~measured[0].there).sum(axis=1)
    lines = [
        [named(name), f"{missing[m]:,}", *(_number(one.uniformity[m]) for one in measured)]
        for m, name in enumerate(measured[0].names)
    ]
    return table(head, lines)


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else NONE
