"""Heads as torch modules and as a JAX function give the numbers of `Aligner.transform`."""

import contextlib

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, Head, load_heads

VIEWS, _ = synthetic_views(rows=60, columns=(4, 5))
# Columns far from 0, very large and very small: float32 has to keep their digits.
FAR = [VIEWS[0] + 1e4, VIEWS[1] * np.asarray([1e20, 1e-20, 1, 1, 1])]
ALIGNER = {
    dtype: Aligner(n_components=3, max_iter=3, dtype=dtype).fit(FAR)
    for dtype in ("float32", "float64")
}
ZERO = Head(np.ones(2), np.eye(2), np.zeros(2))


def in_torch(source, views):
    torch = pytest.importorskip("torch")
    from polycontrast.torch import heads

    modules = heads(source, dtype=getattr(torch, views[0].dtype.name))
    assert isinstance(modules, torch.nn.ModuleList)
    assert all(isinstance(module.linear, torch.nn.Linear) for module in modules)
    maps = zip(modules, views, strict=True)
    return [module(torch.asarray(view)).detach().numpy() for module, view in maps]


def in_jax(source, views):
    jax = pytest.importorskip("jax")
    from polycontrast.jax import heads

    double = jax.enable_x64(True) if views[0].dtype == "float64" else contextlib.nullcontext()
    with double:
        params, apply = heads(source, dtype=views[0].dtype)
        assert isinstance(params, list)
        return [np.asarray(view) for view in jax.jit(apply)(params, views)]


@pytest.mark.parametrize("library", [in_torch, in_jax], ids=["torch", "jax"])
@pytest.mark.parametrize(("dtype", "error"), [("float32", 2e-6), ("float64", 1e-13)])
def test_they_map_as_the_estimator_does(library, dtype, error):
    views = [view.astype(dtype) for view in FAR]
    wanted = ALIGNER[dtype].transform(views)
    for source in (ALIGNER[dtype], ALIGNER[dtype].heads_):
        for found, rows in zip(library(source, views), wanted, strict=True):
            assert found.dtype == dtype
            np.testing.assert_allclose(found, rows, atol=error)


def test_views_by_name_come_from_a_file(tmp_path):
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    import polycontrast.jax
    import polycontrast.torch

    ALIGNER["float32"].save(tmp_path / "heads.npz", ["a", "b.c"])
    stored = load_heads(tmp_path / "heads.npz")
    view = FAR[1].astype("float32")
    wanted = ALIGNER["float32"].transform([None, view])[1]
    modules = polycontrast.torch.heads(stored)
    np.testing.assert_allclose(modules["b.c"](torch.asarray(view)).detach(), wanted, atol=2e-6)
    params, apply = polycontrast.jax.heads(stored)
    np.testing.assert_allclose(apply(params, {"b.c": view})["b.c"], wanted, atol=2e-6)
    params, apply = polycontrast.jax.heads(ALIGNER["float32"])
    left_out, found = jax.jit(apply)(params, [None, view])
    assert left_out is None
    np.testing.assert_allclose(found, wanted, atol=2e-6)


def test_they_train_further_and_a_zero_row_has_no_gradient_torch():
    torch = pytest.importorskip("torch")
    from polycontrast.torch import heads

    (head,) = heads([ZERO])
    assert [name for name, _ in head.named_parameters()] == ["linear.weight", "linear.bias"]
    head(torch.asarray([[1.0, 1.0]])).sum().backward()
    assert not head.linear.weight.grad.any()
    assert not head.linear.bias.grad.any()
    head(torch.asarray([[4.0, 5.0]])).sum().backward()
    # z = (3, 4): the gradient of sum(z / |z|) is (1 - <u, 1> u) / |z| with u = (0.6, 0.8).
    np.testing.assert_allclose(head.linear.bias.grad, [0.032, -0.024], atol=1e-7)


def test_they_train_further_and_a_zero_row_has_no_gradient_jax():
    jax = pytest.importorskip("jax")
    from polycontrast.jax import heads

    params, apply = heads([ZERO])
    by_params = jax.grad(lambda p, x: apply(p, [x])[0].sum())
    none = by_params(params, np.asarray([[1, 1]], dtype="float32"))
    assert not any(np.asarray(leaf).any() for leaf in jax.tree.leaves(none))
    (some,) = by_params(params, np.asarray([[4, 5]], dtype="float32"))
    np.testing.assert_allclose(some["bias"], [0.032, -0.024], atol=1e-7)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_something_else_is_refused(library):
    module = pytest.importorskip(library) and pytest.importorskip(f"polycontrast.{library}")
    for source in (Aligner(), "heads.npz", None):
        with pytest.raises(TypeError, match="heads: source must be a fitted Aligner, its heads_"):
            module.heads(source)
