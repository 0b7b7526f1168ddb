"""The page of a search, for people."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from polycontrast.align.items.neighbours import Neighbours
from polycontrast.align.job.recalls import wilson
from polycontrast.align.page import page
from polycontrast.align.page.marks import LONGEST, named, table
from polycontrast.align.page.parts import answer, command, tiles
from polycontrast.wording import shortened

MOST_QUERIES = 200  # on the page; the table has all
MOST_NEIGHBOURS = 10
NONE = "–"


def to_html(found: Neighbours, line: str = "") -> str:
    """One page: what was asked, the result, and the neighbours of the first queries.

    Parameters
    ----------
    found : Neighbours
    line : str, optional
        The command that made the page.
    """
    figures = found.figures()
    queries, candidates = named(found.queries.view), named(found.candidates.view)
    asked = (
        f"Asked: the {figures['k']} nearest of {figures['candidates']:,} items of {candidates}, by "
        f"cosine, for each of {figures['queries']:,} items of {queries}. The search is exact."
    )
    body = (
        command(line),
        _answer(figures),
        tiles(_tiles(figures)),
        _neighbours(found, "hits" in figures),
        _hubs(figures),
    )
    title = f"Nearest items of {figures['queries']:,} queries"
    return page(title, asked, "\n".join(body))


def _answer(figures: dict[str, Any]) -> str:
    """Recall where ids say what is right, and else how near the nearest are."""
    near, known = figures["nearest"], figures.get("known")
    if not known:
        reason = (
            "No query has the id of a candidate"
            if known == 0
            else "Queries and candidates have no ids that could match"
        )
        return answer(
            f"{near['50%']:.3f}",
            f"is the median cosine of a query and its nearest candidate; 5 % are below "
            f"{near['5%']:.3f}, and 5 % above {near['95%']:.3f}.",
            f"{reason}, so nothing here says how many of them are right.",
        )
    first = figures["hits"][1]
    low, high = wilson(first)
    others = figures["queries"] - known
    counted = "Every query has" if not others else f"{known:,} queries have"
    rest = f" The {others:,} others do not count." if others else ""
    return answer(
        f"{first.mean():.1%}",
        f"({low:.1%} to {high:.1%}) of the queries find the candidate with their own id first.",
        f"{counted} the id of a candidate.{rest} Guessing finds {1 / figures['candidates']:.2%}. "
        "The range is an interval of 95 %.",
    )


def _tiles(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for k, hits in figures.get("hits", {}).items():
        if k > 1:
            low, high = wilson(hits)
            yield f"{hits.mean():.3f}", f"recall@{k} ({low:.3f} to {high:.3f})"
    if figures.get("known"):
        near = figures["nearest"]
        yield (
            f"{near['50%']:.3f}",
            f"median cosine of the nearest (5 % below {near['5%']:.3f}, 5 % above "
            f"{near['95%']:.3f})",
        )
    yield f"{figures['never_found']:,}", "candidates that stand in no list"


def _neighbours(found: Neighbours, known: bool) -> str:
    """The neighbours of the first queries, and the place of the right one where ids say it."""
    count, k = found.rows.shape
    most, columns = min(count, MOST_QUERIES), min(k, MOST_NEIGHBOURS)
    head = ["query", *["rank of its own"] * known, *(f"nearest {n + 1}" for n in range(columns))]
    queries, candidates = found.queries.names, found.candidates.names
    own = found.own_ranks(most) if known else np.zeros(most)

    def lines() -> Iterator[list[str]]:
        for n in range(most):
            pairs = zip(found.rows[n, :columns], found.cosines[n, :columns], strict=True)
            near = [f"{_name(candidates[row])} ({cosine:.3f})" for row, cosine in pairs]
            place = [str(own[n]) if own[n] else NONE] * known
            yield [_name(queries[n]), *place, *near]

    foot = "Each cell: item and cosine."
    if known:
        foot += f" {NONE}: the item with the query's own id is not among the nearest {k}."
    if most < count:
        foot += f" These are the first {most:,} of {count:,} queries; the table has all."
    return f"<h2>Neighbours</h2>{table(head, list(lines()), foot)}"


def _hubs(figures: dict[str, Any]) -> str:
    lines = [[_name(name), f"{count:,}"] for name, count in figures["hubs"]]
    foot = (
        "Candidates that stand in the lists of many queries. If a few of them stand in most lists, "
        "the rows of the two views are probably not in one space."
    )
    return f"<h2>Found most often</h2>{table(['candidate', 'lists'], lines, foot)}"


def _name(item: object) -> str:
    return named(shortened(item, LONGEST))
