"""The step in chunks equals that of the whole batch, in whatever way torch is used around it."""

import contextlib
import copy

import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch_encoders import WIDTH, B, info_nce, mlp, two_batches  # noqa: E402

from polycontrast.torch import Learnable, chunked_step  # noqa: E402
from polycontrast.torch import Loss as ObjectiveLoss  # noqa: E402


@pytest.fixture
def batches():
    return two_batches()


def plain_step(loss, encoders, batches, **parameters):
    """What chunks must equal: one graph over everything."""
    value = loss(*(f(x) for f, x in zip(encoders, batches, strict=True)), **parameters)
    value.backward()
    return value.detach()


def gradients(*modules):
    """Gradients so far, which are taken away."""
    found = [p.grad for module in modules for p in module.parameters()]
    for module in modules:
        module.zero_grad(set_to_none=True)
    return found


def assert_same(found, wanted, tolerance=1e-10):
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("size", [1, 3, B, 2 * B, (3, 5)], ids=str)
@pytest.mark.parametrize("objective", [pc.info_nce, info_nce], ids=["closed form", "autograd"])
def test_the_gradient_is_that_of_the_whole_batch(batches, size, objective):
    f, g = mlp(), mlp(nn.Linear(7, 7))
    value = plain_step(info_nce, (f, g), batches)
    wanted = gradients(f, g)
    found = chunked_step(objective, (f, g), batches, chunk_size=size)
    assert not found.requires_grad
    assert_same([found, *gradients(f, g)], [value, *wanted])


def test_an_encoder_may_be_shared(batches):
    f = mlp()
    plain_step(info_nce, (f, f), batches)
    wanted = gradients(f)
    for encoders in (f, [f, f], nn.ModuleList([f, f])):
        chunked_step(pc.info_nce, encoders, batches, chunk_size=3)
        assert_same(gradients(f), wanted)


def test_objectives_of_many_views_get_one_list(batches):
    f, views = mlp(), [*batches, batches[0].flip(1)]
    value, grads = pc.poly_view.value_and_grad([f(x) for x in views])
    torch.autograd.backward([f(x) for x in views], grads.views)
    wanted = gradients(f)
    found = chunked_step(pc.poly_view, f, views, chunk_size=3)
    assert_same([found, *gradients(f)], [value, *wanted])


def test_rows_may_come_before_views(batches):
    f, views = mlp(), [*batches, batches[0].flip(1)]
    z = [f(x) for x in views]
    grads = pc.gram_loss.value_and_grad(z[0], z[1:])[1]
    torch.autograd.backward(z, [grads.anchor, *grads.others])
    wanted = gradients(f)
    chunked_step(pc.gram_loss, f, views, chunk_size=3)
    assert_same(gradients(f), wanted)


def test_weights_are_one_for_each_sample_of_the_batch(batches):
    f, weights = mlp(), torch.linspace(0.5, 2.0, B, dtype=torch.float64)
    z = [f(x) for x in batches]
    grads = pc.info_nce.value_and_grad(*z, weights=weights)[1]
    torch.autograd.backward(z, [grads.x, grads.y])
    wanted = gradients(f)
    chunked_step(pc.info_nce, f, batches, chunk_size=3, weights=weights, tile=(2, 3))
    assert_same(gradients(f), wanted)


class Model(nn.Module):
    """Takes what a tokenizer gives, and something that belongs to no row."""

    def __init__(self):
        super().__init__()
        self.inner = mlp()

    def forward(self, input_ids, attention_mask=None, scale=1.0, extra=()):
        masked = input_ids if attention_mask is None else input_ids * attention_mask
        return self.inner(sum(extra, masked)) * scale


@pytest.mark.parametrize("form", ["dict", "tuple", "nested"])
def test_a_batch_may_hold_several_arguments(batches, form):
    f, mask = Model(), (batches[0] > 0).double()
    forms = {
        "dict": [{"input_ids": x, "attention_mask": mask, "scale": 2.0} for x in batches],
        "tuple": [(x, mask, 2.0) for x in batches],
        "nested": [{"input_ids": x, "scale": 2.0, "extra": [mask, mask]} for x in batches],
    }
    encodes = {
        "dict": lambda x: f(x, mask, 2.0),
        "tuple": lambda x: f(x, mask, 2.0),
        "nested": lambda x: f(x, None, 2.0, [mask, mask]),
    }
    plain_step(info_nce, [encodes[form]] * 2, batches)
    wanted = gradients(f)
    chunked_step(pc.info_nce, f, forms[form], chunk_size=3)
    assert_same(gradients(f), wanted)


def test_dropout_is_replayed(batches):
    f = mlp(nn.Dropout(0.5))
    spans = [(0, 3), (3, 6), (6, 8)]

    def in_chunks(x):
        return torch.cat([f(x[i0:i1]) for i0, i1 in spans])

    torch.manual_seed(5)
    value = plain_step(info_nce, (in_chunks, in_chunks), batches)
    wanted, draw = gradients(f), torch.rand(2)
    torch.manual_seed(5)
    found = chunked_step(pc.info_nce, f, batches, chunk_size=3)
    assert_same([found, *gradients(f)], [value, *wanted])
    torch.testing.assert_close(torch.rand(2), draw)  # the state is as one pass leaves it


def test_generators_of_an_encoder_are_replayed(batches):
    f, own = mlp(), torch.Generator().manual_seed(3)
    noises = []

    def noisy(x):
        noises.append(torch.rand(x.shape, generator=own, dtype=x.dtype))
        return f(x + noises[-1])

    chunked_step(pc.info_nce, noisy, batches, chunk_size=3, generators=[own])
    first, second = noises[:6], noises[6:]
    assert_same(second, first)


class Loss(nn.Module):
    """A module of the kind that wraps an objective, with a parameter of its own."""

    def __init__(self, objective=None):
        super().__init__()
        self.objective = objective
        self.log_temperature = nn.Parameter(torch.tensor(-1.0, dtype=torch.float64))

    def forward(self, x, y):
        return info_nce(x, y, self.log_temperature.exp())


@pytest.mark.parametrize("objective", [None, pc.info_nce], ids=["any", "wraps an objective"])
def test_a_loss_with_parameters_learns_them(batches, objective):
    f, loss = mlp(), Loss(objective)
    value = plain_step(loss, (f, f), batches)
    wanted = gradients(f, loss)
    found = chunked_step(loss, f, batches, chunk_size=3)
    assert_same([found, *gradients(f, loss)], [value, *wanted])


@pytest.mark.parametrize("objective", [pc.info_nce, pc.poly_view], ids=["rows", "views"])
def test_our_own_module_of_a_loss_learns_its_temperature(batches, objective):
    f, loss = mlp(), ObjectiveLoss(objective, temperature=Learnable(0.3))
    z = [f(x) for x in batches]
    value = loss(z) if objective is pc.poly_view else loss(*z)
    value.backward()
    wanted = gradients(f, loss)
    found = chunked_step(loss, f, batches, chunk_size=3)
    assert_same([found, *gradients(f, loss)], [value.detach(), *wanted])


@pytest.mark.parametrize("objective", [pc.info_nce, info_nce], ids=["closed form", "autograd"])
def test_a_learnable_temperature_gets_its_gradient_once(batches, objective):
    """Also through what it was computed from."""
    f, log_temperature = mlp(), nn.Parameter(torch.tensor(-1.0))
    plain_step(info_nce, (f, f), batches, temperature=log_temperature.exp())
    wanted, log_temperature.grad = log_temperature.grad, None
    chunked_step(objective, f, batches, chunk_size=1, temperature=log_temperature.exp())
    torch.testing.assert_close(log_temperature.grad, wanted)


def test_steps_accumulate(batches):
    f = mlp()
    halves = [[x[:4] for x in batches], [x[4:] for x in batches]]
    for half in halves:
        (plain := info_nce(*(f(x) for x in half)) / 2).backward()
    wanted = gradients(f)
    for half in halves:
        found = chunked_step(pc.info_nce, f, half, chunk_size=3, scale=lambda loss: loss / 2)
    torch.testing.assert_close(found, 2 * plain.detach())  # the value is not scaled
    assert_same(gradients(f), wanted)


def test_a_frozen_encoder_is_encoded_again_for_one_chunk_at_most(batches):
    f, locked, calls = mlp(), mlp().requires_grad_(False), []
    locked.register_forward_hook(lambda *_: calls.append(1))
    chunked_step(pc.info_nce, (f, locked), batches, chunk_size=2)
    assert len(calls) <= 5
    assert gradients(locked) == [None] * 4
    gradients(f)
    plain_step(info_nce, (f, locked), batches)
    wanted = gradients(f)
    chunked_step(pc.info_nce, (f, locked), batches, chunk_size=3)
    assert_same(gradients(f), wanted)


def test_inputs_that_require_a_gradient_get_it(batches):
    f, x = mlp(), batches[0].clone().requires_grad_()
    plain_step(info_nce, (f, f), (x, batches[1]))
    wanted, x.grad = x.grad, None
    chunked_step(pc.info_nce, f, (x, batches[1]), chunk_size=3)
    assert_same([x.grad], [wanted])


@pytest.mark.parametrize("objective", [pc.info_nce, info_nce], ids=["closed form", "autograd"])
def test_autocast_holds_for_encoders_and_not_for_the_objective(batches, objective):
    f = mlp(dtype=torch.float32)
    x, y = (x.float() for x in batches)
    seen, back = [], []
    f.register_forward_hook(
        lambda module, given, z: seen.append((torch.is_grad_enabled(), z.dtype))
    )
    f[-1].register_full_backward_hook(
        lambda *_: back.append(torch.is_autocast_enabled("cpu")),
    )
    with torch.autocast("cpu", dtype=torch.bfloat16):
        z = [torch.cat([f(x[i : i + 2]) for i in range(0, B, 2)]) for x in (x, y)]
    value = info_nce(*(z.float() for z in z), 0.5)
    value.backward()
    wanted = gradients(f)
    seen.clear(), back.clear()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = chunked_step(objective, f, (x, y), chunk_size=2, temperature=0.5)
        assert torch.is_autocast_enabled("cpu")
    assert set(seen) == {(False, torch.bfloat16), (True, torch.bfloat16)}
    assert back == [False] * B
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, value.detach(), rtol=1e-5, atol=1e-5)
    assert_same(gradients(f), wanted, tolerance=1e-2)  # bfloat16 gradients are summed in two orders


@pytest.mark.parametrize("objective", [pc.info_nce, info_nce], ids=["closed form", "autograd"])
def test_a_grad_scaler_scales_every_gradient(batches, objective):
    f = mlp()
    temperature = nn.Parameter(torch.tensor(0.3, dtype=torch.float64))
    value = plain_step(info_nce, (f, f), batches, temperature=temperature)
    wanted, temperature.grad = [*gradients(f), temperature.grad], None
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    optimizer = torch.optim.SGD([*f.parameters(), temperature], lr=1.0)
    found = chunked_step(objective, f, batches, chunk_size=3, scale=scaler, temperature=temperature)
    torch.testing.assert_close(temperature.grad, 1024 * wanted[-1])
    scaler.unscale_(optimizer)
    assert_same([found, *gradients(f), temperature.grad], [value, *wanted])


def test_gradients_are_scaled_before_they_are_rounded(batches):
    """A gradient of 1e-9 is 0 in float16, unless it was scaled in float32."""
    f = mlp(dtype=torch.float16)
    batches = [x.half() for x in batches]

    def tiny(x, y):
        return 1e-9 * (x * y).sum()

    for scale, survives in ((None, False), (lambda loss: loss * 2.0**20, True)):
        chunked_step(tiny, f, batches, chunk_size=3, scale=scale)
        assert any(bool(g.any()) for g in gradients(f)) == survives


def test_hooks_run_as_in_a_plain_step(batches):
    """Those of parameters once, on the whole gradient, though clipping is not linear."""
    f, calls = mlp(), []
    weight = f[0].weight

    def clip(grad):
        calls.append("gradient")
        return grad / grad.norm()

    weight.register_hook(clip)
    weight.register_post_accumulate_grad_hook(lambda p: calls.append("accumulated"))
    f[0].register_forward_pre_hook(lambda *_: calls.append("forward"))
    f[-1].register_full_backward_hook(lambda *_: calls.append("backward"))
    earlier = torch.ones_like(weight)
    weight.grad = earlier.clone()
    plain_step(info_nce, (f, f), batches)
    assert calls.count("gradient") == calls.count("accumulated") == 1
    wanted = gradients(f)
    for _ in range(2):  # the hooks are in place afterwards
        calls.clear()
        weight.grad = earlier.clone()
        chunked_step(pc.info_nce, f, batches, chunk_size=4)
        counts = {name: calls.count(name) for name in calls}
        assert counts == {"forward": 8, "backward": 4, "gradient": 1, "accumulated": 1}
        assert_same(gradients(f), wanted)


class Parallel(nn.Module):
    """Stands for DistributedDataParallel: notes which passes exchange gradients."""

    def __init__(self, module):
        super().__init__()
        self.module, self.exchanging, self.backwards = module, True, []
        module[-1].register_full_backward_hook(lambda *_: self.backwards.append(self.exchanging))

    def forward(self, x):
        return self.module(x)

    @contextlib.contextmanager
    def no_sync(self):
        self.exchanging = False
        yield
        self.exchanging = True


def test_gradients_are_exchanged_once(batches):
    f = Parallel(mlp())
    chunked_step(pc.info_nce, f, batches, chunk_size=3)
    assert f.backwards == [False] * 5 + [True]
    first, second = Parallel(mlp()), Parallel(mlp())
    chunked_step(pc.info_nce, (first, second), batches, chunk_size=4)
    assert first.backwards == second.backwards == [False, True]


class Live:
    """Bytes that graphs hold at the same time, and their peak."""

    def __init__(self):
        self.now = self.peak = 0

    def pack(self, tensor):
        return _Held(tensor, self)

    def measure(self, step):
        with torch.autograd.graph.saved_tensors_hooks(self.pack, lambda held: held.tensor):
            step()
        return self.peak


class _Held:
    def __init__(self, tensor, live):
        self.tensor, self.live = tensor, live
        live.now += tensor.nbytes
        live.peak = max(live.peak, live.now)

    def __del__(self):
        self.live.now -= self.tensor.nbytes


def test_activations_are_those_of_one_chunk():
    """The embeddings are held before the second pass, and not during it."""
    f = nn.Sequential(*(nn.Sequential(nn.Linear(32, 32), nn.Tanh()) for _ in range(4)))
    batches = list(torch.randn(2, 256, 32))
    one_chunk = Live().measure(lambda: f(batches[0][:16]).sum().backward())
    plain = Live().measure(lambda: plain_step(info_nce, (f, f), batches))
    chunked = Live().measure(lambda: chunked_step(pc.info_nce, f, batches, chunk_size=16))
    embeddings = sum(x.nbytes for x in batches)
    assert chunked <= max(one_chunk, embeddings)
    assert chunked < plain / 10


def test_the_caller_may_have_gradients_switched_off(batches):
    f = mlp()
    chunked_step(pc.info_nce, f, batches, chunk_size=3)
    wanted = gradients(f)
    with torch.no_grad():
        chunked_step(pc.info_nce, f, batches, chunk_size=3)
        assert not torch.is_grad_enabled()
    assert_same(gradients(f), wanted)


def test_an_error_in_the_second_pass_leaves_hooks_and_states_in_place(batches):
    f, calls = mlp(nn.Dropout(0.5)), []
    f[0].weight.register_hook(lambda g: calls.append(1))
    torch.manual_seed(0)
    chunked_step(pc.info_nce, f, batches, chunk_size=3)
    draw = torch.rand(1)
    gradients(f)

    def fails(x):
        if torch.is_grad_enabled():
            raise RuntimeError("in the second pass")
        return f(x)

    torch.manual_seed(0)
    with pytest.raises(RuntimeError, match="second pass"):
        chunked_step(pc.info_nce, (f, fails), batches, chunk_size=3)
    torch.testing.assert_close(torch.rand(1), draw)
    calls.clear()
    plain_step(info_nce, (f, f), batches)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"batches": torch.ones(2, B, WIDTH)}, TypeError, r"batches must be a list.*\(2, 8, 5\)"),
        ({"batches": []}, TypeError, "batches must be a list"),
        ({"chunk_size": 0}, ValueError, "chunk_size must be a positive integer.*got 0"),
        ({"chunk_size": (1, 2, 3)}, ValueError, "one for each of the 2 batches"),
        ({"encoders": [len]}, ValueError, "one for each batch, got 1 for 2"),
        ({"encoders": lambda x: x.sum(0)}, ValueError, r"batches\[0\].* 3 rows .* \(5,\)"),
        ({"encoders": lambda x: (x, x)}, TypeError, "must return one array, got tuple"),
        ({"objective": lambda x, y: x}, ValueError, r"0-d loss, got \(8, 5\)"),
        ({"objective": pc.uniformity}, ValueError, r"uniformity takes 1 batches \(z\), got 2"),
        ({"reduction": "none"}, ValueError, r"info_nce must return a 0-d loss, got \(8,\)"),
        ({"scale": 3.0}, TypeError, "scale must be a GradScaler or a callable, got float"),
        (
            {"label_smoothing": torch.tensor(0.1, requires_grad=True)},
            ValueError,
            "no gradient with respect to label_smoothing; possible: .*temperature",
        ),
    ],
)
def test_errors_say_what_is_wanted(batches, change, error, message):
    given = {"objective": pc.info_nce, "encoders": nn.Identity(), "batches": batches}
    given = given | {"chunk_size": 3} | change
    with pytest.raises(error, match=message):
        chunked_step(**given)


def test_rows_of_a_batch_must_agree(batches):
    batch = {"input_ids": batches[0], "attention_mask": batches[1][:4]}
    with pytest.raises(ValueError, match=r"\['input_ids'\] 8 and .*\['attention_mask'\] 4"):
        chunked_step(pc.uniformity, Model(), [batch], chunk_size=3)


def test_the_whole_trains(batches):
    """A step of an optimizer after it is the step that follows a plain one."""
    f = mlp()
    g = copy.deepcopy(f)
    for model, step in ((f, plain_step), (g, None)):
        optimizer = torch.optim.Adam(model.parameters())
        for _ in range(3):
            optimizer.zero_grad()
            if step is None:
                chunked_step(pc.info_nce, model, batches, chunk_size=3)
            else:
                step(info_nce, (model, model), batches)
            optimizer.step()
    assert_same(list(g.parameters()), list(f.parameters()), tolerance=1e-9)
