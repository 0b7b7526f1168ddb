"""A function of one's own is checked in every form that people write; mistakes get words."""

import runpy
from collections import namedtuple

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.objective import Embeddings, objective
from polycontrast.objective.catalogue import registry
from polycontrast.testing import check_gradient

X, Y = np.random.default_rng(0).normal(size=(2, 4, 3))
Grads = namedtuple("Grads", ["x", "y"])


def value(x, y, *, scale=1.0):
    """Sum of the products of all entries, times a factor."""
    return (x * y).sum() * scale


def with_grads(make):
    """Value and gradients in one function, the gradients in a form of their own."""

    def product(x, y, *, scale=1.0):
        return value(x, y, scale=scale), make(y * scale, x * scale)

    return product


def arguments(report):
    return {check.argument for check in report.checks}


@pytest.mark.parametrize(
    "make",
    [
        lambda gx, gy: (gx, gy),
        lambda gx, gy: [gx, gy],
        lambda gx, gy: {"x": gx, "y": gy},
        Grads,
    ],
    ids=["tuple", "list", "dict", "named tuple"],
)
def test_value_and_gradients_in_one_function(make):
    report = check_gradient(with_grads(make), X, Y, scale=2.0)
    assert report.raise_on_failure()
    assert arguments(report) == {"x", "y"}
    wrong = check_gradient(with_grads(lambda gx, gy: make(gx, 1.001 * gy)), X, Y)
    assert {check.argument for check in wrong.failures} == {"y"}


def test_gradients_from_another_function():
    right = check_gradient(value, X, Y, scale=3.0, grad=lambda x, y, scale: (3 * y, 3 * x))
    assert right
    assert arguments(right) == {"x", "y"}
    assert not check_gradient(value, X, Y, grad=lambda x, y: (y, 2 * x))


def test_names_choose_what_is_checked():
    """A tuple has one gradient for each name; a function may take the names itself."""
    report = check_gradient(
        value, X, Y, wrt=("y", "scale"), scale=2.0, grad=lambda x, y, scale: (2 * x, (x * y).sum())
    )
    assert report
    assert arguments(report) == {"y", "scale"}
    assert arguments(check_gradient(with_grads(lambda gx, gy: (gx, gy)), X, Y, wrt="y")) == {"y"}

    def chosen(x, y, wrt=("x", "y")):
        return value(x, y), tuple({"x": y, "y": x}[name] for name in wrt)

    assert arguments(check_gradient(chosen, X, Y, wrt=("y",))) == {"y"}


def test_a_scalar_is_checked_at_its_default():
    report = check_gradient(value, X, Y, wrt="scale", grad=lambda x, y: {"scale": (x * y).sum()})
    assert report
    assert arguments(report) == {"scale"}


def test_labels_have_no_gradient():
    """With None in their place, and without a place."""
    labels = np.asarray([0, 1, 0, 1])

    def even(x, labels):
        return x[labels == 0].sum(), (np.where(labels == 0, 1.0, 0.0)[:, None] + 0 * x, None)

    assert arguments(check_gradient(even, X, labels)) == {"x"}
    assert arguments(check_gradient(lambda z, t: (even(z, t)[0], even(z, t)[1][:1]), X, labels))
    assert check_gradient(lambda z, t: (even(z, t)[0], even(z, t)[1][0]), X, labels)


def test_arguments_without_names():
    """A function of any number of arrays."""

    def total(*arrays):
        return sum((a**2).sum() for a in arrays), [2 * a for a in arrays]

    assert arguments(check_gradient(total, X, Y)) == {"arrays[0]", "arrays[1]"}


def test_views():
    def total(views):
        return sum((v**2).sum() for v in views), [2 * v for v in views]

    assert arguments(check_gradient(total, [X, Y])) == {"views[0]", "views[1]"}


def test_torch():
    """Tensors that need a gradient stay so, for a function that calls autograd."""
    torch = pytest.importorskip("torch")

    def product(x, y):
        loss = (torch.tanh(x) * y).sum()
        return loss, torch.autograd.grad(loss, (x, y))

    x, y = (torch.tensor(t, requires_grad=True) for t in (X, Y))
    assert check_gradient(product, x, y)


def test_jax():
    jax = pytest.importorskip("jax")

    def loss(x, y):
        return (jax.numpy.tanh(x) * y).sum()

    with jax.enable_x64(True):
        x, y = map(jax.numpy.asarray, (X, Y))
        assert check_gradient(loss, x, y, grad=jax.grad(loss, (0, 1)))
        assert check_gradient(jax.value_and_grad(loss), x, y, wrt="x")


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (3, {}, "objective must be an objective, a function that returns .value, gradients."),
        (value, {}, "value must return .value, gradients.* it returned .* give grad= as well"),
        (lambda x, y: None, {}, "it returned None"),
        (lambda x, y: (1.0, y, x), {}, "all gradients in one tuple.* it returned 3 items"),
        (value, {"grad": Y}, "grad must be a function of the gradients, got .4, 3."),
        (value, {"grad": lambda x, y: None}, "grad must return one gradient for each of x, y.*one"),
        (value, {"grad": lambda x, y: (y,)}, "one gradient for each of x, y.* it returned 1"),
        (value, {"grad": lambda x, y: (y, None)}, "None as the gradient of y; name .* wrt="),
        (value, {"grad": lambda x, y: (y, x.T)}, "of y has the shape .3, 4., but y has .4, 3."),
        (value, {"grad": lambda x, y: (y, 1.0)}, "gradient of y has the shape .., but y has"),
        (value, {"grad": lambda x, y: (y, "x")}, "gradient of y must be an array or a number"),
        (value, {"grad": lambda x, y: {"z": y}}, "'z' is no argument of value; .* scale, x, y"),
        (value, {"grad": lambda x, y: {"x": y}, "wrt": "y"}, "no gradient of y, which wrt names"),
        (value, {"grad": lambda x, y: {}}, "value returned no gradient, so none is checked"),
        (lambda x, y: ((x * y).sum(1), (y, x)), {}, "must be one number.* an array .4,. of float"),
        (lambda x, y: (None, (y, x)), {}, "must be one number, .*it is None"),
        (value, {"scales": 2.0}, "value: got an unexpected keyword argument 'scales'"),
        (lambda x, y, z: (1.0, x), {}, "missing a required argument: 'z'"),
    ],
    ids=[
        "a number", "no gradients", "nothing", "a flat tuple", "an array as grad", "None",
        "too few",
        "one is None", "turned", "scalar", "a word", "a name that is not there", "not that of wrt",
        "none", "losses", "no value", "a wrong name", "a missing argument",
    ],
)  # fmt: skip
def test_mistakes_are_explained(function, given, words):
    with pytest.raises((TypeError, ValueError), match=f"^check_gradient: .*{words}"):
        check_gradient(function, X, Y, **given)


def test_integers_are_not_differentiated():
    whole = np.ones((4, 3), dtype=int)
    with pytest.raises(TypeError, match=r"x must be a floating array.* an array .4, 3. of int64"):
        check_gradient(value, whole, Y, grad=lambda x, y: (y, x))


def test_a_report_is_one_line_until_it_is_printed():
    report = check_gradient(with_grads(Grads), X, Y)
    assert repr(report) == "<GradientReport of product: correct, 28 comparisons>"
    wrong = check_gradient(with_grads(lambda gx, gy: (gx, 2 * gy)), X, Y)
    assert repr(wrong) == "<GradientReport of product: 14 of 28 comparisons failed>"
    assert str(wrong).splitlines()[1].split() == [
        "argument", "where", "analytic", "numeric", "error",
    ]  # fmt: skip


SCRIPT = '''
from polycontrast.arrays import namespace, row_dot
from polycontrast.objective import Embeddings, Reduction, objective


@objective()
def half_product(x: Embeddings, y: Embeddings, *, reduction: Reduction = "mean"):
    """Half of the product of each row with its partner.

    .. math:: \\\\frac{1}{2B} \\\\sum_i \\\\langle x_i, y_i \\\\rangle
    """

    def back(g):
        return {"x": FACTOR * g[:, None] * y, "y": FACTOR * g[:, None] * x}

    return FACTOR * row_dot(x, y), back
'''


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Run the objective of a script with a factor; the registry forgets it after the test."""
    monkeypatch.setattr(registry, "_objectives", dict(registry._objectives))

    def run(factor, name="__main__"):
        path = tmp_path / "script.py"
        path.write_text(SCRIPT.replace("FACTOR", str(factor)))
        return runpy.run_path(str(path), run_name=name)["half_product"]

    yield run
    registry.functions.pop("half_product", None)


class TestAnObjectiveOfAScript:
    """It is outside of the package, and does all that an objective does."""

    def test_calls(self, script):
        own = script(0.5)
        assert check_gradient(own, X, Y).raise_on_failure()
        assert own(X, Y, workers=2) == pytest.approx(0.5 * np.mean(np.sum(X * Y, axis=1)))
        assert own(X, Y, reduction="none").shape == (4,)
        _, back = own.vjp(X, Y, reduction="sum")
        assert np.allclose(back(1.0).y, 0.5 * X)
        assert np.allclose(own.hvp((X, Y), (X, Y), reduction="sum").x, 0.5 * Y)
        with pytest.raises(ValueError, match=r"half_product: .* got x \(4, 3\) and y \(4, 2\)"):
            own(X, Y[:, :2])

    def test_by_name(self, script):
        own = script(0.5)
        assert pc.objectives()["half_product"] is own
        assert own.family == "__main__"
        assert list(pc.objectives("half product", family="__main__")) == ["half_product"]
        assert pc.plan("half_product", X.shape, Y.shape).bytes >= 0
        assert "not above 0" not in own.__doc__
        assert "x, y : array (B, D)" in own.__doc__

    def test_a_wrong_gradient_is_found(self, script):
        own = script(0.5)
        scaled = check_gradient(own, X, Y, grad=lambda x, y: (x, y))
        assert {check.argument for check in scaled.failures} == {"x", "y"}

    def test_torch(self, script):
        torch = pytest.importorskip("torch")
        x, y = (torch.tensor(t, requires_grad=True) for t in (X, Y))
        script(0.5)(x, y, reduction="sum").backward()
        assert np.allclose(x.grad, 0.5 * Y)

    def test_jax(self, script):
        jax = pytest.importorskip("jax")
        own = script(0.5)
        x, y = X.astype(np.float32), Y.astype(np.float32)
        got = jax.jit(jax.grad(own))(*map(jax.numpy.asarray, (x, y)))
        assert np.allclose(got, 0.125 * y, rtol=1e-6)

    def test_a_second_run_replaces_the_first(self, script):
        """As a cell of a notebook does. An objective elsewhere keeps its name."""
        script(0.5)
        again = script(0.25)
        assert pc.objectives()["half_product"] is again
        assert again(X, X) == pytest.approx(0.25 * np.mean(np.sum(X * X, axis=1)))
        with pytest.raises(ValueError, match="'half_product' is that of an objective of __main__"):
            script(0.5, name="another")


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda x, y: x[:, 0], r"must return a pair \(losses, back\), got \(4,\)"),
        (lambda x, y: None, r"must return a pair \(losses, back\), got None"),
        (lambda x, y: (1.0, lambda g: {}), "losses must be an array, got 1.0"),
        (lambda x, y: (x[:, 0], {"x": y}), "back must be a function .* got dict"),
        (lambda x, y: (x[:, 0], lambda g: None), "back must return a dict .* got None"),
        (lambda x, y: (x[:, 0], lambda g: {"x": y}), "the gradient of y too, got those of x"),
    ],
    ids=["losses alone", "nothing", "a number", "gradients", "no gradients", "too few"],
)
def test_mistakes_in_an_objective_are_explained(returned, words, monkeypatch):
    monkeypatch.setattr(registry, "_objectives", dict(registry._objectives))

    def mine(x: Embeddings, y: Embeddings):
        """Mine."""
        return returned(x, y)

    own = objective()(mine)
    registry.functions.pop("mine")
    with pytest.raises(TypeError, match=f"^mine: .*{words}"):
        own.vjp(X, Y)[1](np.ones(4))


def test_an_objective_of_executed_text_has_a_family(monkeypatch):
    """Functions of a console or a doctest may have no module."""
    monkeypatch.setattr(registry, "_objectives", dict(registry._objectives))

    def mine(x: Embeddings):
        """Mine."""

    mine.__module__ = None
    assert objective()(mine).family == "__main__"
    registry.functions.pop("mine")
    assert "mine" in pc.objectives(family="__main__")


def test_the_decorator_needs_parentheses():
    with pytest.raises(TypeError, match=r"write @objective\(\) with parentheses"):
        objective(value)
