"""Tables of the page: methods, pairs of views, views, settings."""

from typing import Any

import numpy as np

from polycontrast.align.job.page.words import between, heads, temperature
from polycontrast.align.job.rivals import NAMES
from polycontrast.align.page.marks import line, named, shown, table

MOST_PAIRS = 240  # lines of the table of pairs


def methods(report: dict[str, Any]) -> str:
    """Recall of every method, and how much more the learned heads find."""
    rows = []
    for name, figures in (report["before"] | report["rivals"]).items():
        some = figures["pairs"] < report["holdout"]["pairs"]
        said = NAMES[name] + f" ({figures['pairs']} pairs of equal width)" * some
        rows.append((said, figures, report["difference"].get(name)))
    rows.append((f"start: {report['start_form']}", report["start"], report["difference"]["start"]))
    rows.append((f"heads learned with {report['objective']}", report["holdout"], None))
    lines = []
    for name, figures, more in rows:
        cells = [f"{figures[f'recall@{k}']:.3f} ({between(figures, k)})" for k in (1, 5, 10)]
        apart = "" if more is None else f"{more['recall@1']:+.3f} ({_signed(more)})"
        lines.append([shown(name), *cells, apart])
    head = ["method", "recall@1", "recall@5", "recall@10", "learned heads find more by"]
    return table(head, lines)


def _signed(figures: dict[str, Any]) -> str:
    low, high = figures["interval@1"]
    return f"{low:+.3f} to {high:+.3f}"


def pairs(report: dict[str, Any]) -> str:
    """Recall of every ordered pair of views."""
    names, held, start = report["views"], report["holdout"], report["start"]
    before = report["before"]
    head = ["a row of", "finds its own in", "recall@1", "interval", "at the start"]
    lines = []
    every = [(a, b) for a in range(len(names)) for b in range(len(names)) if a != b]
    for a, b in every[:MOST_PAIRS]:
        low, high = held["matrix_low@1"][a][b], held["matrix_high@1"][a][b]
        cells = [named(names[a]), named(names[b]), _figure(held["matrix@1"][a][b])]
        cells += ["" if low != low else f"{low:.3f} to {high:.3f}"]
        cells += [_figure(start["matrix@1"][a][b])]
        cells += [_figure(figures["matrix@1"][a][b]) for figures in before.values()]
        cells.append("▼ worse" if [names[a], names[b]] in report["worse_pairs"] else "")
        lines.append(cells)
    more = f"The first {MOST_PAIRS} pairs; report.json has all." * (len(every) > MOST_PAIRS)
    return table([*head, *(NAMES[name] for name in before), "change"], lines, more)


def _figure(value: float) -> str:
    return "" if value != value else f"{value:.3f}"


def views(report: dict[str, Any]) -> str:
    """Columns of every view, how well it finds and is found, and its probe."""
    held, by_view = report["holdout"], report.get("probe_accuracy_by_view")
    head = ["view", "columns", "left out as constant"]
    head += ["finds others", "is found"] * bool(held) + ["probe"] * bool(by_view)
    lines = []
    for m, name in enumerate(report["views"]):
        constant = report["constant_columns"][name]
        cells = [
            named(name),
            f"{report['columns'][name]:,}",
            shown(", ".join(constant[:8]) + (" …" if len(constant) > 8 else "")) or "none",
        ]
        if held:
            matrix = np.array(held["matrix@1"], dtype=np.float64)
            cells += [_mean(np.delete(matrix[m], m)), _mean(np.delete(matrix[:, m], m))]
        if by_view:
            cells.append(f"{by_view[name]:.1%}")
        lines.append(cells)
    return table(head, lines)


def _mean(recalls: np.ndarray) -> str:
    """Mean over the pairs that were measured."""
    measured = recalls[~np.isnan(recalls)]
    return f"{measured.mean():.3f}" if len(measured) else "none"


def settings(report: dict[str, Any]) -> str:
    """What the run was done with."""
    chosen = " (chosen)" if report["whitening_chosen"] else ""
    rows = {
        "rows to learn from": f"{report['n_train']:,}",
        "of them to decide when to stop": f"{report['n_validation']:,}",
        "rows held out": f"{report['n_test']:,}",
        "rows among which recall is measured": f"{report['n_candidates']:,}",
        "start": report["start_form"],
        "whitening": f"{report['whitening']:.3g}{chosen}",
        "dimension": f"{report['dim']}",
        "heads": heads(report),
        "temperature": temperature(report),
        "iterations": f"{report['iterations']}, the one kept is {report['best_iteration']}",
        "training loss": f"{report['loss']:.4f}",
        "seed": f"{report['seed']}",
    }
    rows |= {key: str(value) for key, value in report["objective_params"].items()}
    lines = "".join(line([shown(key), shown(value)]) for key, value in rows.items())
    return f'<div class="wide"><table>{lines}</table></div>'
