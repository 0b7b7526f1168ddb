"""``polycontrast bench``: time and memory of the objectives on this machine, and of others."""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polycontrast as pc
from polycontrast.align.errors import BadInput
from polycontrast.align.job.output import check_output, whole_folder, write_all
from polycontrast.bench import quick
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

--quick compares three objectives at 256, 1024 and 4096 rows with the formulas and the packages that
are installed. It prints one screen, and writes no file.
"""
WRITTEN = {"bench.csv", "bench.md", "bench.png"}
PACKAGES = (
    "polycontrast", "numpy", "torch", "jax", "cupy", "open_clip_torch", "lightly",
    "pytorch-metric-learning", "sentence-transformers", "optax",
)  # fmt: skip
FULL = (256, 1024, 4096)


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
    add("--quick", action="store_true", help="three objectives on one screen, and no files")
    add("--peers", action="store_true", help="also measure losses of other packages")
    add("--objectives", nargs="+", metavar="NAME", help="objectives to measure (default: all)")
    add(
        "--backends",
        nargs="+",
        choices=BACKENDS,
        help="backends to measure (default: all that are installed)",
    )
    add("--out", type=Path, help="folder to write (default: bench)")
    add("--force", action="store_true", help="replace results of an earlier run in --out")
    add(
        "--rows",
        type=at_least(2),
        nargs="+",
        help=f"sizes of a batch (default: {' '.join(map(str, FULL))})",
    )
    lengths = f"length of an embedding (default: 512; with --quick: {quick.DEPTH})"
    add("--depth", type=at_least(1), help=lengths)
    runs = f"runs to take the median of (default: 7; with --quick: {quick.RUNS})"
    add("--runs", type=at_least(1), help=runs)


def run(options: argparse.Namespace) -> int:
    """Measure and write the results; with ``--quick``, print them."""
    for name in options.objectives or ():
        if name not in pc.objectives():
            raise BadInput(
                f"--objectives: unknown objective {name!r}; `polycontrast losses` lists all"
            )
    if options.quick:
        return run_quick(options)
    need("this command", ("matplotlib", "rich"), "align")
    from polycontrast.bench.picture import draw  # needs matplotlib

    out = options.out or Path("bench")
    replace = check_output(out, options.force, written_before)
    runs, sizes = options.runs or 7, options.rows or FULL
    options.depth = options.depth or 512
    table = [*against(options, sizes, runs), *alone(options, min(sizes), runs)]
    note = setting(PACKAGES)
    steps: dict[str, Callable[[Path], object]] = {
        "bench.csv": lambda path: write_csv(path, COLUMNS, table, note),
        "bench.md": lambda path: write_markdown(path, COLUMNS, table, note),
    }
    if any(row[7] for row in table):
        steps["bench.png"] = lambda path: path.write_bytes(draw(table, note))
    with whole_folder(out, replace) as folder:
        write_all(folder, steps)
    print(f"{note}\nlook at {out / list(steps)[-1]}")
    return 0


def run_quick(options: argparse.Namespace) -> int:
    """Print the short comparison."""
    if options.out is not None or options.force:
        raise BadInput("--quick writes no files; leave --out and --force away, or --quick")
    objectives = options.objectives or quick.OBJECTIVES
    rivals = [
        rival
        for rival in available()
        if rival.objective in objectives and wanted(options, rival.objective, rival.backend)
    ]
    if not rivals:
        raise BadInput(
            "--quick compares with formulas and packages, and there are none of these objectives "
            f"and backends; objectives that have some are {', '.join(quick.OBJECTIVES)}"
        )
    sizes, depth = options.rows or quick.SIZES, options.depth or quick.DEPTH
    print("Value and gradient in float32. Ours in ms, and how many times as long the others take:")
    for line in quick.quick_lines(rivals, sizes, depth, options.runs or quick.RUNS):
        print(line, flush=True)
    print(f"{setting(PACKAGES)}\nMore: polycontrast bench --peers")
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
            table.append(compare(rival, rows, options.depth, runs))
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
