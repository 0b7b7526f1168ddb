"""Splits keep together what belongs together, and arrays that say so are checked."""

import numpy as np
import pytest

from polycontrast.align.errors import BadInput
from polycontrast.align.samples import Samples


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_on_one_side(seed):
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 12, 100)
    samples = Samples.of(100, 2, groups=[f"g{n}" for n in groups])
    kept, aside = samples.split(30, rng)
    assert not set(groups[kept]) & set(groups[aside])
    assert sorted([*kept, *aside]) == list(range(100))
    assert 0 < len(aside) <= 30
    parts = samples.parts(rng.permutation(100), 5)
    assert sorted(np.concatenate(parts)) == list(range(100))
    for n, part in enumerate(parts):
        others = np.concatenate(parts[:n] + parts[n + 1 :])
        assert not set(groups[part]) & set(groups[others])


def test_groups_larger_than_the_share_leave_the_smallest_aside():
    samples = Samples.of(10, 2, groups=[0] * 6 + [1] * 4)
    kept, aside = samples.split(3, np.random.default_rng(0))
    assert (kept.tolist(), aside.tolist()) == (list(range(6)), [6, 7, 8, 9])


def test_rows_of_one_thing_stay_together_without_groups():
    ids = np.arange(50).repeat(2)
    kept, aside = Samples.of(100, 2, ids=ids).split(20, np.random.default_rng(0))
    assert len(aside) == 20
    assert not set(ids[kept]) & set(ids[aside])


def test_without_either_rows_are_split_as_they_always_were():
    order = np.random.default_rng(3).permutation(20)
    kept, aside = Samples(20).split(6, np.random.default_rng(3))
    assert (kept.tolist(), aside.tolist()) == (sorted(order[6:]), sorted(order[:6]))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (dict(mask=np.ones((2, 4))), r"mask must hold True and False, \(2, 4\); got float64"),
        (dict(mask=np.ones((4, 2), bool)), r"mask must hold .* got bool of shape \(4, 2\)"),
        (dict(mask=np.eye(2, 4) == 0), r"must exist in two views or more; row 0 \(2 of 4 rows\)"),
        (dict(ids=[1, 2, 3]), r"ids must have one entry a row, \(4,\); got shape \(3,\)"),
        (dict(groups=[1, 2, 3, np.nan]), "groups must be finite; row 3 is nan"),
        (dict(ids=[1, 1, 2, 3], groups=list("abcd")), "must be in one group; .* row 0 are in"),
    ],
    ids=["kind", "shape", "one view", "length", "nan", "two groups"],
)
def test_arrays_that_do_not_fit_are_refused(given, message):
    with pytest.raises(BadInput, match=message):
        Samples.of(4, 2, **given)
