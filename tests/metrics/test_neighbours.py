"""Measures of nearest rows: the vote of neighbours, and how far a training set reaches."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.contrast.queues import blocks_of_rows
from polycontrast.metrics.knn_probe import knn_probe

RNG = np.random.default_rng(0)
Z, QUERIES = RNG.normal(size=(31, 4)), RNG.normal(size=(17, 4))
LABELS, WANTED = RNG.integers(-2, 3, 31), RNG.integers(-2, 3, 17)


def slow_accuracy(k, temperature):
    """One query after another, one class after another."""
    u, v = (t / np.linalg.norm(t, axis=1, keepdims=True) for t in (Z, QUERIES))
    right = 0
    for q, wanted in zip(v, WANTED, strict=True):
        cosines = u @ q
        near = np.argsort(-cosines, kind="stable")[:k]
        classes = np.unique(LABELS)
        votes = [np.exp(cosines[near] / temperature)[LABELS[near] == c].sum() for c in classes]
        right += classes[np.argmax(votes)] == wanted
    return right / len(v)


@pytest.mark.parametrize("k", [1, 5, 31, 200])
def test_votes_of_one_query_after_another(backend, k):
    given = (backend.asarray(t) for t in (Z, LABELS, QUERIES, WANTED))
    found = knn_probe(*given, k=k, temperature=0.5)
    assert backend.owns(found)
    np.testing.assert_allclose(backend.read(found), slow_accuracy(k, 0.5), rtol=1e-12)


@pytest.mark.parametrize("entries", [1, 31 * 4])
def test_blocks_do_not_matter(entries, monkeypatch):
    whole = pc.knn_probe(Z, LABELS, QUERIES, WANTED, k=5)
    monkeypatch.setattr(blocks_of_rows, "ENTRIES", entries)
    assert pc.knn_probe(Z, LABELS, QUERIES, WANTED, k=5) == whole


def test_small_temperatures_let_the_nearest_decide():
    nearest = pc.knn_probe(Z, LABELS, QUERIES, WANTED, k=1)
    assert pc.knn_probe(Z, LABELS, QUERIES, WANTED, temperature=1e-6) == nearest


def test_unknown_classes_are_never_guessed():
    assert pc.knn_probe(Z, LABELS, QUERIES, WANTED + 10) == 0
    assert pc.knn_probe(Z, LABELS, Z, LABELS, k=1) == 1


@pytest.mark.parametrize("argument", [0, 2])
def test_a_nan_shows(argument):
    given = [Z.copy(), LABELS, QUERIES.copy(), WANTED]
    given[argument][3, 1] = np.nan
    assert np.isnan(pc.knn_probe(*given, k=1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"queries": QUERIES[:, :3]},
            r"z and queries must be matrices of equal width .* got \(31, 4\) and",
        ),
        ({"labels": LABELS[:4]}, r"labels must have one class for each row of z, shape \(31,\)"),
        ({"temperature": 0.0}, r"temperature must be finite and > 0, got 0"),
        ({"k": 0}, r"k must be an integer >= 1, got 0"),
    ],
)
def test_mistakes(change, message):
    given = dict(z=Z, labels=LABELS, queries=QUERIES, query_labels=WANTED) | change
    with pytest.raises(ValueError, match=rf"^knn_probe: {message}"):
        pc.knn_probe(**given)


def test_more_rows_never_raise_the_distance():
    values = [pc.utilization(QUERIES, Z[:n]) for n in range(1, 32)]
    assert (np.diff(values) <= 1e-15).all()
    assert pc.utilization(Z[:5], Z) == 0


def test_rows_that_lie_close_in_float32():
    q, z = (30 + 1e-3 * t for t in (QUERIES, Z))
    got = pc.utilization(q.astype(np.float32), z.astype(np.float32), normalize=False)
    exact = [t.astype(np.float32).astype(float) for t in (q, z)]
    np.testing.assert_allclose(got, pc.utilization(*exact, normalize=False), rtol=1e-5)
