"""``polycontrast losses``: the catalogue of objectives."""

import argparse
from typing import Any

import polycontrast as pc
from polycontrast.cli.extras import need
from polycontrast.cli.terminal import console


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "losses",
        help="list every objective with family, summary and source",
        description="List every objective with family, summary and source.",
    )
    command.set_defaults(run=run, command="losses")


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    need("this command", ("rich",), "align")
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("objective", style="bold", no_wrap=True)
    table.add_column("family", no_wrap=True)
    table.add_column("what it is", ratio=3)
    table.add_column("source", ratio=4)
    by_family = sorted(pc.objectives().values(), key=lambda objective: objective.family)
    previous = None
    for objective in by_family:
        if previous not in (None, objective.family):
            table.add_section()
        previous = objective.family
        table.add_row(
            objective.name,
            objective.family,
            plain(objective.summary),
            plain(objective.source),
        )
    console().print(table)
    return 0


def plain(text: str) -> str:
    """Text without the marks of reStructuredText."""
    return " ".join(text.replace("`", "").split())
