"""SupReMix: identities, real positives beside mixtures, and edges."""

import tracemalloc

import numpy as np
import pytest
from oracles import ORACLES

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(12, 4))
TARGETS = RNG.integers(0, 5, 12).astype(float)
LAM = pc.supremix_lam(1, 12)


def test_without_mixtures_and_weights_it_is_sup_con():
    """With the targets as labels; for rows, and for views."""
    plain = dict(mix_positives=False, weighting="none", wrt=("z", "temperature"))
    for z, targets in ((Z, TARGETS), (RNG.normal(size=(3, 12, 4)), TARGETS)):
        got = pc.supremix.value_and_grad(z, targets, **plain)
        labels = targets.astype(int)
        wanted = pc.sup_con.value_and_grad(z, labels, temperature=0.3, wrt=("z", "temperature"))
        np.testing.assert_allclose(got[0], wanted[0], rtol=1e-12)
        for mine, theirs in zip(got[1], wanted[1], strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-12)


@pytest.mark.parametrize("detach", [True, False])
@pytest.mark.parametrize("weighting", ["l1", "l2", "none"])
def test_real_positives_beside_mixtures(weighting, detach):
    """Targets that repeat: as the naive version has them, which builds every mixture."""
    torch = pytest.importorskip("torch")
    options = dict(weighting=weighting, detach_mixtures=detach, window=2.5, count_offset=1.0)
    value, grads = pc.supremix.value_and_grad(Z, TARGETS, LAM, **options)
    z, targets, lam = (torch.tensor(t) for t in (Z, TARGETS, LAM))
    z.requires_grad_()
    wanted = ORACLES["supremix"](z, targets, lam, **options)
    wanted.backward()
    np.testing.assert_allclose(value, wanted.item(), rtol=1e-12)
    np.testing.assert_allclose(grads.z, z.grad, atol=1e-12)


def test_a_wide_window_has_all_pairs():
    """Also one so wide that the sum of two is no longer exact, or overflows float32."""
    wanted = pc.supremix(Z, TARGETS, window=4.5)
    for window in (1e20, 1e300):
        np.testing.assert_allclose(pc.supremix(Z, TARGETS, window=window), wanted, rtol=1e-14)
    z, targets = Z.astype(np.float32), TARGETS.astype(np.float32)
    np.testing.assert_allclose(pc.supremix(z, targets, window=1e300), wanted, rtol=1e-5)


def test_a_narrow_window_has_no_mixed_positives():
    """Neither has one whose edge the targets are on: it is exclusive."""
    wanted = pc.supremix(Z, TARGETS, LAM, mix_positives=False)
    for window in (0.5, 1.0):
        np.testing.assert_allclose(pc.supremix(Z, TARGETS, LAM, window=window), wanted, rtol=1e-14)


def test_rows_without_positives_are_0_and_count():
    """The two outermost of different targets have neither a real nor a mixed positive."""
    z, targets = Z[:4], np.arange(4.0)
    losses = pc.supremix(z, targets, reduction="none")
    assert (losses[[0, 3]] == 0).all()
    assert (losses[[1, 2]] > 0).all()
    np.testing.assert_allclose(pc.supremix(z, targets), losses.sum() / 4, rtol=1e-14)
    value, grads = pc.supremix.value_and_grad(Z[:1], TARGETS[:1], LAM[:1, :1])
    assert value == 0
    assert not grads.z.any()


def test_one_shift_for_rows_and_mixtures():
    """Temperatures at which any other shift would lose one of them."""
    for temperature in (1e-3, 1e3):
        value, grads = pc.supremix.value_and_grad(Z, TARGETS, LAM, temperature=temperature)
        assert np.isfinite(value)
        assert np.isfinite(grads.z).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("weighting", ["l1", "none"])
def test_targets_that_are_not_finite_show(weighting, bad):
    targets = np.where(np.arange(12) == 4, bad, TARGETS)
    assert np.isnan(pc.supremix(Z, targets, LAM, weighting=weighting))


def test_ranks_mix_rows_of_each_other():
    """Without shares of their own pairs; every view has rows on each rank."""
    z = RNG.normal(size=(2, 12, 4))
    options = dict(window=2.5, reduction="mean")
    value, grads = pc.supremix.value_and_grad(z, TARGETS, **options)

    def one(comm):
        part = slice(4 * comm.rank, 4 * comm.rank + 4)
        got = pc.supremix.value_and_grad(z[:, part], TARGETS[part], comm=comm, **options)
        np.testing.assert_allclose(got[0], value, rtol=1e-12)
        np.testing.assert_allclose(got[1].z, 3 * grads.z[:, part], atol=1e-12)

    LocalGroup(3, timeout=30).run(one)


def test_shares_of_pairs_need_one_process():
    def one(comm):
        with pytest.raises(ValueError, match=r"^supremix: lam must be left out with comm="):
            pc.supremix(Z, TARGETS, LAM, comm=comm)

    LocalGroup(2, timeout=30).run(one)


def test_shares_are_mostly_the_other_row():
    lam = pc.supremix_lam(0, 200)
    np.testing.assert_allclose(lam.mean(), 0.2, atol=0.01)
    assert 0 < lam.min() < lam.max() < 1


def test_memory_of_a_large_batch_with_a_narrow_window():
    """Blocks of rows; the steps are those of the pairs within two windows."""
    z, targets = RNG.normal(size=(700, 16)), RNG.normal(size=700)
    options = dict(window=4e-3, tile=(40, 40), workers=1)
    pc.supremix.value_and_grad(z[:10], targets[:10], **options)
    tracemalloc.start()
    try:
        pc.supremix.value_and_grad(z, targets, **options)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * (12 * z.size + 16 * 40 * 700)
