"""Figures of embeddings against loops over the rows, with missing rows and several right ones."""

import numpy as np
import pytest

from polycontrast.align import BadInput
from polycontrast.align.samples import Samples
from polycontrast.align.space import Space, measure_spaces
from polycontrast.align.space.report import lines_of, report_of

RNG = np.random.default_rng(0)
ROWS = 40
THING = RNG.standard_normal((ROWS, 5))


def views_of(noise, count=3):
    return {f"v{m}": THING + noise * RNG.standard_normal((ROWS, 5)) for m in range(count)}


def space_of(views, mask=None, ids=None, **more):
    mask = np.ones((len(views), ROWS), dtype=bool) if mask is None else mask
    return Space("space", views, mask, Samples(ROWS, None, ids), **more)


def naive_rank(x, y, row, things, there):
    """Wrong rows that are nearer than the nearest right one, plus 1."""
    cosine = [a @ x[row] / np.linalg.norm(a) / np.linalg.norm(x[row]) for a in y]
    right = max(cosine[n] for n in there if things[n] == things[row])
    return 1 + sum(cosine[n] > right for n in there if things[n] != things[row])


@pytest.mark.parametrize("kind", ["plain", "missing", "several"])
def test_ranks_recall_and_distances(kind):
    """Each ordered pair, each row."""
    views = views_of(0.8)
    mask = np.ones((3, ROWS), dtype=bool)
    if kind == "missing":
        mask = RNG.random((3, ROWS)) < 0.8
        mask[:, mask.sum(axis=0) < 2] = True
        for m, view in enumerate(views.values()):
            view[~mask[m]] = np.nan
    things = np.arange(ROWS) // 2 if kind == "several" else np.arange(ROWS)
    measured = measure_spaces([space_of(views, mask, things if kind == "several" else None)])[0]
    assert measured.rows.tolist() == list(range(ROWS))
    arrays = list(views.values())
    for a in range(3):
        for b in range(3):
            if a == b:
                continue
            there = np.flatnonzero(mask[a] & mask[b])
            wanted = np.full(ROWS, np.nan)
            for row in there:
                wanted[row] = naive_rank(arrays[a], arrays[b], row, things, there)
            np.testing.assert_array_equal(measured.ranks[a, b], wanted)
            np.testing.assert_allclose(
                measured.recalls.matrix(5)[a, b], np.mean(wanted[there] <= 5), rtol=1e-6
            )
            if a < b:
                x, y = (
                    [v[n] / np.linalg.norm(v[n]) for n in there] for v in (arrays[a], arrays[b])
                )
                apart = [np.sum((p - q) ** 2) for p, q in zip(x, y, strict=True)]
                np.testing.assert_allclose(measured.apart[a, b][there], apart)
                gap = np.linalg.norm(np.mean(x, axis=0) - np.mean(y, axis=0))
                assert measured.gap[a, b] == pytest.approx(gap)
    for m, view in enumerate(arrays):
        z = [view[n] / np.linalg.norm(view[n]) for n in np.flatnonzero(mask[m])]
        kernel = [np.exp(-2 * np.sum((p - q) ** 2)) for i, p in enumerate(z) for q in z[:i]]
        assert measured.uniformity[m] == pytest.approx(np.log(np.mean(kernel)))


def test_two_spaces_are_compared_row_by_row():
    """The better space is found, in the order in which the spaces are given."""
    good, poor = space_of(views_of(0.3)), space_of(views_of(1.5)).renamed("poor")
    for spaces, sign in (([good, poor], -1), ([poor, good], 1)):
        line = lines_of(measure_spaces(spaces))[0]
        difference, low, high = line.difference
        assert difference == pytest.approx(line.values[1] - line.values[0], abs=1e-6)
        assert low < difference < high
        assert sign * low > 0
        assert sign * high > 0


def test_labels_have_a_probe_beside_the_majority():
    """Labels that the embeddings hold are read; those of a coin are read as well as by chance."""
    views = views_of(0.1)
    held = measure_spaces([space_of(views, labels=(THING[:, 0] > 0).astype(int))])[0].probe
    assert held["mean"] > 0.8 > held["majority"]
    assert held["low"] < held["mean"] <= held["high"]
    coin = measure_spaces([space_of(views, labels=RNG.integers(0, 2, ROWS))])[0].probe
    assert coin["mean"] < 0.8


def test_only_rows_that_were_held_out_are_measured():
    space = space_of(views_of(0.3), held_out=np.arange(5, 25))
    measured = measure_spaces([space])[0]
    assert measured.rows.tolist() == list(range(5, 25))
    report = report_of([measured], lines_of([measured]), 0)
    assert report["spaces"]["space"]["held_out"]
    assert report["n_candidates"] == 20


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (space_of(views_of(0.3, 2)), "must have the same views; space has v0, v1, v2"),
        (
            space_of(views_of(0.3), held_out=np.arange(39, 40)),
            "too few rows that all spaces have and held out; got 1",
        ),
    ],
    ids=["views", "rows"],
)
def test_refusals(other, message):
    with pytest.raises(BadInput, match=message):
        measure_spaces([space_of(views_of(0.3)), other])
