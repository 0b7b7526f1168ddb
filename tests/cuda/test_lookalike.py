"""The look-alike has the manners of CuPy that the tests of the GPU path rely on."""

import lookalike
import numpy as np
import pytest
from walk_cases import X, Y

import polycontrast as pc
from polycontrast import arrays

pytestmark = pytest.mark.cupy(quick=True)


@pytest.fixture
def cp():
    with lookalike.installed() as cupy:
        yield cupy


def test_numpy_arrays_are_refused(cp):
    x = cp.arange(3.0)
    for call in (
        lambda: x + np.ones(3),
        lambda: np.ones(3) * x,
        lambda: cp.where(x > 0, x, np.ones(3)),
        lambda: cp.sum(np.ones(3)),
        lambda: np.asarray(x),
        lambda: np.sum(x),
    ):
        with pytest.raises(TypeError):
            call()


def test_parameters_are_those_of_cupy(cp):
    x = cp.arange(3.0)
    for call in (
        lambda: cp.sum(x, where=x > 0),
        lambda: cp.exp(x, where=x > 0),
        lambda: cp.max(x, initial=0.0),
        lambda: cp.zeros(3, device=x.device),
        lambda: x.astype(cp.float32, casting="safe"),
    ):
        with pytest.raises(TypeError):
            call()


def test_results_without_axes_stay_arrays(cp):
    x = cp.arange(3.0)
    for made in (x.sum(), x[0], cp.max(x), x[0] + 1, cp.linalg.norm(x)):
        assert type(made) is cp.ndarray
        assert made.shape == ()


def test_memory_is_shared_by_views_and_by_nothing_else(cp):
    host = np.arange(4.0)
    x = cp.asarray(host)
    x[1:][0] = 7.0
    assert x.get().tolist() == [0.0, 7.0, 2.0, 3.0]
    assert host[1] == 1.0
    x.get()[:] = 0.0
    y = x
    y += 1
    assert x.get().tolist() == [1.0, 8.0, 3.0, 4.0]


def test_bytes_are_counted_until_the_last_view_is_gone(cp):
    pool = cp.get_default_memory_pool()
    before = pool.used_bytes()
    x = cp.zeros(1000)
    view = x[::2]
    del x
    assert pool.used_bytes() == before + 8192  # CuPy's pool gives multiples of 512
    del view
    assert pool.used_bytes() == before


def test_synchronisations_are_counted(cp):
    x = cp.arange(3.0)
    counts = lookalike.memory.COUNTS
    assert not counts
    float(x[0])
    bool(x[0] == 0)
    x[x > 1]
    cp.nonzero(x)
    assert counts == {"get": 2, "mask": 1, "nonzero": 1}


def test_arrays_of_another_device_are_refused(cp):
    with cp.cuda.Device(1):
        x = cp.arange(3.0)
    assert x.device.id == 1
    with pytest.raises(ValueError, match="array device = 1 while current = 0"):
        x + 1


@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive", "dcl"])
def test_objectives_have_their_values_and_gradients(cp, name):
    objective = pc.objectives()[name]
    value, grads = objective.value_and_grad(cp.asarray(X), cp.asarray(Y), tile=(40, 40))
    assert not lookalike.memory.COUNTS
    assert lookalike.kernels.LAUNCHES
    wanted, wanted_grads = objective.value_and_grad(X, Y)
    np.testing.assert_allclose(float(value), wanted, rtol=1e-11)
    for got, want in zip(grads, wanted_grads, strict=True):
        np.testing.assert_allclose(arrays.to_numpy(got), want, rtol=1e-8, atol=1e-13)
