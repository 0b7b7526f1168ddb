"""The page of a search, for people."""

from collections.abc import Iterator
from typing import Any

from polycontrast.align.document import page, paragraph, table, tiles
from polycontrast.align.items.neighbours import Neighbours
from polycontrast.align.job.recalls import wilson

MOST_QUERIES = 200  # on the page; the table has all
MOST_NEIGHBOURS = 10


def to_html(found: Neighbours) -> str:
    """Sizes and figures of the search, then the neighbours of the first queries."""
    figures = found.figures()
    queries, candidates = found.queries.view, found.candidates.view
    count, k = found.rows.shape
    title = f"{count:,} items of {queries}, and the nearest of {candidates}"
    body = paragraph(
        f"The {k} nearest of {figures['candidates']:,} items of {candidates}, by cosine, for each "
        f"item of {queries}. The search is exact."
    )
    body += tiles(_tiles(figures)) + _words(figures)
    shown = min(count, MOST_QUERIES)
    more = f"; these are the first {shown:,} queries" if shown < count else ""
    body += f"<h2>Neighbours</h2>{paragraph(f'Each cell: item and cosine{more}.')}"
    columns = min(k, MOST_NEIGHBOURS)
    body += table(["query", *range(1, columns + 1)], _lines(found, shown, columns))
    body += "<h2>Found most often</h2>" + paragraph(
        "Candidates that stand in the lists of many queries. If a few of them stand in most lists, "
        "the rows of the two views are probably not in one space."
    )
    body += table(["candidate", "lists"], [(name, f"{n:,}") for name, n in figures["hubs"]])
    return page(title, body)


def _tiles(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"{figures['queries']:,}", "queries"
    yield f"{figures['candidates']:,}", "candidates"
    near = figures["nearest"]
    yield (
        f"{near['50%']:.3f}",
        (f"median cosine of the nearest (5 % below {near['5%']:.3f}, 5 % above {near['95%']:.3f})"),
    )
    for k, hits in figures.get("hits", {}).items():
        low, high = wilson(hits)
        yield f"{hits.mean():.3f}", f"recall@{k} (95 % interval {low:.3f} to {high:.3f})"


def _words(figures: dict[str, Any]) -> str:
    words = f"{figures['never_found']:,} candidates stand in no list."
    if "known" in figures:
        words += (
            f" {figures['known']:,} queries have the id of a candidate"
            + (": recall is the share of them that have it in their list." * bool(figures["known"]))
            + "." * (not figures["known"])
        )
    return paragraph(words)


def _lines(found: Neighbours, shown: int, columns: int) -> Iterator[list[str]]:
    queries, candidates = found.queries.names, found.candidates.names
    for n in range(shown):
        rows, cosines = found.rows[n, :columns], found.cosines[n, :columns]
        cells = [f"{candidates[row]} ({c:.3f})" for row, c in zip(rows, cosines, strict=True)]
        yield [str(queries[n]), *cells]
