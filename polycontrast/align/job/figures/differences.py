"""How much more the learned heads find than what they are compared with."""

from typing import Any

import numpy as np

from polycontrast.align.job.recalls import KS, Z, rows_of_pairs
from polycontrast.align.job.task import Outcome


def differences_of(outcome: Outcome) -> dict[str, Any]:
    """Difference in recall@1 to each other method, with its 95 % interval, by name.

    The rows are the same for both, so the difference of each row counts. Pairs of views that one
    method cannot compare are left out of both.
    """
    found: dict[str, Any] = {}
    after = outcome.recalls.get("after")
    if after is None:
        return found
    off = ~np.eye(after.hits.shape[1], dtype=bool)
    first = after.hits[KS.index(1)]
    for name, other in outcome.recalls.items():
        apart = first - other.hits[KS.index(1)]
        both = off & ~np.isnan(apart).all(axis=2)
        if name == "after" or not both.any():
            continue
        rows = rows_of_pairs(apart[both])
        mean, error = float(rows.mean()), float(rows.std()) / np.sqrt(len(rows))
        found[name] = {"recall@1": mean, "interval@1": [mean - Z * error, mean + Z * error]}
    return found
