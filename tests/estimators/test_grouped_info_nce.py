"""What the specification says of InfoNCE within groups."""

import numpy as np
import pytest
from battery.cases import assert_close

import polycontrast as pc


@pytest.fixture
def pair():
    return np.random.default_rng(0).normal(size=(2, 8, 4))


def test_one_group_is_info_nce(pair):
    value, grads = pc.grouped_info_nce.value_and_grad(*pair)
    wanted, others = pc.info_nce.value_and_grad(*pair)
    assert value == pytest.approx(wanted)
    assert_close(grads._asdict(), others._asdict(), 1e-13)


def test_groups_of_one_are_nothing(pair):
    value, grads = pc.grouped_info_nce.value_and_grad(*pair, groups=8)
    assert value == 0
    assert not np.any(grads.x)


def test_it_is_bounded(pair):
    """log(B / groups) + 2 / tau."""
    for groups in (1, 2, 4):
        for x, y in (pair, (pair[0], -pair[0])):
            assert pc.grouped_info_nce(x, y, groups=groups, temperature=0.1) <= (
                np.log(8 / groups) + 20
            )


def test_permutations(pair):
    """Within groups they change nothing; across groups they do."""
    value = pc.grouped_info_nce(*pair, groups=2)
    within, across = [2, 0, 3, 1, 5, 4, 7, 6], [4, 1, 2, 3, 0, 5, 6, 7]
    assert pc.grouped_info_nce(*pair[:, within], groups=2) == pytest.approx(value)
    assert abs(pc.grouped_info_nce(*pair[:, across], groups=2) - value) > 1e-3


@pytest.mark.parametrize(
    ("groups", "words"),
    [(3, "groups must divide the number of rows, got 3 and 8"), (0, "groups"), (1.5, "integer")],
)
def test_errors(pair, groups, words):
    with pytest.raises((ValueError, TypeError), match=f"^grouped_info_nce: .*{words}"):
        pc.grouped_info_nce(*pair, groups=groups)
