"""``polycontrast evaluate``: how well embeddings that exist already find one another."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from polycontrast.align.errors import BadInput
from polycontrast.align.job.names import PAGE, REPORT
from polycontrast.align.job.output import check_output, whole_folder, write_all
from polycontrast.align.job.report import to_json
from polycontrast.align.job.request import Request
from polycontrast.align.space import Measured, Space, measure_spaces, read_space
from polycontrast.align.space.page import to_html, verdict
from polycontrast.align.space.report import Line, lines_of, report_of, warnings_of
from polycontrast.align.watch import Watch
from polycontrast.cli.align import add_rows
from polycontrast.cli.extras import need
from polycontrast.cli.progress import bar_for
from polycontrast.cli.terminal import console
from polycontrast.cli.values import at_least
from polycontrast.wording import literal

EPILOG = """\
Files are read as by align; all views must have equally many columns. A row of nan alone is missing.
One folder has a view in each of its files. The folder of a run of align stands for its aligned
rows, and only the rows that the run held out are measured. Exit codes are those of align.
"""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "evaluate",
        help="measure embeddings that exist already, without training",
        description="Measure how well the views of embeddings find one another: recall, ranks, the "
        "gap between views, linear separability, alignment and uniformity.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run, command="evaluate")
    add = command.add_argument
    add("files", nargs="*", metavar="FILE", help="views, one a file; or one folder or archive")
    add(
        "--compare",
        nargs=2,
        metavar=("A", "B"),
        help="two folders or archives with the same views of the same rows, side by side",
    )
    add_rows(command.add_argument_group("rows and columns"))
    add("--out", type=Path, default=Path("evaluated"), help="folder to write (default: evaluated)")
    add("--force", action="store_true", help="replace results that --out holds already")
    add("--seed", type=at_least(0), default=0, help="of samples, splits and intervals (0)")
    add("--quiet", action="store_true", help="print nothing but errors")


def run(options: argparse.Namespace) -> int:
    """Measure, and write the results."""
    if bool(options.files) == bool(options.compare):
        raise BadInput("give files of views, or two spaces after --compare; one of the two")
    if options.groups:
        raise BadInput("--groups is for training; evaluate does not split rows by groups")
    modules = ("matplotlib",) if options.quiet else ("matplotlib", "tqdm", "rich")
    need("this command", modules, "align")
    replace = check_output(options.out, options.force)
    with bar_for(options.quiet) as bar:
        watch = bar.watch
        spaces = read(options, watch)
        measured = measure_spaces(spaces, options.seed, watch)
        watch("computing intervals", 0, 1)
        lines = lines_of(measured, options.seed)
        watch("computing intervals", 1, 1)
        with whole_folder(options.out, replace) as folder:
            write(folder, measured, lines, options, watch)
    if options.quiet:
        for warning in warnings_of(measured):
            print(literal(f"polycontrast evaluate: WARNING: {warning}"), file=sys.stderr)
    else:
        say(measured, lines, options.out)
    return 0


def read(options: argparse.Namespace, watch: Watch) -> list[Space]:
    """The spaces that were named; two of equal names get numbers."""
    found = []
    for files in [[one] for one in options.compare or []] or [options.files]:
        request = Request(
            files,
            options.id,
            tuple(options.ids),
            options.many,
            None,
            options.labels,
            options.label_column,
            tuple(pair for pairs in options.columns for pair in pairs),
        )
        found.append(read_space(request, watch))
    if len(found) == 2 and found[0].name == found[1].name:
        found = [space.renamed(f"{space.name} ({n})") for n, space in enumerate(found, 1)]
    return found


def write(
    folder: Path,
    measured: Sequence[Measured],
    lines: Sequence[Line],
    options: argparse.Namespace,
    watch: Watch,
) -> None:
    """Write the figures and the page."""
    from polycontrast.align.space.pictures import page_pictures

    def draw(path: Path) -> None:
        watch("drawing", 0, 1)
        html = to_html(measured, lines, page_pictures(measured), options.line)
        watch("drawing", 1, 1)
        path.write_text(html, encoding="utf-8")

    text = to_json(report_of(measured, lines, options.seed) | {"command": options.line})
    write_all(folder, {REPORT: lambda path: path.write_text(text, encoding="utf-8"), PAGE: draw})


def say(measured: Sequence[Measured], lines: Sequence[Line], out: Path) -> None:
    """Print the result in one sentence, warnings, and the figures."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    said = console()
    said.print(literal(verdict(measured, lines)))
    for warning in warnings_of(measured):
        said.print(literal(f"WARNING: {warning}"), style="bold red")
    table = Table(box=SIMPLE_HEAD)
    names = [one.space.name for one in measured]
    for name in ["", *names] + ["difference"] * (len(names) == 2):
        table.add_column(literal(name), justify="left" if name == "" else "right")
    for line in lines:
        table.add_row(*line.cells())
    said.print(table)
    said.print(literal(f"{len(measured[0].rows):,} rows; look at {out / PAGE}"))
