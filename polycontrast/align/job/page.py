"""The page for people, report.html."""

import base64
import html
from string import Template
from typing import Any

import numpy as np

from polycontrast.align.job.rivals import NAMES
from polycontrast.align.job.rows import matching_section
from polycontrast.wording import literal

STOPPED = {
    "no better recall": "recall on the validation rows rose no further",
    "converged": "the loss had converged",
    "max_iter": "the limit of iterations was reached",
    "interrupted": "it was interrupted; the best so far is kept",
    "callback": "it was asked to stop",
    "loss is not finite": "the loss was no longer finite; the best before is kept",
}
MOST_PAIRS = 240  # lines of the table of pairs


def to_html(report: dict[str, Any], pictures: dict[str, bytes]) -> str:
    """One page with everything in it.

    Parameters
    ----------
    report : dict
        As `report_of` makes it.
    pictures : dict of bytes
        PNG of ``curves`` and ``projection``, and of ``recall`` where rows were held out.
    """
    images = {
        name: f"data:image/png;base64,{base64.b64encode(png).decode()}"
        for name, png in pictures.items()
    }
    return PAGE.substitute(
        views=len(report["views"]),
        names=_shown(", ".join(report["views"])),
        objective=_shown(report["objective"]),
        warnings="".join(
            f'<p class="warning">Warning: {_shown(words)}.</p>' for words in report["warnings"]
        ),
        measured=_measured(report),
        tiles="".join(f"<li><b>{n}</b><span>{what}</span></li>" for n, what in _tiles(report)),
        recalls=_recalls(report, images.get("recall", "")) if report["holdout"] else "",
        settings=_settings(report),
        table=_table(report),
        matching=matching_section(report, _shown),
        stopped=_shown(STOPPED.get(report["stopped"], report["stopped"])),
        validation=_validation(report),
        attribution=_shown(report.get("attribution", "")),
        version=report["polycontrast"],
        curves=images["curves"],
        projection=images["projection"],
    )


def _shown(words: object) -> str:
    """Words of users as HTML that shows them as they are written."""
    return html.escape(literal(words))


def _between(figures: dict[str, Any], k: int = 1) -> str:
    low, high = figures[f"interval@{k}"]
    return f"{low:.3f} to {high:.3f}"


def _measured(report: dict[str, Any]) -> str:
    test, among = report["n_test"], report["n_candidates"]
    if not test:
        return "No rows were held out, so nothing on this page says how well new rows are found."
    sample = "" if test == among else f"a random sample of {among:,} of "
    return (
        f"Recall is measured among {sample}the {test:,} rows held out, from which nothing was "
        "learned or decided. Ranges are intervals of 95 %."
    )


def _tiles(report: dict[str, Any]) -> list[tuple[str, str]]:
    held, found = report["holdout"], []
    if held:
        times = held["recall@1"] / held["chance@1"]
        found = [
            (f"{held['recall@1']:.3f}", f"recall@1 ({_between(held)}), {times:,.0f} times chance"),
            (f"{held['recall@5']:.3f}", f"recall@5 ({_between(held, 5)})"),
            (f"{held['recall@10']:.3f}", f"recall@10 ({_between(held, 10)})"),
        ]
        others = report["before"] | report["rivals"]
        others = {name: one for name, one in others.items() if one["pairs"] == held["pairs"]}
        if others:
            best = max(others, key=lambda name: others[name]["recall@1"])
            words = f"recall@1 of {NAMES[best]}, the best rival"
            found.append((f"{others[best]['recall@1']:.3f}", words))
    if "probe_accuracy" in report:
        words = (
            f"accuracy of a linear probe; the most frequent label: {report['probe_majority']:.1%}"
        )
        found.append((f"{report['probe_accuracy']:.1%}", words))
    return [*found, (f"{report['seconds']:.1f} s", "computing")]


def _recalls(report: dict[str, Any], picture: str) -> str:
    others = report["before"] | report["rivals"]
    rows = []
    for name, figures in others.items():
        some = figures["pairs"] < report["holdout"]["pairs"]
        rows.append((NAMES[name] + f" ({figures['pairs']} pairs of equal width)" * some, figures))
    rows += [
        (f"start: {report['start_form']}", report["start"]),
        (f"heads learned with {report['objective']}", report["holdout"]),
    ]
    lines = []
    for name, figures in rows:
        cells = [f"{figures[f'recall@{k}']:.3f} ({_between(figures, k)})" for k in (1, 5, 10)]
        lines.append(_line([_shown(name), *cells]))
    head = _line(["method", "recall@1", "recall@5", "recall@10"], "th")
    caption = (
        "Each cell is a share of the held-out rows of the view on the left. For these rows, the "
        "nearest row in the view of the column is the same thing."
    )
    if report["worse_pairs"]:
        caption += " ▼ marks pairs that got worse, by more than chance explains."
    image = f'<img src="{picture}" alt="Recall at 1 between all pairs of views">'
    return (
        f"<h2>Who finds whom</h2><figure>{image}<figcaption>{caption}</figcaption></figure>"
        f"<table>{head}{''.join(lines)}</table>"
        f"<h2>Pairs of views</h2><table>{_pairs(report)}</table>"
    )


def _pairs(report: dict[str, Any]) -> str:
    names, held, start = report["views"], report["holdout"], report["start"]
    before = report["before"]
    head = ["a row of", "finds its own in", "recall@1", "interval", "at the start"]
    lines = [_line(head + [NAMES[name] for name in before] + [""], "th")]
    for a, b in [(a, b) for a in range(len(names)) for b in range(len(names)) if a != b]:
        low, high = held["matrix_low@1"][a][b], held["matrix_high@1"][a][b]
        cells = [_shown(names[a]), _shown(names[b]), f"{held['matrix@1'][a][b]:.3f}"]
        cells += [f"{low:.3f} to {high:.3f}", f"{start['matrix@1'][a][b]:.3f}"]
        for figures in before.values():
            value = figures["matrix@1"][a][b]
            cells.append("" if value != value else f"{value:.3f}")
        cells.append("▼ worse" if [names[a], names[b]] in report["worse_pairs"] else "")
        lines.append(_line(cells))
        if len(lines) > MOST_PAIRS:
            lines.append(_line([f"the first {MOST_PAIRS} pairs; report.json has all"]))
            break
    return "".join(lines)


def _mean(recalls: np.ndarray) -> str:
    """Mean over the pairs that were measured."""
    measured = recalls[~np.isnan(recalls)]
    return f"{measured.mean():.3f}" if len(measured) else "none"


def _line(cells: list[str], tag: str = "td") -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def _validation(report: dict[str, Any]) -> str:
    count, test = report["n_validation"], report["n_candidates"]
    if not count:
        return "No rows decide when training stops."
    words = f"This recall decides when training stops. It is measured among {count:,} rows"
    if test:
        words += f", and the recall above among {test:,} others"
    return words + (": the two cannot be compared." if test and test != count else ".")


def _settings(report: dict[str, Any]) -> str:
    learned = " (learned)" if report["temperature_learned"] else ""
    chosen = " (chosen)" if report["whitening_chosen"] else ""
    temperature = report["temperature"]
    rows = {
        "rows to learn from": f"{report['n_train']:,}",
        "of them to decide when to stop": f"{report['n_validation']:,}",
        "rows held out": f"{report['n_test']:,}",
        "rows among which recall is measured": f"{report['n_candidates']:,}",
        "start": report["start_form"],
        "whitening": f"{report['whitening']:.3g}{chosen}",
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


def _table(report: dict[str, Any]) -> str:
    held, by_view = report["holdout"], report.get("probe_accuracy_by_view")
    head = ["view", "columns", "left out as constant"]
    head += ["finds others", "is found"] * bool(held) + ["probe"] * bool(by_view)
    lines = [_line(head, "th")]
    for m, name in enumerate(report["views"]):
        constant = report["constant_columns"][name]
        cells = [
            _shown(name),
            f"{report['columns'][name]:,}",
            _shown(", ".join(constant[:8]) + (" …" if len(constant) > 8 else "")) or "none",
        ]
        if held:
            matrix = np.array(held["matrix@1"], dtype=np.float64)
            cells += [_mean(np.delete(matrix[m], m)), _mean(np.delete(matrix[:, m], m))]
        if by_view:
            cells.append(f"{by_view[name]:.1%}")
        lines.append(_line(cells))
    return "".join(lines)


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
p.warning { color: #7a2e00; background: #fff1e5; border-left: 5px solid #d55e00;
  padding: .6rem 1rem; font-weight: 600; }
footer { margin-top: 3rem; font-size: .85rem; color: #777; }
</style>
<h1>$views views in one space</h1>
<p>$names, aligned with <code>$objective</code>. Training ended because $stopped. $measured</p>
$warnings
<ul class="tiles">$tiles</ul>
$recalls
$matching
<h2>Views</h2>
<table>$table</table>
<h2>The shared space</h2>
<figure>
<img class="narrow" src="$projection" alt="Rows of all views in the plane">
</figure>
<h2>Training</h2>
<figure><img src="$curves" alt="Training loss and validation recall by iteration">
<figcaption>$validation</figcaption></figure>
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
