"""The table that ends ``polycontrast align``."""

from pathlib import Path

from polycontrast.align.evaluation import mean_recall
from polycontrast.align.job import KS, Outcome
from polycontrast.align.job.rows import rows_of, sentences_of
from polycontrast.cli.terminal import console
from polycontrast.wording import literal


def print_summary(outcome: Outcome, out: Path) -> None:
    """Print held-out recall before, at the start and after, and where the rest is."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    aligner, task = outcome.aligner, outcome.task
    rows = f"{len(outcome.test_rows):,} held-out rows"
    table = Table(title=f"{len(task.views)} views, {rows}", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    for k in KS:
        table.add_column(f"recall@{k}", justify="right")
    parts = (
        ("chance", None),
        ("whitened columns", outcome.before),
        ("multi-set CCA (start)", outcome.start),
        (f"heads learned with {_name(outcome)}", outcome.after),
    )
    for name, matrices in parts:
        values = [
            outcome.chance_at(k) if matrices is None else mean_recall(matrices[k]) for k in KS
        ]
        style = "bold" if matrices is outcome.after else None
        table.add_row(name, *(f"{value:.4f}" for value in values), style=style)
    said = console()
    said.print(table)
    if outcome.accuracy:
        said.print(f"Linear probe: {outcome.accuracy['all']:.1%} of held-out labels")
    for sentence in sentences_of(rows_of(outcome)):
        said.print(sentence)
    for name, columns in outcome.constant_columns.items():
        if columns:
            listed = ", ".join(columns[:5]) + (" ..." if len(columns) > 5 else "")
            said.print(literal(f"Left out as constant in {name}: {listed}"))
    kept = f"kept {aligner.unit_} {aligner.best_iter_} of {aligner.n_iter_}"
    said.print(f"{outcome.seconds:.1f} s; {kept}; look at {out / 'report.html'}")


def _name(outcome: Outcome) -> str:
    return str(getattr(outcome.aligner.objective, "name", outcome.aligner.objective))
