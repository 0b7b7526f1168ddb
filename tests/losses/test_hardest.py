"""Identities, limits and edge cases of losses over the hardest negatives."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 9, 4))
BANK = RNG.normal(size=(7, 4))


def unit(z):
    return z / np.linalg.norm(z, axis=-1, keepdims=True)


def negatives_of(bank=BANK):
    """Products of each anchor with its match, and with its negatives by falling size."""
    products = unit(X) @ unit(np.concat([Y, bank])).T
    others = products[:, : len(Y)][~np.eye(len(Y), dtype=bool)].reshape(len(X), -1)
    others = np.concat([others, products[:, len(Y) :]], axis=1)
    return np.diag(products), -np.sort(-others, axis=1)


def each(name="hard_contrastive", *given, **options):
    return pc.objectives()[name](X, Y, *given, reduction="none", **options)


def test_more_negatives_do_not_lower_the_loss():
    losses = [each(hard_fraction=f, negatives=BANK) for f in (0.0, 0.1, 0.3, 0.6, 1.0)]
    assert np.all(np.diff(losses, axis=0) >= 0)


@pytest.mark.parametrize(("fraction", "count"), [(0.0, 1), (0.2, 3), (0.21, 4), (1.0, 15)])
def test_number_of_negatives(fraction, count):
    """A share of 0.2 of 15 is 3, although 0.2 is not a number of the processor."""
    match, others = negatives_of()
    kept = others[:, :count]
    wanted = np.log1p(np.sum(np.exp((kept - match[:, None]) / 0.07), axis=1))
    got = each(hard_fraction=fraction, negatives=BANK)
    np.testing.assert_allclose(got, wanted, rtol=1e-10)


def test_limits_of_the_temperature():
    match, others = negatives_of()
    cold = 1e-3 * each(temperature=1e-3, negatives=BANK)
    np.testing.assert_allclose(cold, np.maximum(0, others[:, 0] - match), atol=2e-3)
    hot = each(temperature=1e5, hard_fraction=0.2, negatives=BANK)
    linear = np.sum(others[:, :3], axis=1) - 3 * match
    np.testing.assert_allclose(1e5 * 4 * (hot - np.log(4)), linear, atol=1e-4)


def test_no_negative_above_the_threshold():
    value, grads = pc.hard_contrastive.value_and_grad(X, Y, threshold=1.5)
    assert value == 0
    np.testing.assert_array_equal(grads, 0)
    one = pc.hard_contrastive(X[:1], Y[:1]), pc.hard_contrastive(X[:1], Y[:1], threshold=-1.0)
    assert one == (0, 0)


@pytest.mark.parametrize("options", [{"hard_fraction": 0.0}, {"threshold": 1.0}])
@pytest.mark.parametrize("tile", [None, (4, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_negatives_level_with_the_last_one_are_kept(options, tile, dtype):
    """Four negatives that coincide count four times, whatever rounding made of their products."""
    bank = np.repeat(X[:1], 4, axis=0) * [[1.0], [0.7], [3.0], [0.1]]
    given = (t.astype(dtype) for t in (X[:1], -X[:1], bank))
    got = pc.hard_contrastive(*given, temperature=1.0, tile=tile, **options)
    np.testing.assert_allclose(got, np.log1p(4 * np.exp(2)), rtol=1e-6)


def test_simple_loss_is_linear_in_the_weight():
    losses = [each("simple_contrastive", weight=w) for w in (0.0, 1.0, 3.0)]
    np.testing.assert_allclose(losses[2], 3 * losses[1] - 2 * losses[0], atol=1e-14)
    np.testing.assert_allclose(losses[0], -negatives_of()[0], atol=1e-15)


def test_simple_loss_of_the_hardest_and_of_all():
    match, others = negatives_of(BANK[:0])
    hard = each("simple_contrastive", hard_fraction=0.25)
    np.testing.assert_allclose(hard, others[:, 0] + others[:, 1] - match, atol=1e-14)
    whole = [pc.simple_contrastive.value_and_grad(X, Y, hard_fraction=f) for f in (None, 1.0)]
    np.testing.assert_allclose(whole[0][0], whole[1][0], atol=1e-14)
    np.testing.assert_allclose(whole[0][1], whole[1][1], atol=1e-14)


@pytest.mark.parametrize("fraction", [None, 0.5])
def test_simple_loss_of_one_sample(fraction):
    value = pc.simple_contrastive(X[:1], Y[:1], hard_fraction=fraction)
    np.testing.assert_allclose(value, -unit(X[0]) @ unit(Y[0]), rtol=1e-14)


@pytest.mark.parametrize("name", ["hard_contrastive", "simple_contrastive"])
@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan")])
def test_share_of_negatives_is_from_0_to_1(name, fraction):
    with pytest.raises(ValueError, match=rf"^{name}: hard_fraction must be .*got {fraction}"):
        pc.objectives()[name](X, Y, hard_fraction=fraction)
