"""``polycontrast align``: bring the views in some files into one shared space."""

import argparse
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from polycontrast.align.errors import BadInput
from polycontrast.align.estimator.aligner import Aligner
from polycontrast.align.job import Outcome, Task, check_task, fit
from polycontrast.align.job.examples import EXAMPLES, FIRST_EXAMPLE
from polycontrast.align.job.findings import findings
from polycontrast.align.job.output import check_output, whole_folder
from polycontrast.align.job.request import Request, read_request
from polycontrast.align.job.results import write_results
from polycontrast.align.reading import read_labels
from polycontrast.align.training.start import USUAL_DIM
from polycontrast.align.training.usable import DEFAULT_TEMPERATURE, find_objective
from polycontrast.align.watch import Watch
from polycontrast.cli.device import DEVICES, check_device, to_device
from polycontrast.cli.extras import need
from polycontrast.cli.ids import add_columns, add_ids
from polycontrast.cli.progress import Bar, Silence, bar_for
from polycontrast.cli.summary import print_summary
from polycontrast.cli.values import (
    at_least,
    or_auto,
    parameter,
    positive,
    share,
    temperature,
)
from polycontrast.wording import literal

EPILOG = """\
Files: .npy, .npz, .h5, .hdf5, .safetensors, .csv, .tsv and .parquet, or a folder of tables that
together are one view. A file with several arrays takes a key: features.npz:image. Alone, each of
its arrays is a view. Row i of every file is the same thing, unless --id or --ids matches rows by
name; then views may have any order and may lack rows. Columns that name the rows (an index, row
names, id) are no features: they are left out, and named. Without files an
example is aligned: handwritten digits in six views, with their labels, or another by --example.

Ctrl-C ends the choice of the start or the training: the best heads so far are kept, everything is
written, exit code 0. After training it ends the command: the heads and the aligned rows are kept.
Exit code 1: some results could not be written; the message names the others.
Exit code 2: something in the input or the options has to change.
Exit code 130, 143 or 129: Ctrl-C with nothing to keep, SIGTERM or SIGHUP; nothing temporary stays.
"""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "align",
        help="learn one shared space for two or more views of the same things",
        description="Learn one linear map per view, so that rows of one thing lie close together.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run, command="align")
    add = command.add_argument
    add("files", nargs="*", metavar="FILE", help="two or more views, one a file")
    add(
        "--example",
        choices=list(EXAMPLES),
        help="data to align without files: digits in six views, or words as they are written and "
        f"spoken (default: {FIRST_EXAMPLE})",
    )
    add_rows(command.add_argument_group("rows and columns"))
    add("--out", type=Path, default=Path("aligned"), help="folder to write (default: aligned)")
    add("--force", action="store_true", help="replace results that --out holds already")
    add("--objective", default="poly_view", metavar="NAME", help="loss (default: poly_view)")
    add(
        "--param",
        action="append",
        default=[],
        type=parameter,
        metavar="NAME=VALUE",
        help="a parameter of the objective, such as aggregation=arithmetic; may be repeated",
    )
    add(
        "--dim",
        type=or_auto(at_least(1)),
        default="auto",
        help=f"dimension of the shared space (default: auto, {USUAL_DIM} or more)",
    )
    add(
        "--whitening",
        type=or_auto(positive),
        default="auto",
        help="ridge of the whitening, in variances of a column (default: auto, from 0.01 to 100)",
    )
    add(
        "--temperature",
        type=temperature,
        help=f'a number, "learned" or "auto" (default: {DEFAULT_TEMPERATURE} if the loss has one)',
    )
    add(
        "--head",
        choices=("linear", "mlp"),
        default="linear",
        help="mlp adds a hidden layer (linear)",
    )
    add("--hidden", type=at_least(1), default=128, help="width of the hidden layer (128)")
    add("--dropout", type=share, default=0.0, help="share of its activations dropped (0)")
    add("--holdout", type=share, default=0.3, help="share of rows to test on, or 0 (0.3)")
    add(
        "--folds",
        type=at_least(1),
        default=1,
        metavar="K",
        help="random splits to fit and measure on, with seeds from --seed on (1)",
    )
    add("--seed", type=at_least(0), default=0, help="of the split and the batches (0)")
    add("--max-iter", type=at_least(1), default=100, help="iterations, or epochs, at most (100)")
    add(
        "--patience",
        type=at_least(1),
        help="iterations without better recall that end training (default: 6, with mlp 25)",
    )
    add("--batch", type=at_least(2), help="rows a batch, for Adam (default: all at once if few)")
    add("--workers", type=at_least(1), help="threads (default: all processors)")
    add("--device", choices=DEVICES, default="cpu", help="cuda needs CuPy (default: cpu)")
    add("--quiet", action="store_true", help="print nothing but errors")


def run(options: argparse.Namespace) -> int:
    """Do the job and write the results."""
    modules = ("matplotlib",) if options.quiet else ("matplotlib", "tqdm", "rich")
    need("this command", modules, "align")
    check_device(options.device)
    replaced = check_output(options.out, options.force)
    with bar_for(options.quiet) as bar:
        task, attribution, left_out = read_task(options, bar.watch)
        find_objective(options.objective, len(task.views))
        task = check_task(task, bar.watch)
    if not options.quiet:
        say_left_out(left_out)
    task.views = {name: to_device(view, options.device) for name, view in task.views.items()}
    extra = {"device": options.device, "attribution": attribution, "left_out_columns": left_out}
    extra["command"] = options.line
    with bar_for(options.quiet) as bar:
        outcome = train(options, task, bar)
        with whole_folder(options.out, replaced) as folder:
            write_results(folder, outcome, extra, bar.watch)
    if not options.quiet:
        print_summary(outcome, options.out)
    for warning in findings(outcome) if options.quiet else []:
        print(literal(f"polycontrast align: WARNING: {warning}"), file=sys.stderr)
    return 0


def add_rows(group: Any) -> None:
    """Add the options that say which rows and columns of the files are what."""
    add = group.add_argument
    add("--id", metavar="COLUMN", help="match rows by this column of every table")
    add_ids(group, "rows")
    add("--many", action="store_true", help="keep several rows of an id that one view has")
    add("--groups", metavar="COLUMN|FILE", help="rows of one group stay together in every split")
    add(
        "--labels",
        metavar="FILE",
        help="one label a row, or one an id: colours the picture, tests a linear probe",
    )
    add("--label-column", metavar="COLUMN", help="labels from a column of the tables")
    add_columns(group)


def say_left_out(left_out: dict[str, list[str]]) -> None:
    """Name the columns that are no features, before any work is done."""
    for name, columns in left_out.items():
        verb = "names the rows and is" if len(columns) == 1 else "name the rows and are"
        print(
            f"polycontrast align: {name}: {', '.join(columns)} {verb} no feature: left out",
            file=sys.stderr,
        )


def read_task(options: argparse.Namespace, watch: Watch) -> tuple[Task, str, dict[str, list[str]]]:
    """Views and labels of the files or of an example, its source, and columns left out."""
    attribution = ""
    request = Request(
        options.files,
        options.id,
        tuple(options.ids),
        options.many,
        options.groups,
        options.labels,
        options.label_column,
        tuple(pair for pairs in options.columns for pair in pairs),
    )
    if options.files or request != Request([], labels=options.labels):
        if options.example:
            raise BadInput(f"--example {options.example} takes no files and no columns of them")
        given = read_request(request, watch)
    else:
        given, attribution = EXAMPLES[options.example or FIRST_EXAMPLE]()
        if options.labels:
            rows = len(next(iter(given.views.values())))
            given = replace(given, labels=read_labels(options.labels, rows))
    task = Task(
        given.views,
        given.columns,
        given.labels,
        options.holdout,
        options.seed,
        given.samples,
        given.matched,
        options.folds,
    )
    return task, attribution, given.left_out


def train(options: argparse.Namespace, task: Task, bar: Bar | Silence) -> Outcome:
    """Fit; an interrupt keeps the best so far."""
    aligner = Aligner(
        objective=options.objective,
        n_components=options.dim,
        temperature=options.temperature,
        objective_params=dict(options.param) or None,
        whitening=options.whitening,
        max_iter=options.max_iter,
        batch_size=options.batch,
        workers=options.workers,
        random_state=options.seed,
        head=options.head,
        hidden=options.hidden,
        dropout=options.dropout,
        patience=options.patience,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "interrupted", UserWarning)  # said below
        outcome = fit(task, aligner, bar, bar.watch)
    if aligner.stopped_ == "interrupted":
        kept = f"the best heads so far, of iteration {aligner.best_iter_}, are kept"
        print(f"\npolycontrast align: interrupted; {kept}", file=sys.stderr)
    return outcome
