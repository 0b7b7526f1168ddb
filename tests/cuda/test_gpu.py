"""The whole GPU path through CuPy: kernels, cuBLAS, walks, memory, and guests of torch and JAX.

Without a device CuPy is the look-alike of this folder. Marks say which tests need the device, and
which are quick on the look-alike.
"""

import contextlib
import itertools

import numpy as np
import pytest
from backends import has_cuda
from walk_cases import VIEWS, X, Y

import polycontrast as pc
from polycontrast import arrays
from polycontrast.arrays.cuda import blas, launching, tiles
from polycontrast.bench.device import peak_bytes

pytestmark = pytest.mark.cupy
ROWS = 3000 if has_cuda() else 300  # the look-alike takes seconds for a million scores


@pytest.fixture
def cp():
    return pytest.importorskip("cupy")


@pytest.fixture
def launched(monkeypatch):
    """Names of the kernels that were started."""
    names, launch = [], launching.launch

    def noting(name, *arguments):
        names.append(name)
        launch(name, *arguments)

    monkeypatch.setattr(launching, "launch", noting)
    return names


def normal(*shape, dtype="float32", seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def call(name, inputs, parameters, make, **options):
    """Value and gradients in float64 on the host."""
    value, grads = pc.objectives()[name].value_and_grad(*map(make, inputs), **parameters, **options)
    return tuple(np.asarray(arrays.to_numpy(t), dtype=np.float64) for t in (value, *grads))


def close(got, wanted, rtol):
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * np.abs(b).max())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 1), (65, 257), (ROWS, 700)], ids=str)
def test_every_kernel_gives_what_it_gives_on_a_processor(cp, dtype, shape, request):
    n, m = shape
    scores, u, v = normal(n, m, dtype=dtype), normal(n, dtype=dtype), normal(m, dtype=dtype)
    given = dict(offsets=(v[:1] + u, u[:1] + v), factors=(u, v), lse=(u + 1, v + 1))

    def compute(make):
        found = [tiles.peaks(make(scores))]
        for function in ("exponential", "softplus", "softmax"):
            sides = {k: tuple(map(make, pair)) for k, pair in given.items()}
            wanted = (function != "softmax",) * 2
            bits = ["uint16"] if dtype == "float32" else []
            for kind in (dtype, *bits):
                weights = make(np.zeros((n, m), dtype=kind))
                found.append(
                    tiles.visit(
                        function,
                        make(scores),
                        sides["offsets"],
                        factors=sides["factors"],
                        lse=sides["lse"],
                        weights=weights,
                        values=wanted,
                        sums=(True, True),
                    )
                )
        return found

    def leaves(found):
        if isinstance(found, (tuple, list)):
            return [t for part in found for t in leaves(part)]
        return [] if found is None else [arrays.to_numpy(found)]

    got = leaves(compute(cp.asarray))
    request.getfixturevalue("on_processor")
    for a, b in zip(got, leaves(compute(lambda t: t)), strict=True):
        if a.dtype == np.uint16:  # neighbours, where the exponentials of the two differ
            assert np.abs(a.astype(int) - b.astype(int)).max() <= 1
        else:
            tolerance = 1e-4 if dtype == "float32" else 1e-12
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * np.abs(b).max())


@pytest.mark.cupy(quick=True)
@pytest.mark.parametrize("turned", list(itertools.product([False, True], repeat=2)), ids=str)
@pytest.mark.parametrize(("precision", "tolerance"), [("highest", 1e-6), ("tf32", 2e-3)])
def test_products_of_any_layout(cp, turned, precision, tolerance):
    x, y, total = normal(70, 130), normal(130, 50, seed=1), normal(70, 50, seed=2)
    a, b = (
        cp.asarray(np.ascontiguousarray(t.T)).T if flip else cp.asarray(t)
        for t, flip in zip((x, y), turned, strict=True)
    )
    out = cp.asarray(total)
    blas.gemm(a, b, out, precision, add=True)
    exact = x.astype(np.float64) @ y + total
    assert np.abs(out.get() - exact).max() < tolerance * np.sqrt(130) * 4
    blas.gemm(a, b, out, precision)
    assert np.abs(out.get() - (exact - total)).max() < tolerance * np.sqrt(130) * 4


@pytest.mark.parametrize(
    ("precision", "tolerance"), [("highest", 1e-5), ("tf32", 5e-3), ("bf16", 3e-2)]
)
@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive"])
def test_precision_is_what_was_asked_for(cp, name, precision, tolerance, launched):
    """Against float64; the value averages errors of the products, the gradient has them all."""
    x, y = normal(ROWS, 256), normal(ROWS, 256, seed=1)
    got = call(name, (x, y), {}, cp.asarray, precision=precision, memory=0)
    wanted = call(name, (x.astype("float64"), y.astype("float64")), {}, cp.asarray)
    np.testing.assert_allclose(got[0], wanted[0], rtol=tolerance / 10)
    for a, b in zip(got[1:], wanted[1:], strict=True):
        assert np.linalg.norm(a - b) < tolerance * np.linalg.norm(b)
    assert any(n.endswith("_bfloat16") for n in launched) == (precision == "bf16")


@pytest.mark.cupy(quick=True)
def test_precision_is_refused_for_float64(cp):
    with pytest.raises(ValueError, match='info_nce: precision="bf16" needs float32'):
        pc.info_nce(cp.asarray(X), cp.asarray(Y), precision="bf16")


SPIN = """
extern "C" __global__ void spin(long long cycles) {
    const long long start = clock64();
    while (clock64() - start < cycles) {}
}
"""


@pytest.mark.cupy(device="a kernel that keeps it busy")
@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive", "poly_view"])
def test_the_host_waits_for_nothing(cp, name):
    """A call returns while the device is still busy with what came before it."""
    given = [cp.asarray(t.astype("float32")) for t in ((VIEWS,) if name == "poly_view" else (X, Y))]
    objective, spin = pc.objectives()[name], cp.RawKernel(SPIN, "spin")
    for cycles in (1, 2_000_000_000):  # the first round compiles, and fills the pool of memory
        before = cp.cuda.Event()
        spin((1,), (1,), (np.int64(cycles),))
        before.record()
        objective.value_and_grad(*given, tile=(40, 40))
    assert not before.done
    before.synchronize()


def test_two_runs_give_the_same_bits(cp):
    x, y = cp.asarray(normal(ROWS, 64)), cp.asarray(normal(ROWS, 64, seed=1))
    tile = (ROWS // 4, ROWS // 4)
    one, other = (pc.info_nce.value_and_grad(x, y, tile=tile) for _ in range(2))
    assert one[0] == other[0]
    assert (one[1].x == other[1].x).all()


@pytest.mark.cupy(device="tests/cuda/test_memory.py counts the same on the look-alike")
@pytest.mark.parametrize("precision", ["highest", "bf16"])
@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive"])
def test_a_tiled_call_keeps_to_its_memory(cp, name, precision):
    """Twelve floats an input element and six tiles, as on any library."""
    x, y = cp.asarray(normal(16_384, 128)), cp.asarray(normal(16_384, 128, seed=1))
    objective, options = pc.objectives()[name], dict(tile=(2048, 2048), precision=precision)
    objective.value_and_grad(x[:64], y[:64], precision=precision)
    peak = peak_bytes(lambda: objective.value_and_grad(x, y, **options))
    views = 4 if name == "nt_xent" else 1  # a tile holds all views of its samples
    assert peak <= 12 * 4 * (x.size + y.size) + 6 * views * 4 * 2048**2


@pytest.mark.cupy(quick=True)
def test_kernels_run_on_the_current_stream(cp):
    stream = cp.cuda.Stream(non_blocking=True)
    x, y = cp.asarray(X), cp.asarray(Y)
    cp.cuda.Device().synchronize()
    with stream:
        value = pc.info_nce(x, y, tile=(40, 40))
    stream.synchronize()
    np.testing.assert_allclose(float(value), float(pc.info_nce(X, Y)), rtol=1e-10)


@pytest.mark.cupy(device="CUDA tensors")
class TestTorch:
    """CUDA tensors, with CuPy's kernels behind them."""

    @pytest.fixture
    def torch(self):
        torch = pytest.importorskip("torch")
        if not torch.cuda.is_available():
            pytest.skip("torch finds no CUDA device")
        return torch

    @pytest.mark.parametrize("half", [False, True], ids=["float32", "bfloat16"])
    def test_backward_takes_the_kernels(self, torch, half, launched):
        dtype = torch.bfloat16 if half else torch.float32
        x, y = (
            torch.from_numpy(t).to("cuda", dtype).requires_grad_()
            for t in (normal(300, 32), normal(300, 32, seed=1))
        )
        temperature = torch.tensor(0.2, device="cuda", requires_grad=True)
        pc.info_nce(x, y, temperature=temperature, tile=(100, 100)).backward()
        assert "softmax_float32" in launched
        got = [t.grad for t in (x, y, temperature)]
        assert [t.dtype for t in got] == [dtype, dtype, torch.float32]
        _, wanted = pc.info_nce.value_and_grad(
            x.detach().float().cpu().numpy(),
            y.detach().float().cpu().numpy(),
            temperature=0.2,
            wrt=("x", "y", "temperature"),
        )
        for a, b in zip(got, wanted, strict=True):
            np.testing.assert_allclose(
                a.float().cpu().numpy(), b, rtol=2e-2 if half else 1e-3, atol=1e-6
            )

    def test_masks_precision_and_plain_calls(self, torch, launched):
        views = torch.from_numpy(VIEWS.astype("float32")).cuda()
        mask = torch.from_numpy(np.random.default_rng(0).random(VIEWS.shape[:2]) < 0.8).cuda()
        value = pc.poly_view(views, mask=mask)
        assert value.is_cuda
        assert launched
        wanted = pc.poly_view(VIEWS, mask=mask.cpu().numpy())
        np.testing.assert_allclose(float(value), wanted, rtol=1e-4)
        rough = pc.poly_view(views, mask=mask, precision="bf16")
        np.testing.assert_allclose(float(rough), wanted, rtol=2e-2)

    def test_a_side_stream_is_followed(self, torch):
        x, y = (torch.from_numpy(normal(2000, 64, seed=k)).cuda() for k in (0, 1))
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            value = pc.info_nce(x * 2, y * 2, tile=(500, 500))
        side.synchronize()
        np.testing.assert_allclose(float(value), float(pc.info_nce(x, y)), rtol=1e-4)

    def test_second_derivatives_and_transforms_stay_with_torch(self, torch, launched):
        x, y = (torch.from_numpy(t).cuda() for t in (X, Y))
        leaf = x.clone().requires_grad_()
        (first,) = torch.autograd.grad(pc.info_nce(leaf, y), leaf, create_graph=True)
        launched.clear()  # the value of a plain tensor takes the kernels, also under a transform
        torch.autograd.grad(first.sum(), leaf)
        torch.vmap(lambda t: pc.info_nce(t, y))(x[None])
        assert not launched

    def test_tensors_of_two_devices_are_refused(self, torch):
        x = torch.from_numpy(X)
        with pytest.raises(ValueError, match="device"):
            pc.info_nce(x.cuda(), x)


@pytest.mark.cupy(device="arrays of JAX on a GPU")
def test_jax_arrays_take_the_kernels(launched):
    jax = pytest.importorskip("jax")
    with contextlib.suppress(RuntimeError):
        device = jax.devices("gpu")[0]
        x, y = (jax.device_put(t.astype("float32"), device) for t in (X, Y))
        value, grads = pc.info_nce.value_and_grad(x, y)
        assert launched
        assert isinstance(grads.x, jax.Array)
        np.testing.assert_allclose(float(value), float(pc.info_nce(X, Y)), rtol=1e-4)
        return
    pytest.skip("JAX finds no GPU")
