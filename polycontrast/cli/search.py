"""``polycontrast search``: the nearest items of one view for those of another."""

import argparse
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from polycontrast.align.errors import BadInput
from polycontrast.align.estimator.aligner import Aligner
from polycontrast.align.items import Items, mapped, nearest, read_items
from polycontrast.align.items.items import existing, head_of
from polycontrast.align.items.neighbours import Neighbours
from polycontrast.align.items.page import to_html
from polycontrast.align.items.places import check_file, whole_file
from polycontrast.align.items.tables import TABLES, check_writer, write_table
from polycontrast.align.job.recalls import wilson
from polycontrast.align.reading.files import view_name
from polycontrast.align.watch import Watch
from polycontrast.cli.extras import need
from polycontrast.cli.ids import add_columns, features_of
from polycontrast.cli.progress import bar_for
from polycontrast.cli.values import at_least
from polycontrast.wording import literal

DEFAULT_K = 10
EPILOG = """\
The table has the columns query, rank, candidate and cosine: a line for each query and rank. Items
are named by their ids, or by their row numbers from 0 on. Rows of nan alone, which align writes for
missing views, are left out. Exit codes are those of polycontrast align.
"""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "search",
        help="find the nearest items of one view for those of another",
        description="Find the nearest candidates by cosine for each query, exactly.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run, command="search")
    add = command.add_argument
    add("queries", metavar="QUERIES", help="embeddings; with --heads [VIEW=]FILE of raw columns")
    add("candidates", metavar="CANDIDATES", help="those to search among, in the same space")
    add("--heads", metavar="FILE", help="heads.npz of an alignment, to map both files first")
    add("-k", type=at_least(1), help=f"neighbours of each query (default: {DEFAULT_K})")
    add("--out", type=Path, default=Path("neighbours.csv"), help="table: .csv or .parquet")
    add("--report", type=Path, metavar="FILE.html", help="also write a page for people")
    add("--id", metavar="COLUMN", help="name items by this column of both files")
    add("--query-ids", metavar="FILE", help="ids of the queries, one a row, for a file without")
    add("--candidate-ids", metavar="FILE", help="the same for the candidates")
    add_columns(command, "columns to compare by name or pattern")
    add("--force", action="store_true", help="replace results that are there already")
    add("--quiet", action="store_true", help="print nothing but errors")


def run(options: argparse.Namespace) -> int:
    """Search, and write the table and the page."""
    if not options.quiet:
        need("this command", ("tqdm",), "align")
    check_file(options.out, options.force, TABLES)
    check_writer(options.out)
    if options.report is not None:
        check_file(options.report, options.force, (".html",), "--report")
    aligner = Aligner.load(options.heads) if options.heads else None
    with bar_for(options.quiet) as bar:
        queries, left = read(options, aligner, options.queries, options.query_ids, bar.watch)
        given = (options.candidates, options.candidate_ids)
        candidates, more = read(options, aligner, *given, bar.watch)
    for view, missing in (left, more) if not options.quiet else ():
        if missing:
            print(
                literal(f"polycontrast search: {view}: {missing:,} missing rows left out"),
                file=sys.stderr,
            )
    if queries.rows.shape[1] != candidates.rows.shape[1]:
        widths = [f"{i.view} has {i.rows.shape[1]} columns" for i in (queries, candidates)]
        raise BadInput(
            f"queries and candidates must be in one space: {' and '.join(widths)}; --heads maps "
            "raw columns into the space of an alignment"
        )
    count = candidates.rows.shape[0]
    if options.k is not None and options.k > count:
        raise BadInput(f"-k must be at most the number of candidates, {count}; got {options.k}")
    k = options.k or min(DEFAULT_K, count)
    with bar_for(options.quiet) as bar:
        tiles = partial(bar.watch, "searching")
        rows, cosines = nearest(queries.rows, candidates.rows, k, watch=tiles)
        found = Neighbours(queries, candidates, rows, cosines)
        with ExitStack() as drafts:
            if options.report is not None:
                draft = drafts.enter_context(whole_file(options.report, options.force))
                draft.write_text(to_html(found, options.line), encoding="utf-8")
            draft = drafts.enter_context(whole_file(options.out, options.force))
            write_table(draft, options.out.suffix.lower(), found.blocks())
    if not options.quiet:
        say(found, options.report or options.out)
    return 0


def read(
    options: argparse.Namespace,
    aligner: Aligner | None,
    spec: str,
    ids_file: str | None,
    watch: Watch,
) -> tuple[Items, tuple[str, int]]:
    """Items of one file in the space that is searched; their view, and how many are missing."""
    view = view_name(spec)
    if aligner is not None:
        view, spec = head_of(aligner, spec, options.heads)
    items = read_items(spec, options.id, ids_file, features_of(options, view), view, watch)
    if aligner is not None:
        return mapped(items, aligner), (view, 0)
    items, missing = existing(items, watch)
    return items, (view, missing)


def say(found: Neighbours, result: Path) -> None:
    """Print the figures of a search."""
    figures = found.figures()
    print(
        literal(
            f"{figures['queries']:,} queries of {found.queries.view}, {figures['candidates']:,} "
            f"candidates of {found.candidates.view}; median cosine of the nearest "
            f"{figures['nearest']['50%']:.3f}"
        )
    )
    for k, hits in figures.get("hits", {}).items():
        low, high = wilson(hits)
        print(
            f"recall@{k} {hits.mean():.3f} ({low:.3f} to {high:.3f}) of {len(hits):,} queries "
            "whose id a candidate has"
        )
    print(literal(f"look at {result}"))
