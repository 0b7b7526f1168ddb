"""The examples of `docs/trainers/` train as they stand there."""

import functools
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "trainers" / "examples"


@pytest.fixture
def run(monkeypatch):
    """Function that runs an example, which may import another one beside it."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return result


@functools.cache
def result(name):
    """What an example leaves behind; each runs once."""
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("open_clip_training", "torch"),
        ("sentence_transformers_training", "sentence_transformers"),
        ("hf_trainer_training", "transformers"),
        ("hf_trainer_chunks", "transformers"),
        ("accelerate_training", "accelerate"),
        ("lightning_training", "lightning"),
        ("lightly_training", "lightly.models.modules"),
    ],
    ids=[
        "open_clip",
        "sentence-transformers",
        "Trainer",
        "Trainer, chunks",
        "accelerate",
        "Lightning",
        "lightly",
    ],
)
def test_it_learns(run, name, package):
    pytest.importorskip("torch")
    pytest.importorskip(package)
    found = run(name)
    losses = found["losses"]
    assert sum(losses[-4:]) < 0.7 * sum(losses[:4]) or name == "lightly_training"
    assert losses[-1] < losses[0]
    loss = getattr(found.get("model"), "loss", found.get("loss"))
    if hasattr(loss, "temperature"):  # the optimizer has it
        assert abs(loss.temperature().item() - 0.07) > 1e-4


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_lightning_gets_the_figures_of_a_batch(run):
    pytest.importorskip("lightning")
    metrics = run("lightning_training")["metrics"]
    assert {"loss", "recall_x", "effective_negatives", "uniformity"} <= metrics.keys()
