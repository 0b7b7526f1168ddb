"""Losses of logits: what they are made of, edges, and wrong labels."""

import tracemalloc

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from polycontrast.calculus import cross_entropy, kl_divergence, log_softmax, softmax

RNG = np.random.default_rng(0)
P, Q = RNG.normal(size=(2, 5, 4))
TEXT = RNG.normal(size=(5, 4, 3))
LABELS = np.array([0, 3, 1, 1, 2])


def directional(function, arrays, cotangent, h=1e-6):
    """Central difference of the weighted sum of the values, along a direction of every array."""
    directions = [np.random.default_rng(k).normal(size=x.shape) for k, x in enumerate(arrays)]
    ends = [
        np.sum(cotangent * function(*(x + s * d for x, d in zip(arrays, directions, strict=True))))
        for s in (-h, h)
    ]
    return (ends[1] - ends[0]) / (2 * h), directions


@pytest.mark.parametrize("function", [log_softmax, kl_divergence])
def test_pullbacks_are_those_of_the_values(function):
    arrays = (P, Q) if function is kl_divergence else (P,)
    out, back = function(*arrays)
    g = RNG.normal(size=out.shape)
    wanted, directions = directional(lambda *t: function(*t)[0], arrays, g)
    grads = back(g) if len(arrays) > 1 else (back(g),)
    got = sum(np.sum(x * d) for x, d in zip(grads, directions, strict=True))
    assert got == pytest.approx(wanted, rel=1e-8)


def test_a_divergence_from_itself_is_zero():
    value, back = kl_divergence(P, P + 3.0)
    np.testing.assert_allclose(value, 0, atol=1e-14)
    for grad in back(np.ones(5)):
        np.testing.assert_allclose(grad, 0, atol=1e-14)
    far, _ = kl_divergence(np.array([1e4, 0.0]), np.array([0.0, 1e4]))
    assert far == pytest.approx(1e4)


def test_a_tiny_cross_entropy_keeps_its_digits():
    logits = np.array([[50.0, 0.0, 1.0]])
    value, back = cross_entropy(logits, np.array([0]))
    wanted = np.exp(-50.0) + np.exp(-49.0)
    np.testing.assert_allclose(value, [wanted], rtol=1e-12)
    np.testing.assert_allclose(back(np.ones(1))[0, 0], -wanted, rtol=1e-12)


def test_blocks_of_rows_change_nothing(monkeypatch):
    kept = np.array([True, False, True, True, True])
    whole, whole_back = cross_entropy(P, LABELS, kept)
    monkeypatch.setattr(softmax, "BLOCK", 9)  # two rows
    parts, parts_back = cross_entropy(P, LABELS, kept)
    np.testing.assert_array_equal(parts, whole)
    g = RNG.normal(size=5)
    np.testing.assert_array_equal(parts_back(g), whole_back(g))


def test_the_gradient_is_the_only_large_array():
    logits, targets = RNG.normal(size=(4, 100, 5000)), RNG.integers(0, 5000, size=(4, 100))
    pc.caption_cross_entropy.value_and_grad(logits[:1, :2], targets[:1, :2])
    tracemalloc.start()
    try:
        pc.caption_cross_entropy.value_and_grad(logits, targets)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < logits.nbytes + 4 * 8 * softmax.BLOCK


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_labels_of_every_integer_dtype(backend, dtype):
    logits, targets = P[None, :, :], LABELS[None, :]
    given = backend.asarray(logits), backend.asarray(targets.astype(dtype))
    wanted = pc.caption_cross_entropy.value_and_grad(logits, targets)
    got = pc.caption_cross_entropy.value_and_grad(*given)
    np.testing.assert_allclose(backend.read(got[0]), wanted[0], rtol=1e-12)
    np.testing.assert_allclose(backend.read(got[1].logits), wanted[1].logits, atol=1e-14)


def test_places_that_are_left_out_are_not_read():
    logits, targets = P[None, :, :].copy(), LABELS[None, :].copy()
    targets[0, 1] = -100
    wanted = pc.caption_cross_entropy.value_and_grad(logits, targets)
    logits[0, 1] = np.nan
    value, grads = pc.caption_cross_entropy.value_and_grad(logits, targets)
    assert value == wanted[0]
    np.testing.assert_array_equal(grads.logits, wanted[1].logits)


def test_nothing_is_left():
    value, grads = pc.caption_cross_entropy.value_and_grad(
        P[None, :, :], LABELS[None, :] * 0, ignore_index=0
    )
    assert value == 0
    assert not np.any(grads.logits)


@pytest.mark.parametrize("bad", [-1, 4])
def test_labels_that_name_nothing(bad):
    targets = np.where(LABELS == 3, bad, LABELS)
    with pytest.raises(ValueError, match=f"^caption_cross_entropy: targets must be .*got {bad}"):
        pc.caption_cross_entropy(P[None, :, :], targets[None, :])
    with pytest.raises(ValueError, match=f"^coca: .*targets must be from 0 to 3, got {bad}"):
        pc.coca(P, Q, P[:, None, :], targets[:, None])
    for call in (
        lambda t: pc.gopro(P, t, TEXT, np.stack([TEXT] * 2), P, Q),
        lambda t: pc.cdvg(P, Q, P, Q, t),
    ):
        with pytest.raises(ValueError, match=f"labels must be from 0 to 3, got {bad}"):
            call(targets)


def test_labels_that_name_nothing_make_a_traced_loss_nan():
    jax = pytest.importorskip("jax")
    jnp = Backend.JAX.xp
    call = jax.jit(pc.caption_cross_entropy)
    logits = jnp.asarray(P[None, :, :])
    for bad in (-1, 4):
        targets = jnp.asarray(np.where(LABELS == 3, bad, LABELS)[None, :])
        assert np.isnan(call(logits, targets))
        assert np.isnan(jax.grad(pc.caption_cross_entropy)(logits, targets)).any()


def test_contrast_is_left_out_where_its_weight_is_zero():
    both = pc.cdvg(P, Q, P, Q, LABELS, weight=0.0)
    each = [pc.caption_cross_entropy(t[:, None, :], LABELS[:, None]) for t in (P, Q)]
    assert both == pytest.approx(sum(each) / 2, rel=1e-12)


def test_prompts_of_classes_need_views_of_classes():
    with pytest.raises(ValueError, match="prompt_consistency: text_views must have the shape"):
        pc.prompt_consistency(P, np.ones((2, 5, 3, 4)))
    with pytest.raises(ValueError, match=r"prompt_consistency: text must have shape \(B, D\) or"):
        pc.prompt_consistency(np.ones(()), np.ones(2))
