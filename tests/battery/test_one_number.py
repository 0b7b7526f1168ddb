"""A number may come in an array of shape (1,), and its gradient then has that shape."""

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from battery.scopes import of_mechanisms


def has_a_number(case):
    return any(not case.arguments[name].is_array for name in case.scalars)


@pytest.mark.parametrize("case", of_mechanisms(has_a_number))
def test_every_scalar(case, backend):
    arrays = case.arrays()
    scalars = [name for name in case.scalars if not case.arguments[name].is_array]
    made = case.given(backend, arrays)
    numbers = {name: case.parameter(name) for name in scalars}
    lists = {name: backend.asarray(np.array([x])) for name, x in numbers.items()}
    value, back = case.objective.vjp(**case.options | made | numbers, wrt=tuple(scalars))
    got, got_back = case.objective.vjp(**case.options | made | lists, wrt=tuple(scalars))
    np.testing.assert_array_equal(backend.read(got), backend.read(value))
    one = backend.asarray(np.ones(tuple(value.shape)))
    for plain, grad in zip(back(one), got_back(one), strict=True):
        assert backend.owns(grad)
        assert tuple(grad.shape) == (1,)
        np.testing.assert_array_equal(backend.read(grad)[0], backend.read(plain))


@pytest.mark.parametrize("module", ["numpy", "torch", "array_api_strict"])
def test_hessian_vector_products(module):
    backend = next(b for b in Backend if b.module == module)
    x, y, u, v = (backend.asarray(t) for t in np.random.default_rng(0).normal(size=(4, 6, 3)))
    wrt, zero_d, one_d = ("x", "y", "temperature"), np.array(0.3), backend.asarray(np.array([0.3]))
    wanted = pc.info_nce.hvp((x, y), (u, v, 2.0), wrt=wrt, temperature=0.3)
    # A 0-d array may be of any library, as in the call itself.
    other = pc.info_nce.hvp((x, y), (u, v, 2.0), wrt=wrt, temperature=zero_d)
    vector = backend.asarray(np.array([2.0]))
    got = pc.info_nce.hvp((x, y), (u, v, vector), wrt=wrt, temperature=one_d)
    assert tuple(got.temperature.shape) == (1,)
    for a, b, c in zip(wanted, other, got, strict=True):
        np.testing.assert_array_equal(backend.read(a), backend.read(b))
        np.testing.assert_array_equal(backend.read(a), backend.read(c).reshape(a.shape))


def test_in_the_graphs_of_frameworks():
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    x, y = np.random.default_rng(0).normal(size=(2, 6, 3))
    wanted = float(pc.info_nce.value_and_grad(x, y, temperature=0.3, wrt="temperature")[1][0])
    temperature = torch.tensor([0.3], dtype=torch.float64, requires_grad=True)
    pc.info_nce(torch.tensor(x), torch.tensor(y), temperature=temperature).backward()
    assert temperature.grad.tolist() == pytest.approx([wanted], rel=1e-12)
    xp = Backend.JAX.xp
    a, b, t = xp.asarray(x), xp.asarray(y), xp.asarray([0.3])
    grad = jax.grad(lambda t: pc.info_nce(a, b, temperature=t))(t)
    assert grad.tolist() == pytest.approx([wanted], rel=1e-12)


@pytest.mark.parametrize("shape", [(2,), (1, 1), (0,)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(TypeError, match="info_nce: temperature must be a number"):
        pc.info_nce(np.eye(3), np.eye(3), temperature=np.ones(shape))
