"""The loss in open_clip's form, with and without open_clip itself."""

import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")

from polycontrast.integrations.open_clip import ObjectiveLoss  # noqa: E402

B, D = 8, 4


def features():
    generator = torch.Generator().manual_seed(0)
    rows = torch.nn.functional.normalize(torch.randn(2, B, D, generator=generator), dim=-1)
    return [t.requires_grad_() for t in rows]


def softmax_loss(x, y, scale, bias=None):
    """The loss of CLIP."""
    logits, target = scale * x @ y.T, torch.arange(len(x))
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(logits, target) + cross_entropy(logits.T, target)) / 2


def sigmoid_loss(x, y, scale, bias):
    """The loss of SigLIP: each pair of an image and a text is a match or not."""
    logits = scale * x @ y.T + bias
    signs = 2 * torch.eye(len(x)) - 1
    return -torch.nn.functional.logsigmoid(signs * logits).sum() / len(x)


CASES = [
    pytest.param("info_nce", softmax_loss, "ClipLoss", False, id="CLIP"),
    pytest.param("sigmoid_contrastive", sigmoid_loss, "SigLipLoss", True, id="SigLIP"),
]


def value_and_grads(loss, shape, biased, **options):
    x, y = features()
    scalars = [torch.full(shape, v, requires_grad=True) for v in (10.0, -3.0)][: 1 + biased]
    given = dict(zip(("logit_scale", "logit_bias"), scalars, strict=False))
    value = loss(image_features=x, text_features=y, **given, **options)
    total = sum(value.values()) if options else value
    total.backward()
    return [total.detach(), x.grad, y.grad, *(t.grad for t in scalars)]


@pytest.mark.parametrize(("name", "formula", "theirs", "biased"), CASES)
@pytest.mark.parametrize("shape", [(), (1,)], ids=["no axes", "one axis"])
def test_it_is_the_formula(name, formula, theirs, biased, shape):
    def wanted(image_features, text_features, logit_scale, logit_bias=None):
        value = formula(image_features, text_features, logit_scale, logit_bias)
        return value.reshape(())

    found = value_and_grads(ObjectiveLoss(name), shape, biased)
    torch.testing.assert_close(found, value_and_grads(wanted, shape, biased))


@pytest.mark.parametrize(("name", "formula", "theirs", "biased"), CASES)
def test_it_is_the_loss_of_open_clip(name, formula, theirs, biased):
    peer = getattr(pytest.importorskip("open_clip.loss", exc_type=ImportError), theirs)()
    found = value_and_grads(ObjectiveLoss(name), (1,), biased, output_dict=True)
    wanted = value_and_grads(peer, (1,), biased, output_dict=True)
    wanted = [w.reshape(f.shape) for w, f in zip(wanted, found, strict=True)]
    torch.testing.assert_close(found, wanted)


def test_the_dictionary_has_the_name_of_the_loss():
    x, y = features()
    assert [*ObjectiveLoss()(x, y, torch.tensor(10.0), output_dict=True)] == ["contrastive_loss"]


def test_other_objectives_and_figures():
    x, y = features()
    loss = ObjectiveLoss("dcl", diagnostics=True)
    found = loss(x, y, torch.tensor([10.0]))
    wanted = pc.dcl(x, y, temperature=0.1, normalize=False)
    torch.testing.assert_close(found, wanted)
    assert "recall_x" in loss.diagnostics


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ObjectiveLoss()(*features(), torch.tensor(1.0), torch.tensor(0.0)),
            ValueError,
            "the model has a logit_bias, and info_nce has no bias",
        ),
        (lambda: ObjectiveLoss("vicreg"), ValueError, "vicreg has none"),
        (lambda: ObjectiveLoss(temperature=0.1), TypeError, "temperature comes from the model"),
        (lambda: ObjectiveLoss("info_nc"), ValueError, "did you mean info_nce"),
    ],
    ids=["bias", "temperature", "given", "name"],
)
def test_wrong_calls_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
