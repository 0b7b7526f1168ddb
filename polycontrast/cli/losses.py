"""``polycontrast losses``: the catalogue of objectives, or those that one looks for."""

import argparse
import shutil
import textwrap
from typing import Any

import polycontrast as pc
from polycontrast.align.errors import BadInput


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    text = "list objectives with family, summary and source"
    command = commands.add_parser(
        "losses", help=text, description=f"{text.capitalize()}: all of them, or those asked for."
    )
    command.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="words in the name, in other names of the objective (MNRL, SimCLR), in its summary "
        "or in its references",
    )
    command.add_argument(
        "--takes",
        action="append",
        default=[],
        metavar="ARGUMENT",
        help="an argument of the objective, such as labels, mask or ids; may be repeated",
    )
    command.add_argument(
        "--views",
        type=int,
        metavar="N",
        help="arrays of embeddings of the same samples that a call takes",
    )
    command.add_argument("--family", metavar="FAMILY", help="the family: the folder of the file")
    command.add_argument(
        "--shards",
        action="store_true",
        default=None,
        help="only objectives whose batch several ranks may share",
    )
    command.set_defaults(run=run, command="losses")


def run(options: argparse.Namespace) -> int:
    """Print the objectives, each with its summary and its source; 1 where there are none."""
    names = ("takes", "views", "family", "shards")
    try:
        found = pc.objectives(" ".join(options.words), **{n: getattr(options, n) for n in names})
    except ValueError as error:
        raise BadInput(str(error).removeprefix("objectives: ")) from None
    if not found:
        print("no objective is of that kind; polycontrast losses lists all of them")
        return 1
    width = min(shutil.get_terminal_size().columns, 110)
    previous = None
    for objective in found.values():
        if objective.family != previous:
            print(objective.family if previous is None else f"\n{objective.family}")
            previous = objective.family
        also = f" (also {', '.join(objective.aliases)})" if objective.aliases else ""
        print(f"  {objective.name}{also}")
        for text in (objective.summary, objective.source):
            print(
                textwrap.fill(plain(text), width, initial_indent="    ", subsequent_indent="    ")
            )
    return 0


def plain(text: str) -> str:
    """Text without the marks of reStructuredText."""
    return " ".join(text.replace("`", "").split())
