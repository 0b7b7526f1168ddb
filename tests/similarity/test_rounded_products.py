"""Products in main memory whose operands are rounded to bfloat16: what they are, and where."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.arrays import products
from polycontrast.arrays.cpu import machine, onednn

torch = pytest.importorskip("torch")
RNG = np.random.default_rng(0)
X = RNG.standard_normal((300, 64)).astype(np.float32)
Y = (X + RNG.standard_normal((300, 64))).astype(np.float32)
needs_processor = pytest.mark.skipif(
    bool(onednn.obstacle()), reason=f"products in bfloat16 need {onednn.obstacle()}"
)


def rounded(x):
    """The nearest numbers with 8 bits, in float64."""
    return torch.from_numpy(x).bfloat16().double().numpy()


@needs_processor
@pytest.mark.parametrize("add", [False, True], ids=["written", "added"])
def test_operands_are_rounded_and_sums_are_not(add):
    """A product of rounded matrices, as accurate as a sum in float32."""
    total = np.ones((300, 300), dtype=np.float32) if add else None
    got = products.OneDnn().added(total, X, Y.T)
    wanted = rounded(X) @ rounded(Y).T + add
    assert np.abs(got - wanted).max() < 1e-5 * np.abs(wanted).max()
    assert np.abs(got - (X.astype(float) @ Y.T + add)).max() > 1e-3


@needs_processor
@pytest.mark.parametrize("tile", [None, (64, 64)], ids=["one tile", "tiles"])
@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive", "sup_con"])
def test_value_and_gradient(name, tile):
    """Near float64, to 8 bits of the cosines, and not the numbers of full precision."""
    args = (X, RNG.integers(0, 9, 300)) if name == "sup_con" else (X, Y)
    options = {} if tile is None else dict(tile=tile)
    objective = pc.objectives()[name]
    value, grads = objective.value_and_grad(*args, precision="bf16", **options)
    full = objective.value_and_grad(*args, **options)[1]
    wide = [t.astype(float) if t.dtype == np.float32 else t for t in args]
    wanted, exact = objective.value_and_grad(*wide)
    assert value.dtype == np.float32
    assert not np.array_equal(grads[0], full[0])
    assert abs(value - wanted) < 1e-3 * abs(wanted)
    for got, g in zip(grads, exact, strict=True):
        assert np.abs(got - g).max() < 2e-2 * np.abs(g).max()


@needs_processor
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_tensors_with_a_graph(dtype):
    """`backward` has the same products as `value_and_grad`."""
    x, y = (torch.from_numpy(t).to(getattr(torch, dtype)).requires_grad_() for t in (X, Y))
    pc.info_nce(x, y, precision="bf16").backward()
    grads = pc.info_nce.value_and_grad(x.detach(), y.detach(), precision="bf16")[1]
    assert torch.equal(x.grad, grads.x)
    assert torch.equal(y.grad, grads.y)


@needs_processor
def test_arrays_of_jax():
    jax = pytest.importorskip("jax")
    with_jax = pc.info_nce(*map(jax.numpy.asarray, (X, Y)), precision="bf16")
    assert float(with_jax) == float(pc.info_nce(X, Y, precision="bf16"))


@needs_processor
def test_workers_change_no_bit():
    x, y = RNG.standard_normal((2, 1700, 32)).astype(np.float32)
    found = [pc.info_nce.value_and_grad(x, y, precision="bf16", workers=n) for n in (1, 2, 5)]
    for value, grads in found[1:]:
        assert value == found[0][0]
        assert all(map(np.array_equal, grads, found[0][1]))


@needs_processor
def test_the_program_keeps_its_settings():
    """Products of torch, and its threads, are the same after calls, also of several threads."""
    before = torch.backends.mkldnn.matmul.fp32_precision, torch.get_num_threads()
    own = torch.from_numpy(X) @ torch.from_numpy(Y).T

    def call():
        for _ in range(3):
            pc.info_nce.value_and_grad(X, Y, precision="bf16", tile=(50, 50), workers=2)

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pytest.raises(ValueError, match="same dimension"):
        pc.info_nce(X, Y[:, :3], precision="bf16")
    assert before == (torch.backends.mkldnn.matmul.fp32_precision, torch.get_num_threads())
    assert torch.equal(own, torch.from_numpy(X) @ torch.from_numpy(Y).T)


@needs_processor
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child process by fork")
def test_a_child_of_a_fork_rounds_nothing():
    """A fork in the middle of a product leaves the setting of full precision to the child."""
    program = """
import os, torch
from polycontrast.arrays.cpu import onednn
setting = torch.backends.mkldnn.matmul
with onednn.rounding()():
    inside = setting.fp32_precision
    child = os.fork()
    if child == 0:
        os._exit(3 if setting.fp32_precision == "bf16" else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert inside == "bf16" != setting.fp32_precision
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


@needs_processor
def test_memory_that_cannot_be_written():
    """Rows that are not scaled go to oneDNN as they are, and torch does not warn of them."""
    x = X.copy()
    x.flags.writeable = False
    pc.info_nce.value_and_grad(x, x, precision="bf16", normalize=False)


def test_a_processor_without_these_products(monkeypatch):
    monkeypatch.setattr(onednn, "processor_features", lambda: frozenset({"avx2"}))
    with pytest.raises(ValueError, match='info_nce: precision="bf16" in main memory needs a proc'):
        pc.info_nce(X, Y, precision="bf16")


def test_a_torch_without_this_setting(monkeypatch):
    monkeypatch.setattr(onednn, "processor_features", lambda: frozenset({"amx_bf16"}))
    monkeypatch.setattr(onednn, "_setting_of", lambda torch: None)
    with pytest.raises(ValueError, match="needs torch 2"):
        pc.info_nce(X, Y, precision="bf16")


def test_without_torch(monkeypatch):
    monkeypatch.setattr(onednn, "processor_features", lambda: frozenset({"amx_bf16"}))
    monkeypatch.setattr(onednn.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="needs torch, whose oneDNN"):
        pc.info_nce(X, Y, precision="bf16")


def test_features_of_a_processor(tmp_path, monkeypatch):
    listed = tmp_path / "cpuinfo"
    listed.write_text("processor\t: 0\nflags\t\t: sse2 amx_bf16\n\nprocessor\t: 1\nflags\t: sse2\n")
    monkeypatch.setattr(machine, "PROCESSORS", listed)
    machine.processor_features.cache_clear()
    assert machine.processor_features() == {"sse2", "amx_bf16"}
    machine.processor_features.cache_clear()


@needs_processor
def test_float64_is_refused():
    with pytest.raises(ValueError, match='precision="bf16" needs float32 or half precision'):
        pc.info_nce(X.astype(float), Y.astype(float), precision="bf16")
