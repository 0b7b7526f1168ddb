"""The certificate for gradients passes what is right and finds what is wrong."""

from collections import namedtuple

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.testing import check_gradient

X, Y = np.random.default_rng(0).normal(size=(2, 5, 3))


class Product:
    """Anyone's objective with the contract: sum(x y) * scale; `wrong` spoils one gradient."""

    def __init__(self, wrong=None):
        self.wrong = wrong

    def __call__(self, x, y, *, scale=1.0):
        return (x * y).sum() * scale

    def value_and_grad(self, x, y, *, wrt=("x", "y"), scale=1.0):
        grads = {"x": y * scale, "y": x * scale, "scale": (x * y).sum()}
        if self.wrong is not None:
            grads[self.wrong] = grads[self.wrong] * 1.001
        return self(x, y, scale=scale), namedtuple("Grads", wrt)(*(grads[name] for name in wrt))


def test_right_gradients_pass(backend):
    """On any library: a report that is true, covers every argument and prints a table."""
    x, y = backend.asarray(X), backend.asarray(Y)
    report = check_gradient(pc.info_nce, x, y, wrt=("x", "y", "temperature"), temperature=0.5)
    assert report
    assert report.raise_on_failure() is report
    assert {check.argument for check in report.checks} == {"x", "y", "temperature"}
    assert "info_nce" in str(report)
    assert "correct" in str(report)


@pytest.mark.parametrize("wrong", ["x", "y", "scale"])
def test_wrong_gradients_are_found(wrong):
    """One part in a thousand is enough, and the report names the argument."""
    wrt = ("x", "y", "scale")
    assert check_gradient(Product(), X, Y, wrt=wrt, scale=2.0)
    report = check_gradient(Product(wrong), X, Y, wrt=wrt, scale=2.0)
    assert not report
    assert {check.argument for check in report.failures} == {wrong}
    with pytest.raises(AssertionError, match=wrong):
        report.raise_on_failure()


def test_nan_never_passes():
    """A gradient that is not a number is a failure."""

    class Broken(Product):
        def value_and_grad(self, x, y, *, wrt=("x",)):
            return self(x, y), namedtuple("Grads", wrt)(x * np.nan)

    assert not check_gradient(Broken(), X, Y, wrt=("x",))


def test_single_wrong_entry_is_found():
    """Small arguments are checked entry by entry: one sign among fifteen shows where it is."""

    class OneSign(Product):
        def value_and_grad(self, x, y, *, wrt=("x",)):
            g = np.array(y)
            g[2, 1] *= -1
            return self(x, y), namedtuple("Grads", wrt)(g)

    report = check_gradient(OneSign(), X, Y, wrt=("x",))
    assert "(2, 1)" in {check.where for check in report.failures}
    assert "(0, 0)" not in {check.where for check in report.failures}


def test_views_one_by_one():
    """A sequence of views is checked view by view, under its index."""
    report = check_gradient(pc.pairwise_sum, [X, Y], temperature=0.5)
    assert report
    assert {check.argument for check in report.checks} == {"views[0]", "views[1]"}


def test_float32():
    """Single precision gets tolerances of its own, and every derivative is resolved to them."""
    x, y = X.astype(np.float32), Y.astype(np.float32)
    report = check_gradient(pc.info_nce, x, y, temperature=0.5)
    assert report, str(report)
    assert max(check.uncertainty for check in report.checks) < 1e-3


def test_what_is_not_resolved_does_not_pass():
    """Noise in the value leaves the derivative open: a right gradient gets no certificate then."""

    class Noisy(Product):
        def __call__(self, x, y, *, scale=1.0):
            noise = np.random.default_rng(abs(hash(x.tobytes()))).normal()
            return super().__call__(x, y, scale=scale) + 0.1 * noise

    report = check_gradient(Noisy(), X, Y, wrt=("x",))
    assert not report
    assert not all(check.resolved for check in report.checks)
    assert "not resolved" in str(report)


class Scaled:
    """An objective in other units; `wrong` spoils its gradient by that share."""

    def __init__(self, objective, unit, wrong=0.0):
        self.objective, self.unit, self.wrong = objective, unit, wrong
        self.__name__, self.__signature__ = "scaled", objective.signature

    def __call__(self, *args, **given):
        return self.unit * self.objective(*args, **given)

    def value_and_grad(self, *args, **given):
        value, grads = self.objective.value_and_grad(*args, **given)
        factor = self.unit * (1 + self.wrong)
        return self.unit * value, type(grads)(*(factor * g for g in grads))


@pytest.mark.parametrize("unit", [1e-12, 1e-9, 1e-3, 1.0, 1e6, 1e12])
def test_no_unit_matters(unit):
    """What is right passes and what is wrong by 1e-4 does not, however small or large it is."""
    for dtype, wrong in ((np.float64, 1e-4), (np.float32, 0.1)):
        x, y = X.astype(dtype), Y.astype(dtype)
        wrt = ("x", "y", "temperature")
        right = check_gradient(Scaled(pc.info_nce, unit), x, y, wrt=wrt, temperature=0.5)
        assert right, str(right)
        spoilt = Scaled(pc.info_nce, unit, wrong)
        report = check_gradient(spoilt, x, y, wrt=wrt, temperature=0.5)
        assert {c.argument for c in report.failures} == set(wrt), str(report)


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_no_unit_of_the_rows_matters(unit):
    assert check_gradient(pc.uniformity, unit * X, wrt="z")
    assert check_gradient(pc.alignment, unit * X, unit * Y, normalize=False)


def test_a_gradient_of_zero_passes():
    """Where the value does not change its derivative is rounding, and so may the gradient be."""

    class Constant(Product):
        def __call__(self, x, y, *, scale=1.0):
            return 0.7 + 0 * x.sum()

        def value_and_grad(self, x, y, *, wrt=("x",)):
            return self(x, y), namedtuple("Grads", wrt)(1e-16 * x)

    assert check_gradient(Constant(), X, Y, wrt=("x",))


def test_the_table_shows_errors():
    """The column says how far the analytic derivative is from the numeric one."""
    report = check_gradient(Product("x"), X, Y, wrt=("x",))
    worst = report.failures[0]
    assert worst.error == abs(worst.analytic - worst.numeric) > 1e3 * worst.uncertainty
    assert f"{worst.error:.1e}" in str(report)


def test_gradients_that_are_not_those_of_the_value():
    """What an objective declares as held is left out, and refused where it is asked for."""
    x, y = np.random.default_rng(1).standard_normal((2, 5, 3))
    log_u, taus = np.full(5, 1.0), np.full(5, 0.5)
    report = check_gradient(pc.global_contrastive, x, y, log_u, taus)
    assert report
    assert {check.argument for check in report.checks} == {"x", "y"}
    text = "the gradient of temperature is by definition not that of the value"
    with pytest.raises(ValueError, match=f"check_gradient: {text}"):
        check_gradient(pc.global_contrastive, x, y, log_u, taus, wrt=("x", "temperature"))
    text = "the gradient of scores is by definition not that of the value"
    with pytest.raises(ValueError, match=f"check_gradient: {text}"):
        check_gradient(pc.jsd_bound, np.eye(3), estimate="nwj")
    assert check_gradient(pc.jsd_bound, np.eye(3) + 0.1)


class Own:
    """A value and gradients of a user's own."""

    def __init__(self, value, grads):
        self.value, self.grads = value, grads

    def __call__(self, x):
        return self.value(x)

    def value_and_grad(self, x, wrt=None):
        return self.value(x), self.grads(x)


def test_a_value_that_is_not_a_number_is_not_certified():
    own = Own(lambda x: float("nan"), lambda x: {"x": 0 * x})
    assert not check_gradient(own, np.ones((2, 3)))
