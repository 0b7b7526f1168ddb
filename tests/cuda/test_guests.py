"""Arrays that another library computes come back as the caller's, value and gradients alike."""

import contextlib

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.arrays.cuda import exchange
from polycontrast.objective import guests

torch = pytest.importorskip("torch")
X, Y = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 12, 4)))


class InNumPy:
    """A host like those of `exchange`, for tensors in main memory."""

    def __init__(self):
        self.open = 0

    @contextlib.contextmanager
    def at_work(self):
        self.open += 1
        yield
        self.open -= 1

    def borrow(self, x):
        assert self.open
        x = x.detach()
        return (x.float() if x.dtype == torch.bfloat16 else x).numpy()

    def give_back(self, x, like):
        assert self.open
        made = torch.from_numpy(np.asarray(x))
        return made if like is None else made.to(like.dtype)


@pytest.fixture
def lent(monkeypatch):
    """Tensors are lent, and here are the lengths of what was."""
    seen = []

    def host_of(arrays):
        if not (arrays and all(isinstance(t, torch.Tensor) for t in arrays)):
            return None
        seen.append(len(arrays))
        return InNumPy()

    monkeypatch.setattr(guests, "host_of", host_of)
    return seen


def same(got, want):
    assert type(got) is type(want)
    assert got.dtype == want.dtype
    torch.testing.assert_close(got, want, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "inputs", "parameters"),
    [
        ("info_nce", (X, Y), {"temperature": torch.tensor(0.3, dtype=torch.float64)}),
        ("info_nce", (X, Y), {"weights": torch.rand(12, dtype=torch.float64)}),
        ("poly_view", ([X, Y, X - Y],), {}),
        ("poly_view", (torch.stack([X, Y, X - Y]),), {"mask": torch.ones(3, 12, dtype=torch.bool)}),
        ("sigmoid_contrastive", (X.bfloat16(), Y.bfloat16()), {}),
    ],
    ids=["temperature", "weights", "views", "mask", "half"],
)
def test_value_and_gradients_are_those_of_tensors(name, inputs, parameters, request):
    objective = pc.objectives()[name]
    wanted, wanted_grads = objective.value_and_grad(*inputs, **parameters)
    wanted_value = objective(*inputs, **parameters)
    lent = request.getfixturevalue("lent")
    value, grads = objective.value_and_grad(*inputs, **parameters)
    assert lent
    same(value, wanted)
    same(objective(*inputs, **parameters), wanted_value)
    assert grads._fields == wanted_grads._fields
    for got, want in zip(grads, wanted_grads, strict=True):
        if isinstance(want, tuple):
            for a, b in zip(got, want, strict=True):
                same(a, b)
        else:
            same(got, want)


def test_a_pullback_takes_a_tensor_and_the_gradient_of_a_number(lent):
    value, back = pc.info_nce.vjp(X, Y, reduction="none", wrt=("x", "temperature"))
    grads = back(torch.ones_like(value))
    assert grads.x.shape == X.shape
    assert isinstance(grads.temperature, torch.Tensor)
    assert len(lent) == 1


def test_errors_are_those_of_any_call(lent):
    with pytest.raises(ValueError, match=r"info_nce: x and y must have .* got x \(12, 4\)"):
        pc.info_nce(X, Y[:5])
    with pytest.raises(TypeError, match=r"info_nce: .*temprature"):
        pc.info_nce(X, Y, temprature=1.0)
    assert lent


def test_arrays_in_main_memory_stay_at_home():
    jnp = pytest.importorskip("jax.numpy")
    for x in (X, X.numpy(), jnp.ones((3, 2))):
        assert exchange.host_of([x]) is None
    assert exchange.host_of([]) is None


@pytest.mark.parametrize("make", [lambda x: x, lambda x: x.numpy()], ids=["torch", "numpy"])
@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_a_precision_without_effect_is_refused(make, precision):
    text = f'info_nce: precision="{precision}" needs arrays on a GPU'
    with pytest.raises(ValueError, match=text):
        pc.info_nce(make(X), make(Y), precision=precision)
    leaf = X.clone().requires_grad_()
    with pytest.raises(ValueError, match=text):
        pc.info_nce(leaf, Y, precision=precision)


def test_a_precision_is_refused_under_tracing():
    jax = pytest.importorskip("jax")
    with pytest.raises(ValueError, match='precision="bf16" needs arrays on a GPU'):
        jax.jit(lambda x: pc.info_nce(x, x, precision="bf16"))(jax.numpy.ones((3, 2)))


def test_an_unknown_precision_is_refused():
    with pytest.raises(ValueError, match='precision must be one of "highest", "tf32", "bf16"'):
        pc.info_nce(X, Y, precision="half")
    assert torch.equal(pc.info_nce(X, Y, precision="highest"), pc.info_nce(X, Y))
