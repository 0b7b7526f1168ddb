"""Measures of filters: the formula by hand, invariances, zeros, numbers that are not finite."""

import numpy as np
import pytest
from backends import backend_params

import polycontrast as pc

RNG = np.random.default_rng(0)
F, G = RNG.normal(size=(300, 3, 3)), RNG.laplace(size=(200, 3, 3)) * np.arange(1, 4)


def shift_by_hand(f, g, bins):
    """Components by singular values, bins one by one."""
    f, g = (t.reshape(-1, 9) / np.abs(t).max((1, 2))[:, None] for t in (f, g))
    mean = np.concatenate([f, g]).mean(0)
    _, singular, directions = np.linalg.svd(np.concatenate([f, g]) - mean, full_matrices=False)
    sets = [(t - mean) @ directions.T for t in (f, g)]
    most = max(np.abs(t).max() for t in sets)
    total = 0.0
    for i, ratio in enumerate(singular**2 / np.sum(singular**2)):
        p, q = [], []
        for numbers, found in ((sets[0][:, i], p), (sets[1][:, i], q)):
            for k in range(bins):
                low, high = (most * (2 * (k + e) / bins - 1) for e in (0, 1))
                last = k == bins - 1
                inside = (low <= numbers) & ((numbers < high) | (last & (numbers <= most)))
                width = 2 * most / bins
                found.append(inside.sum() / (len(numbers) * width) or 2.0**-23)
        p, q = np.asarray(p) / sum(p), np.asarray(q) / sum(q)
        total += ratio * (np.sum(p * np.log(p / q)) + np.sum(q * np.log(q / p)))
    return total


@pytest.mark.parametrize("backend", backend_params())
def test_shift(backend):
    f, g = backend.asarray(F), backend.asarray(G)
    got = pc.filter_shift(f, g, bins=13)
    assert backend.owns(got)
    assert float(got) == pytest.approx(shift_by_hand(F, G, 13), rel=1e-9)
    assert float(pc.filter_shift(f, f)) == 0


def test_what_leaves_the_shift():
    value = pc.filter_shift(F, G)
    factors, order = np.exp(RNG.normal(size=(300, 1, 1))), RNG.permutation(200)
    assert pc.filter_shift(factors * F, G[order]) == pytest.approx(value, rel=1e-9)
    assert pc.filter_shift(G, F) == pytest.approx(value, rel=1e-9)
    assert pc.filter_shift(-F, -G) == pytest.approx(value, rel=1e-9)
    flat = pc.filter_shift(F.reshape(-1, 9), G.reshape(-1, 9))
    assert flat == value


def test_filters_without_variance():
    zeros = np.zeros((4, 3, 3))
    assert pc.filter_shift(zeros, zeros) == 0
    assert np.isfinite(pc.filter_shift(zeros, F))
    found = pc.filter_degeneration(zeros)
    assert found.sparsity == 1
    assert found.variance_entropy == 0
    assert found.is_degenerate


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_shows(bad):
    f = F.copy()
    f[3, 1, 1] = bad
    assert np.isnan(pc.filter_shift(f, G))
    found = pc.filter_degeneration(f)
    assert np.isnan(found.sparsity)
    assert np.isnan(found.variance_entropy)


@pytest.mark.parametrize("backend", backend_params())
def test_entropy(backend):
    """One over k^2 for each component is the largest, one component the smallest."""
    even = np.concatenate([np.eye(9), -np.eye(9)])
    found = pc.filter_degeneration(backend.asarray(even))
    assert all(backend.owns(t) for t in found)
    assert float(found.variance_entropy) == pytest.approx(np.log10(9), rel=1e-12)
    assert not bool(found.is_degenerate)
    one = np.outer(np.arange(1.0, 6), np.arange(9.0))
    found = pc.filter_degeneration(backend.asarray(one))
    assert float(found.variance_entropy) == pytest.approx(0, abs=1e-12)
    assert bool(found.is_degenerate)
    two = np.concatenate([one, one[:, ::-1] - one[:, ::-1].mean()])
    values = np.linalg.svd(two - two.mean(0), compute_uv=False) ** 2
    shares = values[:2] / values.sum()
    wanted = -np.sum(shares * np.log10(shares))
    got = pc.filter_degeneration(backend.asarray(two))
    assert float(got.variance_entropy) == pytest.approx(wanted, rel=1e-9)


def test_sparsity():
    """A filter is sparse where no weight is above a hundredth of the layer's largest."""
    filters = np.full((4, 3, 3), 0.009)
    filters[0, 0, 0], filters[1, 2, 2] = -1.0, 0.011
    assert pc.filter_degeneration(filters).sparsity == 0.5
    assert pc.filter_degeneration(filters, layer_max=10.0).sparsity == 0.75


def test_sizes_are_checked():
    with pytest.raises(ValueError, match=r"^filter_shift: f and g must hold filters of the same"):
        pc.filter_shift(F, G[:, :2])
    with pytest.raises(ValueError, match=r"^filter_degeneration: filters must have shape"):
        pc.filter_degeneration(F[0, 0])
