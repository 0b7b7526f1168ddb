"""Hessian-vector products are those of the formula, in the memory of a gradient."""

import functools
import tracemalloc

import numpy as np
import pytest
from backends import Backend
from oracles import ORACLES

import polycontrast as pc
from battery.cases import all_cases, assert_close, default_cases, each, parts
from battery.scopes import of_mechanisms, of_objectives
from polycontrast.arrays.cpu import crew
from polycontrast.similarity.walks import threads

SIZES = {"B": 4, "N": 4}


def vectors_of(case, arrays):
    rng = np.random.default_rng(7)
    return {n: each(arrays.get(n, 0.0), lambda x: rng.normal(size=np.shape(x))) for n in case.exact}


def options_of(case):
    """Parameters of the case, with one number as the value."""
    unreduced = case.parameter("reduction") == "none" if "reduction" in case.arguments else False
    return case.options | ({"reduction": "mean"} if unreduced else {})


def products(case, arrays, vectors, backend=Backend.NUMPY, dtype="float64", **more):
    made = case.given(backend, arrays, dtype)
    names = case.exact
    # Arrays go by name as well as in order: optional ones have no place of their own.
    given = [made.pop(name) for name in list(made) if case.arguments[name].required]

    def tangent(v):
        return backend.asarray(v, dtype) if np.ndim(v) else float(v)

    tangents = tuple(each(v, tangent) for v in vectors.values())
    found = case.objective.hvp(tuple(given), tangents, wrt=names, **made, **options_of(case) | more)
    return {name: each(t, backend.read) for name, t in found._asdict().items()}


@functools.cache
def has_a_number(objective):
    """False where no reduction makes a number of the value."""
    case = next(c for c in default_cases() if c.objective is objective)
    return np.ndim(objective(**case.arrays(**SIZES), **options_of(case))) == 0


def has_a_gradient(case):
    """False where a part of every gradient is held: `hvp` refuses it."""
    held = case.objective.held
    parts = held is not None and not held.is_surrogate
    return not parts or any(n not in case.surrogate for n in case.differentiable)


CASES = [
    c for c in all_cases() if has_a_number(c.objective) and has_a_gradient(c) and not c.facts.solved
]


def by_autograd(function, case, arrays, vectors):
    """Hessian-vector products of a function of tensors, by differentiating its gradient again."""
    torch = pytest.importorskip("torch")
    tensors = {name: each(x, lambda t: torch.asarray(np.array(t))) for name, x in arrays.items()}
    for name in case.scalars:
        tensors[name] = torch.asarray(case.parameter(name), dtype=torch.float64)
    wrt = [t.requires_grad_() for name in vectors for t in parts(tensors[name])]
    flat = [v for vector in vectors.values() for v in parts(vector)]
    value = function(**options_of(case) | tensors)
    first = torch.autograd.grad(value, wrt, create_graph=True, allow_unused=True)
    along = sum(
        (g * torch.asarray(v)).sum() for g, v in zip(first, flat, strict=True) if g is not None
    )
    second = iter(torch.autograd.grad(along, wrt, allow_unused=True))

    def result(v):
        g = next(second)
        return np.zeros(v.shape) if g is None else g.numpy()

    return {name: each(vector, result) for name, vector in vectors.items()}


@pytest.mark.parametrize("case", of_objectives(CASES))
def test_products_are_those_of_the_oracle(case):
    arrays = case.arrays(**SIZES)
    vectors = vectors_of(case, arrays)
    wanted = by_autograd(ORACLES[case.objective.name], case, arrays, vectors)
    assert_close(products(case, arrays, vectors), wanted, 1e-8)
    assert_close(products(case, arrays, vectors, tile=(3, 3)), wanted, 1e-8, "tiled")


@pytest.mark.parametrize("case", of_mechanisms(lambda case: case in CASES))
def test_products_on_every_backend(case, backend):
    arrays = case.arrays(**SIZES)
    vectors = vectors_of(case, arrays)
    wanted = products(case, arrays, vectors)
    assert_close(products(case, arrays, vectors, backend), wanted, 1e-9)


def test_memory_is_linear():
    x, y, u, v = np.random.default_rng(0).standard_normal((4, 3000, 16))
    pc.info_nce.hvp((x[:8], y[:8]), (u[:8], v[:8]))
    tracemalloc.start()
    try:
        pc.info_nce.hvp((x, y), (u, v), tile=(100, 100))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 * x.nbytes + 2**20 < 3000 * 3000 * 8 / 4


def test_float32_agrees_with_float64():
    x, y, u, v = np.random.default_rng(0).standard_normal((4, 9, 5))
    wanted = pc.info_nce.hvp((x, y), (u, v), temperature=0.5)
    single = [t.astype(np.float32) for t in (x, y, u, v)]
    got = pc.info_nce.hvp(tuple(single[:2]), tuple(single[2:]), temperature=0.5)
    assert got.x.dtype == np.float32
    for g, w in zip(got, wanted, strict=True):
        np.testing.assert_allclose(g, w, atol=1e-5 * np.abs(w).max())


def test_views_may_be_a_sequence():
    views, vectors = np.random.default_rng(0).standard_normal((2, 3, 5, 4))
    whole = pc.poly_view.hvp((views,), (vectors,)).views
    parts = pc.poly_view.hvp((list(views),), (list(vectors),)).views
    np.testing.assert_allclose(np.stack(parts), whole, rtol=1e-12)


def test_a_temperature_of_numpy(backend):
    """A number is a number on every library: in a 0-d array or a scalar of NumPy, in any dtype."""
    x, y, u, v = np.random.default_rng(0).standard_normal((4, 5, 3))
    wanted = pc.info_nce.hvp((x, y), (u, v), temperature=0.5)
    of_number = pc.info_nce.hvp((x, y), (2.0,), wrt="temperature", temperature=0.5)
    x, y, u, v = map(backend.asarray, (x, y, u, v))
    for t in (np.float64(0.5), np.float32(0.5), np.asarray(0.5), np.asarray(0.5, np.float32)):
        got = pc.info_nce.hvp((x, y), (u, v), temperature=t)
        assert_close(backend.read(got.x), wanted.x, 1e-10)
        for two in (2, np.float32(2), np.asarray(2.0), backend.asarray(np.asarray(2.0))):
            got = pc.info_nce.hvp((x, y), (two,), wrt="temperature", temperature=t)
            assert_close(backend.read(got.temperature), of_number.temperature, 1e-10)


X = np.eye(3)[:, :2] + 1


@pytest.mark.parametrize(
    ("vectors", "more", "error"),
    [
        ((1.0,), {}, "vectors must hold one for each of x, y, got 1"),
        ((X, np.ones((3, 3))), {}, r"the vector of y must have the shape of y, got \(3, 3\)"),
        ((X, 1.0), {}, "the vector of y must have the shape of y, got"),
        ((X, X), {"reduction": "none"}, "hvp needs a 0-d value"),
        (
            (X,),
            {"wrt": "temperature"},
            r"the vector of temperature must have the shape of temperature",
        ),
    ],
)
def test_bad_vectors(vectors, more, error):
    with pytest.raises(ValueError, match=f"info_nce: {error}"):
        pc.info_nce.hvp((X, X), vectors, **more)


@pytest.mark.parametrize(
    ("vectors", "more", "error"),
    [
        ((X, X.tolist()), {}, "the vector of y must be an array of shape .*, got "),
        ((X, "up"), {}, "the vector of y must be an array of shape .*, got 'up'"),
        ((X, None), {}, "the vector of y must be an array of shape .*, got None"),
        ((X + 1j, X), {}, "the vector of x must hold real numbers, got .* complex128"),
        ((X > 1, X), {}, "the vector of x must hold real numbers, got .* bool"),
        ((1j,), {"wrt": "temperature"}, "the vector of temperature must be a number"),
        (
            ("up",),
            {"wrt": "temperature"},
            "the vector of temperature must be a number or a .*'up'",
        ),
        (
            (True,),
            {"wrt": "temperature"},
            "the vector of temperature must be a number or a .*True",
        ),
        ((np.asarray(1j),), {"wrt": "temperature"}, "the vector of temperature must hold real"),
    ],
)
def test_what_is_no_vector(vectors, more, error):
    with pytest.raises(TypeError, match=f"info_nce: {error}"):
        pc.info_nce.hvp((X, X), vectors, **more)


def test_vectors_of_another_library():
    torch = pytest.importorskip("torch")
    text = "info_nce: x and the vector of x must come from the same array library, got x numpy and"
    with pytest.raises(TypeError, match=text):
        pc.info_nce.hvp((X, X), (torch.ones(3, 2), torch.ones(3, 2)))


def test_vectors_of_views_one_by_one():
    with pytest.raises(TypeError, match=r"the vector of views must be a sequence of 2 .*, got 1"):
        pc.poly_view.hvp(([X, X],), ([X],))
    with pytest.raises(TypeError, match=r"the vector of views\[1\] must be an array .*'up'"):
        pc.poly_view.hvp(([X, X],), ([X, "up"],))


def test_a_held_gradient_has_no_hessian():
    """The gradient of this temperature is by definition not that of the value."""
    x, y, u, v = np.random.default_rng(0).standard_normal((4, 5, 3))
    log_u, taus = np.zeros(5), np.full(5, 0.5)
    text = "global_contrastive: hvp needs a gradient that is that of the value.* temperature is not"
    for wrt, vectors in (("temperature", (taus,)), (None, (u, v, taus))):
        with pytest.raises(ValueError, match=text):
            pc.global_contrastive.hvp((x, y, log_u, taus), vectors, wrt=wrt)
    products = pc.global_contrastive.hvp((x, y, log_u, taus), (u, v), wrt=("x", "y"))
    assert products._fields == ("x", "y")


@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive", "cube_loss"])
def test_workers_share_the_tiles(name, monkeypatch):
    """Tiles of numbers with tangents are shared by threads, and no bit depends on how many."""
    shared = set()

    def share(visit, batch, workers):
        shared.add(workers)
        whole_share(visit, batch, workers)

    monkeypatch.setattr(threads, "share", share)
    whole_share = crew.share
    rows = 20 if name == "cube_loss" else 90
    given = np.random.default_rng(0).standard_normal((4, rows, 6))
    args, vectors = (given[:2], given[2:])
    if name == "cube_loss":
        args, vectors = (given[:3],), (given[1:],)
    found = [
        pc.objectives()[name].hvp(tuple(args), tuple(vectors), tile=(8, 8), workers=n)
        for n in (1, 2, 5)
    ]
    for other in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], other, strict=True))
    assert shared >= {2}
