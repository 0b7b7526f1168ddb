"""Losses of predictions that are shared: identities and edges."""

import numpy as np
import pytest
from battery.cases import assert_close

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
LOGITS, TARGETS = RNG.normal(size=(2, 5, 3))
ROWS = RNG.normal(size=(3, 5, 4))


def test_exchanging_both_predictions_exchanges_the_weights():
    options = dict(stop_grad=False)
    value, grads = pc.symmetric_cross_entropy.value_and_grad(LOGITS, TARGETS, alpha=0.3, **options)
    other, theirs = pc.symmetric_cross_entropy.value_and_grad(TARGETS, LOGITS, alpha=0.7, **options)
    assert value == pytest.approx(other, rel=1e-14)
    np.testing.assert_allclose(grads.logits, theirs.target_logits, atol=1e-15)
    np.testing.assert_allclose(grads.target_logits, theirs.logits, atol=1e-15)


def test_without_the_reverse_direction_it_is_the_cross_entropy():
    hard = np.where(np.eye(3)[[0, 2, 1, 1, 0]] > 0, 0.0, -1e4)
    labels = np.asarray([0, 2, 1, 1, 0])
    shifted = LOGITS - np.log(np.sum(np.exp(LOGITS), axis=1, keepdims=True))
    wanted = -np.mean(shifted[np.arange(5), labels])
    assert pc.symmetric_cross_entropy(LOGITS, hard, alpha=0.0) == pytest.approx(wanted, rel=1e-13)


def test_a_probability_of_zero_has_a_logarithm():
    target = np.asarray([[0.0, -5000.0]])
    value, grads = pc.symmetric_cross_entropy.value_and_grad(np.zeros((1, 2)), target)
    assert value == pytest.approx((np.log(2) + 2500) / 2)
    np.testing.assert_allclose(grads.logits, [[-0.25 - 625, 0.25 + 625]])


def test_a_held_target_has_gradient_zero():
    grads = pc.symmetric_cross_entropy.value_and_grad(LOGITS, TARGETS)[1]
    assert not np.any(grads.target_logits)


def test_parts_of_rmt():
    given = LOGITS, TARGETS, LOGITS[::-1]
    whole = pc.rmt(*given, *ROWS)
    entropies = [pc.symmetric_cross_entropy(t, LOGITS[::-1]) for t in (LOGITS, TARGETS)]
    contrast = pc.sup_con(ROWS, np.arange(5), temperature=0.1)
    assert whole == pytest.approx(sum(entropies) / 2 + contrast, rel=1e-13)
    assert pc.rmt(*given, *ROWS, contrast_weight=0) == pytest.approx(sum(entropies) / 2, rel=1e-13)


def test_rmt_of_one_sample_is_at_least_log_2():
    for seed in range(20):
        rows = np.random.default_rng(seed).normal(size=(3, 1, 4))
        value = pc.rmt(LOGITS[:1], LOGITS[:1], LOGITS[:1], *rows, ce_weight=0)
        assert value >= np.log(2) - 1e-12


def test_equal_anchors_are_negatives():
    anchors = np.stack([ROWS[0][0]] * 5)
    value = pc.rmt(LOGITS, LOGITS, LOGITS, anchors, *ROWS[1:])
    assert value > pc.rmt(LOGITS, LOGITS, LOGITS, *ROWS)


def test_ranks_number_their_samples():
    given = dict(
        zip(("logits", "logits_aug", "teacher_logits"), (LOGITS, TARGETS, LOGITS), strict=True)
    )
    given |= dict(zip(("anchors", "x", "y"), ROWS, strict=True))
    value, grads = pc.rmt.value_and_grad(**given)

    def one(comm):
        part = slice(0, 2) if comm.rank == 0 else slice(2, 5)
        mine = {name: t[part] for name, t in given.items()}
        got, of_rank = pc.rmt.value_and_grad(**mine, comm=comm, gradients="sum")
        assert_close(got, value, 1e-12)
        for name, grad in of_rank._asdict().items():
            assert_close(grad, getattr(grads, name)[part], 1e-12, name)

    LocalGroup(2, timeout=30).run(one)
