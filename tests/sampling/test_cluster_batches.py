"""Batches of one cluster, clusters of several stages, weights of real samples."""

import numpy as np
import pytest
from backends import backend_params

import polycontrast as pc

LABELS = np.random.default_rng(0).choice([2, 5, 9], 40, p=[0.6, 0.3, 0.1])


def test_each_batch_is_of_one_cluster():
    batches = pc.cluster_batches(0, LABELS, 4)
    assert len(np.unique(batches)) == batches.size
    of = LABELS[batches]
    assert (of == of[:, :1]).all()
    sizes = {c: int((c == LABELS).sum()) for c in (2, 5, 9)}
    assert {c: int((of[:, 0] == c).sum()) for c in sizes} == {c: n // 4 for c, n in sizes.items()}
    turns = [c for turn in range(9) for c in sorted(sizes) if turn < sizes[c] // 4]
    assert of[:, 0].tolist() == turns


def test_batches_are_random_and_repeatable():
    one, again, other = (pc.cluster_batches(seed, LABELS, 3) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    generator = np.random.default_rng(0)
    first, second = (pc.cluster_batches(generator, LABELS, 3) for _ in range(2))
    np.testing.assert_array_equal(first, one)
    assert (first != second).any()


def test_the_loss_of_such_batches_is_that_of_a_mixed_one():
    """Clusters of one size: the mean over batches of whole clusters."""
    x, y = np.random.default_rng(1).normal(size=(2, 12, 4))
    clusters = np.arange(12) % 3
    batches = pc.cluster_batches(0, clusters, 4)
    mean = np.mean([pc.info_nce(x[b], y[b]) for b in batches])
    assert pc.cluster_info_nce(x, y, clusters) == pytest.approx(mean, rel=1e-12)


def test_no_cluster_that_fills_a_batch():
    with pytest.raises(ValueError, match=r"^cluster_batches: batch_size must be an integer from 1"):
        pc.cluster_batches(0, np.arange(5), 2)


@pytest.mark.parametrize("backend", backend_params())
def test_clusters_of_several_stages(backend):
    """Samples share a cluster if and only if they share it at every stage."""
    stages = np.random.default_rng(0).integers(0, 3, (3, 50))
    got = pc.nested_clusters([backend.asarray(stage) for stage in stages], 3)
    same = (stages[:, :, None] == stages[:, None, :]).all(0)
    np.testing.assert_array_equal(got[:, None] == got[None, :], same)
    assert got.max() < 27


@pytest.mark.parametrize("backend", backend_params())
def test_weights_of_real_samples(backend):
    real = np.arange(6) < 2
    got = pc.adainf_weights(backend.asarray(real), dup=2.5)
    np.testing.assert_allclose(backend.read(got), [2.5, 2.5, 1, 1, 1, 1])
