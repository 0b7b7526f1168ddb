"""Sentences of the page: what was asked, and how good the result is."""

from typing import Any

from polycontrast.align.job.rivals import NAMES
from polycontrast.align.page.marks import named, shown

STOPPED = {
    "no better recall": "recall on the validation rows rose no further",
    "converged": "the loss had converged",
    "max_iter": "the limit of iterations was reached",
    "interrupted": "it was interrupted; the best so far is kept",
    "callback": "it was asked to stop",
    "loss is not finite": "the loss was no longer finite; the best before is kept",
}


def between(figures: dict[str, Any], k: int = 1, form: str = ".3f") -> str:
    """The ends of an interval of recall@k."""
    low, high = figures[f"interval@{k}"]
    return f"{low:{form}} to {high:{form}}"


def asked(report: dict[str, Any]) -> str:
    """What the run was asked to do."""
    views = ", ".join(
        f"{named(name)} ({report['columns'][name]:,} columns)" for name in report["views"]
    )
    held = f"{report['n_test']:,} rows were held out" if report["n_test"] else "No row was held out"
    return (
        f"Asked: one space for {len(report['views'])} views, learned with "
        f"<code>{shown(report['objective'])}</code> from {report['n_train']:,} rows. "
        f"Heads: {heads(report)}. Temperature: {temperature(report)}. {held}. The views: {views}."
    )


def heads(report: dict[str, Any]) -> str:
    """The kind of the heads, in words."""
    head = report["head"]
    if head["kind"] == "linear":
        return "linear"
    dropped = f" and dropout {head['dropout']:g}" if head["dropout"] else ""
    kept = "" if report["best_iteration"] else "; the linear start was kept, without the layer"
    return f"with a hidden layer of width {head['hidden']}{dropped}{kept}"


def temperature(report: dict[str, Any]) -> str:
    """The temperature, and how it was chosen."""
    value, chosen = report["temperature"], report["temperature_from"]
    if chosen is None:
        return "none, the objective has none"
    if chosen == "auto":
        tried = ", ".join(f"{t:g} finds {recall:.3f}" for t, recall in report["temperature_scores"])
        rows = f"{report['n_validation']:,} validation rows"
        return f"{value:g}, chosen by recall@1 among {rows} ({tried})"
    reasons = {"given": "as given", "default": "the default", "learned": "learned with the heads"}
    return f"{value:.4g}, {reasons[chosen]}"


def answer(report: dict[str, Any]) -> str:
    """How good the result is: one number with its interval, against chance and against CCA."""
    held = report["holdout"]
    if not held:
        return (
            '<p class="answer">No rows were held out, so nothing on this page says how well new '
            "rows are found.</p>"
        )
    chance, among = held["chance@1"], report["n_candidates"]
    sample = "" if report["n_test"] == among else "a random sample of "
    notes = "Ranges are intervals of 95 %; all figures are means over the ordered pairs of views."
    return (
        f'<p class="answer"><b>{held["recall@1"]:.1%}</b> <span>({between(held, form=".1%")}) of '
        "the held-out rows of a view find their own row in another view.</span></p><p>"
        f"They search among {sample}{among:,} held-out rows, from which nothing was learned or "
        f"decided. Guessing finds {chance:.2%}.{_against(report)} {notes}</p>"
    )


def _against(report: dict[str, Any]) -> str:
    """A sentence on CCA, and one on the best rival where that is another."""
    others = {
        name: one
        for name, one in (report["before"] | report["rivals"]).items()
        if one["pairs"] == report["holdout"]["pairs"]
    }
    if not others:
        return ""
    best = max(others, key=lambda name: others[name]["recall@1"])
    chosen = ["cca"] if "cca" in others else []
    chosen += [best] if best not in chosen else []
    return "".join(_compared(report, name, name == best) for name in chosen)


def _compared(report: dict[str, Any], name: str, best: bool) -> str:
    figures = (report["before"] | report["rivals"])[name]
    by = report["difference"][name]
    low, high = by["interval@1"]
    points = f"{abs(by['recall@1']) * 100:.1f} points"
    ends = sorted([abs(low), abs(high)])
    span = f"{ends[0] * 100:.1f} to {ends[1] * 100:.1f}"
    if low > 0:
        verdict = f"the learned heads find {points} more ({span})"
    elif high < 0:
        verdict = f"the learned heads find {points} less ({span})"
    else:
        verdict = "the difference to the learned heads is within chance"
    role = ", the best without training," if best else ""
    said = f"{NAMES[name][0].upper()}{NAMES[name][1:]}{role}"
    return f" {said} finds {figures['recall@1']:.1%}: {verdict}."


def stopped(report: dict[str, Any]) -> str:
    """Why training ended."""
    return f"Training ended because {shown(STOPPED.get(report['stopped'], report['stopped']))}."


def validation(report: dict[str, Any]) -> str:
    """What the curve of validation recall is, and whether it compares with the test."""
    count, test = report["n_validation"], report["n_candidates"]
    if not count:
        return "No rows decide when training stops."
    words = f"Validation recall decides when training stops. It is measured among {count:,} rows"
    if test:
        words += f", and the recall above among {test:,} others"
    return words + (": the two cannot be compared." if test and test != count else ".")
