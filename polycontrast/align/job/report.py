"""The two reports: report.json for programs and report.html for people."""

import base64
import html
import json
import platform
from string import Template
from typing import Any

import numpy as np

import polycontrast as pc
from polycontrast.align.evaluation import mean_recall
from polycontrast.align.job.rows import matching_section, rows_of
from polycontrast.align.job.task import KS, Outcome
from polycontrast.wording import literal

STOPPED = {
    "no better recall": "recall on the validation rows rose no further",
    "converged": "the loss had converged",
    "max_iter": "the limit of iterations was reached",
    "interrupted": "it was interrupted; the best so far is kept",
    "callback": "it was asked to stop",
    "loss is not finite": "the loss was no longer finite; the best before is kept",
}


def report_of(outcome: Outcome, extra: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every figure, as plain numbers and lists for JSON.

    Parameters
    ----------
    outcome : Outcome
    extra : dict, optional
        Put beside them: sources of the views, device, and the like.
    """
    aligner, task = outcome.aligner, outcome.task
    test = len(outcome.test_rows)
    parameters = dict(aligner.objective_params or {})
    report: dict[str, Any] = {
        "polycontrast": pc.__version__,
        "objective": getattr(aligner.objective, "name", aligner.objective),
        "objective_params": parameters,
        "temperature": aligner.temperature_,
        "temperature_learned": aligner.temperature == "learned",
        "views": list(task.views),
        "columns": dict(zip(task.views, aligner.n_features_in_, strict=True)),
        "constant_columns": outcome.constant_columns,
        "n_train": len(outcome.train_rows),
        "n_validation": len(aligner.validation_rows_),
        "n_test": test,
        "dim": aligner.n_components_,
        "seed": task.seed,
        "seconds": outcome.seconds,
        "loss": aligner.loss_,
        "iterations": aligner.n_iter_,
        "best_iteration": aligner.best_iter_,
        "stopped": aligner.stopped_,
        "history": aligner.history_,
        "holdout": _recalls(outcome.after) | {"chance@1": outcome.chance_at(1)},
        "start": _recalls(outcome.start),
        "before": _recalls(outcome.before),
    }
    if outcome.accuracy:
        by_view = {name: value for name, value in outcome.accuracy.items() if name != "all"}
        report |= {"probe_accuracy": outcome.accuracy["all"], "probe_accuracy_by_view": by_view}
    report |= rows_of(outcome)
    report["notes"] = {
        "n_train": "all rows that are not held out; n_validation of them only decide when to stop",
        "holdout": "of the held-out rows, which nothing was learned or decided from; means over "
        "all ordered pairs of different views; matrices go from the row's view to the column's",
        "start": "heads from multi-set canonical correlation analysis, before training",
        "before": "leading whitened coordinates of each view, which no training has aligned",
    }
    report["python"], report["numpy"] = platform.python_version(), np.__version__
    return report | (extra or {})


def to_json(report: dict[str, Any]) -> str:
    """JSON text; numbers that are not finite become null."""
    text = json.dumps(_finite(report), indent=1, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()  # JSON's own form of lone surrogates


def to_html(report: dict[str, Any], pictures: dict[str, bytes]) -> str:
    """One page with everything in it.

    Parameters
    ----------
    report : dict
        As `report_of` makes it.
    pictures : dict of bytes
        PNG of ``recall``, ``curves`` and ``projection``.
    """
    held, start = report["holdout"], report["start"]
    times = held["recall@1"] / held["chance@1"]
    figures = [
        (f"{held['recall@1']:.3f}", f"recall@1, {times:,.0f} times chance"),
        (f"{held['recall@5']:.3f}", "recall@5"),
        (f"{held['recall@10']:.3f}", "recall@10"),
        (f"{start['recall@1']:.3f}", "recall@1 of multi-set CCA"),
    ]
    if "probe_accuracy" in report:
        figures.append((f"{report['probe_accuracy']:.1%}", "accuracy of a linear probe"))
    figures.append((f"{report['seconds']:.1f} s", "computing"))
    tiles = "".join(f"<li><b>{number}</b><span>{what}</span></li>" for number, what in figures)
    images = {
        name: f"data:image/png;base64,{base64.b64encode(png).decode()}"
        for name, png in pictures.items()
    }
    return PAGE.substitute(
        views=len(report["views"]),
        names=_shown(", ".join(report["views"])),
        objective=_shown(report["objective"]),
        tiles=tiles,
        settings=_settings(report),
        table=_table(report),
        matching=matching_section(report, _shown),
        stopped=_shown(STOPPED.get(report["stopped"], report["stopped"])),
        test=f"{report['n_test']:,}",
        validation=f"{report['n_validation']:,}",
        attribution=_shown(report.get("attribution", "")),
        version=report["polycontrast"],
        **images,
    )


def _shown(words: object) -> str:
    """Words of users as HTML that shows them as they are written."""
    return html.escape(literal(words))


def _recalls(matrices: dict[int, np.ndarray]) -> dict[str, Any]:
    means = {f"recall@{k}": mean_recall(matrices[k]) for k in KS}
    return means | {f"matrix@{k}": matrices[k].tolist() for k in KS}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _settings(report: dict[str, Any]) -> str:
    learned = " (learned)" if report["temperature_learned"] else ""
    temperature = report["temperature"]
    rows = {
        "rows to learn from": f"{report['n_train']:,}",
        "of them to decide when to stop": f"{report['n_validation']:,}",
        "rows held out": f"{report['n_test']:,}",
        "dimension": f"{report['dim']}",
        "temperature": "none" if temperature is None else f"{temperature:.4g}{learned}",
        "iterations": f"{report['iterations']}, the one kept is {report['best_iteration']}",
        "training loss": f"{report['loss']:.4f}",
        "seed": f"{report['seed']}",
    }
    rows |= {key: str(value) for key, value in report["objective_params"].items()}
    return "".join(
        f"<tr><th>{_shown(key)}</th><td>{_shown(value)}</td></tr>" for key, value in rows.items()
    )


def _mean(recalls: np.ndarray) -> str:
    """Mean of the pairs of views that were measured."""
    measured = recalls[~np.isnan(recalls)]
    return f"{measured.mean():.3f}" if len(measured) else "none"


def _table(report: dict[str, Any]) -> str:
    matrix = np.array(report["holdout"]["matrix@1"], dtype=np.float64)
    head = ["view", "columns", "left out as constant", "finds others", "is found"]
    by_view = report.get("probe_accuracy_by_view")
    lines = []
    for m, name in enumerate(report["views"]):
        constant = report["constant_columns"][name]
        cells = [
            _shown(name),
            f"{report['columns'][name]:,}",
            _shown(", ".join(constant[:8]) + (" …" if len(constant) > 8 else "")) or "none",
            _mean(np.delete(matrix[m], m)),
            _mean(np.delete(matrix[:, m], m)),
        ]
        if by_view:
            cells.append(f"{by_view[name]:.1%}")
        lines.append("".join(f"<td>{cell}</td>" for cell in cells))
    if by_view:
        head.append("probe")
    rows = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{rows}"


PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$views views aligned with $objective</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 1100px; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: 0; }
h2 { font-size: 1.2rem; margin-top: 2.5rem; }
p, figcaption { color: #555; max-width: 48rem; }
ul.tiles { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .8rem; }
ul.tiles li { border: 1px solid #ddd; border-radius: 8px; padding: .6rem 1rem; min-width: 8rem; }
ul.tiles b { display: block; font-size: 1.5rem; color: #0072b2; }
ul.tiles span { font-size: .85rem; color: #555; }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; }
img.narrow { max-width: 720px; width: 100%; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #e5e5e5;
  vertical-align: top; }
code, pre { background: #f5f5f5; border-radius: 4px; padding: .1rem .3rem; }
pre { padding: .8rem 1rem; overflow-x: auto; }
footer { margin-top: 3rem; font-size: .85rem; color: #777; }
</style>
<h1>$views views in one space</h1>
<p>$names, aligned with <code>$objective</code>. Training ended because $stopped.
Recall and probe are measured on the $test rows held out, from which nothing was learned or
decided.</p>
<ul class="tiles">$tiles</ul>
<h2>Who finds whom</h2>
<figure><img src="$recall" alt="Recall at 1 between all pairs of views">
<figcaption>Each cell is a share of the held-out rows of the view on the left. For these rows, the
nearest row in the view of the column is the same thing.</figcaption></figure>
<table>$table</table>
$matching
<h2>The shared space</h2>
<figure>
<img class="narrow" src="$projection" alt="Held-out rows of all views in the plane">
</figure>
<h2>Training</h2>
<figure><img src="$curves" alt="Training loss and validation recall by iteration">
<figcaption>This recall decides when training stops. It is measured among $validation rows, and the
recall above among $test others: the two cannot be compared.</figcaption></figure>
<table>$settings</table>
<h2>Use it</h2>
<p><code>aligned/&lt;view&gt;.npy</code> holds all rows in the shared space, each of length 1:
inner products are cosines. <code>heads.npz</code> maps new rows:</p>
<pre>from polycontrast.align import load_heads
heads = load_heads("heads.npz")
z = heads["NAME OF A VIEW"](x)  # x: (rows, columns) of that view</pre>
<footer>$attribution polycontrast $version</footer>
</html>
""")
