"""Entry point: reads the command line, runs one command, turns errors into one line."""

import argparse
import sys
from collections.abc import Sequence
from typing import Never

import polycontrast as pc
from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.cli import align, bench, losses

BAD_INPUT, INTERRUPTED = 2, 130


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors take one line."""

    def error(self, message: str) -> Never:
        """Print the message and where to look, and exit."""
        self.exit(BAD_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parser() -> Parser:
    """Build the parser of all commands."""
    top = Parser(
        prog="polycontrast",
        description="Contrastive objectives, and the alignment of multi-view data by them.",
    )
    top.add_argument("--version", action="version", version=f"polycontrast {pc.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for command in (align, bench, losses):
        command.add_to(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        0 when all went well, 2 for what the user can put right, 130 for an interrupt that left
        nothing to keep.
    """
    top = parser()
    options = top.parse_args(arguments)
    if not hasattr(options, "run"):
        top.print_help()
        return 0
    try:
        return int(options.run(options))
    except (BadInput, MissingDependency) as error:
        message = " ".join(str(error).split())
        print(f"polycontrast {options.command}: {message}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(f"polycontrast {options.command}: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has gone
        sys.stderr.close()
        return 0
