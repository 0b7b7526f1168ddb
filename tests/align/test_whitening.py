"""Whitening gives uncorrelated coordinates, whatever the columns are like."""

import numpy as np
import pytest

from polycontrast.align.closed_form.whitening import fit_whitening
from polycontrast.align.errors import BadInput

RNG = np.random.default_rng(0)


def test_the_covariance_is_the_identity_up_to_the_ridge():
    """Each direction has variance v / (v + ridge), with v its variance after standardising."""
    x = RNG.standard_normal((500, 6)) @ RNG.standard_normal((6, 6)) + 100
    white = fit_whitening(x, 0.1)(x)
    variance = np.linalg.eigvalsh(np.corrcoef(x.T))[::-1]
    wanted = np.diag(variance / (variance + 0.1))
    np.testing.assert_allclose(white.T @ white / 500, wanted, atol=1e-10)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-10)


def test_units_of_the_columns_do_not_matter():
    """Metres or millimetres, with any origin: the same whitened rows up to signs."""
    x = RNG.standard_normal((100, 4))
    scaled = x * [1.0, 1e-3, 1e6, 7.0] + [0, 1, -1e7, 3]
    np.testing.assert_allclose(
        np.abs(fit_whitening(scaled, 0.1)(scaled)), np.abs(fit_whitening(x, 0.1)(x)), rtol=1e-6
    )


def test_constant_columns_are_left_out_and_named():
    x = RNG.standard_normal((50, 5)).astype("float32")
    x[:, 1] = 0.1
    x[:, 3] = 0
    whitening = fit_whitening(x, 0.1)
    assert whitening.constant == (1, 3)
    assert whitening.rank == 3
    moved = x.copy()
    moved[:, 1] += 5  # a column that carried nothing must not count later either
    np.testing.assert_array_equal(whitening(moved), whitening(x))


def test_dependent_columns_lower_the_rank():
    x = RNG.standard_normal((50, 3))
    whitening = fit_whitening(np.concatenate([x, x @ np.ones((3, 2))], axis=1), 0.1)
    assert whitening.rank == 3


def test_more_columns_than_rows():
    """The road through the rows gives what the road through the columns would."""
    x = RNG.standard_normal((20, 50))
    white = fit_whitening(x, 0.1)(x)
    assert white.shape == (20, 19)  # centring takes one
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    variance, directions = np.linalg.eigh(standard.T @ standard / 20)
    variance, directions = variance[-19:], directions[:, -19:]
    wanted = standard @ directions / np.sqrt(variance + 0.1)
    np.testing.assert_allclose(white @ white.T, wanted @ wanted.T, atol=1e-9)


def test_nothing_that_varies_is_an_error():
    with pytest.raises(BadInput, match=r"^photo has no column that varies"):
        fit_whitening(np.ones((9, 2)), 0.1, "photo")
