"""Errors of losses and their gradients against 40 digits, ours beside those that people use.

    python3 benchmarks/errors.py

makes the environment of ``benchmarks/frameworks.py``, if it is not there, and runs itself in it.
Every implementation gets the same torch tensors, and the formula gets exactly the numbers that they
hold, see ``benchmarks/forty_digits.py``. The error of a value is relative to the value, the error
of a gradient is the largest one of an entry, relative to the largest entry. Tables have the worst
of three draws. They are written to ``benchmarks/results/errors.csv`` and ``docs/_tables/``; with
``--only`` they are shown and not written.
"""

import argparse
import functools
import gc
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from frameworks import PEERS, in_own_environment

ROOT = Path(__file__).parents[1]
ROWS, DEPTH, DRAWS, CLASSES, MARGIN = 24, 16, 3, 6, 0.05
COLUMNS = ("case", "loss", "implementation", "error of the value", "error of the gradient")
HALF = ("float16", "bfloat16")


# Cases: two halves of rows, of which row i of each belongs to sample i


def ordinary(rng):
    """Related halves."""
    x = rng.standard_normal((ROWS, DEPTH))
    return np.concatenate([x, x + 2 * rng.standard_normal(x.shape)])


def learned(rng):
    """Halves that nearly agree, as at the end of training: the loss is small."""
    x = rng.standard_normal((ROWS, DEPTH))
    return np.concatenate([x, x + 0.02 * rng.standard_normal(x.shape)])


def with_zero_row(rng):
    """One row of the first half is zero."""
    rows = ordinary(rng)
    rows[3] = 0
    return rows


def near_duplicates(rng):
    """The first two samples differ by 1e-4 in both halves."""
    rows = ordinary(rng)
    for start in (0, ROWS):
        rows[start + 1] = rows[start] + 1e-4 * rng.standard_normal(DEPTH)
    return rows


@dataclass(frozen=True)
class Case:
    """Rows, their dtype and a temperature; a triplet loss has none."""

    name: str
    make: Callable[[np.random.Generator], np.ndarray]
    temperature: float
    dtype: str = "float32"
    triplets: bool = False


CASES = (
    Case("0.1", ordinary, 0.1, triplets=True),
    Case("0.01", ordinary, 0.01),
    Case("0.001", ordinary, 0.001),
    Case("learned", learned, 0.05),
    Case("zero row", with_zero_row, 0.1, triplets=True),
    Case("near rows", near_duplicates, 0.1, triplets=True),
    Case("float16, 0.1", ordinary, 0.1, "float16", triplets=True),
    Case("float16, 0.01", ordinary, 0.01, "float16"),
    Case("bfloat16, 0.1", ordinary, 0.1, "bfloat16", triplets=True),
    Case("bfloat16, 0.01", ordinary, 0.01, "bfloat16"),
)


# Implementations: functions of both halves, labels and the temperature, on torch


def formula(name):
    """The formula as one writes it in torch."""
    import torch
    from torch.nn.functional import cross_entropy, normalize

    from polycontrast.bench.rivals.differentiated import torch_formulas

    def ranking(x, y, labels, tau):
        return cross_entropy(normalize(x) @ normalize(y).T / tau, torch.arange(len(x)))

    def sup_con(x, y, labels, tau):
        u = normalize(torch.cat([x, y]))
        itself = torch.eye(len(u), dtype=torch.bool)
        logits = (u @ u.T / tau).masked_fill(itself, -torch.inf)
        log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
        alike = (labels[:, None] == labels[None, :]) & ~itself
        return -(log_p.masked_fill(~alike, 0).sum(dim=1) / alike.sum(dim=1)).mean()

    def triplet(x, y, labels, tau):
        u = normalize(torch.cat([x, y]))
        d = torch.cdist(u, u)
        alike = labels[:, None] == labels[None, :]
        itself = torch.eye(len(u), dtype=torch.bool)
        kept = (alike & ~itself)[:, :, None] & ~alike[:, None, :]
        hinges = (d[:, :, None] - d[:, None, :] + MARGIN)[kept]
        return hinges[hinges > 0].mean()

    own = {f.__name__: f for f in (ranking, sup_con, triplet)}
    shared = torch_formulas()
    return own[name] if name in own else lambda x, y, labels, tau: shared[name](x, y, tau)


def metric_learning(name):
    """A loss of pytorch-metric-learning, with its defaults."""
    import torch
    from pytorch_metric_learning import losses

    def call(x, y, labels, tau):
        given = {"margin": MARGIN} if name == "TripletMarginLoss" else {"temperature": tau}
        return getattr(losses, name)(**given)(torch.cat([x, y]), labels)

    return call


def lightly():
    """NTXentLoss of lightly."""
    from lightly.loss import NTXentLoss

    return lambda x, y, labels, tau: NTXentLoss(temperature=tau)(x, y)


def open_clip():
    """ClipLoss of open_clip, with a scale in the dtype of the rows, as its models have it."""
    import torch
    from open_clip.loss import ClipLoss
    from torch.nn.functional import normalize

    def call(x, y, labels, tau):
        return ClipLoss()(normalize(x), normalize(y), torch.tensor(1 / tau, dtype=x.dtype))

    return call


def sentence_transformers():
    """MultipleNegativesRankingLoss, from embeddings."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    def call(x, y, labels, tau):
        loss = MultipleNegativesRankingLoss(torch.nn.Identity(), scale=1 / tau)
        return loss.compute_loss_from_embeddings([x, y], None)

    return call


def ours(name):
    """The objective of this library."""
    import torch

    import polycontrast as pc

    calls = {
        "ranking": lambda x, y, labels, tau: pc.multiple_negatives_ranking(x, y, temperature=tau),
        "info_nce": lambda x, y, labels, tau: pc.info_nce(x, y, temperature=tau),
        "nt_xent": lambda x, y, labels, tau: pc.nt_xent(x, y, temperature=tau),
        "sup_con": lambda x, y, labels, tau: pc.sup_con(torch.cat([x, y]), labels, temperature=tau),
        "triplet": lambda x, y, labels, tau: pc.triplet(
            torch.cat([x, y]), labels, squared=False, margin=MARGIN
        ),
    }
    return calls[name]


LOSSES: dict[str, dict[str, Callable[[], Any]]] = {
    "info_nce": {"open_clip ClipLoss": open_clip},
    "ranking": {"sentence-transformers MNRL": sentence_transformers},
    "nt_xent": {
        "lightly NTXentLoss": lightly,
        "pytorch-metric-learning NTXentLoss": functools.partial(metric_learning, "NTXentLoss"),
    },
    "sup_con": {
        "pytorch-metric-learning SupConLoss": functools.partial(metric_learning, "SupConLoss")
    },
    "triplet": {
        "pytorch-metric-learning TripletMarginLoss": functools.partial(
            metric_learning, "TripletMarginLoss"
        )
    },
}
OURS, FORMULA = "ours", "torch formula"
SHOWN = {"ranking": "multiple_negatives_ranking"}


def implementations(loss):
    """Constructors by name: ours, the formula in torch, packages."""
    plain = functools.partial(formula, loss)
    return {OURS: functools.partial(ours, loss), FORMULA: plain, **LOSSES[loss]}


def labels_of(loss):
    """The class of each row: of two rows, or of eight."""
    return np.arange(2 * ROWS) % (ROWS if loss in ("info_nce", "ranking", "nt_xent") else CLASSES)


def reference(loss, rows, temperature):
    """Exact value and gradient of a loss of all rows."""
    import forty_digits

    labels = [labels_of(loss)] if loss in ("sup_con", "triplet") else []
    parameter = MARGIN if loss == "triplet" else temperature
    return forty_digits.exact(getattr(forty_digits, loss), rows, parameter, *labels)


def errors(call, loss, rows, temperature, wanted):
    """Errors of the value and of the gradient of one implementation."""
    import mpmath as mp
    import torch

    x, y = (half.clone().requires_grad_() for half in rows.chunk(2))
    value = call(x, y, torch.as_tensor(labels_of(loss)), temperature)
    value.backward()
    got = torch.cat([x.grad, y.grad]).double().tolist()
    pairs = [pair for g, w in zip(got, wanted[1], strict=True) for pair in zip(g, w, strict=True)]
    if not all(math.isfinite(t) for t in (value.item(), *(g for g, _ in pairs))):
        return math.nan, math.nan
    of_gradient = max(abs(mp.mpf(g) - w) for g, w in pairs) / max(abs(w) for _, w in pairs)
    return float(abs(value.item() - wanted[0]) / abs(wanted[0])), float(of_gradient)


def worst(found):
    """The larger error of each kind; nan is larger than any."""
    kinds = zip(*found, strict=True)
    return [max(kind, key=lambda t: math.inf if math.isnan(t) else t) for kind in kinds]


def run_case(case, loss, chosen):
    """Rows of the table: all implementations of one loss in one case."""
    import torch

    found = {name: [] for name in chosen}
    for draw in range(DRAWS):
        numbers = case.make(np.random.default_rng(draw))
        rows = torch.tensor(numbers).to(getattr(torch, case.dtype))
        wanted = reference(loss, rows.double().numpy(), case.temperature)
        for name, make in chosen.items():
            found[name].append(errors(make(), loss, rows, case.temperature, wanted))
    return [
        [case.name, SHOWN.get(loss, loss), name, *(f"{e:.0e}" for e in worst(each))]
        for name, each in found.items()
    ]


def shown(error):
    """An error without zeros in its exponent, with a sign at which browsers break no line."""
    digit, _, exponent = error.partition("e")
    return f"{digit}e{int(exponent)}".replace("-", "−").removesuffix("e0")


def write_tables(table, note):
    """Tables for the documentation: each of one kind of error and of one width of numbers."""
    from polycontrast.bench import write_markdown

    for width, half in (("float32", False), ("half", True)):
        cases = [case.name for case in CASES if (case.dtype in HALF) == half]
        for kind, column in (("value", 3), ("gradient", 4)):
            cells = {(row[1], row[2], row[0]): shown(row[column]) for row in table}
            rows = [
                [
                    loss if name == OURS else "",
                    name,
                    *(cells.get((loss, name, c), "") for c in cases),
                ]
                for loss, name in dict.fromkeys((row[1], row[2]) for row in table)
            ]
            path = ROOT / "docs" / "_tables" / f"errors_{width}_{kind}.md"
            write_markdown(path, ("loss", "implementation", *cases), rows, note)


def main():
    """Run all cases and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--here", action="store_true", help="use the environment as it is")
    parser.add_argument("--only", choices=LOSSES, help="one loss")
    args = parser.parse_args()
    if not args.here:
        in_own_environment()
    from polycontrast.bench import setting, write_csv
    from polycontrast.bench.rivals.packages import allow_torchvision

    allow_torchvision()
    gc.disable()  # the numbers of a formula are many, and in no cycle
    table = []
    for loss in [args.only] if args.only else LOSSES:
        for case in CASES:
            if loss != "triplet" or case.triplets:
                table += run_case(case, loss, implementations(loss))
                for row in table[-len(implementations(loss)) :]:
                    print(*row, sep="  ", flush=True)
    if args.only:
        return
    note = setting(["polycontrast", "mpmath", *(peer.split("==")[0] for peer in PEERS)])
    write_csv(ROOT / "benchmarks" / "results" / "errors.csv", COLUMNS, table, note)
    write_tables(table, note)


if __name__ == "__main__":
    main()
