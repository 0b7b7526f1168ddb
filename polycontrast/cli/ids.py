"""Options that say which rows and columns of the files of items are what."""

import argparse
from typing import Any

from polycontrast.align.errors import BadInput
from polycontrast.cli.values import assigned, column_names
from polycontrast.wording import listed, short


def add_items(command: Any) -> None:
    """Add the options to a command."""
    command.add_argument(
        "--id", metavar="COLUMN", help="name items by this column (default: by row number)"
    )
    add_ids(command, "items")
    add_columns(command)


def add_ids(command: Any, of: str) -> None:
    """Add ``--ids`` to a command, for files that have no columns."""
    command.add_argument(
        "--ids",
        action="append",
        default=[],
        type=assigned,
        metavar="VIEW=FILE",
        help=f"ids of the {of} of a view whose file has no columns, one a row; may be repeated",
    )


def add_columns(
    command: Any, what: str = "features by name: age,height or pixel_*; may be repeated"
) -> None:
    """Add ``--columns`` to a command."""
    command.add_argument(
        "--columns",
        action="append",
        default=[],
        type=column_names,
        metavar="[VIEW=]NAMES",
        help=f"{what} (default: all numbers)",
    )


def ids_of(options: argparse.Namespace, view: str) -> str | None:
    """File of the ids of a view."""
    return dict(options.ids).get(view)


def features_of(options: argparse.Namespace, view: str) -> tuple[str, ...]:
    """Columns that were chosen for a view, or for all."""
    pairs = [pair for pairs in options.columns for pair in pairs]
    return tuple(name for of, name in pairs if of in (None, view))


def check_named(options: argparse.Namespace, views: list[str]) -> None:
    """Refuse options for a view that there is none of."""
    named = [("--ids", view) for view, _ in options.ids]
    named += [("--columns", view) for pairs in options.columns for view, _ in pairs if view]
    for option, view in named:
        if view not in views:
            raise BadInput(
                f"{option} {short(view)}: no view has this name; the views are {listed(views, 20)}"
            )
