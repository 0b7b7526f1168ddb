"""``polycontrast transform``: bring new items into a shared space that was learned before."""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.estimator.aligner import Aligner
from polycontrast.align.items import Items, mapped, read_items
from polycontrast.align.items.items import head_of
from polycontrast.align.items.places import check_file, whole_file
from polycontrast.align.items.tables import TABLES, Block, check_writer, write_table
from polycontrast.align.job.names import ROWS, row_files
from polycontrast.align.job.output import check_output, whole_folder, write_all
from polycontrast.align.streams import save_rows, watched_blocks
from polycontrast.align.watch import Watch, unwatched
from polycontrast.cli.ids import add_items, check_named, features_of, ids_of
from polycontrast.cli.progress import bar_for
from polycontrast.wording import listed, literal, short

KINDS = (".npy", *TABLES)
EPILOG = """\
A file alone is of the view that has its name; VIEW=FILE names another one. The rows of the result
are in the order of the file. With ids, a .csv or .parquet file has them in the column id; without,
it has columns of the shared space alone. Exit codes are those of polycontrast align.
"""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "transform",
        help="map new items into a shared space that align has learned",
        description="Map new items of one or more views by the heads of an alignment.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run, command="transform")
    add = command.add_argument
    add("heads", metavar="HEADS", help="heads.npz of an alignment")
    add("files", nargs="+", metavar="[VIEW=]FILE", help="new items of a view, as align reads them")
    add(
        "--out",
        type=Path,
        required=True,
        help="file to write (.npy, .csv or .parquet); for several views a folder",
    )
    add("--format", choices=[kind[1:] for kind in KINDS], help="of the files in that folder (npy)")
    add_items(command)
    add("--force", action="store_true", help="replace a result that is there already")
    add("--quiet", action="store_true", help="print nothing but errors")


def run(options: argparse.Namespace) -> int:
    """Map the items and write them."""
    aligner = Aligner.load(options.heads)
    files = views_of(aligner, options.files, options.heads)
    check_named(options, list(files))
    one = len(files) == 1 and options.out.suffix.lower() in KINDS
    if options.format and one:
        raise BadInput(f"--format is for a folder; the name {short(options.out)!r} says the kind")
    kind = options.out.suffix.lower() if one else f".{options.format or 'npy'}"
    has_ids = options.id is not None or bool(options.ids)
    if has_ids and kind == ".npy":
        raise BadInput(
            "a .npy file holds no ids; "
            + ("name a .csv or .parquet file" if one else "--format csv or parquet holds them")
        )
    check_writer(Path(f"result{kind}"))
    if one:
        check_file(options.out, options.force, KINDS)
        replace = {}
    else:
        names = {view: Path(name).with_suffix(kind).name for view, name in _names(files).items()}
        replace = check_output(options.out, options.force, lambda folder: set(names.values()))
    items = {}
    with bar_for(options.quiet) as bar:
        for view, spec in files.items():
            ids, columns = ids_of(options, view), features_of(options, view)
            given = read_items(spec, options.id, ids, columns, view, bar.watch)
            items[view] = mapped(given, aligner)
        if one:
            with whole_file(options.out, options.force) as draft:
                save(draft, next(iter(items.values())), kind, bar.watch)
        else:
            steps: dict[str, Callable[[Path], object]] = {
                names[view]: partial(save, items=rows, kind=kind, watch=bar.watch)
                for view, rows in items.items()
            }
            with whole_folder(options.out, replace) as folder:
                write_all(folder, steps)
    if not options.quiet:
        for view, found in items.items():
            rows, dim = found.rows.shape
            print(literal(f"{view}: {rows:,} items in {dim} dimensions"))
        print(literal(f"look at {options.out}"))
    return 0


def views_of(aligner: Aligner, specs: list[str], heads: str) -> dict[str, str]:
    """File of each view that is given."""
    files: dict[str, str] = {}
    for spec in specs:
        view, file = head_of(aligner, spec, heads)
        if view in files:
            raise BadInput(f"view {short(view)!r} is given twice: {listed([files[view], file])}")
        files[view] = file
    return files


def save(path: Path, items: Items, kind: str, watch: Watch = unwatched) -> None:
    """Write mapped items as an array, or as a table with their ids."""
    phase, count = f"writing {items.view}", items.rows.shape[0]
    if kind == ".npy":
        there = np.ones(count, dtype=bool)
        save_rows(path, items.rows, there, lambda done: watch(phase, done, count))
    else:
        write_table(path, kind, blocks_with_ids(items, watch, phase))


def blocks_with_ids(items: Items, watch: Watch, phase: str) -> Iterator[Block]:
    """Blocks of a table: the ids, and a column for each dimension of the shared space."""
    for start, rows in watched_blocks(items.rows, watch, phase):
        block = {f"aligned{n}": rows[:, n] for n in range(rows.shape[1])}
        if items.ids is not None:
            block = {"id": items.ids[start : start + len(rows)]} | block
        yield block


def _names(files: dict[str, str]) -> dict[str, str]:
    return {view: name.removeprefix(f"{ROWS}/") for view, name in row_files(files).items()}
