"""Queues, banks, clusters and tracks: the definitions, on every library, and what is refused."""

import itertools

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 4))


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def test_a_queue_is_a_ring(backend):
    queue = RNG.normal(size=(7, 3))
    for rows, pointer in itertools.product([0, 1, 4, 7, 20], [0, 3, 6]):
        keys, wanted, place = RNG.normal(size=(rows, 3)), queue.copy(), pointer
        for key in keys:
            wanted[place] = key
            place = (place + 1) % 7
        given = backend.asarray(queue), backend.asarray(keys)
        got, after = pc.enqueue(given[0], pointer, given[1])
        np.testing.assert_array_equal(backend.read(got), wanted)
        assert after == place
        np.testing.assert_array_equal(backend.read(given[0]), queue)


def test_a_bank_keeps_all_other_rows(backend):
    index = np.asarray([4, 1])
    wanted = X.copy()
    wanted[index] = unit(0.7 * X[index] + 0.3 * unit(X[:2]))
    given = backend.asarray(X), backend.asarray(index, "int64"), backend.asarray(X[:2])
    got = pc.bank_update(*given, momentum=0.3)
    np.testing.assert_allclose(backend.read(got), wanted, atol=1e-14)


def test_clusters_and_their_means(backend, monkeypatch):
    monkeypatch.setattr("polycontrast.contrast.blocks_of_rows.ENTRIES", 6)
    centroids = RNG.normal(size=(3, 4))
    assign = pc.assign_clusters(backend.asarray(X), backend.asarray(centroids))
    labels = (X @ centroids.T).argmax(axis=1)
    np.testing.assert_array_equal(backend.read(assign), labels)
    labels[:] = [0, 2, 2, 0, 0, 2]  # none in the cluster 1
    wanted = np.stack([X[labels == 0].mean(axis=0), centroids[1], X[labels == 2].mean(axis=0)])
    got = pc.cluster_means(
        backend.asarray(X), backend.asarray(labels, "int64"), backend.asarray(centroids)
    )
    np.testing.assert_allclose(backend.read(got), wanted, atol=1e-14)


def test_a_track_follows_what_looks_alike(backend):
    memory, past, e = X[0], X[1:5], X[1] + X[2]
    share = max(0.0, (unit(past) @ unit(e)).mean())
    for sign in (1, -1):
        given = (backend.asarray(t) for t in (memory, past, sign * e))
        wanted = (1 - share) * memory + share * e if sign > 0 else memory
        np.testing.assert_allclose(backend.read(pc.track_update(*given)), wanted, atol=1e-14)
    given = (backend.asarray(t) for t in (memory, past[:0], e))
    np.testing.assert_array_equal(backend.read(pc.track_update(*given)), e)


def test_candidates_are_drawn_by_their_probabilities():
    p = np.asarray([[0.0, 0.2, 0.8, 0.0]] * 20000)
    index = pc.sample_candidates(3, p, 2)
    np.testing.assert_array_equal(np.sort(index, axis=1), [[1, 2]] * 20000)
    assert abs((index[:, 0] == 2).mean() - 0.8) < 0.02
    np.testing.assert_array_equal(pc.sample_candidates(np.random.default_rng(3), p, 2), index)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pc.enqueue(X, 6, X), r"^enqueue: pointer must be an integer from 0 to 5, got 6"),
        (lambda: pc.enqueue(X, 0, X[:, :2]), r"^enqueue: queue and keys .* got \(6, 4\) and"),
        (lambda: pc.bank_update(X, np.asarray([1, 1]), X[:2]), "^bank_update: index .* 1 twice"),
        (lambda: pc.bank_update(X, np.asarray([1, 6]), X[:2]), "^bank_update: index .* got 6"),
        (lambda: pc.bank_update(X, np.asarray([1]), X[:2]), r"^bank_update: index .* got \(1,\)"),
        (
            lambda: pc.bank_update(X, np.asarray([1]), X[:1], momentum=2),
            "^bank_update: momentum must be from 0 to 1, got 2",
        ),
        (lambda: pc.assign_clusters(X, X[:0]), "^assign_clusters: features and centroids must"),
        (lambda: pc.cluster_means(X, np.arange(6), X[:5]), "^cluster_means: labels .* got 5"),
        (lambda: pc.track_update(X[0], X, X[0, :2]), r"^track_update: .* got \(4,\), \(6, 4\)"),
        (lambda: pc.sample_candidates(0, -X, 1), "^sample_candidates: .* finite and >= 0"),
        (lambda: pc.sample_candidates(0, X * X, 5), "^sample_candidates: k .* from 1 to 4, got 5"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
