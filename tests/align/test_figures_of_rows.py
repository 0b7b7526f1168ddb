"""Rows that fail, the gap, and differences to rivals are those of the rows themselves."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner
from polycontrast.align.job import Task, check_task, run
from polycontrast.align.job.figures import differences_of, failures_of, gap_figures, gaps_of
from polycontrast.align.samples import match

NAMES = ["one", "two", "three"]


@pytest.fixture(scope="module")
def outcome():
    """Noisy views of 150 rows with ids and labels, of which 45 are held out."""
    views, classes = synthetic_views(rows=150)
    rng = np.random.default_rng(1)
    named = {n: v + 2 * rng.standard_normal(v.shape) for n, v in zip(NAMES, views, strict=True)}
    ids = np.array([f"id {n}" for n in range(150)], dtype=object)
    task = Task(named, labels=classes, matched=match(dict.fromkeys(NAMES, ids)))
    return run(check_task(task), Aligner(n_components=4, max_iter=3))


def similarities(outcome, a, b):
    """Cosines of all held-out rows of one view with those of another."""
    x, y = (outcome.aligned[name][outcome.test_rows] for name in (a, b))
    x, y = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (x, y))
    return x @ y.T


def test_failures_are_the_rows_with_the_largest_ranks(outcome):
    """Every listed row has the rank, cosine and neighbours of the whole matrix, worst first."""
    rows, found = outcome.test_rows, failures_of(outcome)["rows"]
    ranks = []
    for a in NAMES:
        for b in NAMES:
            if a != b:
                S = similarities(outcome, a, b)
                ranks += [1 + int(np.sum(S[i] > S[i, i])) for i in range(len(rows))]
    assert [one["rank"] for one in found] == sorted(ranks, reverse=True)[: len(found)]
    for one in found:
        i = int(np.flatnonzero(rows == one["row"])[0])
        S = similarities(outcome, one["from"], one["to"])[i]
        assert one["id"] == f"id {one['row']}"
        assert one["label"] == outcome.task.labels[one["row"]]
        assert np.sum(S[i] < S) + 1 == one["rank"]
        assert np.isclose(one["cosine"], S[i], atol=1e-5)
        wrong = [n for n in np.argsort(-S) if n != i][:3]
        assert [near["row"] for near in one["nearest"]] == rows[wrong].tolist()
        np.testing.assert_allclose([n["cosine"] for n in one["nearest"]], S[wrong], atol=1e-5)


def test_what_is_found_in_its_place(outcome):
    """Counts of wrong pairs and of their labels, over all ordered pairs of views."""
    rows, labels, pairs, classes = outcome.test_rows, outcome.task.labels, {}, {}
    for a in NAMES:
        for b in NAMES:
            S = similarities(outcome, a, b)
            for i in range(len(rows)) if a != b else ():
                n = int(np.argmax(S[i]))
                if n != i:
                    pair = (rows[i], rows[n])
                    pairs[pair] = pairs.get(pair, 0) + 1
                    kind = tuple(labels[list(pair)].tolist())
                    classes[kind] = classes.get(kind, 0) + 1
    found = failures_of(outcome)
    for one in found["confused"]:
        assert pairs[one["wanted"]["row"], one["found"]["row"]] == one["times"]
    assert found["confused"][0]["times"] == max(pairs.values())
    for one in found["labels"]:
        assert classes[one["wanted"], one["found"]] == one["times"]


def test_the_gap_is_the_distance_of_the_centroids(outcome):
    figures = gap_figures(gaps_of(outcome))
    assert set(figures) == {"start", "after"}
    z = [outcome.aligned[name][outcome.test_rows].astype(float) for name in NAMES]
    z = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in z]
    pairs = [(0, 1), (0, 2), (1, 2)]
    distance = np.mean([np.linalg.norm(z[a].mean(0) - z[b].mean(0)) for a, b in pairs])
    cosine = np.mean([np.sum(z[a] * z[b], axis=1).mean() for a, b in pairs])
    assert np.isclose(figures["after"]["centroid_distance"], distance)
    assert np.isclose(figures["after"]["matching_cosine"], cosine)
    assert figures["after"]["other_cosine"] < cosine


def test_the_raw_gap_is_there_where_widths_match():
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((60, 3))
    views = {n: thing + 0.1 * rng.standard_normal((60, 3)) + m for m, n in enumerate(NAMES)}
    done = run(check_task(Task(views)), Aligner(n_components=2, max_iter=1))
    assert list(gap_figures(gaps_of(done))) == ["raw", "start", "after"]


def test_differences_are_those_of_the_means(outcome):
    found, after = differences_of(outcome), outcome.recalls["after"]
    assert set(found) == set(outcome.recalls) - {"after"}
    for name, figures in found.items():
        other = outcome.recalls[name]
        assert np.isclose(figures["recall@1"], after.mean() - other.mean(), atol=1e-6)
        low, high = figures["interval@1"]
        rows = np.stack([r.hits[0][~np.eye(3, dtype=bool)].mean(axis=0) for r in (after, other)])
        error = np.std(rows[0] - rows[1]) / np.sqrt(rows.shape[1])
        assert np.isclose(high - low, 2 * 1.96 * error, rtol=1e-4)


def test_nothing_is_said_where_nothing_was_held_out():
    views = dict(zip(NAMES, synthetic_views(rows=40)[0], strict=True))
    done = run(check_task(Task(views, holdout=0)), Aligner(n_components=2, max_iter=1))
    assert (failures_of(done), gaps_of(done), differences_of(done)) == ({}, [], {})
