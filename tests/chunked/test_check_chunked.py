"""The certificate for chunks passes what is exact, and says where the rest goes wrong."""

from dataclasses import dataclass, field

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.chunked import get_state
from polycontrast.testing import check_chunked

RNG = np.random.default_rng(0)
X, Y, W = *RNG.normal(size=(2, 8, 5)), RNG.normal(size=(5, 3))


def embed(x):
    return x @ W, lambda g: {"w": x.T @ g}


class TestWithoutAFramework:
    def test_what_is_exact_passes(self):
        report = check_chunked(
            pc.info_nce, embed, [X, Y], chunk_size=3, wrt="temperature", temperature=0.3
        )
        assert report.raise_on_failure() is report
        assert report.where is None
        stages = {(check.stage, check.name) for check in report.checks}
        assert {("gradient", "encoders[0]['w']"), ("gradient", "temperature")} < stages
        assert "chunked step of info_nce: exact" in str(report)

    @pytest.mark.parametrize("kind", [np.random.default_rng, np.random.RandomState])
    def test_random_numbers_that_are_replayed_pass(self, kind):
        rng = kind(1)

        def dropout(x):
            kept = x * (rng.random(x.shape) < 0.5)
            return kept @ W, lambda g: kept.T @ g

        before = get_state(rng)
        assert check_chunked(pc.info_nce, dropout, [X, Y], chunk_size=3, generators=[rng])
        np.testing.assert_equal(get_state(rng), before)
        report = check_chunked(pc.info_nce, dropout, [X, Y], chunk_size=3)
        assert report.where == "replay"
        assert "not replayed" in str(report)

    @pytest.mark.parametrize(
        ("encoder", "error", "words"),
        [
            (lambda x: x @ W, TypeError, r"must return \(embeddings, back\), got ndarray"),
            (lambda x: ("rows", len), TypeError, "must return one array, got 'rows'"),
            (lambda x: (x[:2] @ W, len), ValueError, "must return 3 rows for a chunk of 3"),
        ],
    )
    def test_encoders_are_refused_as_by_the_step(self, encoder, error, words):
        with pytest.raises(error, match=rf"the encoder of batches\[0\] {words}"):
            check_chunked(pc.info_nce, encoder, [X, Y], chunk_size=3)

    def test_encoders_that_are_equal_have_gradients_of_their_own(self):
        @dataclass(frozen=True)
        class Scaled:
            name: str
            factor: float = field(compare=False)

            def __call__(self, x):
                return x * self.factor, lambda g: {"factor": (g * x).sum()}

        encoders = Scaled("scaled", 1.0), Scaled("scaled", 2.0)
        report = check_chunked(
            pc.info_nce, encoders, [X, Y], chunk_size=3, normalize=False
        ).raise_on_failure()
        names = {check.name for check in report.checks if check.stage == "gradient"}
        assert names == {"encoders[0]['factor']", "encoders[1]['factor']"}

    def test_rows_that_depend_on_one_another_are_found(self):
        def centred(x):
            rows = x - x.mean(axis=0)
            return rows @ W, lambda g: rows.T @ g

        for size in (1, 3, 8):  # one chunk for all hides it from the gradient only
            report = check_chunked(pc.info_nce, (embed, centred), [X, Y], chunk_size=size)
            assert report.where == "rows"
            assert {c.name for c in report.failures if c.stage == "rows"} == {"batches[1]"}
            with pytest.raises(AssertionError, match="depend on the other rows"):
                report.raise_on_failure()

    def test_a_loss_that_counts_its_calls_is_found(self):
        class Counting:
            calls = 0

            def __call__(self, x, y):
                raise NotImplementedError

            def value_and_grad(self, x, y, wrt):
                Counting.calls += 1
                return (x * y).sum() * Counting.calls, {"x": y, "y": x}

        assert check_chunked(Counting(), embed, [X, Y], chunk_size=3).where == "value"

    def test_a_pullback_that_is_no_sum_over_rows_is_found(self):
        def clipped(x):
            return x @ W, lambda g: (x.T @ g) / np.linalg.norm(x.T @ g)

        report = check_chunked(pc.info_nce, clipped, [X, Y], chunk_size=3)
        assert report.where == "gradient"
        assert [c.name for c in report.failures] == ["encoders[0]"]


class TestTorch:
    @pytest.fixture
    def torch(self):
        return pytest.importorskip("torch")

    @pytest.fixture
    def batches(self, torch):
        return [torch.from_numpy(X), torch.from_numpy(Y)]

    def model(self, torch, *more):
        torch.manual_seed(0)
        return torch.nn.Sequential(torch.nn.Linear(5, 4), *more, torch.nn.Linear(4, 3)).double()

    def test_what_is_exact_passes_and_nothing_is_changed(self, torch, batches):
        f = self.model(torch, torch.nn.Dropout(0.5))
        temperature = torch.nn.Parameter(torch.tensor(0.3))
        f[0].weight.grad = torch.ones_like(f[0].weight)
        state = torch.get_rng_state()
        report = check_chunked(
            pc.info_nce, f, batches, chunk_size=3, temperature=temperature
        ).raise_on_failure()
        names = {check.name for check in report.checks if check.stage == "gradient"}
        assert {"encoders[0].0.weight", "temperature"} < names
        assert torch.equal(f[0].weight.grad, torch.ones_like(f[0].weight))
        assert temperature.grad is None
        assert torch.equal(torch.get_rng_state(), state)

    @pytest.mark.parametrize("more", ["BatchNorm1d", "dropout too"])
    def test_batch_norm_is_found_and_named(self, torch, batches, more):
        norm = torch.nn.BatchNorm1d(4)
        f = self.model(torch, norm, *([torch.nn.Dropout(0.5)] if more == "dropout too" else []))
        report = check_chunked(pc.info_nce, f, batches, chunk_size=3)
        assert report.where == "rows"
        assert "encoders[0].1: BatchNorm1d in training mode" in str(report)
        assert int(norm.num_batches_tracked) == 0
        assert check_chunked(pc.info_nce, f.eval(), batches, chunk_size=3)

    def test_state_that_moves_on_is_found(self, torch, batches):
        class Warmup(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer("calls", torch.tensor(1.0))

            def forward(self, x):
                self.calls += 1
                return x + 1 / self.calls

        f = self.model(torch, warmup := Warmup())
        assert check_chunked(pc.info_nce, f, batches, chunk_size=3).where == "replay"
        assert float(warmup.calls) == 1

    def test_random_numbers_of_other_libraries_are_found(self, torch, batches):
        f, rng = self.model(torch), np.random.default_rng(0)

        def noisy(x):
            return f(x + torch.from_numpy(rng.normal(size=x.shape)))

        report = check_chunked(
            pc.info_nce, noisy, batches, chunk_size=3, params=dict(f.named_parameters())
        )
        assert report.where == "replay"

    def test_a_pass_that_differs_with_a_graph_is_found(self, torch, batches):
        """Here in its backward pass only, which sees how many rows there are."""

        class PerChunk(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x.clone()

            @staticmethod
            def backward(ctx, g):
                return g / len(g)

        f = self.model(torch)
        report = check_chunked(
            pc.info_nce, lambda x: PerChunk.apply(f(x)), batches, chunk_size=3,
            params=dict(f.named_parameters()),
        )  # fmt: skip
        assert report.where == "gradient"

    def test_encoders_are_refused_as_by_the_step(self, batches):
        words = r"the encoder of batches\[0\] must return one array, got tuple"
        with pytest.raises(TypeError, match=words):
            check_chunked(pc.info_nce, lambda x: (x, x), batches, chunk_size=3)

    def test_half_precision_has_its_own_tolerance(self, torch, batches):
        f, singles = self.model(torch).float(), [x.float() for x in batches]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            check_chunked(pc.info_nce, f, singles, chunk_size=3, temperature=0.5).raise_on_failure()

    def test_a_loss_of_torch_passes(self, torch, batches):
        f = self.model(torch)
        assert check_chunked(lambda x, y: (x - y).square().mean(), f, batches, chunk_size=3)


class TestJax:
    @pytest.fixture
    def jax(self):
        return pytest.importorskip("jax")

    def test_what_is_exact_passes(self, jax):
        def loss(x, y, scale):  # small to compile
            return jax.numpy.sum(x * y) * scale

        def dropout(params, x, key):
            return (x * jax.random.bernoulli(key, 0.5, x.shape).astype(x.dtype)) @ params["w"]

        w, x, y = (jax.numpy.asarray(a) for a in (W, X, Y))
        report = check_chunked(
            loss, dropout, [x, y], chunk_size=4, params={"w": w}, key=jax.random.key(0),
            wrt="scale", scale=2.0,
        ).raise_on_failure()  # fmt: skip
        names = {check.name for check in report.checks if check.stage == "gradient"}
        assert names == {"params[0]['w']", "scale"}

    def test_rows_that_depend_on_one_another_are_found(self, jax):
        def centred(params, x):
            return (x - jax.numpy.mean(x, axis=0, keepdims=True)) @ params

        w, x, y = (jax.numpy.asarray(a) for a in (W, X, Y))
        loss = lambda x, y: jax.numpy.sum(x * y)
        encoders = (lambda params, x: x @ params, centred)
        report = check_chunked(loss, encoders, [x, y], chunk_size=4, params=(w, w))
        assert report.where == "rows"
        assert {c.name for c in report.failures if c.stage == "rows"} == {"batches[1]"}
