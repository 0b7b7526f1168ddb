"""The table that ends ``polycontrast align``."""

from pathlib import Path
from typing import Any

from polycontrast.align.job import KS, Outcome
from polycontrast.align.job.findings import findings
from polycontrast.align.job.report import worse_pairs
from polycontrast.align.job.rivals import NAMES
from polycontrast.align.job.rows import rows_of, sentences_of
from polycontrast.cli.terminal import console
from polycontrast.wording import literal

MOST_PAIRS = 3  # that got worse, by name


def print_summary(outcome: Outcome, out: Path) -> None:
    """Print held-out recall before and after and of the rivals, warnings, and where the rest is."""
    aligner, said = outcome.aligner, console()
    if outcome.recalls:
        said.print(_table(outcome))
    else:
        said.print(f"Learned from all {len(outcome.train_rows):,} rows; no row was held out")
        if aligner.history_["recall"]:
            recall = aligner.history_["recall"][aligner.best_iter_]
            among = f"among {len(aligner.validation_rows_):,} rows"
            said.print(f"recall@1 {recall:.4f} {among} that decided when to stop")
    for warning in findings(outcome):
        said.print(literal(f"WARNING: {warning}"), style="bold red")
    if outcome.recalls and (worse := worse_pairs(outcome)):
        pairs = ", ".join(f"{a} to {b}" for a, b in worse[:MOST_PAIRS])
        more = f" and {len(worse) - MOST_PAIRS} more" if len(worse) > MOST_PAIRS else ""
        said.print(literal(f"Pairs that got worse: {pairs}{more}"))
    if outcome.accuracy:
        said.print(
            f"Linear probe: {outcome.accuracy['mean']:.1%} of held-out labels "
            f"({outcome.accuracy['low']:.1%} to {outcome.accuracy['high']:.1%}); "
            f"the most frequent label: {outcome.accuracy['majority']:.1%}"
        )
    for sentence in sentences_of(rows_of(outcome)):
        said.print(sentence)
    for name, columns in outcome.constant_columns.items():
        if columns:
            listed = ", ".join(columns[:5]) + (" ..." if len(columns) > 5 else "")
            said.print(literal(f"Left out as constant in {name}: {listed}"))
    how = "chosen" if aligner.whitening == "auto" else "given"
    said.print(
        f"whitening {aligner.whitening_:.3g} ({how}), {aligner.n_components_} dimensions, "
        f"start: {aligner.start_}"
    )
    kept = f"kept {aligner.unit_} {aligner.best_iter_} of {aligner.n_iter_}"
    kept += ", the start" * (aligner.best_iter_ == 0)
    seconds = sum(outcome.seconds.values())
    said.print(f"{seconds:.1f} s; {kept}; look at {out / 'report.html'}")


def _table(outcome: Outcome) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    test, among = len(outcome.test_rows), len(outcome.measured_rows)
    rows = f"{test:,} held-out rows"
    if among < test:
        rows = f"a random sample of {among:,} of {rows}"
    title = f"{len(outcome.task.views)} views, {rows}"
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    table.add_column("recall@1", justify="right")
    table.add_column("95 % interval", justify="right")
    for k in KS[1:]:
        table.add_column(f"recall@{k}", justify="right")
    chance = [f"{outcome.recalls['after'].chance(k):.4f}" for k in KS]
    table.add_row("chance", chance[0], "", *chance[1:])
    learned = getattr(outcome.aligner.objective, "name", outcome.aligner.objective)
    names = NAMES | {"start": "start of training", "after": f"heads learned with {learned}"}
    for name, words in names.items():
        if name in outcome.recalls:
            recalls = outcome.recalls[name]
            low, high = recalls.interval(1)
            cells = [f"{recalls.mean(k):.4f}" for k in KS]
            if recalls.pairs < outcome.recalls["after"].pairs:
                words += f" ({recalls.pairs} pairs of equal width)"
            style = "bold" if name == "after" else None
            table.add_row(words, cells[0], f"{low:.3f} to {high:.3f}", *cells[1:], style=style)
    return table
