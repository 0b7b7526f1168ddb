"""Modules with learned scalars."""

import runpy
from pathlib import Path

import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")

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
    ],
)
def test_wrong_parameters_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_the_training_loop_of_the_documentation_learns():
    losses = runpy.run_path(str(EXAMPLES / "torch_training.py"))["losses"]
    assert losses[-1] < losses[0] / 2
