"""Columns of a data set as arguments of an objective, without sentence-transformers itself."""

import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")

from polycontrast.integrations.sentence_transformers import ObjectiveLoss  # noqa: E402
from polycontrast.torch import Learnable, Loss  # noqa: E402

B, D = 6, 4


class Model(torch.nn.Module):
    """Sentences as sums of their words, where these are not padding."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.words = torch.nn.Embedding(30, D)
        self.head = torch.nn.Linear(D, D)
        self.widths = []

    def forward(self, features):
        self.widths.append(features["input_ids"].shape[1])
        rows = self.words(features["input_ids"]) * features["attention_mask"][..., None]
        return {"sentence_embedding": self.head(torch.tanh(rows.sum(1)))}


def columns(count):
    """Token ids whose last columns are padding in some of the rows."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(30, (count, B, 5), generator=generator)
    mask = (torch.arange(5) < torch.tensor([2, 2, 3, 5, 5, 4])[:, None]).long()
    return [{"input_ids": t, "attention_mask": mask} for t in ids]


def embeddings(model, given):
    return [model(column)["sentence_embedding"] for column in given]


LABELS = torch.tensor([0, 1, 0, 1, 2, 2])
SCORES = torch.tensor([0.1, 0.9, 0.4, 0.3, 0.8, 0.7])


@pytest.mark.parametrize(
    ("objective", "count", "labels", "wanted"),
    [
        (pc.info_nce, 2, None, lambda x, y: pc.info_nce(x, y)),
        (
            pc.multiple_negatives_ranking,
            4,
            None,
            lambda x, y, *n: pc.multiple_negatives_ranking(x, y, torch.stack(n, dim=1)),
        ),
        (
            pc.margin_info_nce,
            3,
            None,
            lambda x, y, n: pc.margin_info_nce(x, y, n[:, None, :]),
        ),
        (
            pc.retrieval_info_nce,
            3,
            None,
            lambda x, p, n: pc.retrieval_info_nce(x, p[:, None, :], n[:, None, :]),
        ),
        (pc.cosent, 2, SCORES, lambda x, y: pc.cosent(x, y, SCORES)),
        (pc.cosent, 2, LABELS, lambda x, y: pc.cosent(x, y, LABELS.float())),
        (pc.triplet, 1, LABELS, lambda z: pc.triplet(z, LABELS)),
        (pc.sup_con, 1, LABELS, lambda z: pc.sup_con(z, LABELS)),
        (pc.sup_con, 2, LABELS, lambda *z: pc.sup_con(list(z), LABELS)),
        (pc.poly_view, 3, None, lambda *z: pc.poly_view(list(z))),
        (pc.gram_loss, 3, None, lambda a, *z: pc.gram_loss(a, list(z))),
    ],
    ids=[
        "pairs",
        "pairs and three negatives",
        "triplets, negatives required",
        "triplets, positives stacked",
        "judged pairs",
        "judged pairs, whole numbers",
        "class labels",
        "class labels, one view",
        "class labels, two views",
        "views",
        "an anchor and views",
    ],
)
@pytest.mark.parametrize("size", [None, 4], ids=["plain", "cached"])
def test_columns_become_arguments(objective, count, labels, wanted, size):
    model, given = Model(), columns(count)
    value = wanted(*embeddings(model, given))
    value.backward()
    grads = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    loss = ObjectiveLoss(model, objective, mini_batch_size=size)
    found = loss(given, labels)
    found.backward()
    torch.testing.assert_close(found, value, rtol=1e-6, atol=1e-6)
    for p, g in zip(model.parameters(), grads, strict=True):
        torch.testing.assert_close(p.grad, g, rtol=1e-6, atol=1e-6 * g.abs().max().item())


@pytest.mark.parametrize("size", [None, 4], ids=["plain", "cached"])
def test_any_callable_gets_the_columns_and_the_labels(size):
    model, given = Model(), columns(2)

    def agreement(x, y, target):
        return pc.pearson(torch.nn.functional.cosine_similarity(x, y), target)

    loss = ObjectiveLoss(model, agreement, mini_batch_size=size)
    found = loss(given, SCORES)
    torch.testing.assert_close(found, agreement(*embeddings(model, given), SCORES))


@pytest.mark.parametrize("size", [None, 4], ids=["plain", "cached"])
def test_a_learned_temperature_belongs_to_the_loss(size):
    """The optimizer of the trainer gets the parameters of the loss, and so those of the model."""
    model, given = Model(), columns(2)
    for objective, more in (
        (pc.info_nce, {"temperature": Learnable(0.2)}),
        (Loss(pc.info_nce, temperature=Learnable(0.2)), {}),
    ):
        loss = ObjectiveLoss(model, objective, mini_batch_size=size, **more)
        assert {"loss.temperature.log", "model.words.weight"} <= dict(
            loss.named_parameters()
        ).keys()
        loss(given).backward()
        _, grads = pc.info_nce.value_and_grad(
            *(z.detach().double() for z in embeddings(model, given)),
            temperature=0.2,
            wrt="temperature",
        )
        found = loss.loss.temperature.log.grad.item()
        assert found == pytest.approx(0.2 * float(grads.temperature), rel=1e-4)


def test_mini_batches_are_as_wide_as_their_longest_sentence():
    model = Model()
    ObjectiveLoss(model, pc.info_nce, mini_batch_size=3)(columns(2))
    assert model.widths == [3, 5, 3, 5]


def test_labels_may_be_given_to_an_argument_by_name():
    model, given = Model(), columns(2)
    loss = ObjectiveLoss(model, pc.info_nce, labels="ids")
    wanted = pc.info_nce(*embeddings(model, given), ids=LABELS)
    torch.testing.assert_close(loss(given, LABELS), wanted)


def test_the_loss_of_an_evaluation_encodes_once():
    model = Model()
    with torch.no_grad():
        value = ObjectiveLoss(model, pc.info_nce, mini_batch_size=3)(columns(2))
    assert not value.requires_grad
    assert len(model.widths) == 4


def test_diagnostics_are_those_of_the_objective():
    model, given = Model(), columns(2)
    for size in (None, 4):
        loss = ObjectiveLoss(model, pc.info_nce, mini_batch_size=size, diagnostics=True)
        assert loss.diagnostics == {}
        loss(given).backward()
        x, y = (z.detach() for z in embeddings(model, given))
        found = pc.info_nce.value_and_grad(x, y, diagnostics=True)[2]
        torch.testing.assert_close(loss.diagnostics["positive"], found.positive)


def test_the_card_of_a_model_shows_the_settings():
    loss = ObjectiveLoss(Model(), pc.info_nce, temperature=0.05, mini_batch_size=8)
    assert loss.get_config_dict() == {
        "objective": "info_nce",
        "temperature": "0.05",
        "mini_batch_size": 8,
    }
    assert loss.uses_gradient_cache
    assert not ObjectiveLoss(Model(), pc.info_nce).uses_gradient_cache


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda m: ObjectiveLoss(m, pc.info_nce)(columns(2), LABELS),
            TypeError,
            "info_nce needs no labels, and the data set has them",
        ),
        (
            lambda m: ObjectiveLoss(m, pc.nt_xent)(columns(3)),
            TypeError,
            r"nt_xent takes 2 columns of embeddings \(x, y\), got 3",
        ),
        (
            lambda m: ObjectiveLoss(m, pc.info_nce)(columns(1)),
            TypeError,
            r"info_nce takes 2 columns of embeddings \(x, y\), and more for negatives, got 1",
        ),
        (lambda m: ObjectiveLoss(m, "info_nc"), ValueError, "did you mean info_nce"),
        (lambda m: ObjectiveLoss(m, 5), TypeError, "objective must be an objective or callable"),
        (
            lambda m: ObjectiveLoss(m, Loss("info_nce"), temperature=1.0),
            TypeError,
            "info_nce has its own parameters, got temperature",
        ),
        (
            lambda m: ObjectiveLoss(m, pc.info_nce, labels="id"),
            ValueError,
            "labels must name an argument of the objective, got 'id'",
        ),
        (
            lambda m: ObjectiveLoss(m, pc.info_nce, mini_batch_size=0),
            ValueError,
            "mini_batch_size must be a positive integer or None, got 0",
        ),
    ],
    ids=[
        "labels",
        "columns",
        "too few columns",
        "name",
        "objective",
        "parameters",
        "labels name",
        "mini-batch",
    ],
)
def test_wrong_calls_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(Model())
