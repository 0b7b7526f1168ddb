"""Our cached loss beside that of sentence-transformers: the loss stage, and the whole step.

    python3 benchmarks/cached_step.py

needs the extra `trainers`. ``OMP_NUM_THREADS`` sets the threads of both. The model is a BERT with
random weights, and nothing is downloaded. Loss and gradients are compared first: of the embeddings
for the loss stage, of all weights for the whole step. Then both take turns, and the table has
medians. The loss stage is the value and the gradient of all embeddings. The whole step is the loss
of tokens and its ``backward()``, with the same mini-batches. Results go to
``benchmarks/results/cached_step.csv`` and ``docs/_tables/cached_step.md``.
"""

import argparse
import tempfile
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import CachedMultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast

import polycontrast as pc
from polycontrast.bench import median_times, setting, write_csv, write_markdown
from polycontrast.integrations.sentence_transformers import ObjectiveLoss

ROOT = Path(__file__).parents[1]
WORDS, TOKENS, MINI_BATCH = 1000, 16, 32
STAGES = ((1024, 128), (4096, 384))  # rows and depth of the embeddings
STEPS = ((256, 2, 64), (4096, 2, 64))  # rows, layers and width of the model
COLUMNS = ("measured", "rows", "depth", "ours ms", "theirs ms", "ratio")


def model(layers, width):
    """A sentence-transformer without dropout, which would draw other numbers in each."""
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]")
        BertTokenizerFast(str(Path(folder, "vocab.txt"))).save_pretrained(folder)
        config = BertConfig(
            vocab_size=WORDS,
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=4,
            intermediate_size=4 * width,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        BertModel(config).save_pretrained(folder)
        inner = Transformer(folder)
    return SentenceTransformer(modules=[inner, Pooling(width)], device="cpu")


def compare(found, wanted):
    """Refuse results that differ: largest deviation of each array, relative to its largest."""
    for a, b in zip(found, wanted, strict=True):
        error = ((a - b).abs().max() / b.abs().max().clamp_min(1e-12)).item()
        if error > 1e-4:
            raise AssertionError(f"results differ by {error:.1e}")


def stage(rows, depth, runs):
    """Row of the table for the loss stage."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(rows, depth, generator=generator)
    y = x + torch.randn(rows, depth, generator=generator)
    cached = CachedMultipleNegativesRankingLoss(
        SentenceTransformer(modules=[torch.nn.Identity()], device="cpu"),
        mini_batch_size=MINI_BATCH,
    )

    def ours():
        z = [t.clone().requires_grad_() for t in (x, y)]
        value = pc.multiple_negatives_ranking(*z)
        value.backward()
        return value.detach(), *(t.grad for t in z)

    def theirs():
        chunks = [[c.clone().requires_grad_() for c in t.split(MINI_BATCH)] for t in (x, y)]
        value = cached.calculate_loss(chunks, with_backward=True)
        return value.detach(), *(torch.cat([c.grad for c in t]) for t in chunks)

    compare(ours(), theirs())
    return row("loss stage", rows, depth, median_times(ours, theirs, runs=runs))


def step(rows, layers, width, runs):
    """Row of the table for the whole step."""
    encoder, generator = model(layers, width), torch.Generator().manual_seed(0)
    tokens = torch.randint(5, WORDS, (2, rows, TOKENS), generator=generator)
    columns = [{"input_ids": t, "attention_mask": torch.ones_like(t)} for t in tokens]
    losses = [
        ObjectiveLoss(encoder, pc.multiple_negatives_ranking, mini_batch_size=MINI_BATCH),
        CachedMultipleNegativesRankingLoss(encoder, mini_batch_size=MINI_BATCH),
    ]

    def call(loss):
        encoder.zero_grad()
        value = loss([dict(column) for column in columns], None)
        value.backward()
        grads = [p.grad for p in encoder.parameters() if p.grad is not None]
        return [value.detach(), torch.cat([g.flatten() for g in grads])]

    compare(*map(call, losses))
    ours, theirs = (lambda loss=loss: call(loss) for loss in losses)
    name = f"whole step, {layers} layers, {TOKENS} tokens"
    return row(name, rows, width, median_times(ours, theirs, runs=runs))


def row(name, rows, depth, times):
    """One row of the table, from the seconds of ours and theirs."""
    ours, theirs = times
    return [name, rows, depth, f"{1e3 * ours:.4g}", f"{1e3 * theirs:.4g}", f"{theirs / ours:.2f}"]


def main():
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    table = []
    for rows, depth in STAGES:
        table.append(stage(rows, depth, args.runs))
        print(*table[-1], sep="  ", flush=True)
    for rows, layers, width in STEPS:
        table.append(step(rows, layers, width, args.runs))
        print(*table[-1], sep="  ", flush=True)
    note = setting(("polycontrast", "torch", "sentence-transformers", "transformers"))
    note += f"; mini-batches of {MINI_BATCH}, torch threads: {torch.get_num_threads()}, "
    note += f"{args.runs} runs in turn, medians"
    write_csv(ROOT / "benchmarks" / "results" / "cached_step.csv", COLUMNS, table, note)
    write_markdown(ROOT / "docs" / "_tables" / "cached_step.md", COLUMNS, table, note)


if __name__ == "__main__":
    main()
