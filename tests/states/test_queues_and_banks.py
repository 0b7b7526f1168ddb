"""Queues, banks, clusters and tracks: the definitions, on every library, and what is refused."""

import itertools

import numpy as np
import pytest
from backends import Backend

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


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
def test_a_pointer_may_be_an_array(backend, dtype):
    """As one that was saved beside the queue and read again."""
    queue, keys = (backend.asarray(t) for t in (X, X[:2]))
    wanted = pc.enqueue(X, 5, X[:2])
    got, after = pc.enqueue(queue, backend.asarray(np.asarray(5), dtype), keys)
    np.testing.assert_array_equal(backend.read(got), wanted[0])
    assert after == wanted[1] == 1
    assert type(after) is int


def test_a_compiled_step_fills_the_queue():
    """One compilation for every place, also where the last rows of many wrap around."""
    jax = pytest.importorskip("jax")
    step = jax.jit(pc.enqueue)
    for rows in (0, 4, 9):
        state, wanted = (Backend.JAX.asarray(X), 0), (X, 0)
        for _ in range(3):
            keys = RNG.normal(size=(rows, 4))
            state, wanted = step(*state, Backend.JAX.asarray(keys)), pc.enqueue(*wanted, keys)
            np.testing.assert_array_equal(Backend.JAX.read(state[0]), wanted[0])
            assert int(state[1]) == wanted[1]
    assert step._cache_size() == 3 * 2  # for each length: a Python number, then an array


def test_a_bank_keeps_all_other_rows(backend):
    index = np.asarray([4, 1])
    wanted = X.copy()
    wanted[index] = unit(0.7 * X[index] + 0.3 * unit(X[:2]))
    given = backend.asarray(X), backend.asarray(index, "int64"), backend.asarray(X[:2])
    got = pc.bank_update(*given, momentum=0.3)
    np.testing.assert_allclose(backend.read(got), wanted, atol=1e-14)


def test_clusters_and_their_means(backend, monkeypatch):
    monkeypatch.setattr("polycontrast.contrast.queues.blocks_of_rows.ENTRIES", 6)
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


def test_means_without_previous_ones(backend):
    """A cluster without rows has none."""
    labels = np.asarray([0, 2, 2, 0, 0, 2])
    given = backend.asarray(X), backend.asarray(labels, "int64")
    got = backend.read(pc.cluster_means(*given, k=4))
    previous = backend.asarray(np.full((4, 4), np.nan))
    np.testing.assert_array_equal(got, backend.read(pc.cluster_means(*given, previous, k=4)))
    np.testing.assert_allclose(got[[0, 2]], [X[labels == c].mean(axis=0) for c in (0, 2)])
    assert np.isnan(got[[1, 3]]).all()


def test_the_nearest_prototype(backend):
    """By cosine, not by the product."""
    prototypes = np.asarray([[1.0, 0, 0, 0], [5.0, 5.0, 0, 0]])
    rows = np.asarray([[2.0, 0.1, 0, 0], [1.0, 2.0, 0, 0]])
    found = pc.nearest_prototype(backend.asarray(rows), backend.asarray(prototypes))
    np.testing.assert_array_equal(backend.read(found), [0, 1])
    both = pc.assign_clusters(backend.asarray(rows), backend.asarray(prototypes))
    np.testing.assert_array_equal(backend.read(both), [1, 1])


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (pc.nearest_prototype, ("features", "prototypes")),
        (pc.assign_clusters, ("features", "centroids")),
        (lambda x, y: pc.hardest_negatives(x, y, 2)[:, 0], ("x", "negatives")),
    ],
)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_index_hides_no_nan(function, arguments, bad):
    """What is not finite is refused; where JAX traces it, the index is no row."""
    jax = pytest.importorskip("jax")
    x = X.copy()
    x[1, 0] = bad
    with pytest.raises(ValueError, match=f"{arguments[0]} must be finite, got nan or infinite"):
        function(x, X)
    with pytest.raises(ValueError, match=f"{arguments[1]} must be finite, got nan or infinite"):
        function(X, x)
    found = np.asarray(jax.jit(function)(jax.numpy.asarray(x), jax.numpy.asarray(X)))
    wanted = function(X, X)
    if np.isnan(bad) or function is not pc.assign_clusters:
        assert found[1] == 6
    np.testing.assert_array_equal(np.delete(found, 1), np.delete(wanted, 1))


@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_nan_shows_in_a_track(backend, where):
    given = [X[0].copy(), X[1:5].copy(), X[1] + X[2]]
    given[where][..., 0] = np.nan
    got = backend.read(pc.track_update(*(backend.asarray(t) for t in given)))
    assert np.isnan(got[0])
    assert where == 0 or np.isnan(got).all()


def test_the_first_array_gives_the_dtype(backend):
    x, wide = backend.asarray(X, "float32"), backend.asarray(X)
    index = backend.asarray(np.arange(6), "int64")
    for got in (
        pc.enqueue(x, 0, wide)[0],
        pc.bank_update(x, index, wide),
        pc.cluster_means(x, index, wide),
        pc.track_update(x[0, :], wide, wide[1, :]),
        pc.track_update(x[0, :], wide[:0, :], wide[1, :]),
    ):
        assert got.dtype == x.dtype
    found = backend.read(pc.assign_clusters(x, wide))
    np.testing.assert_array_equal(found, (X @ X.T).argmax(axis=1))


def test_narrow_labels_and_half_precision():
    torch = pytest.importorskip("torch")
    rows, half = np.arange(1000.0) % 7, torch.bfloat16
    labels = torch.zeros(1000, dtype=torch.uint8)
    bank, previous = torch.tensor(rows)[:, None].to(half), torch.zeros(2, 1, dtype=half)
    got = pc.cluster_means(bank, labels, previous)
    assert got.dtype == half
    np.testing.assert_allclose(got.float().numpy()[:, 0], [rows.mean(), 0], rtol=4e-3)
    large = np.full((4000, 1), 60.0, np.float16)
    means = pc.cluster_means(large, np.zeros(4000, np.uint8), np.zeros((1, 1), np.float16))
    assert means.tolist() == [[60.0]]
    index = torch.tensor([4, 1], dtype=torch.uint8)
    got = pc.bank_update(torch.tensor(X), index, torch.tensor(X[:2])).numpy()
    np.testing.assert_allclose(got, pc.bank_update(X, index.numpy(), X[:2]), atol=1e-15)


def test_an_index_is_of_the_library_of_the_rows():
    torch = pytest.importorskip("torch")
    x, index = torch.tensor(X), np.arange(6)
    with pytest.raises(TypeError, match=r"^bank_update: index must come from the array library"):
        pc.bank_update(x, index, x)
    with pytest.raises(TypeError, match=r"^cluster_means: labels must come from the array lib"):
        pc.cluster_means(x, index, x)


def test_half_precision_of_propensities():
    """A limit below the smallest half is one still."""
    relevance, propensity = np.asarray([[0.0, 20.0]]), np.asarray([[0.0, 0.5]])
    wanted = pc.ipw_probabilities(relevance, propensity, clip=1e-8)
    given = (t.astype(np.float16) for t in (relevance, propensity))
    got = pc.ipw_probabilities(*given, clip=1e-8)
    assert got.dtype == np.float16
    np.testing.assert_allclose(got, wanted, rtol=1e-3)


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
        (lambda: pc.cluster_means(X, np.arange(6)), "^cluster_means: k must be an integer >= 1"),
        (lambda: pc.cluster_means(X, np.arange(6), X, k=7), "^cluster_means: k .* got 7 and 6"),
        (lambda: pc.track_update(X[0], X, X[0, :2]), r"^track_update: .* got \(4,\), \(6, 4\)"),
        (lambda: pc.sample_candidates(0, -X, 1), "^sample_candidates: .* finite and >= 0"),
        (lambda: pc.sample_candidates(0, X * X, 5), "^sample_candidates: k .* from 1 to 4, got 5"),
        (
            lambda: pc.sample_candidates(0, np.asarray([[1.0, 2.0], [0.0, 3.0]]), 2),
            "^sample_candidates: k must be at most the 1 candidates above 0 of row 1, got 2",
        ),
        (lambda: pc.sample_candidates(0, X[:0], 1), r"^sample_candidates: .* got \(0, 4\)"),
        (lambda: pc.enqueue(X, np.asarray(6), X), r"^enqueue: pointer .* from 0 to 5, got 6"),
        (lambda: pc.enqueue(X, np.asarray([0]), X), r"^enqueue: pointer must be 0-d, got shape"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
