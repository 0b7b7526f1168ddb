"""Entry point: reads the command line, runs one command, turns errors into one line."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from typing import Never

import polycontrast as pc
from polycontrast.align.errors import BadInput, MissingDependency, Unfinished
from polycontrast.cli import align, bench, evaluate, losses, search, transform
from polycontrast.cli.terminal import Stopped, discard, stoppable, writable_streams
from polycontrast.wording import literal

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
EPILOG = """\
exit codes: 0 for success; 1 if results could not be written, or only some of them; 2 if the input
or the options have to change; 130, 143 and 129 after Ctrl-C, SIGTERM and SIGHUP
"""
FIRST_WORDS = f"""\
polycontrast {pc.__version__}: losses for contrastive learning with exact gradients.
  polycontrast align --out aligned                   the built-in views
  polycontrast align a.npy b.csv                     row i of each is one thing
  polycontrast transform heads.npz a.npy --out b.npy  new items
  polycontrast search a.npy b.npy                    nearest items of b for a
  polycontrast evaluate a.npy b.npy                  how well views match
  polycontrast losses SimCLR                         by name, word or author
  polycontrast bench --quick                         speed beside others
  polycontrast COMMAND --help                        options of a command
In Python: import polycontrast as pc; help(pc.info_nce)
"""


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors take one line."""

    def error(self, message: str) -> Never:
        """Print the message and where to look, and exit."""
        self.exit(BAD_INPUT, f"{self.prog}: {_line(message)} (see {self.prog} --help)\n")


def parser() -> Parser:
    """Build the parser of all commands."""
    top = Parser(
        prog="polycontrast",
        description="Contrastive objectives, and the alignment of multi-view data by them.",
        epilog=EPILOG,
    )
    top.add_argument("--version", action="version", version=f"polycontrast {pc.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for command in (align, transform, search, evaluate, bench, losses):
        command.add_to(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        Exit code: 0 for success, 1 if results could not be written whole, 2 for what the user can
        put right, 128 and the number of the signal after one.
    """
    with writable_streams(), stoppable():
        try:
            try:
                return run(arguments)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:  # the reader of a pipe has gone
            discard(sys.stdout)
            return 0
        except OSError as error:  # such as a full disk that stdout goes to
            discard(sys.stdout)
            return failed("polycontrast", f"the output cannot be written: {error.strerror}", FAILED)


def run(arguments: Sequence[str] | None) -> int:
    """Run a command; what ends it early becomes one line and an exit code."""
    top = parser()
    options = top.parse_args(arguments)
    if not hasattr(options, "run"):
        print(FIRST_WORDS, end="")
        return 0
    given = sys.argv[1:] if arguments is None else arguments
    options.line = shlex.join(["polycontrast", *given])
    command = f"polycontrast {options.command}"
    try:
        return int(options.run(options))
    except (BadInput, MissingDependency) as error:
        return failed(command, error, BAD_INPUT)
    except Unfinished as error:
        return failed(command, "; ".join([str(error), *_notes(error)]), FAILED)
    except MemoryError as error:
        return failed(command, f"not enough memory: {error}", FAILED)
    except KeyboardInterrupt as error:
        return failed(command, f"interrupted; {_kept(error)}", INTERRUPTED)
    except Stopped as error:
        return failed(command, f"{error}; {_kept(error)}", error.code)


def failed(command: str, message: object, code: int) -> int:
    """Print one line on stderr."""
    print(f"{command}: {_line(message)}", file=sys.stderr)
    return code


def _line(message: object) -> str:
    return literal(" ".join(str(message).split()))


def _kept(error: BaseException) -> str:
    """Which results are there, by the notes on an error."""
    return "; ".join(_notes(error)) or "nothing was written"


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", []))
