"""Recall with its interval, and the warnings that it gives rise to."""

import numpy as np
import pytest

from polycontrast.align import Aligner
from polycontrast.align.evaluation import mean_reciprocal_rank
from polycontrast.align.job import Recalls, Task, check_task, run
from polycontrast.align.job.findings import findings
from polycontrast.align.job.recalls import KS, candidate_rows, in_one_space, measure, wilson


def test_wilson_is_the_interval_of_a_share():
    """The ends solve (p - share)^2 = z^2 p (1 - p) / n, the definition of the interval."""
    hits = np.array([1.0] * 7 + [0.0] * 33)
    for end in wilson(hits):
        assert np.isclose((end - 7 / 40) ** 2, 1.96**2 * end * (1 - end) / 40)
    low, high = wilson(np.ones(20))
    assert (low < 0.9, high) == (True, 1.0)


def test_the_interval_covers_as_often_as_it_says():
    """Rows with a mean of two dependent hits: 95 % of intervals hold the true share."""
    rng = np.random.default_rng(0)
    first = rng.random((2000, 60)) < 0.3
    second = np.where(rng.random((2000, 60)) < 0.5, first, rng.random((2000, 60)) < 0.3)
    low, high = wilson(np.mean([first, second], axis=0))
    assert 0.92 < np.mean((low <= 0.3) & (high >= 0.3)) < 0.98


def test_ranks_are_those_of_a_sorted_list():
    rng = np.random.default_rng(0)
    views = [rng.standard_normal((30, 3)) for _ in range(3)]
    units = [view / np.linalg.norm(view, axis=1, keepdims=True) for view in views]
    wanted = []
    for a in range(3):
        for b in range(3):
            if a != b:
                order = np.argsort(-(units[a] @ units[b].T), axis=1)
                place = np.argmax(order == np.arange(30)[:, None], axis=1)
                wanted.append(np.mean(1 / (place + 1)))
    assert np.isclose(mean_reciprocal_rank(views), np.mean(wanted))
    assert np.isclose(mean_reciprocal_rank(views[:2], ordered=True), wanted[0])
    flat = [np.ones((9, 2))] * 2
    assert np.isclose(mean_reciprocal_rank(flat), 1 / 5)  # all level: the middle place


def test_a_pair_that_got_worse_is_told_from_chance():
    rng = np.random.default_rng(0)
    before = np.ones((len(KS), 2, 2, 400))
    before[:, 0, 1] = rng.random(400) < 0.6
    before[:, 1, 0] = rng.random(400) < 0.6
    after = before.copy()
    after[:, 0, 1, :40] = 0  # 24 or so of 400 rows are lost
    after[:, 1, 0, 0] = 1 - after[:, 1, 0, 0]  # one row changes
    worse = Recalls(after).worse_than(Recalls(before))
    assert worse.tolist() == [[False, True], [False, False]]
    assert Recalls(after).is_worse_than(Recalls(before))
    assert not Recalls(before).is_worse_than(Recalls(after))


def test_pairs_of_other_widths_are_left_out():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((20, 4))
    recalls = measure(3, 20, in_one_space([x, x, x[:, :2]]), lambda: None)
    assert np.isnan(recalls.matrix()).tolist() == [
        [False, False, True],
        [False, False, True],
        [True, True, False],
    ]
    assert recalls.mean() == 1
    assert measure(2, 20, in_one_space([x, x[:, :2]]), lambda: None) is None


def test_many_held_out_rows_are_sampled():
    """At most 10,000 of all views together, without repeats, the same for a seed."""
    rows = np.arange(100, 60_100)
    some = candidate_rows(rows, 2, 0)
    assert len(some) == 5_000
    assert len(np.unique(some)) == 5_000
    assert np.isin(some, rows).all()
    np.testing.assert_array_equal(some, candidate_rows(rows, 2, 0))
    assert len(candidate_rows(rows, 30, 0)) == 1_000
    assert candidate_rows(rows[:900], 30, 0) is not rows
    np.testing.assert_array_equal(candidate_rows(rows[:900], 30, 0), rows[:900])


def outcome_of(views, **options):
    named = {f"v{m}": view for m, view in enumerate(views)}
    return run(check_task(Task(named)), Aligner(max_iter=2, **options))


def two_views(rows=200):
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((rows, 6))
    return [thing @ rng.standard_normal((6, d)) for d in (8, 9, 10)]


def test_rows_that_do_not_match_are_hinted_at():
    """One shuffled view is named; with two views it cannot be said which."""
    views = two_views()
    assert findings(outcome_of(views)) == []
    shuffled = np.random.default_rng(1).permutation(views[2])
    (said,) = findings(outcome_of([*views[:2], shuffled]))
    assert said.startswith("v2 and the other views find one another no better than rows in random")
    (said,) = findings(outcome_of([views[0], shuffled]))
    assert said.startswith("the views find one another no better than rows in random order")


def test_worse_than_before_is_said_loudly():
    """Heads that spoil views of one space: the raw columns are named, with both figures."""
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((300, 30))
    outcome = outcome_of([thing + 0.3 * rng.standard_normal((300, 30)) for _ in range(2)])
    assert findings(outcome) == []
    outcome.recalls["after"] = Recalls(
        np.where(np.eye(2)[None, :, :, None], 1.0, 0.1) * np.ones((len(KS), 2, 2, 90))
    )
    said = findings(outcome)
    assert said[0].startswith("aligning made recall@1 worse: 1.000 with raw columns, 0.100 with")
    assert "use them as they are" in said[0]
    assert len(said) == 5  # raw, centred, CCA, orthogonal, ridge


def test_without_held_out_rows_all_are_learned_from():
    views = two_views(60)
    named = dict(zip("abc", views, strict=True))
    outcome = run(check_task(Task(named, holdout=0.0)), Aligner(max_iter=2))
    assert len(outcome.train_rows) == 60
    assert outcome.recalls == {}
    assert findings(outcome) == []
    assert outcome.aligned["a"].shape[0] == 60


def test_the_probe_stands_beside_the_majority():
    views = two_views(100)
    labels = np.where(np.arange(100) % 4 == 0, "rare", "common")
    named = dict(zip("abc", views, strict=True))
    outcome = run(check_task(Task(named, labels=labels)), Aligner(max_iter=1))
    wanted = np.mean(labels[outcome.test_rows] == "common")
    assert outcome.accuracy["majority"] == wanted
    assert outcome.accuracy["low"] <= outcome.accuracy["mean"] <= outcome.accuracy["high"]


@pytest.mark.parametrize("objective", ["info_nce", "sigmoid_contrastive"])
def test_losses_of_two_arrays_align_two_views(objective):
    assert outcome_of(two_views()[:2], objective=objective).recalls["after"].mean() > 0.5
