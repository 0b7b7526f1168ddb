"""A run without `slow` proves every objective, and each mechanism on its representatives."""

import inspect

import pytest

import polycontrast as pc
from battery import (
    test_backends,
    test_errors,
    test_execution,
    test_extremes,
    test_precision,
    test_values,
)
from battery.cases import all_cases, default_cases
from battery.scopes import REPRESENTATIVES, of_mechanisms, representatives


def fast(test):
    """The cases that a test takes in every run."""
    given = [m.args[1] for m in test.pytestmark if m.name == "parametrize" and m.args[0] == "case"]
    return [p.values[0] for p in given[0] if not p.marks]


@pytest.mark.parametrize(
    "test",
    [
        test_values.test_oracle,
        test_execution.test_tiles,
        test_precision.test_float32,
        test_extremes.test_finite,
        test_errors.test_mistakes,
        test_backends.test_float64,
        test_backends.test_float32,
    ],
    ids=lambda test: test.__name__,
)
def test_what_proves_an_objective_is_run_on_each(test):
    assert {case.objective.name for case in fast(test)} == set(pc.objectives())


def test_differences_prove_each_objective_whose_gradient_is_that_of_its_value():
    """That of these is of another function, whatever the parameters."""
    checked = {case.objective.name for case in fast(test_values.test_finite_differences)}
    assert set(pc.objectives()) - checked == {"alpha_cl", "loss_reweight"}


def test_what_an_option_may_break_is_run_on_every_case():
    for test in (
        test_values.test_oracle,
        test_execution.test_tiles,
        test_extremes.test_hardest_scenes_are_finite,
        test_extremes.test_a_nan_shows,
    ):
        assert fast(test) == list(all_cases())


def test_every_library_takes_the_first_case():
    for test in (test_backends.test_float64, test_backends.test_float32):
        assert "backend" in inspect.signature(test).parameters
        assert fast(test) == list(default_cases())


def test_what_proves_a_mechanism_is_run_on_its_representatives():
    params = of_mechanisms()
    assert [p.values[0] for p in params if not p.marks] == list(representatives())
    assert len(set(REPRESENTATIVES.values())) == len(REPRESENTATIVES)
    assert {p.values[0] for p in params} >= set(default_cases())  # the others are slow
