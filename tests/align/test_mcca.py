"""Multi-set CCA solves its eigenproblem, and is classical CCA for two views."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import BadInput
from polycontrast.align.closed_form.mcca import mcca


def centred(view):
    return view - view.mean(axis=0)


def test_two_views_give_canonical_correlations():
    """The gain is 1 + the canonical correlation, which an SVD of whitened views gives as well."""
    views, _ = synthetic_views(columns=(4, 3), noise=1.0)
    x, y = (centred(view) for view in views)
    _, gains = mcca([x, y], 3, ridge=0.0)
    left, right = (np.linalg.svd(a, full_matrices=False)[0] for a in (x, y))
    correlations = np.linalg.svd(left.T @ right, compute_uv=False)
    np.testing.assert_allclose(gains, 1 + correlations, rtol=1e-8)


def test_scores_of_identical_views_agree():
    """Three copies of one view: every gain is 3 and all heads are the same."""
    x = centred(synthetic_views()[0][0])
    weights, gains = mcca([x, x, x], 4, ridge=0.0)
    np.testing.assert_allclose(gains, 3, rtol=1e-8)
    np.testing.assert_allclose(weights[0], weights[1], atol=1e-8)


X = centred(synthetic_views()[0][0])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"views": 3}, "mcca: views must be a sequence of arrays"),
        ({"views": [X]}, "at least two views"),
        ({"views": [X, X[1:]]}, "equal numbers of rows; got mcca: views"),
        ({"views": [X, X * np.nan]}, r"mcca: views\[1\] has missing"),
        ({"components": 0}, r"mcca: components must be an integer in \[1, .*\], got 0"),
        ({"components": True}, "mcca: components must be an integer"),
        ({"components": 10**3}, "mcca: components must be an integer"),
        ({"ridge": -1.0}, "mcca: ridge must be >= 0 and finite, got -1.0"),
        ({"ridge": "a"}, "mcca: ridge must be a number, got 'a'"),
        ({"views": [X, X * 0], "ridge": 0.0}, "mcca: columns of a view depend on one another"),
    ],
)
def test_wrong_arguments_are_refused(given, message):
    views, components, ridge = ({"views": [X, X], "components": 2, "ridge": 0.1} | given).values()
    with pytest.raises((BadInput, TypeError), match=message):
        mcca(views, components, ridge=ridge)
