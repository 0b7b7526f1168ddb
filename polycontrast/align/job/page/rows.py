"""Sections of the page about rows: how they were matched by id, and other splits of them."""

from typing import Any

from polycontrast.align.job.more_splits import splits_sentence
from polycontrast.align.job.names import ITEMS
from polycontrast.align.job.rivals import NAMES
from polycontrast.align.job.rows import sentences_of
from polycontrast.align.page.marks import named, shown, table


def matching(report: dict[str, Any]) -> str:
    """How many ids and groups there are; empty where there is nothing to say."""
    said = sentences_of({name: report[name] for name in ("matching", "groups") if name in report})
    if not said:
        return ""
    section = f"<h2>Rows</h2><p>{shown(' '.join(said))}</p>"
    if "matching" not in report:
        return section
    lines = [
        [named(view), *(f"{n:,}" for n in counts.values())]
        for view, counts in report["matching"]["views"].items()
    ]
    foot = (
        "Missing: ids that other views share and this one lacks. Dropped: ids that only this view "
        f"has. <code>{ITEMS}</code> names each aligned row."
    )
    return section + table(["view", "rows", "ids", "missing", "dropped"], lines, foot)


def splits(report: dict[str, Any]) -> str:
    """Recall on other random splits; empty where there are none."""
    if "folds" not in report:
        return ""
    found = report["folds"]
    names = NAMES | {"start": "start of training", "after": "learned heads"}
    head = ["method", "mean recall@1", "standard deviation"]
    head += [f"seed {seed}" for seed in found["seeds"]]
    lines = []
    for name, words in names.items():
        if name in found["methods"]:
            one = found["methods"][name]["recall@1"]
            numbers = [one["mean"], one["deviation"], *one["values"]]
            lines.append([shown(words), *(f"{n:.3f}" if n == n else "" for n in numbers)])
    foot = (
        "Each split holds out other rows and is fitted anew. The splits share rows, so the "
        "deviation shows how much the split matters and is no interval."
    )
    words = shown(splits_sentence(found))
    return f"<h2>Other splits</h2><p>{words}</p>{table(head, lines, foot)}"
