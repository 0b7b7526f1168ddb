"""The page of an evaluation, for people."""

from collections.abc import Iterator, Sequence

import numpy as np

from polycontrast.align.document import page, paragraph, picture, table, tiles
from polycontrast.align.space.measures import Measured
from polycontrast.align.space.report import (
    Line,
    median_ranks,
    pair_figures,
    warnings_of,
    worse_pairs,
)

MOST_PAIRS = 240  # lines of the table of ordered pairs


def to_html(
    measured: Sequence[Measured], lines: Sequence[Line], recall: bytes, projection: bytes | None
) -> str:
    """One page with everything in it.

    Parameters
    ----------
    measured : sequence of Measured
        One or two spaces.
    lines : sequence of Line
    recall, projection : bytes
        Pictures as PNG.
    """
    names = [one.space.name for one in measured]
    title = f"{names[0]} and {names[1]} compared" if len(names) == 2 else names[0]
    title += f": {len(measured[0].names)} views in one space"
    body = paragraph(verdict(measured, lines)) + paragraph(about(measured))
    body += "".join(paragraph(f"Warning: {words}.", "warning") for words in warnings_of(measured))
    main = lines[0]
    body += tiles(
        (f"{value:.3f}", f"recall@1 of {name}")
        for name, value in zip(names, main.values, strict=True)
    )
    body += "<h2>Figures</h2>"
    head = ["", *names] + ["difference"] * (len(names) == 2)
    body += table(head, [line.cells() for line in lines])
    body += "<h2>Who finds whom</h2>" + picture(recall, "Recall@1 between all pairs of views")
    body += table(*_ordered(measured))
    body += "<h2>Pairs and views</h2>" + table(*_unordered(measured)) + table(*_views(measured))
    if projection is not None:
        body += "<h2>The space</h2>" + picture(projection, "Rows of all views in the plane")
    return page(title, body)


def verdict(measured: Sequence[Measured], lines: Sequence[Line]) -> str:
    """The main result in one sentence."""
    main, chance = lines[0], measured[0].recalls.chance(1)
    if len(measured) == 1:
        low, high = main.intervals[0] or (np.nan, np.nan)
        return (
            f"A row finds its own row in another view first in {main.values[0]:.1%} of the cases "
            f"(95 % interval {low:.1%} to {high:.1%}); in random order it would in {chance:.1%}."
        )
    first, second = (one.space.name for one in measured)
    if main.difference is None or main.difference[1] <= 0 <= main.difference[2]:
        return f"No difference in recall@1 between {first} and {second} beyond chance."
    better, worse = (second, first) if main.difference[0] > 0 else (first, second)
    low, high = sorted(abs(end) for end in main.difference[1:])
    return (
        f"{better} finds more: its recall@1 is {abs(main.difference[0]):.3f} above that of {worse} "
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
    return words + ". Intervals are of 95 %."


def _ordered(measured: Sequence[Measured]) -> tuple[list[str], Iterator[list[str]]]:
    names, bad = measured[0].names, worse_pairs(measured)
    spaces = [one.space.name for one in measured]
    prefixes = [f"{space}: " if len(spaces) == 2 else "" for space in spaces]
    head = ["a row of", "finds its own in"]
    head += [p + what for p in prefixes for what in ("recall@1", "median rank")]
    intervals = [one.recalls.pair_intervals(1) for one in measured]
    ranks = [median_ranks(one) for one in measured]

    def lines() -> Iterator[list[str]]:
        pairs = [(a, b) for a in range(len(names)) for b in range(len(names)) if a != b]
        for a, b in pairs[:MOST_PAIRS]:
            cells = [names[a], names[b]]
            for n, one in enumerate(measured):
                value, (low, high) = one.recalls.matrix(1)[a, b], intervals[n]
                known = np.isfinite(value)
                ends = f" ({low[a, b]:.3f} to {high[a, b]:.3f})" if known else ""
                cells += [f"{value:.3f}{ends}" if known else "–"]
                cells += [f"{ranks[n][a, b]:.1f}" if known else "–"]
            yield [*cells, "▼ worse" if bad[a, b] else ""]
        if len(pairs) > MOST_PAIRS:
            yield [f"the first {MOST_PAIRS} pairs; report.json has all"]

    return [*head, ""], lines()


def _unordered(measured: Sequence[Measured]) -> tuple[list[str], Iterator[list[str]]]:
    figures = ("alignment", "gap", "separability")
    spaces = [f"{one.space.name}: " if len(measured) == 2 else "" for one in measured]
    head = ["pair of views", *(f"{space}{what}" for space in spaces for what in figures)]

    def lines() -> Iterator[list[str]]:
        names = measured[0].names
        for a, b in list(measured[0].apart)[:MOST_PAIRS]:
            found = [pair_figures(one, a, b) for one in measured]
            cells = [_number(one[what]) for one in found for what in figures]
            yield [f"{names[a]}, {names[b]}", *cells]

    return head, lines()


def _views(measured: Sequence[Measured]) -> tuple[list[str], Iterator[list[str]]]:
    spaces = [f"{one.space.name}: " if len(measured) == 2 else "" for one in measured]
    head = ["view", "missing rows", *(f"{space}uniformity" for space in spaces)]
    missing = (~measured[0].there).sum(axis=1)

    def lines() -> Iterator[list[str]]:
        for m, name in enumerate(measured[0].names):
            yield [name, f"{missing[m]:,}", *(_number(one.uniformity[m]) for one in measured)]

    return head, lines()


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "–"
