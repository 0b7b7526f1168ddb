"""Rows of unit length, and rows that pass unchanged."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.calculus import unit_rows

LABELS = np.asarray([0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize("bad", [1e160, np.inf])
def test_rows_too_long_for_products_show(bad):
    x = np.random.default_rng(0).normal(size=(6, 3))
    assert unit_rows(x, False)[0] is x
    x[2] *= bad
    with np.errstate(over="ignore"):
        rows, _ = unit_rows(x, False)
    np.testing.assert_array_equal(rows[[0, 1, 3, 4, 5]], x[[0, 1, 3, 4, 5]])
    assert np.isnan(rows[2]).all()


@pytest.mark.parametrize(("dtype", "size"), [("float32", 1e25), ("float64", 1e200)])
def test_infinite_products_are_no_pairs_that_do_not_count(dtype, size):
    """They had no positives then, and no loss."""
    x, y = (size * np.random.default_rng(0).normal(size=(2, 6, 3))).astype(dtype)
    options = {"normalize": False}
    assert np.isnan(pc.sup_con(x, labels=LABELS, **options))
    assert np.isnan(pc.metric_loss(x, LABELS, **options))
    assert np.isnan(pc.multi_similarity(x, LABELS, **options))
    assert np.isnan(pc.circle(x, LABELS, **options))
    assert np.isnan(pc.multimodal_supcon(x, y, LABELS, **options))
    assert np.isnan(pc.mv_dhel(np.stack([x, y]), **options))
