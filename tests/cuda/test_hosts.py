"""Calls that CuPy computes run on the device, the stream and the memory that they should."""

import warnings

import lookalike
import numpy as np
import pytest
from walk_cases import X, Y

import polycontrast as pc
from polycontrast import arrays
from polycontrast.arrays import exchange
from polycontrast.arrays.cuda import blas, hosts, launching, ready


@pytest.fixture
def cp():
    with lookalike.installed() as cupy:
        yield cupy


class TestDevices:
    """Arrays of a device that is not the current one are computed there."""

    @pytest.mark.parametrize("name", ["info_nce", "sigmoid_contrastive", "vicreg"])
    def test_value_and_gradient(self, cp, name):
        objective = pc.objectives()[name]
        with cp.cuda.Device(1):
            x, y = cp.asarray(X), cp.asarray(Y)
        value, grads = objective.value_and_grad(x, y)
        assert value.device.id == grads.x.device.id == grads.y.device.id == 1
        with cp.cuda.Device(1):
            wanted, wanted_grads = objective.value_and_grad(X, Y)
            np.testing.assert_allclose(value.get(), wanted, rtol=1e-11)
            np.testing.assert_allclose(grads.x.get(), wanted_grads.x, rtol=1e-7, atol=1e-12)

    def test_a_pullback_that_is_called_elsewhere(self, cp):
        with cp.cuda.Device(1):
            x, y = cp.asarray(X), cp.asarray(Y)
            value, back = pc.info_nce.vjp(x, y)
        assert back(1.0).x.device.id == value.device.id == 1

    def test_products_with_the_hessian(self, cp):
        with cp.cuda.Device(1):
            x, y = cp.asarray(X[:9]), cp.asarray(Y[:9])
        found = pc.info_nce.hvp((x, y), (x, y))
        assert found.x.device.id == 1
        wanted = pc.info_nce.hvp((X[:9], Y[:9]), (X[:9], Y[:9]))
        np.testing.assert_allclose(found.x.get(), wanted.x, rtol=1e-6, atol=1e-10)


class TestReady:
    """CuPy computes for others only where it can compute at all."""

    def test_it_computes(self, cp):
        assert ready.cupy_is_ready()
        assert lookalike.kernels.LAUNCHES == ["round_bfloat16"]
        assert lookalike.cublas.ASKED == ["CUBLAS_COMPUTE_32F"]

    @pytest.mark.parametrize("missing", ["headers", "cuBLAS"])
    def test_what_is_missing_is_said_once(self, cp, missing, monkeypatch):
        def fails(*args, **kwargs):
            raise ImportError(f"no {missing}")

        place = (launching, "launch") if missing == "headers" else (blas, "gemm")
        monkeypatch.setattr(*place, fails)
        with pytest.warns(RuntimeWarning, match=f"ImportError: no {missing}.*cuda12 and cuda13"):
            assert not ready.cupy_is_ready()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert not ready.cupy_is_ready()

    def test_no_device(self, cp, monkeypatch):
        monkeypatch.setattr(cp.cuda.runtime, "getDeviceCount", lambda: 0)
        assert not ready.cupy_is_ready()


class TestJax:
    """JAX knows nothing of CuPy's work, so arrays that CuPy reads are kept until it is done."""

    @pytest.fixture
    def host(self, cp, monkeypatch):
        jax = pytest.importorskip("jax")
        monkeypatch.setattr(hosts.JaxInCuPy, "_at_work", type(hosts.JaxInCuPy._at_work)())
        monkeypatch.setattr(exchange, "_host_of_jax", lambda *_: hosts.JaxInCuPy(0))
        return jax

    def test_arrays_are_kept_until_the_work_is_done(self, host, cp, monkeypatch):
        x, y = (host.numpy.asarray(t, dtype="float32") for t in (X, Y))
        monkeypatch.setattr(lookalike.memory.Event, "pending", True)
        value, grads = pc.info_nce.value_and_grad(x, y)
        assert lookalike.kernels.LAUNCHES
        assert isinstance(grads.x, host.Array)
        np.testing.assert_allclose(float(value), float(pc.info_nce(X, Y)), rtol=1e-5)
        at_work = hosts.JaxInCuPy._at_work
        assert len(at_work) == 2  # value, gradient
        assert all(len(kept) >= 2 for _, kept in at_work)
        for event, _ in at_work:
            event.done = True
        monkeypatch.setattr(lookalike.memory.Event, "pending", False)
        pc.info_nce(x, y)
        assert not at_work

    def test_results_within_the_memory_of_others_are_copied(self, host, cp, monkeypatch):
        given = []
        monkeypatch.setattr(host.dlpack, "from_dlpack", given.append)
        whole = cp.zeros((3, 5), dtype=cp.float32).copy()
        for part in (whole, whole[1], whole[2]):
            hosts.JaxInCuPy(0).give(part)
        assert [t.data.ptr % hosts.ALIGNMENT for t in given] == [0, 0, 0]
        assert given[0] is whole


class TestTorch:
    """CuPy works on torch's stream and in torch's memory."""

    @pytest.fixture
    def torch(self, cp, monkeypatch):
        """torch, with tensors of main memory for those of a GPU."""
        torch = pytest.importorskip("torch")
        stream = lookalike.memory.ExternalStream(77)
        stream.cuda_stream = stream.ptr
        monkeypatch.setattr(torch.cuda, "current_stream", lambda device=None: stream)
        monkeypatch.setattr(torch.cuda, "caching_allocator_alloc", self.allocate)
        monkeypatch.setattr(torch.cuda, "caching_allocator_delete", lambda k: self.held.pop(k))

        class Host(hosts.TorchInCuPy):
            def __init__(self, like):
                hosts.CuPy.__init__(self, 0)

        def host_of(first, guests, ranks):
            tensors = [t for t in guests if isinstance(t, torch.Tensor)]
            plain = not arrays.is_taped() and all(map(exchange.is_plain, tensors))
            return Host(first) if plain else None

        monkeypatch.setattr(exchange, "_host_of_tensors", host_of)
        self.held, self.streams = {}, []
        return torch

    def allocate(self, size, device=None, stream=None):
        import cupy

        self.streams.append(cupy.cuda.get_current_stream().ptr)
        self.held[len(self.streams)] = size
        return len(self.streams)

    def test_memory_and_stream_are_those_of_torch(self, torch):
        x, y = (torch.from_numpy(t).float().requires_grad_() for t in (X, Y))
        value = pc.info_nce(x, y, tile=(40, 40))
        value.backward()
        assert "softmax_float32" in lookalike.kernels.LAUNCHES
        assert len(self.streams) > 20
        assert set(self.streams) == {77}
        wanted, grads = pc.info_nce.value_and_grad(X, Y)
        np.testing.assert_allclose(float(value.detach()), wanted, rtol=1e-5)
        np.testing.assert_allclose(x.grad.numpy(), grads.x, rtol=1e-3, atol=1e-6)
        del value, x, y
        assert not self.held

    def test_second_derivatives_and_transforms_stay_with_torch(self, torch):
        """A value takes the kernels where its tensors are plain; `torch.func.grad` unwraps them."""
        x, y = torch.from_numpy(X), torch.from_numpy(Y)
        launches = lookalike.kernels.LAUNCHES
        torch.func.grad(lambda t: pc.info_nce(t, y))(x)
        passes = {"peaks_float64", "fold_peaks_float64", "lengths_float64", "directions_float64"}
        assert {*launches} == passes
        leaf = x.clone().requires_grad_()
        (first,) = torch.autograd.grad(pc.info_nce(leaf, y), leaf, create_graph=True)
        launches.clear()
        torch.autograd.grad(first.sum(), leaf)
        torch.vmap(lambda t: pc.info_nce(t, y))(x[None])
        assert launches == []


class TestGraphs:
    """While a CUDA graph is captured, no number of the device is asked for."""

    @pytest.fixture
    def on_cuda(self):
        torch = pytest.importorskip("torch")

        class OnCuda(torch.Tensor):
            is_cuda = True

        return lambda t: t.as_subclass(OnCuda), torch

    @pytest.mark.parametrize("captured", [False, True], ids=["usual", "captured"])
    def test_numbers_are_not_known(self, on_cuda, captured, monkeypatch):
        made, torch = on_cuda
        monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: captured)
        x = made(torch.tensor(2.0))
        if captured:
            monkeypatch.setattr(torch.Tensor, "__float__", lambda _: pytest.fail("a number"))
        assert arrays.known(x) == (None if captured else 2.0)

    def test_operators_stay_out_of_them(self):
        torch = pytest.importorskip("torch")
        if not hasattr(torch.Tag, "cudagraph_unsafe"):
            pytest.skip("this torch has no tag for it")
        import polycontrast.adapters.torch.compiled  # noqa: F401

        for name in ("value", "pull", "value_and_grads"):
            operator = getattr(torch.ops.polycontrast, name).default
            assert torch.Tag.cudagraph_unsafe in operator.tags
