"""What a reader of the results has to know first: warnings, in whole sentences."""

from polycontrast.align.job.rivals import BEFORE, NAMES
from polycontrast.align.job.task import Outcome
from polycontrast.wording import listed


def findings(outcome: Outcome) -> list[str]:
    """Warnings about an outcome; none where all is well."""
    return [*_unmatched(outcome), *_worse(outcome)]


def _unmatched(outcome: Outcome) -> list[str]:
    """A hint where a view finds no more than it would with its rows in random order."""
    if "after" not in outcome.recalls:
        return []
    names, after = list(outcome.task.views), outcome.recalls["after"]
    lost = after.at_chance()
    lost |= lost.T
    alone = [m for m in range(len(names)) if all(lost[m, n] for n in range(len(names)) if n != m)]
    if not alone:
        return []
    if len(alone) == len(names):
        who = "the views find one another"
    else:
        who = f"{listed([names[m] for m in alone])} and the other views find one another"
    return [
        f"{who} no better than rows in random order would (recall@1 of "
        f"{after.chance(1):.4f}): row i of every file must be the same thing; check that the rows "
        "have the same order, and that none is missing"
    ]


def _worse(outcome: Outcome) -> list[str]:
    """Rivals that find more than the learned heads, by more than chance explains."""
    found, after = outcome.recalls, outcome.recalls.get("after")
    warnings = []
    for name, words in NAMES.items():
        if name not in found or after is None or not after.is_worse_than(found[name]):
            continue
        advice = "; the views share a space already: use them as they are" if name in BEFORE else ""
        figures = f"{after.mean_where(found[name]):.3f} with the learned heads"
        before = f"{found[name].mean():.3f} with {words}"
        warnings.append(f"aligning made recall@1 worse: {before}, {figures}{advice}")
    return warnings
