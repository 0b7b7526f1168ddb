"""Arrays that another library computes come back as the caller's, value and gradients alike."""

import numpy as np
import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")
X, Y = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 12, 4)))


@pytest.mark.parametrize("make", [lambda x: x, lambda x: x.numpy()], ids=["torch", "numpy"])
def test_a_precision_without_effect_is_refused(make):
    text = 'info_nce: precision="tf32" needs arrays on a GPU'
    with pytest.raises(ValueError, match=text):
        pc.info_nce(make(X), make(Y), precision="tf32")
    leaf = X.clone().requires_grad_()
    with pytest.raises(ValueError, match=text):
        pc.info_nce(leaf, Y, precision="tf32")


def test_a_precision_is_refused_under_tracing():
    jax = pytest.importorskip("jax")
    with pytest.raises(ValueError, match='precision="bf16" needs arrays on a GPU'):
        jax.jit(lambda x: pc.info_nce(x, x, precision="bf16"))(jax.numpy.ones((3, 2)))


def test_an_unknown_precision_is_refused():
    with pytest.raises(ValueError, match='precision must be one of "highest", "tf32", "bf16"'):
        pc.info_nce(X, Y, precision="half")
    assert torch.equal(pc.info_nce(X, Y, precision="highest"), pc.info_nce(X, Y))
