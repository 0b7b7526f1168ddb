"""Which cases a test takes always, and which are `slow`.

What proves an objective takes `of_objectives`: the first case of each is fast, its other cases are
slow. What proves a mechanism takes `of_mechanisms`: the representatives are fast, all else is slow.
So the time of a run without `slow` grows with the objectives only where a test is about them.
"""

import functools

import pytest

from battery.cases import all_cases, case_params, default_cases

__all__ = ["REPRESENTATIVES", "of_mechanisms", "of_objectives", "representatives"]

# What is exercised, and the name of a case that does it.
REPRESENTATIVES = {
    "rows against columns": "info_nce-defaults",
    "candidates of each row, ids, a mask": (
        "info_nce-ids=B,negatives=BKD,negative_ids=BK,negatives_mask=BK"
    ),
    "a queue in place of the batch": (
        "info_nce-negatives=KD,symmetric=False,in_batch=False,label_smoothing=0.1"
    ),
    "rows against themselves": "nt_xent-defaults",
    "offsets, sums without a logarithm, a second number": "sigmoid_contrastive-defaults",
    "views of which some are missing, weights": "poly_view-mask=MB,weights=B",
    "scores that differ by direction": "sufficient_statistics-defaults",
    "a score of several views": "gram_loss-mask=1+MB,weights=B",
    "tuples": "cube_loss-defaults",
    "a value with axes": "gram_volume-defaults",
    "labels, several readings of one product": "sup_con-z=BD",
    "columns that belong to no sample": "proxy_anchor-defaults",
    "moments": "geometric_consistency-defaults",
    "scores that are given": "dv_bound-scores=BB",
    "a bound": "info_nce_bound-defaults",
    "state and temperature of each sample": "global_contrastive-temperature=B,rho=0.3",
    "groups of samples": "grouped_info_nce-groups=2",
    "weights that are held": "dclw-defaults",
    "a sum of several losses": "feature_separation-defaults",
    "one array": "uniformity-defaults",
    "whole rows of distances": "triplet-mining=semihard",
    "lists of arrays": "gradient_match-defaults",
    "a small matrix of each image, and arrays beside it": "pixpro-x_values=BnD,y_values=BnD",
    "an array without axes": "adameow-defaults",
}


@functools.cache
def representatives():
    """The cases that stand for mechanisms."""
    named = {str(case): case for case in all_cases()}
    return tuple(named[name] for name in REPRESENTATIVES.values())


def of_objectives(cases=None):
    """Parameters for pytest: of these cases, or all, the first one of each objective is fast."""
    cases = all_cases() if cases is None else tuple(cases)
    first = {}
    for case in cases:
        first.setdefault(case.objective.name, case)
    return _fast_and_slow(first.values(), cases)


def of_mechanisms(where=lambda case: True, among=None):
    """Parameters for pytest: of cases that fulfil a condition the representatives are fast.

    The slow ones are those `among` others: the first cases of all objectives, where none are named.
    """
    others = default_cases() if among is None else tuple(among)
    return _fast_and_slow(filter(where, representatives()), filter(where, others))


def _fast_and_slow(fast, others):
    """Parameters of both, each once."""
    params = {p.id: p for p in case_params(fast)}
    for p in case_params(others):
        params.setdefault(p.id, pytest.param(*p.values, id=p.id, marks=pytest.mark.slow))
    return list(params.values())
