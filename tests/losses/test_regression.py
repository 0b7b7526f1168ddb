"""Losses of rows with real targets: identities, ties and edge cases."""

import numpy as np
import pytest
from scipy.special import logsumexp

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(20, 4))
TARGETS = RNG.integers(0, 6, 20).astype(float)


def call(z=Z, targets=TARGETS, **options):
    options = {"wrt": ("z", "temperature"), "temperature": 0.5} | options
    return pc.rank_n_contrast.value_and_grad(z, targets, **options)


def same(got, wanted, factor=1.0, part=slice(None)):
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-12)
    np.testing.assert_allclose(got[1].z, factor * wanted[1].z[part], atol=1e-12)
    np.testing.assert_allclose(got[1].temperature, wanted[1].temperature, rtol=1e-10)


def test_two_rows_have_no_choice():
    value, grads = call(Z[:2], TARGETS[:2])
    assert value == 0
    np.testing.assert_array_equal(grads.z, 0)


def test_equal_gaps_make_a_softmax_over_all_others():
    """With equal targets each of the others is the positive in turn."""
    s = -np.linalg.norm(Z[:, None] - Z[None], axis=2) / 0.5
    others = ~np.eye(20, dtype=bool)
    rows = logsumexp(s, axis=1, b=others) - s.mean(axis=1, where=others)
    np.testing.assert_allclose(call(targets=np.full(20, 3.0))[0], rows.mean(), rtol=1e-12)


@pytest.mark.parametrize("scale", [3.0, 2.0**-20, -1.0])
def test_only_the_order_of_gaps_counts(scale):
    same(call(targets=scale * TARGETS + 0), call())
    # In several columns, too, gaps are sums of absolute differences.
    same(call(targets=np.stack([0.25 * TARGETS, 0.75 * TARGETS], axis=1)), call())


def test_all_ways_to_compute_agree():
    z = Z.copy()
    z[7:10] = z[3]
    wanted = call(z)
    for options in ({"tile": (2, 20)}, {"tile": (7, 20), "workers": 3}, {"memory": 0}):
        same(call(z, **options), wanted)


def test_ranks_share_the_batch():
    wanted, ends = call(), [0, 4, 4, 13, 20]

    def one(comm):
        part = slice(ends[comm.rank], ends[comm.rank + 1])
        same(call(Z[part], TARGETS[part], comm=comm), wanted, 4, part)

    LocalGroup(4, timeout=30).run(one)


@pytest.mark.parametrize("temperature", [1e-3, 1e3])
def test_float32(temperature):
    z = (Z + 100).astype(np.float32)
    got = call(z, TARGETS.astype(np.float32), temperature=temperature)
    wanted = call(z.astype(float), temperature=temperature)
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-5)
    size = np.max(np.abs(wanted[1].z))
    np.testing.assert_allclose(got[1].z, wanted[1].z, atol=2e-4 * size)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_target_that_is_not_finite_makes_nan(bad):
    targets = TARGETS.copy()
    targets[3] = bad
    assert np.isnan(call(targets=targets)[0])


def test_one_row_is_refused():
    text = "^rank_n_contrast: z and targets must have at least 2 rows"
    with pytest.raises(ValueError, match=text):
        call(Z[:1], TARGETS[:1])
