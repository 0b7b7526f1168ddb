"""``polycontrast bench``: time and memory of the objectives on this machine, and of others."""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polycontrast as pc
from polycontrast.align.errors import BadInput
from polycontrast.align.job.output import check_output, whole_folder, write_all
from polycontrast.bench.comparison import COLUMNS, Row, compare, is_a_loss, measure
from polycontrast.bench.measuring import setting
from polycontrast.bench.rivals import BACKENDS, RIVALS, available
from polycontrast.bench.tables import write_csv, write_markdown
from polycontrast.cli.extras import need
from polycontrast.cli.values import at_least

EPILOG = """\
Every installed backend is measured (NumPy, PyTorch, JAX, CuPy with a device). Values and gradients
are compared first. Ours and each rival then run in turns, and the medians are reported. Memory is
measured in a process of its own (Linux). --peers adds the losses of other packages, those of
them that are installed: open_clip, lightly, pytorch-metric-learning, sentence-transformers, optax.

The folder gets bench.csv, bench.md and bench.png, each with the machine and the versions.
"""
WRITTEN = {"bench.csv", "bench.md", "bench.png"}
PACKAGES = (
    "polycontrast", "numpy", "torch", "jax", "cupy", "open_clip_torch", "lightly",
    "pytorch-metric-learning", "sentence-transformers", "optax",
)  # fmt: skip
FULL, QUICK = (256, 1024, 4096), (256,)


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "bench",
        help="time the objectives on this machine, beside plain formulas and peers",
        description="Time value and gradient of the objectives on this machine, beside rivals.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run, command="bench")
    add = command.add_argument
    add("--quick", action="store_true", help="256 rows and three runs: about a minute")
    add("--peers", action="store_true", help="also measure losses of other packages")
    add("--objectives", nargs="+", metavar="NAME", help="objectives to measure (default: all)")
    add(
        "--backends",
        nargs="+",
        choices=BACKENDS,
        help="backends to measure (default: all that are installed)",
    )
    add("--out", type=Path, default=Path("bench"), help="folder to write (default: bench)")
    add("--force", action="store_true", help="replace results of an earlier run in --out")
    add(
        "--rows",
        type=at_least(2),
        nargs="+",
        help=f"sizes of a batch (default: {' '.join(map(str, FULL))})",
    )
    add("--depth", type=at_least(1), default=512, help="length of an embedding (default: 512)")
    add("--runs", type=at_least(1), help="runs to take the median of (default: 7; with --quick: 3)")


def run(options: argparse.Namespace) -> int:
    """Measure and write the results."""
    need("this command", ("matplotlib", "rich"), "align")
    from polycontrast.bench.picture import draw  # needs matplotlib

    replace = check_output(options.out, options.force, written_before)
    for name in options.objectives or ():
        if name not in pc.objectives():
            raise BadInput(
                f"--objectives: unknown objective {name!r}; `polycontrast losses` lists all"
            )
    runs = options.runs or (3 if options.quick else 7)
    sizes = options.rows or (QUICK if options.quick else FULL)
    table = [*against(options, sizes, runs), *alone(options, min(sizes), runs)]
    note = setting(PACKAGES)
    steps: dict[str, Callable[[Path], object]] = {
        "bench.csv": lambda path: write_csv(path, COLUMNS, table, note),
        "bench.md": lambda path: write_markdown(path, COLUMNS, table, note),
    }
    if any(row[7] for row in table):
        steps["bench.png"] = lambda path: path.write_bytes(draw(table, note))
    with whole_folder(options.out, replace) as folder:
        write_all(folder, steps)
    print(f"{note}\nlook at {options.out / list(steps)[-1]}")
    return 0


def written_before(folder: Path) -> set[str]:
    """Files that an earlier run wrote into a folder, by the first line of its table."""
    try:
        with (folder / "bench.csv").open(encoding="utf-8", newline="") as file:
            ours = next(csv.reader(file), []) == [*COLUMNS, "setting"]
    except (OSError, ValueError, csv.Error):
        return set()
    return WRITTEN if ours else set()


def wanted(options: argparse.Namespace, objective: str, backend: str) -> bool:
    """True where the options ask for an objective on a backend that is installed."""
    asked = objective in (options.objectives or [objective])
    return asked and backend in (options.backends or [backend]) and BACKENDS[backend].is_there()


def against(options: argparse.Namespace, sizes: tuple[int, ...], runs: int) -> list[Row]:
    """Rows with a rival; a size too large for a rival is replaced by its largest, once."""
    table = []
    for rival in available():
        is_peer = bool(rival.package)
        if (is_peer and not options.peers) or not wanted(options, rival.objective, rival.backend):
            continue
        for rows in sorted({min(n, rival.most_rows or n) for n in sizes}):
            table.append(compare(rival, rows, options.depth, runs, memory=not options.quick))
            show(table[-1])
    return table


def alone(options: argparse.Namespace, rows: int, runs: int) -> list[Row]:
    """Rows of the objectives that have no rival, at one size."""
    rivalled = {rival.objective for rival in RIVALS}
    table = []
    for name in filter(is_a_loss, pc.objectives()):
        for backend in BACKENDS:
            if name not in rivalled and wanted(options, name, backend):
                table.append(measure(name, backend, rows, options.depth, runs))
                show(table[-1])
    return table


def show(row: Row) -> None:
    """Print a row of the table, as soon as it is measured."""
    name, backend, rival, rows, _, mine, other, ratio, *memory = row
    line = f"{name:24} {backend:6} B = {rows:>5}  {mine:>9} ms"
    if rival:
        line += f"  {rival:36} {other:>9} ms  {ratio:>6} x"
    if any(memory):
        line += f"  {' and '.join(memory)} MiB"
    print(line, flush=True)
