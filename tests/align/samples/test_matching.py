"""Rows are matched by their names: each where it is, or refused in words."""

import numpy as np
import pytest

from polycontrast.align.errors import BadInput
from polycontrast.align.samples import match


def words(text):
    found = np.empty(len(text.split()), dtype=object)
    found[:] = [None if word == "-" else word for word in text.split()]
    return found


def matched(many=False, **views):
    return match({name: words(text) for name, text in views.items()}, many)


def test_views_in_any_order():
    found = matched(a="x y z", b="z x y")
    assert found.ids.tolist() == ["x", "y", "z"]
    assert found.rows.tolist() == [[0, 1, 2], [1, 2, 0]]
    assert found.mask.all()
    assert found.counts["matched"] == found.counts["ids"] == 3


def test_ids_that_some_views_lack():
    """w is in one view alone and dropped; y is missing from the third."""
    found = matched(a="x y w", b="y x", c="x")
    assert found.ids.tolist() == ["x", "y"]
    assert found.rows.tolist() == [[0, 1], [1, 0], [0, -1]]
    assert (found.counts["matched"], found.counts["incomplete"], found.counts["dropped"]) == (
        1,
        1,
        1,
    )
    assert found.counts["views"] == {
        "a": {"rows": 3, "ids": 3, "missing": 0, "dropped": 1},
        "b": {"rows": 2, "ids": 2, "missing": 0, "dropped": 0},
        "c": {"rows": 1, "ids": 1, "missing": 1, "dropped": 0},
    }


def test_several_rows_of_an_id_stay_with_many():
    """Each row of the view that has several is there once, beside the one row of the others."""
    found = matched(many=True, image="y x", text="x y x x", sound="x")
    assert found.ids.tolist() == ["y", "x", "x", "x"]
    assert found.rows.tolist() == [[0, 1, 1, 1], [1, 0, 2, 3], [-1, 0, 0, 0]]
    assert found.repeated


@pytest.mark.parametrize(
    ("views", "many", "message"),
    [
        (
            dict(a="x y x", b="x y"),
            False,
            "a: 1 id stands in several rows, such as 'x' in rows 0, 2",
        ),
        (dict(a="x x", b="x x"), True, "id 'x' stands in several rows of both a and b"),
        (dict(a="x -", b="x y"), False, "a: no id in row 1"),
        (dict(a="x y", b="1 2"), False, "no two views share an id: a has x, y; b has 1, 2"),
    ],
    ids=["twice", "twice in two views", "missing", "none shared"],
)
def test_what_cannot_be_matched_is_refused(views, many, message):
    with pytest.raises(BadInput, match=message):
        matched(many, **views)


def test_many_rows_against_plain_python():
    """Random names with repeats, dropped ones and missing ones, row by row."""
    rng = np.random.default_rng(0)
    one = rng.permutation(60)[:45].astype(str).astype(object)
    many = rng.integers(0, 60, 90).astype(str).astype(object)
    found = match({"one": one, "many": many}, many=True)
    pairs = sorted((i, j) for i, a in enumerate(one) for j, b in enumerate(many) if a == b)
    assert sorted(zip(*found.rows.tolist(), strict=True)) == pairs
    for i, j in found.rows.T:
        assert one[i] == many[j]
