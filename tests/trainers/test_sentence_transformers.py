"""The loss in the trainer of sentence-transformers, and beside its own cached loss."""

import sys
from pathlib import Path

import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("sentence_transformers")
datasets = pytest.importorskip("datasets")

from polycontrast.integrations.sentence_transformers import ObjectiveLoss  # noqa: E402
from polycontrast.torch import Learnable  # noqa: E402

sys.path.append(str(Path(__file__).parents[2] / "docs" / "trainers" / "examples"))
from tiny_text import sentence_pairs, tiny_model  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture(scope="module")
def pairs():
    return sentence_pairs(24)


def features(model, table, names):
    return [model.preprocess(table[name]) for name in names]


def value_and_grads(loss, model, columns):
    model.zero_grad()
    value = loss([dict(column) for column in columns], None)
    value.backward()
    return [value.detach(), *(p.grad.clone() for p in model.parameters() if p.grad is not None)]


def test_mini_batches_give_the_loss_and_the_gradients_of_the_whole_batch(model, pairs):
    """In float32 to 1e-6, and those of the cached loss of sentence-transformers as well."""
    columns = features(model, pairs, ["anchor", "positive"])
    plain = ObjectiveLoss(model, pc.multiple_negatives_ranking, temperature=0.05)
    wanted = value_and_grads(plain, model, columns)
    cached = ObjectiveLoss(model, pc.multiple_negatives_ranking, mini_batch_size=7)
    found = value_and_grads(cached, model, columns)
    losses = pytest.importorskip("sentence_transformers.sentence_transformer.losses")
    theirs = losses.CachedMultipleNegativesRankingLoss(model, scale=20.0, mini_batch_size=7)
    others = value_and_grads(theirs, model, columns)
    for a, b, c in zip(found, wanted, others, strict=True):
        largest = max(1.0, b.abs().max().item())
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6 * largest)
        torch.testing.assert_close(a, c, rtol=0, atol=1e-5 * largest)


def tables(pairs):
    """Data sets of each kind, with an objective for it."""
    anchor, positive = pairs["anchor"], pairs["positive"]
    scores, classes = [k / 24 for k in range(24)], [k % 4 for k in range(24)]
    return {
        "triplets": (
            {"anchor": anchor, "positive": positive, "negative": positive[::-1]},
            pc.multiple_negatives_ranking,
        ),
        "scores": ({"first": anchor, "second": positive, "score": scores}, pc.cosent),
        "labels": ({"sentence": anchor, "label": classes}, pc.multi_similarity),
    }


@pytest.mark.parametrize("kind", ["triplets", "scores", "labels"])
@pytest.mark.parametrize("size", [None, 5], ids=["plain", "cached"])
def test_the_trainer_takes_each_kind_of_data(tmp_path, pairs, kind, size):
    model = tiny_model()
    columns, objective = tables(pairs)[kind]
    table = datasets.Dataset.from_dict(columns)
    learns = "temperature" in objective.arguments
    parameters = {"temperature": Learnable(0.1)} if learns else {}
    loss = ObjectiveLoss(model, objective, mini_batch_size=size, **parameters)
    before = [p.detach().clone() for p in loss.parameters()]
    args = transformers.SentenceTransformerTrainingArguments(
        output_dir=str(tmp_path),
        per_device_train_batch_size=12,
        max_steps=2,
        learning_rate=1e-2,
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
        use_cpu=True,
    )
    trainer = transformers.SentenceTransformerTrainer(
        model=model, args=args, train_dataset=table, eval_dataset=table, loss=loss
    )
    trainer.train()
    assert trainer.evaluate()["eval_loss"] > 0 or kind == "labels"
    moved = {
        name
        for (name, p), old in zip(loss.named_parameters(), before, strict=True)
        if not torch.equal(p, old)
    }
    assert ("loss.temperature.log" in moved) == learns
    assert any(name.startswith("model.") for name in moved)
