"""The gradient of all heads is right, for every objective that can align, on every library."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from views import synthetic_views

from polycontrast.align.training.problem import Problem
from polycontrast.align.training.usable import (
    find_objective,
    multi_view_objectives,
    objective_parameters,
)

TWO_VIEW = ["info_nce", "nt_xent", "sigmoid_contrastive"]


def small_problem(name, learned, asarray=np.asarray):
    views, _ = synthetic_views(rows=7, columns=(3, 2, 4))
    two = name in TWO_VIEW
    views = views[:2] if two else views
    objective = find_objective(name, len(views))
    temperature = None
    if "temperature" in objective.arguments:
        temperature = "learned" if learned else 0.3
    parameters, start = objective_parameters(objective, temperature, None)
    problem = Problem(objective, [asarray(view) for view in views], 3, parameters, start)
    size = sum((view.shape[1] + 1) * 3 for view in views) + (start is not None)
    return problem, np.random.default_rng(1).standard_normal(size) * 0.5


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("name", multi_view_objectives() + TWO_VIEW)
def test_gradient_is_the_difference_quotient(name, learned):
    """Heads, biases and log temperature, entry by entry; of two views for losses of two."""
    problem, theta = small_problem(name, learned)
    value, gradient = problem.value_and_grad(theta)
    wanted = approx_fprime(theta, lambda t: problem.value_and_grad(t)[0], 1e-6)
    assert np.isfinite(value)
    np.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=2e-5)


def test_every_library_computes_the_same(backend):
    """Heads live in a host vector; the views stay where they are."""
    theta = small_problem("poly_view", True)[1]
    value, gradient = small_problem("poly_view", True)[0].value_and_grad(theta)
    problem, _ = small_problem("poly_view", True, backend.asarray)
    found, found_gradient = problem.value_and_grad(theta)
    assert np.isclose(found, value, rtol=1e-10)
    np.testing.assert_allclose(found_gradient, gradient, rtol=1e-8, atol=1e-10)


def test_a_batch_is_the_problem_of_its_rows():
    problem, theta = small_problem("poly_view", False)
    rows = np.array([5, 0, 3])
    views = [view[rows, :-1] for view in problem.views]
    part = Problem(problem.objective, views, 3, problem.parameters)
    value, gradient = problem.value_and_grad(theta, rows)
    assert value == part.value_and_grad(theta)[0]
    np.testing.assert_array_equal(gradient, part.value_and_grad(theta)[1])
