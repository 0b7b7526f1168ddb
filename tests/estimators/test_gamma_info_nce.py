"""What the specification says of the gamma-augmented loss."""

import math

import numpy as np
import pytest
from battery.cases import assert_close

import polycontrast as pc

TAU = 0.3
WRT = ("x", "y", "temperature")


@pytest.fixture
def pair():
    return np.random.default_rng(0).normal(size=(2, 7, 4))


def normalizers(x, y, **options):
    return np.stack(
        [pc.log_normalizer(*arrays, temperature=TAU, **options) for arrays in ((x, y), (y, x))]
    )


@pytest.mark.parametrize("symmetric", [False, True])
def test_at_its_own_normaliser_it_is_info_nce(pair, symmetric):
    """Gradients are those of InfoNCE; the value less the mean logarithm less 1 is its value."""
    log_z = normalizers(*pair)
    log_u = -log_z if symmetric else -log_z[0]
    value, grads = pc.gamma_info_nce.value_and_grad(
        *pair, log_u, temperature=TAU, wrt=(*WRT, "log_auxiliary")
    )
    wanted, info_nce = pc.info_nce.value_and_grad(
        *pair, temperature=TAU, symmetric=symmetric, wrt=WRT
    )
    assert value - log_u.mean() - 1 == pytest.approx(wanted)
    for name in WRT:
        assert_close(getattr(grads, name), getattr(info_nce, name), 1e-12, name)
    assert_close(grads.log_auxiliary, np.full(log_u.shape, 1 / log_u.size), 1e-12)


def test_it_is_never_below_info_nce(pair):
    """For any other auxiliary the tangent lies above."""
    rng = np.random.default_rng(1)
    exact = pc.info_nce(*pair, temperature=TAU, symmetric=False)
    for _ in range(20):
        log_u = -normalizers(*pair)[0] + rng.normal(size=7)
        assert pc.gamma_info_nce(*pair, log_u, temperature=TAU) - log_u.mean() - 1 > exact


def test_drawn_auxiliaries_give_its_gradient_on_average(pair):
    """The mean over draws of the gradient is that of InfoNCE."""
    log_z, rng = normalizers(*pair)[0], np.random.default_rng(2)
    drawn = [
        pc.gamma_info_nce.value_and_grad(*pair, pc.sample_auxiliary(log_z, rng), temperature=TAU)[1]
        for _ in range(4000)
    ]
    wanted = pc.info_nce.value_and_grad(*pair, temperature=TAU, symmetric=False)[1]
    noise = np.std([g.x for g in drawn], axis=0) / math.sqrt(len(drawn))
    assert np.all(np.abs(np.mean([g.x for g in drawn], axis=0) - wanted.x) < 5 * noise + 1e-12)


def test_repulsion_is_a_sum_over_blocks_of_columns(pair):
    """What the loss holds of Z is additive: disjoint sets of candidates add up."""
    x, y = (t / np.linalg.norm(t, axis=1, keepdims=True) for t in pair)
    log_u = np.random.default_rng(3).normal(size=7)
    logits = x @ y.T / TAU
    whole = pc.gamma_info_nce(x, y, log_u, temperature=TAU, reduction="none") + np.diag(logits)
    blocks = [np.exp(logits[:, j] + log_u[:, None]).sum(axis=1) for j in (slice(3), slice(3, 7))]
    assert_close(sum(blocks), whole, 1e-12)


def test_it_is_the_global_loss(pair):
    """Without the positive: tau times the gradient is that of the global loss."""
    log_u = np.random.default_rng(4).normal(size=(2, 7))
    grads = pc.gamma_info_nce.value_and_grad(*pair, log_u, temperature=TAU, include_positive=False)[
        1
    ]
    wanted = pc.global_contrastive.value_and_grad(*pair, -log_u - math.log(6), TAU, relative=False)[
        1
    ]
    assert_close(TAU * grads.x, wanted.x, 1e-12)
    assert_close(TAU * grads.y, wanted.y, 1e-12)


def test_scale_stands_for_more_negatives(pair):
    """Repeating all other samples twice is a scale of 2."""
    log_z = pc.log_normalizer(*pair, temperature=TAU, scale=2.0, include_positive=False)
    once = pc.log_normalizer(*pair, temperature=TAU, include_positive=False)
    assert_close(log_z, once + math.log(2), 1e-12)


@pytest.mark.parametrize("include_positive", [True, False])
def test_one_sample(include_positive):
    """B = 1: -l + u e^l, or -l alone."""
    x = np.asarray([[3.0, 4.0]])
    value = pc.gamma_info_nce(
        x, x, np.asarray([-2.0]), temperature=0.5, include_positive=include_positive
    )
    assert value == pytest.approx(-2 + include_positive)


def test_infinite_auxiliaries(pair):
    """-inf turns the repulsion off; +inf gives an infinite value, not nan."""
    off = np.full((2, 7), -np.inf)
    value, grads = pc.gamma_info_nce.value_and_grad(*pair, off, temperature=TAU)
    x, y = (t / np.linalg.norm(t, axis=1, keepdims=True) for t in pair)
    assert value == pytest.approx(-np.mean(np.sum(x * y, axis=1)) / TAU)
    assert all(np.isfinite(g).all() for g in grads)
    assert pc.gamma_info_nce(*pair, -off, temperature=TAU) == np.inf
