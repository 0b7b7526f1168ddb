"""The triplet loss: identities, ties, and sums over all triplets from one order."""

import itertools

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 5, 30)
Z = RNG.normal(size=(30, 4))
EVERY = [
    {"mining": m, "smooth": s, "squared": q}
    for m, s, q in itertools.product(("all", "hard", "semihard"), (False, True), (False, True))
]


def line(*places):
    """Points on a line."""
    return np.asarray(places, dtype=float)[:, None]


def on_line(places, labels, **options):
    options = {"squared": False, "normalize": False} | options
    return pc.triplet.value_and_grad(line(*places), np.asarray(labels), **options)


def test_all_triplets_by_hand():
    """Anchor 0 has its positive at 2, and negatives at 1 and 2.5; anchor 2 those at 1 and 0.5."""
    value, grads = on_line([0, 2, 1, 2.5], [0, 0, 1, 2], margin=1.0, average="all")
    assert value == pytest.approx(((2 - 1 + 1) + (2 - 2.5 + 1) + (2 - 1 + 1) + (2 - 0.5 + 1)) / 4)
    # Distances d_01 (four times), d_02, d_03, d_12, d_13.
    wanted = np.asarray([-4 + 1 + 1, 4 - 1 + 1, -1 + 1, -1 - 1]) / 4
    np.testing.assert_allclose(grads.z[:, 0], wanted, atol=1e-14)


def test_semihard_takes_the_next_negative_or_the_farthest():
    value, _ = on_line([0, 2, 1, 3, 5], [0, 0, 1, 2, 3], margin=1.5, mining="semihard")
    # Anchor 0: the next beyond 2 is at 3. Anchor 1: distances 1, 1, 3; the next beyond 2 is 3.
    assert value == pytest.approx((2 - 3 + 1.5 + 2 - 3 + 1.5) / 2)
    value, _ = on_line([0, 4, 1, 2], [0, 0, 1, 2], margin=1.5, mining="semihard")
    # No negative is beyond 4: the farthest ones are at 2 and 3.
    assert value == pytest.approx((4 - 2 + 1.5 + 4 - 3 + 1.5) / 2)


@pytest.mark.parametrize("mining", ["all", "hard", "semihard"])
def test_equal_distances_make_no_term_at_margin_0(mining):
    """A term of 0 counts in no average over terms above 0, and has slope 0."""
    value, grads = on_line([0, 1, -1, 3, 7], [0, 0, 1, 2, 2], margin=0.0, mining=mining)
    # Anchor 0 has both at 1. Of the last two only anchor 3 has a term: 4 - 2 and 4 - 3.
    terms = {"all": [2, 1], "hard": [2], "semihard": [0]}[mining]
    assert value == pytest.approx(sum(terms) / len(terms))
    assert grads.z[2] == 0


@pytest.mark.parametrize("options", EVERY)
def test_all_ways_to_compute_agree(options):
    """Dense, in blocks and in parts of workers, with many ties."""
    z = np.round(Z, 1)
    z[7:10] = z[3]
    options = options | {"normalize": False, "margin": 0.3}
    value, grads = pc.triplet.value_and_grad(z, LABELS, **options)
    for more in ({"tile": (2, 30)}, {"tile": (7, 30), "workers": 3}, {"memory": 0}):
        got = pc.triplet.value_and_grad(z, LABELS, **options, **more)
        np.testing.assert_allclose(got[0], value, rtol=1e-12)
        np.testing.assert_allclose(got[1].z, grads.z, atol=1e-12)


@pytest.mark.parametrize("options", EVERY)
def test_ranks_mine_in_the_whole_batch(options):
    value, grads = pc.triplet.value_and_grad(Z, LABELS, **options)
    ends = [0, 4, 4, 19, 30]

    def one(comm):
        part = slice(ends[comm.rank], ends[comm.rank + 1])
        got = pc.triplet.value_and_grad(Z[part], LABELS[part], **options, comm=comm)
        np.testing.assert_allclose(got[0], value, rtol=1e-12)
        np.testing.assert_allclose(got[1].z, 4 * grads.z[part], atol=1e-12)

    LocalGroup(4, timeout=30).run(one)


def test_one_positive_and_one_negative_make_all_minings_equal():
    z, labels = RNG.normal(size=(3, 4)), np.asarray([5, 5, 9])
    values = [pc.triplet(z, labels, margin=3.0, mining=m) for m in ("all", "hard", "semihard")]
    np.testing.assert_allclose(values, values[0], rtol=1e-14)


def test_zero_when_positives_are_nearer_than_negatives():
    """At margin 0, and only then."""
    z = np.eye(3)[[0, 0, 1, 1, 2]] + 0.01 * RNG.normal(size=(5, 3))
    labels = np.asarray([0, 0, 1, 1, 2])
    value, grads = pc.triplet.value_and_grad(z, labels, margin=0.0, average="all")
    assert value == 0
    np.testing.assert_array_equal(grads.z, 0)
    assert pc.triplet(z, labels[[0, 2, 1, 3, 4]], margin=0.0, average="all") > 0


@pytest.mark.parametrize("options", EVERY)
@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2], [4]])
def test_no_triplet_is_0(labels, options):
    z = Z[: len(labels)]
    value, grads = pc.triplet.value_and_grad(z, np.asarray(labels), **options)
    assert value == 0
    np.testing.assert_array_equal(grads.z, 0)


@pytest.mark.parametrize("mining", ["all", "hard", "semihard"])
def test_float32_of_tight_classes(mining):
    """Distances within a class are 1e-3 of those between classes, and keep their digits."""
    centres = np.repeat(RNG.normal(size=(4, 6)), 3, axis=0)
    z = (centres + 1e-3 * RNG.normal(size=(12, 6))).astype(np.float32)
    labels = np.arange(12) // 3 % 3
    options = {"mining": mining, "squared": False, "margin": 0.5, "normalize": False}
    value, grads = pc.triplet.value_and_grad(z, labels, **options)
    wanted = pc.triplet.value_and_grad(z.astype(float), labels, **options)
    np.testing.assert_allclose(value, wanted[0], rtol=1e-6)
    np.testing.assert_allclose(grads.z, wanted[1].z, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("smooth", [False, True])
def test_labels_that_jax_traces(smooth):
    """The number of positives is not known then."""
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        z, labels = jax.numpy.asarray(Z), jax.numpy.asarray(LABELS)
        call = jax.jit(lambda z, labels: pc.triplet(z, labels, smooth=smooth))
        wanted = pc.triplet(Z, LABELS, smooth=smooth)
        np.testing.assert_allclose(np.asarray(call(z, labels)), wanted, rtol=1e-12)
        slope = jax.grad(call)(z, labels)
    grads = pc.triplet.value_and_grad(Z, LABELS, smooth=smooth)[1]
    np.testing.assert_allclose(np.asarray(slope), grads.z, atol=1e-12)
