"""The loss tensor whose backward runs the chunks, in whatever way a trainer calls backward."""

import functools

import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch_encoders import WIDTH, D, info_nce, mlp, two_batches  # noqa: E402

from polycontrast.torch import Learnable, Loss, chunked_loss, chunked_step  # noqa: E402


@pytest.fixture
def batches():
    return two_batches()


def plain(f, batches, temperature=0.07):
    """Value and gradients of one graph over everything."""
    value = info_nce(*map(f, batches), temperature)
    return value, torch.autograd.grad(value, list(f.parameters()))


def assert_same(found, wanted, tolerance=1e-10):
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


def grads(f):
    found = [p.grad for p in f.parameters()]
    f.zero_grad()
    return found


@pytest.mark.parametrize("objective", [pc.info_nce, info_nce], ids=["closed form", "autograd"])
def test_float32_gradients_are_those_of_the_whole_batch(objective):
    generator = torch.Generator().manual_seed(0)
    f = mlp(dtype=torch.float32)
    batches = list(torch.randn(2, 64, WIDTH, generator=generator))
    value, wanted = plain(f, batches, 0.5)
    loss = chunked_loss(objective, f, batches, chunk_size=10, temperature=0.5)
    loss.backward()
    assert_same([loss.detach(), *grads(f)], [value.detach(), *wanted], tolerance=1e-6)


def test_nothing_is_added_to_gradients_before_backward(batches):
    f = mlp()
    loss = chunked_loss(pc.info_nce, f, batches, chunk_size=3)
    assert loss.requires_grad
    assert grads(f) == [None] * 4


def test_a_trainer_may_scale_and_add_losses(batches):
    """As for gradient accumulation, and beside a penalty on the same parameters."""
    f = mlp()
    value = info_nce(*map(f, batches)) / 4 + f[0].weight.square().sum()
    value.backward()
    wanted = grads(f)
    loss = chunked_loss(pc.info_nce, f, batches, chunk_size=3)
    total = loss / 4 + f[0].weight.square().sum()
    total.backward()
    assert_same([total.detach(), *grads(f)], [value.detach(), *wanted])


def test_a_grad_scaler_scales_and_unscales(batches):
    f = mlp()
    _, wanted = plain(f, batches)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    optimizer = torch.optim.SGD(f.parameters(), lr=1.0)
    scaler.scale(chunked_loss(pc.info_nce, f, batches, chunk_size=3)).backward()
    assert_same([p.grad for p in f.parameters()], [1024 * g for g in wanted])
    scaler.unscale_(optimizer)
    assert_same(grads(f), wanted)


def test_gradients_of_half_precision_are_scaled_before_they_are_rounded(batches):
    """A gradient of 1e-9 is 0 in float16, unless the loss was scaled."""
    f = mlp(dtype=torch.float16)
    batches = [x.half() for x in batches]
    for factor, survives in ((1.0, False), (2.0**20, True)):
        loss = chunked_loss(lambda x, y: 1e-9 * (x * y).sum(), f, batches, chunk_size=3)
        (factor * loss).backward()
        assert any(bool(g.any()) for g in grads(f)) == survives


def test_gradients_are_returned_to_who_asks_for_some(batches):
    f = mlp()
    _, wanted = plain(f, batches)
    loss = chunked_loss(pc.info_nce, f, batches, chunk_size=3)
    found = torch.autograd.grad(loss, [f[0].weight, f[2].bias], retain_graph=True)
    assert_same(found, [wanted[0], wanted[3]])
    assert grads(f) == [None] * 4
    loss.backward(inputs=[f[0].weight], retain_graph=True)
    assert_same([f[0].weight.grad], [wanted[0]])
    assert f[0].bias.grad is None
    f.zero_grad()
    loss.backward()
    assert_same(grads(f), wanted)


def test_a_module_of_a_loss_learns_its_temperature(batches):
    f, criterion = mlp(), Loss(pc.info_nce, temperature=Learnable(0.3))
    criterion(*map(f, batches)).backward()
    wanted = [*grads(f), *grads(criterion)]
    chunked_loss(criterion, f, batches, chunk_size=3).backward()
    assert_same([*grads(f), *grads(criterion)], wanted)


def test_hooks_of_parameters_get_the_whole_gradient_once(batches):
    f, calls = mlp(), []
    f[0].weight.register_hook(lambda g: calls.append("gradient") or g / g.norm())
    f[0].weight.register_post_accumulate_grad_hook(lambda p: calls.append("accumulated"))
    info_nce(*map(f, batches)).backward()
    wanted = grads(f)
    calls.clear()
    chunked_loss(pc.info_nce, f, batches, chunk_size=3).backward()
    assert calls == ["gradient", "accumulated"]
    assert_same(grads(f), wanted)


class Towers(nn.Module):
    """Two encoders as methods, with a parameter that both use."""

    def __init__(self):
        super().__init__()
        self.first, self.second = mlp(), mlp(nn.Linear(7, 7))
        self.second[0].weight = self.first[0].weight

    def image(self, x):
        return self.first(x)

    def text(self, x, scale=1.0):
        return self.second(x) * scale


def test_encoders_may_be_methods_of_one_module(batches):
    f, calls = Towers(), []
    f.first[0].weight.register_post_accumulate_grad_hook(lambda p: calls.append(1))
    info_nce(f.image(batches[0]), f.text(batches[1], 2.0)).backward()
    wanted = grads(f)
    calls.clear()
    encoders = [f.image, functools.partial(f.text, scale=2.0)]
    chunked_loss(pc.info_nce, encoders, batches, chunk_size=3).backward()
    assert calls == [1]
    assert_same(grads(f), wanted)


def test_encoders_of_which_the_parameters_cannot_be_known(batches):
    f = mlp()
    _, wanted = plain(f, batches)
    chunked_loss(pc.info_nce, lambda x: f(x), batches, chunk_size=3).backward()
    assert_same(grads(f), wanted)


class Recurrent(nn.Module):
    """An encoder that keeps its weights in a list as well."""

    def __init__(self):
        super().__init__()
        self.inner = nn.LSTM(1, D, batch_first=True).double()

    def forward(self, x):
        return self.inner(x[..., None])[0][:, -1]


def test_a_recurrent_encoder(batches):
    torch.manual_seed(0)
    f = Recurrent()
    _, wanted = plain(f, batches)
    weights = [*f.inner._flat_weights]
    chunked_loss(pc.info_nce, f, batches, chunk_size=3).backward()
    assert_same(grads(f), wanted)
    assert all(a is b for a, b in zip(f.inner._flat_weights, weights, strict=True))


def test_parameters_are_in_place_after_an_error(batches):
    f = mlp()
    before = list(f.parameters())

    class Fails(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = f

        def forward(self, x):
            if torch.is_grad_enabled():
                raise RuntimeError("in the second pass")
            return self.inner(x)

    loss = chunked_loss(pc.info_nce, Fails(), batches, chunk_size=3)
    with pytest.raises(RuntimeError, match="second pass"):
        loss.backward()
    assert all(p is q for p, q in zip(f.parameters(), before, strict=True))


def test_inputs_may_be_inside_a_graph(batches):
    f, prompt = mlp(), torch.full((WIDTH,), 0.5, dtype=torch.float64, requires_grad=True)
    info_nce(f(batches[0] * prompt), f(batches[1])).backward()
    wanted, prompt.grad = [*grads(f), prompt.grad], None
    given = [{"input": batches[0] * prompt}, batches[1]]
    chunked_loss(pc.info_nce, f, given, chunk_size=3).backward()
    assert_same([*grads(f), prompt.grad], wanted)


def test_dropout_is_replayed_and_the_state_stays_that_of_one_pass(batches):
    f = mlp(nn.Dropout(0.5))
    torch.manual_seed(5)
    value = info_nce(*(torch.cat([f(x[i : i + 4]) for i in (0, 4)]) for x in batches))
    value.backward()
    wanted, draws = grads(f), torch.rand(2)
    torch.manual_seed(5)
    loss = chunked_loss(pc.info_nce, f, batches, chunk_size=4)
    first = torch.rand(1)
    loss.backward()
    assert_same([torch.cat([first, torch.rand(1)]), *grads(f)], [draws, *wanted])


def test_the_second_pass_runs_under_the_autocast_of_the_first(batches):
    f, seen = mlp(dtype=torch.float32), []
    f.register_forward_hook(lambda *args: seen.append((torch.is_grad_enabled(), args[-1].dtype)))
    x, y = (x.float() for x in batches)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = chunked_loss(pc.info_nce, f, [x, y], chunk_size=4, temperature=0.5)
    assert loss.dtype == torch.float32
    loss.backward()
    assert set(seen) == {(False, torch.bfloat16), (True, torch.bfloat16)}
    assert not torch.is_autocast_enabled("cpu")


def test_without_gradients_there_is_one_pass_and_no_graph(batches):
    f, calls = mlp(), []
    f.register_forward_hook(lambda *_: calls.append(1))
    with torch.no_grad():
        loss = chunked_loss(pc.info_nce, f, batches, chunk_size=4)
    assert not loss.requires_grad
    assert len(calls) == 4
    torch.testing.assert_close(loss, info_nce(*map(f, batches)).detach())


def test_second_derivatives_are_refused(batches):
    f = mlp()
    loss = chunked_loss(pc.info_nce, f, batches, chunk_size=3)
    with pytest.raises(RuntimeError, match="chunked_loss: the loss has no second derivatives"):
        torch.autograd.grad(loss, f[0].weight, create_graph=True)


@pytest.mark.parametrize("changed", ["parameter", "input"])
def test_a_change_between_the_passes_is_refused(batches, changed):
    f, x = mlp(), batches[0].clone().requires_grad_()
    loss = chunked_loss(pc.info_nce, f, [x, batches[1]], chunk_size=3)
    with torch.no_grad():
        (f[0].weight if changed == "parameter" else x).mul_(2)
    with pytest.raises(RuntimeError, match=r"chunked_loss: .* changed in place between"):
        loss.backward()


def test_errors_name_the_function_that_was_called(batches):
    for function in (chunked_loss, chunked_step):
        with pytest.raises(ValueError, match=f"^{function.__name__}: chunk_size must be"):
            function(pc.info_nce, nn.Identity(), batches, chunk_size=0)
        with pytest.raises(ValueError, match=f"^{function.__name__}: uniformity takes 1 batches"):
            function(pc.uniformity, nn.Identity(), batches, chunk_size=3)
        with pytest.raises(ValueError, match=f"^{function.__name__}: the encoder of batches"):
            function(pc.info_nce, lambda x: x.sum(0), batches, chunk_size=3)
