"""Heads with a hidden layer: gradients, what they can learn, files and frameworks."""

import contextlib

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from views import synthetic_views

from polycontrast.align import Aligner, BadInput, load_heads
from polycontrast.align.hidden import dropout_mask, first_layers
from polycontrast.align.training.problem import Problem
from polycontrast.align.training.usable import find_objective, objective_parameters

RNG = np.random.default_rng(0)
VIEWS, _ = synthetic_views(rows=12, columns=(3, 4))


def problem_of(name, temperature, dropout=0.5):
    objective = find_objective(name, 2)
    parameters, learned = objective_parameters(objective, temperature, None)
    return Problem(objective, VIEWS, 3, parameters, learned, hidden=5, dropout=dropout)


def variables(problem):
    """Random numbers for every variable: at the start nothing comes out of the layers."""
    size = sum(4 + n for n in (0, 1)) * 3 + sum((4 + n + 3) * 5 for n in (0, 1))
    return 0.5 * RNG.standard_normal(size + (problem.temperature is not None))


@pytest.mark.parametrize("masked", [False, True], ids=["all", "dropout"])
@pytest.mark.parametrize("name", ["poly_view", "info_nce"])
def test_the_gradient_is_the_difference_quotient(name, masked):
    """Of every weight in and out of the layers, the linear maps and the log temperature."""
    problem = problem_of(name, "learned")
    theta, rows = variables(problem), np.array([7, 2, 3, 0, 11])
    masks = problem.masks(len(rows), np.random.default_rng(3)) if masked else None
    gradient = problem.value_and_grad(theta, rows, masks)[1]
    wanted = approx_fprime(theta, lambda t: problem.value_and_grad(t, rows, masks)[0], 1e-6)
    np.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=2e-5)
    assert np.abs(gradient[27:-1]).min() > 0 or masked


def test_the_gradient_is_that_of_autograd():
    """InfoNCE of both directions behind the two heads, written in torch from the formulas."""
    torch = pytest.importorskip("torch")
    problem = problem_of("info_nce", 0.3)
    theta = variables(problem)
    masks = problem.masks(12, np.random.default_rng(3))
    value, gradient = problem.value_and_grad(theta, np.arange(12), masks)
    t = torch.tensor(theta, requires_grad=True)
    at, linear, layers = 0, [], []
    for rank in (4, 5):
        linear.append(t[at : at + rank * 3].reshape(rank, 3))
        at += rank * 3
    for rank in (4, 5):
        into = t[at : at + rank * 5].reshape(rank, 5)
        at += rank * 5
        layers.append((into, t[at : at + 15].reshape(5, 3)))
        at += 15
    units = []
    for view, w, (into, out), mask in zip(VIEWS, linear, layers, masks, strict=True):
        x = torch.tensor(np.c_[view, np.ones(12)])
        z = x @ w + (torch.tanh(x @ into) * torch.tensor(mask)) @ out
        units.append(z / z.norm(dim=1, keepdim=True))
    S, own = units[0] @ units[1].T / 0.3, torch.arange(12)
    entropy = torch.nn.functional.cross_entropy
    loss = (entropy(S, own) + entropy(S.T, own)) / 2
    loss.backward()
    assert value == pytest.approx(float(loss.detach()), rel=1e-12)
    np.testing.assert_allclose(gradient, t.grad, rtol=1e-9, atol=1e-12)


def test_the_start_is_the_linear_one():
    """Layers to train from add nothing, and masks of dropout have the mean 1."""
    problem = problem_of("poly_view", 0.3)
    matrices = [RNG.standard_normal((n, 3)) for n in (4, 5)]
    start = problem.pack(matrices, first_layers([4, 5], 5, 3, RNG))
    for z, view, w in zip(problem.embed(start, VIEWS), VIEWS, matrices, strict=True):
        np.testing.assert_array_equal(z, np.c_[view, np.ones(12)] @ w)
    mask = dropout_mask(2000, 50, 0.2, RNG)
    assert set(np.unique(mask)) == {0, 1.25}
    assert mask.mean() == pytest.approx(1, abs=0.01)


def curved(rows=900):
    """Two views of points in a square: one sees the coordinates, one their squares and products."""
    t = RNG.uniform(-1, 1, (rows, 3))
    squares = np.c_[t**2, t[:, :1] * t[:, 1:2], t[:, 1:2] * t[:, 2:], t[:, :1] * t[:, 2:]]
    return [t + 0.01 * RNG.standard_normal(t.shape), squares]


@pytest.fixture(scope="module")
def learned():
    """Linear and mlp heads of views that no linear map can align, and rows for the test."""
    views, new = curved(), curved(300)
    options = dict(n_components=6, whitening=0.1, max_iter=60, patience=30)
    fitted = {
        kind: Aligner(head=kind, hidden=48, **options).fit(views, names=["one", "two"])
        for kind in ("linear", "mlp")
    }
    return fitted, new


def test_it_aligns_what_no_linear_map_can(learned):
    """Recall on new rows, several times that of the linear heads."""
    fitted, new = learned
    linear, mlp = (fitted[kind].score(new) for kind in ("linear", "mlp"))
    assert mlp > 3 * linear
    assert mlp > 0.05


def test_where_training_gains_nothing_the_linear_start_stays():
    views, _ = synthetic_views(rows=200, noise=1e-6)
    aligner = Aligner(head="mlp", hidden=4, n_components=4, whitening=0.01, max_iter=3).fit(views)
    assert aligner.best_iter_ == 0
    assert all(head.hidden is None for head in aligner.heads_)


def test_dropout_trains_in_batches(learned):
    _, new = learned
    options = dict(head="mlp", hidden=16, dropout=0.3, n_components=4, whitening=0.1, max_iter=3)
    one, two = (Aligner(**options, validation_fraction=0).fit(new) for _ in range(2))
    assert one.unit_ == "epoch"
    for a, b in zip(one.transform(new), two.transform(new), strict=True):
        np.testing.assert_array_equal(a, b)  # the seed decides about the masks


def test_the_file_holds_the_layers(learned, tmp_path):
    fitted, new = learned
    wanted = fitted["mlp"].transform(new)
    fitted["mlp"].save(tmp_path / "heads.npz")
    found = Aligner.load(tmp_path / "heads.npz")
    assert (found.head, found.hidden) == ("mlp", 48)
    for a, b in zip(found.transform(new), wanted, strict=True):
        np.testing.assert_array_equal(a, b)
    heads = load_heads(tmp_path / "heads.npz")
    assert heads["one"].hidden.out.shape == (48, 6)
    stored = dict(np.load(tmp_path / "heads.npz"))
    for broken, message in (
        ({"one/hidden_out": stored["one/hidden_out"][1:]}, r"hidden_out \(h, 6\); got .*\(47, 6\)"),
        ({"one/hidden_bias": np.full(48, np.nan)}, "hidden_bias must hold finite numbers"),
    ):
        np.savez(tmp_path / "broken.npz", **(stored | broken))
        with pytest.raises(BadInput, match=message):
            load_heads(tmp_path / "broken.npz")
    del stored["one/hidden_bias"]
    np.savez(tmp_path / "broken.npz", **stored)
    with pytest.raises(BadInput, match="one has no hidden_bias"):
        Aligner.load(tmp_path / "broken.npz")


def test_the_torch_module_maps_as_the_estimator_does(learned):
    torch = pytest.importorskip("torch")
    from polycontrast.torch import heads

    fitted, new = learned
    modules = heads(fitted["mlp"], dtype=torch.float64)
    names = [name for name, _ in modules[0].named_parameters()]
    assert names == ["linear.weight", "linear.bias", "hidden.0.weight", "hidden.0.bias",
                     "hidden.2.weight"]  # fmt: skip
    for module, view, wanted in zip(modules, new, fitted["mlp"].transform(new), strict=True):
        found = module(torch.asarray(view))
        np.testing.assert_allclose(found.detach(), wanted, atol=2e-6)


def test_the_jax_function_maps_as_the_estimator_does(learned):
    jax = pytest.importorskip("jax")
    from polycontrast.jax import heads

    fitted, new = learned
    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else contextlib.nullcontext():
        params, apply = heads(fitted["mlp"])
        for found, wanted in zip(
            jax.jit(apply)(params, new), fitted["mlp"].transform(new), strict=True
        ):
            np.testing.assert_allclose(found, wanted, atol=2e-6)
    assert params[0]["hidden_out"].shape == (48, 6)


def test_every_library_computes_the_same(backend):
    """The layers live in a host vector; the views stay where they are."""
    problem = problem_of("poly_view", "learned")
    theta = variables(problem)
    masks = problem.masks(12, np.random.default_rng(3))
    value, gradient = problem.value_and_grad(theta, np.arange(12), masks)
    problem.views = [backend.asarray(view) for view in problem.views]
    found, found_gradient = problem.value_and_grad(theta, np.arange(12), masks)
    assert np.isclose(found, value, rtol=1e-10)
    np.testing.assert_allclose(found_gradient, gradient, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"head": "deep"}, 'head must be "linear" or "mlp"; got \'deep\''),
        ({"hidden": 0}, "hidden must be an integer >= 1; got 0"),
        ({"dropout": 1.0}, r"dropout must be in \[0, 1\); got 1.0"),
    ],
    ids=["head", "hidden", "dropout"],
)
def test_refusals(given, message):
    with pytest.raises(BadInput, match=message):
        Aligner(**given).fit(VIEWS)
