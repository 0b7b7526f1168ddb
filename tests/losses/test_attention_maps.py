"""Cross-attention maps: bounds, scale of maps, constant maps and maps of zeros, copies."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
A, B = RNG.random((2, 4, 5, 6))
BOTH = (pc.attribute_binding, pc.spatial_relation)


def test_an_overlap_is_at_most_a_half():
    masks = (A > 0.5).astype(float)
    np.testing.assert_allclose(pc.attribute_binding(masks, masks, reduction="none"), 0.5)
    losses = pc.attribute_binding(A, B, reduction="none")
    assert np.all((losses > 0.5) & (losses < 1))
    pairs = [pc.entity_mixing(A[[i, j]]) for i in range(4) for j in range(i)]
    assert pc.entity_mixing(A) == pytest.approx(sum(pairs), rel=1e-12)


def test_overlaps_do_not_depend_on_the_unit_of_a_map():
    factors, shifts = np.exp(RNG.normal(size=(4, 1, 1))), RNG.normal(size=(4, 1, 1))
    assert pc.entity_mixing(factors * A + shifts) == pytest.approx(pc.entity_mixing(A), rel=1e-12)
    value = pc.attribute_binding(A, B)
    assert pc.attribute_binding(factors * A + shifts, B) == pytest.approx(value, rel=1e-12)


def test_a_constant_map_overlaps_with_none():
    maps = A.copy()
    maps[1] = 0.3
    value, grads = pc.entity_mixing.value_and_grad(maps)
    assert value == pytest.approx(pc.entity_mixing(maps[[0, 2, 3]]), rel=1e-12)
    assert not np.any(grads.maps[1])
    assert pc.entity_mixing(np.ones((3, 2, 2))) == 0
    value, grads = pc.attribute_binding.value_and_grad(np.ones_like(A), np.ones_like(A))
    assert value == 4
    assert not np.any(grads.attributes)


@pytest.mark.parametrize(("loss", "alone"), [(pc.entity_mixing, 0.0), (pc.entity_missing, 1.0)])
def test_one_entity(loss, alone):
    value, grads = loss.value_and_grad(A[:1])
    assert value == alone
    assert not np.any(grads.maps)


def test_a_copied_map_is_missing():
    """Nearly equal maps are pushed apart, exactly equal ones have no direction."""
    maps = A.copy()
    maps[1] = maps[0]
    value, grads = pc.entity_missing.value_and_grad(maps[:2])
    assert value == 2
    assert not np.any(grads.maps)
    maps[1, 2, 3] *= 1 + 1e-3
    value, grads = pc.entity_missing.value_and_grad(maps[:2])
    assert 0 < value < 2
    lower = maps[:2] - 0.02 * grads.maps / np.abs(grads.maps).max()
    assert pc.entity_missing(lower) < value
    assert pc.entity_missing(A) == 0


def test_a_map_of_zeros():
    """It is missing, and its centre is the middle."""
    maps = A[:2].copy()
    maps[0] = 0
    value, grads = pc.entity_missing.value_and_grad(maps)
    assert value == 1
    assert not np.any(grads.maps[0])
    value, grads = pc.spatial_relation.value_and_grad(0 * A[:1], np.ones_like(A[:1]))
    assert value == 0.5
    assert not np.any(grads.first)
    assert np.any(grads.second)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_exchanged_maps(axis):
    """The loss of the opposite relation is what is missing to 1, whatever the sums of maps are."""
    value, grads = pc.spatial_relation.value_and_grad(A, 7 * B, axis=axis)
    other, swapped = pc.spatial_relation.value_and_grad(B, A, axis=axis)
    assert value + other == pytest.approx(4, rel=1e-12)
    np.testing.assert_allclose(grads.first, -swapped.second, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(np.sum(grads.first * A, (1, 2)), 0, atol=1e-13)


@pytest.mark.parametrize("loss", [pc.entity_missing, pc.spatial_relation])
def test_negative_maps_are_refused(loss):
    arrays = (A - 0.5,) if loss is pc.entity_missing else (A, B - 0.5)
    with pytest.raises(ValueError, match=rf"^{loss.name}: (maps|second) must be finite and >= 0"):
        loss(*arrays)
