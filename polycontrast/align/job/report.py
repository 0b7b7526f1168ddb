"""The figures of an alignment, as plain numbers for report.json and for the page."""

import json
import platform
from typing import Any

import numpy as np

import polycontrast as pc
from polycontrast.align.estimator.aligner import Aligner
from polycontrast.align.job.figures import differences_of, failures_of, gap_figures, gaps_of
from polycontrast.align.job.findings import findings
from polycontrast.align.job.recalls import KS, Recalls
from polycontrast.align.job.rivals import BEFORE, NAMES
from polycontrast.align.job.rows import rows_of
from polycontrast.align.job.task import Outcome


def report_of(outcome: Outcome, extra: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every figure, as plain numbers and lists for JSON.

    Parameters
    ----------
    outcome : Outcome
    extra : dict, optional
        Put beside them: sources of the views, device, and the like.
    """
    aligner, task = outcome.aligner, outcome.task
    figures = {name: _recalls(recalls) for name, recalls in outcome.recalls.items()}
    history = aligner.history_["recall"]
    report: dict[str, Any] = {
        "polycontrast": pc.__version__,
        "objective": getattr(aligner.objective, "name", aligner.objective),
        "objective_params": dict(aligner.objective_params or {}),
        "head": {"kind": aligner.head, "hidden": aligner.hidden, "dropout": aligner.dropout},
        "temperature": aligner.temperature_,
        "temperature_from": _temperature_from(aligner),
        "temperature_scores": [[t, score] for t, score in aligner.temperature_scores_.items()],
        "whitening": aligner.whitening_,
        "whitening_chosen": aligner.whitening == "auto",
        "start_form": str(aligner.start_),
        "views": list(task.views),
        "columns": dict(zip(task.views, aligner.n_features_in_, strict=True)),
        "constant_columns": outcome.constant_columns,
        "n_train": len(outcome.train_rows),
        "n_validation": len(aligner.validation_rows_),
        "n_test": len(outcome.test_rows),
        "n_candidates": len(outcome.measured_rows),
        "dim": aligner.n_components_,
        "seed": task.seed,
        "seconds": sum(outcome.seconds.values()),
        "seconds_by_phase": outcome.seconds,
        "loss": aligner.loss_,
        "iterations": aligner.n_iter_,
        "best_iteration": aligner.best_iter_,
        "stopped": aligner.stopped_,
        "history": aligner.history_,
        "validation_recall@1": history[aligner.best_iter_] if history else None,
        "holdout": figures.get("after"),
        "start": figures.get("start"),
        "before": {name: figures[name] for name in BEFORE if name in figures},
        "rivals": {n: figures[n] for n in NAMES if n in figures and n not in BEFORE},
        "difference": differences_of(outcome),
        "worse_pairs": worse_pairs(outcome),
        "failures": failures_of(outcome),
        "gap": gap_figures(gaps_of(outcome)),
        "warnings": findings(outcome),
    }
    if outcome.accuracy:
        report |= {
            "probe_accuracy": outcome.accuracy["mean"],
            "probe_interval": [outcome.accuracy["low"], outcome.accuracy["high"]],
            "probe_majority": outcome.accuracy["majority"],
            "probe_accuracy_by_view": outcome.accuracy_by_view,
        }
    report["notes"] = {
        "n_train": "all rows that are not held out; n_validation of them only decide when to stop",
        "n_candidates": "the held-out rows among which recall is measured; a random sample of them "
        "where there are more than 10,000 of all views together",
        "holdout": "of the held-out rows, which nothing was learned or decided from; means over "
        "all ordered pairs of different views; matrices go from the row's view to the column's",
        "interval": "of 95 %, by Wilson's formula, with the rows as the units that vary",
        "start": "the heads that training starts from",
        "before": "cosines of the columns as they are, where views have equal numbers of them",
        "rivals": "solutions in closed form on the same training rows; their parameters are chosen "
        "on folds of these rows",
        "worse_pairs": "pairs whose recall@1 is lower than before or at the start, by more than "
        "chance explains",
        "difference": "in recall@1, of the learned heads to each other method, on the same "
        "rows and pairs of views",
        "failures": "rows whose own row is not the nearest; rank 2 means that one wrong row is "
        "nearer; nearest names the nearest wrong rows",
        "gap": "of unit rows: distance between the centroids of two views, and cosines of matching "
        "rows and of others; means over pairs of views",
        "validation_recall@1": "among n_validation rows, not among n_candidates",
        "temperature_from": "given, default, learned with the heads, or auto: the best one by "
        "recall@1 of the n_validation rows, which temperature_scores lists",
    }
    report |= rows_of(outcome)
    report["python"], report["numpy"] = platform.python_version(), np.__version__
    return report | (extra or {})


def _temperature_from(aligner: Aligner) -> str | None:
    """Where the temperature came from; None where the objective has none."""
    if aligner.temperature_ is None:
        return None
    if aligner.temperature in ("learned", "auto"):
        return str(aligner.temperature)
    given = aligner.temperature is not None or "temperature" in (aligner.objective_params or {})
    return "given" if given else "default"


def worse_pairs(outcome: Outcome) -> list[list[str]]:
    """Pairs that got worse: the view that searches, and the view searched in."""
    names, bad = list(outcome.task.views), worse_matrix(outcome)
    return [[names[a], names[b]] for a, b in zip(*np.nonzero(bad), strict=True)]


def worse_matrix(outcome: Outcome) -> np.ndarray:
    """True for a pair (M, M) that finds less than it did before, or at the start."""
    found = outcome.recalls
    bad = np.zeros((len(outcome.task.views),) * 2, dtype=bool)
    for name in ("start", *BEFORE):
        if name in found:
            bad |= found["after"].worse_than(found[name])
    return bad


def _recalls(recalls: Recalls) -> dict[str, Any]:
    found: dict[str, Any] = {f"recall@{k}": recalls.mean(k) for k in KS}
    found |= {f"interval@{k}": list(recalls.interval(k)) for k in KS}
    found |= {f"matrix@{k}": recalls.matrix(k).tolist() for k in KS}
    low, high = recalls.pair_intervals(1)
    return found | {
        "matrix_low@1": low.tolist(),
        "matrix_high@1": high.tolist(),
        "chance@1": recalls.chance(1),
        "pairs": recalls.pairs,
    }


def to_json(report: dict[str, Any]) -> str:
    """JSON text; numbers that are not finite become null."""
    text = json.dumps(_finite(report), indent=1, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()  # JSON's own form of lone surrogates


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
