"""Modules with learned scalars."""

import copy
import gc
import math
import pickle
import runpy
import weakref
from pathlib import Path

import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")

from polycontrast.distributed import find  # noqa: E402
from polycontrast.objective import Embeddings, Objective  # noqa: E402
from polycontrast.torch import Learnable, Loss  # noqa: E402

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def batch():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, 8, 4, generator=generator).requires_grad_()


def test_the_learned_scalar_gets_the_gradient_of_its_logarithm():
    loss = Loss(pc.info_nce, temperature=Learnable(0.2))
    views = batch()
    loss(*views).backward()
    _, grads = pc.info_nce.value_and_grad(
        *views.detach().numpy(), temperature=loss.temperature().item(), wrt="temperature"
    )
    assert loss.temperature.log.grad.item() == pytest.approx(0.2 * float(grads[0]), rel=1e-5)


def test_a_scalar_of_any_sign_is_held_as_it_is():
    loss = Loss("sigmoid_contrastive", temperature=Learnable(0.1), bias=Learnable(-10, log=False))
    loss(*batch()).backward()
    assert loss.bias().item() == -10
    assert loss.bias.number.grad is not None


def test_limits_are_kept():
    """Steps that lead out of the limits end at them, and lead back at once."""
    temperature = Learnable(0.02, min=0.01, max=1.0)
    optimizer = torch.optim.SGD(temperature.parameters(), lr=10.0)
    temperature().backward()
    with torch.no_grad():
        temperature.log -= 100
    assert temperature().item() == pytest.approx(0.01)
    optimizer.zero_grad()
    (-1000 * temperature()).backward()
    optimizer.step()
    assert temperature().item() == pytest.approx(1.0)


def test_the_state_comes_back():
    loss, other = (Loss(pc.info_nce, temperature=Learnable(t)) for t in (0.07, 0.5))
    other.load_state_dict(loss.state_dict())
    assert other.temperature().item() == pytest.approx(0.07)
    views = batch()
    assert torch.equal(loss(*views), other(*views))


def test_a_parameter_of_the_users_is_one_of_the_module():
    """It is found by the optimizer and saved, in the shape (1,) too, which FSDP2 asks for."""
    temperature = torch.nn.Parameter(torch.tensor([0.2]))
    loss = Loss(pc.info_nce, temperature=temperature)
    assert [*loss.parameters()] == [temperature]
    assert [*loss.state_dict()] == ["temperature", "_extra_state"]
    views = batch()
    loss(*views).backward()
    wanted = pc.info_nce.value_and_grad(
        *views.detach().double(), temperature=0.2, wrt="temperature"
    )[1]
    assert temperature.grad.shape == (1,)
    assert temperature.grad.item() == pytest.approx(float(wanted[0]), rel=1e-4)


def test_other_tensors_move_with_the_module():
    x, y = batch().detach()
    loss = Loss(pc.info_nce, negatives=y.flip(0)).double()
    assert loss(x.double(), y.double()).dtype == torch.float64
    assert not [*loss.parameters()]
    assert [*loss.state_dict()] == ["_extra_state"]


def test_one_bounded_scalar_in_two_losses_of_a_step():
    """The clamping of the second use must not spoil what the first one's graph saved."""
    bias = Learnable(-3.0, log=False, min=-20.0, max=0.0)
    loss = Loss(pc.sigmoid_contrastive, temperature=Learnable(0.1, min=0.01), bias=bias)
    x, y = batch().detach()
    (loss(x, y) + loss(y[:4], x[:4])).backward()
    together = [p.grad.clone() for p in loss.parameters()]
    loss.zero_grad()
    loss(x, y).backward()
    loss(y[:4], x[:4]).backward()
    torch.testing.assert_close(together, [p.grad for p in loss.parameters()])


@pytest.mark.parametrize(
    ("saved", "other"),
    [
        (lambda: Loss("info_nce", temperature=Learnable(0.1)), "nt_xent"),
        (lambda: Loss("nt_xent", temperature=Learnable(0.1, log=False)), "nt_xent"),
        (lambda: torch.nn.Sequential(Loss("info_nce", temperature=Learnable(0.1))), None),
    ],
    ids=["objective", "form", "inside a module"],
)
@pytest.mark.parametrize("form", [lambda state: state, dict], ids=["torch", "tensors alone"])
def test_the_state_of_another_kind_is_refused(saved, other, form):
    """With the metadata of torch, and without them, as in a file of safetensors."""
    loss = Loss(other or "nt_xent", temperature=Learnable(0.5))
    loss = loss if other else torch.nn.Sequential(loss)
    with pytest.raises(RuntimeError, match=r"where (objective=nt_xent|form=log) is expected"):
        loss.load_state_dict(form(saved().state_dict()))
    loss.load_state_dict(form(saved().state_dict()), strict=False)
    loss.load_state_dict(form(loss.state_dict()))


def test_a_state_is_tensors_alone(tmp_path):
    """Every format of files can keep it, and torch reads it without running code."""
    loss = Loss("info_nce", temperature=Learnable(0.07, log=False))
    assert all(isinstance(value, torch.Tensor) for value in loss.state_dict().values())
    torch.save(loss.state_dict(), tmp_path / "state.pt")
    other = Loss("info_nce", temperature=Learnable(0.5, log=False))
    other.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    assert other.temperature().item() == pytest.approx(0.07)


def test_a_name_may_have_letters_of_every_alphabet():
    def größe(x: Embeddings):
        value = (x * x).sum(-1)
        return value, lambda g: {"x": 2 * g[:, None] * x}

    loss = Loss(Objective(größe))
    loss.load_state_dict(loss.state_dict())


def earlier(log, objective="info_nce"):
    """A state as it was: a parameter `raw` without axes, and facts in the metadata of torch."""
    state = Loss("info_nce", temperature=Learnable(1.0)).state_dict()
    del state["_extra_state"], state["temperature.log"]
    state["temperature.raw"] = torch.tensor(-2.0 if log else 0.2)
    state._metadata["temperature"]["log"] = log
    state._metadata[""]["objective"] = objective
    return state


@pytest.mark.parametrize("log", [True, False])
def test_a_state_with_the_earlier_name_of_a_parameter(log):
    loss = Loss("info_nce", temperature=Learnable(0.5, log=log))
    loss.load_state_dict(earlier(log))
    assert loss.temperature().item() == pytest.approx(math.exp(-2) if log else 0.2)
    for state in (earlier(not log), earlier(log, "nt_xent"), dict(earlier(log))):
        with pytest.raises(RuntimeError, match=r"is expected|Missing key.*temperature"):
            loss.load_state_dict(state)


def test_the_parameters_can_be_sharded(group):
    """FSDP2 refuses parameters without axes; the value of a scalar has none."""
    from torch.distributed.fsdp import fully_shard

    loss = Loss("info_nce", temperature=Learnable(0.2, min=0.01))
    assert loss.temperature.log.shape == (1,)
    assert loss.temperature().shape == ()
    views = batch().detach()
    wanted = loss(*views)
    mesh = torch.distributed.init_device_mesh("cpu", (1,))
    fully_shard(loss, mesh=mesh)
    found = loss(*views)
    found.backward()
    torch.testing.assert_close(found, wanted)


@pytest.fixture
def group(tmp_path):
    from torch import distributed

    if distributed.is_initialized():
        pytest.skip("a process group of another test is there")
    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/g", rank=0, world_size=1)
    yield distributed.group.WORLD
    distributed.destroy_process_group()


def test_a_loss_of_ranks_is_copied_pickled_and_saved(group):
    loss, views = Loss(pc.info_nce, comm=group, temperature=Learnable(0.2)), batch().detach()
    for again, comm in (
        (copy.deepcopy(loss), group),
        (pickle.loads(pickle.dumps(loss)), "world"),
    ):
        assert again.fixed["comm"] == comm
        assert again.temperature.log is not loss.temperature.log
        assert torch.equal(again(*views), loss(*views))
    assert [*loss.state_dict()] == ["_extra_state", "temperature.log"]
    other = torch.distributed.new_group([0])
    assert copy.deepcopy(Loss(pc.info_nce, comm=other)).fixed["comm"] is other
    with pytest.raises(TypeError, match="Loss: comm= cannot be pickled"):
        pickle.dumps(Loss(pc.info_nce, comm=other))


def test_a_group_that_is_destroyed_is_freed(group):
    other = torch.distributed.new_group([0])
    find(other).gather([1.0])
    gone = weakref.ref(other)
    torch.distributed.destroy_process_group(other)
    del other
    gc.collect()
    assert gone() is None


def test_it_prints_what_it_does():
    text = str(Loss(pc.info_nce, temperature=Learnable(0.07, min=0.01), reduction="sum"))
    assert "info_nce, reduction='sum'" in text
    assert "(temperature): Learnable(0.07, min=0.01)" in text


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Learnable(-1.0), ValueError, "initial must be above 0.*log=False"),
        (lambda: Learnable(float("nan")), ValueError, "initial must be finite, got nan"),
        (lambda: Learnable(2.0, max=1.0), ValueError, r"initial must be in \[-inf, 1.0\], got 2.0"),
        (lambda: Loss(pc.info_nce, temprature=0.1), TypeError, "did you mean temperature"),
        (lambda: Learnable("a"), TypeError, "Learnable: initial must be a number, got 'a'"),
        (lambda: Learnable(1.0, max="a"), TypeError, "Learnable: max must be a number, got 'a'"),
        (lambda: Learnable(1.0, log="no"), TypeError, "Learnable: log must be True or False"),
        (lambda: Loss("info_nc"), ValueError, "^Loss: unknown .*'info_nc'; did you mean info_nce"),
        (lambda: Loss(5), TypeError, "Loss: objective must be an objective or the name of one"),
        (
            lambda: Loss(pc.info_nce, reduction=Learnable(1.0)),
            TypeError,
            "reduction of info_nce has no gradient",
        ),
        (
            lambda: Loss(pc.info_nce, temperature=torch.tensor(0.1, requires_grad=True)),
            TypeError,
            "Loss: temperature is to be learned; make it a Learnable",
        ),
        (lambda: Loss(pc.info_nce, temperature=-1), ValueError, "temperature must be finite and"),
        (lambda: Loss(pc.info_nce, reduction="means"), ValueError, "info_nce: unknown reduction"),
        (lambda: Loss(pc.info_nce, normalize="yes"), TypeError, "info_nce: normalize must be True"),
        (lambda: Loss(pc.info_nce, tile=3), ValueError, "info_nce: tile must be two"),
        (lambda: Loss(pc.info_nce, comm=3), TypeError, "info_nce: comm must be"),
    ],
)
def test_wrong_parameters_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_the_training_loop_of_the_documentation_learns():
    losses = runpy.run_path(str(EXAMPLES / "torch_training.py"))["losses"]
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("grad", [True, False])
def test_diagnostics_are_kept_for_a_logger(grad):
    loss = Loss(pc.info_nce, temperature=Learnable(0.2), diagnostics=True)
    assert loss.diagnostics == {}
    x, y = batch() if grad else batch().detach()
    value = loss(x, y)
    found = loss.diagnostics
    wanted = pc.info_nce.value_and_grad(x.detach(), y.detach(), temperature=0.2, diagnostics=True)
    assert value.requires_grad
    assert list(found) == list(wanted[2]._fields)
    for name, number in wanted[2]._asdict().items():
        assert found[name].shape == ()
        assert not found[name].requires_grad
        torch.testing.assert_close(found[name], number)
    value.backward()
    torch.testing.assert_close(
        loss.temperature.log.grad.item(),
        Loss(pc.info_nce, temperature=0.2)
        .objective.value_and_grad(x.detach(), y.detach(), temperature=0.2, wrt="temperature")[1][0]
        .item()
        * 0.2,
        rtol=1e-4,
        atol=1e-6,
    )


def test_diagnostics_that_are_not_defined_are_left_out():
    loss = Loss(pc.sigmoid_contrastive, diagnostics=True)
    loss(*batch())
    assert "information" not in loss.diagnostics
    assert "recall_x" in loss.diagnostics


def test_diagnostics_need_an_objective_that_has_them():
    with pytest.raises(ValueError, match=r"uniformity: diagnostics=True is for objectives"):
        Loss(pc.uniformity, diagnostics=True)(batch()[0])
    with pytest.raises(TypeError, match="Loss: diagnostics must be True or False, got 1"):
        Loss(pc.info_nce, diagnostics=1)


def test_a_moving_average_of_the_weights_has_its_own_temperature():
    model = torch.nn.ModuleList([torch.nn.Linear(4, 4), Loss("info_nce", temperature=Learnable(1))])
    average = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.5)
    )
    average.update_parameters(model)
    with torch.no_grad():
        model[1].temperature.log.fill_(2.0)
    average.update_parameters(model)
    assert average.module[1].temperature.log.item() == pytest.approx(1.0)
    views = batch().detach()
    found = average.module[1](*views)
    torch.testing.assert_close(found, pc.info_nce(*views, temperature=math.e), rtol=1e-5, atol=0)
