"""Modules with learned scalars."""

import copy
import gc
import pickle
import runpy
import weakref
from pathlib import Path

import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")

from polycontrast.distributed import find  # noqa: E402
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
    assert loss.temperature.raw.grad.item() == pytest.approx(0.2 * float(grads[0]), rel=1e-5)


def test_a_scalar_of_any_sign_is_held_as_it_is():
    loss = Loss("sigmoid_contrastive", temperature=Learnable(0.1), bias=Learnable(-10, log=False))
    loss(*batch()).backward()
    assert loss.bias().item() == -10
    assert loss.bias.raw.grad is not None


def test_limits_are_kept():
    """Steps that lead out of the limits end at them, and lead back at once."""
    temperature = Learnable(0.02, min=0.01, max=1.0)
    optimizer = torch.optim.SGD(temperature.parameters(), lr=10.0)
    temperature().backward()
    with torch.no_grad():
        temperature.raw -= 100
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
    assert [*loss.state_dict()] == ["temperature"]
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
    assert not loss.state_dict()


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
def test_the_state_of_another_kind_is_refused(saved, other):
    loss = Loss(other or "nt_xent", temperature=Learnable(0.5))
    loss = loss if other else torch.nn.Sequential(loss)
    with pytest.raises(RuntimeError, match=r"where (objective=nt_xent|log=True) is expected"):
        loss.load_state_dict(saved().state_dict())
    loss.load_state_dict(saved().state_dict(), strict=False)
    loss.load_state_dict(dict(loss.state_dict()))  # notes are lost in other formats of files


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
    for again in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert again.fixed["comm"] is group
        assert again.temperature.raw is not loss.temperature.raw
        assert torch.equal(again(*views), loss(*views))
    assert [*loss.state_dict()] == ["temperature.raw"]
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
        (lambda: Loss("info_nc"), ValueError, "did you mean info_nce"),
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
