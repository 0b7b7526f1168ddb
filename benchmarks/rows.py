"""Losses that sort or mine whole rows, or all scores, beside packages and published forms.

    python3 benchmarks/rows.py
    python3 benchmarks/rows.py --only triplet    # one objective, and no file

Value and gradients on torch, which are compared first where both sides compute the same; then the
calls take turns. The peak of each side is that of a process of its own, after a small call. A rival
whose package is not installed is left out. The tables go to ``benchmarks/results/`` and
``docs/_tables/``.
"""

import argparse
import functools
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

import polycontrast as pc
from polycontrast.bench import machine, median_times, setting, write_csv, write_markdown
from polycontrast.bench.comparison import same
from polycontrast.bench.measuring import raised_peak

ROOT = Path(__file__).parents[1]
COLUMNS = ("objective", "beside", "size", "ours ms", "theirs ms", "ratio", "ours MiB", "theirs MiB")
IN_CLASS, DEPTH, MARGIN = 8, 128, 0.05
Loss = Callable[..., torch.Tensor]

# Inputs: tensors with a gradient, then others


def labelled(size):
    """Rows in classes of IN_CLASS."""
    rng = np.random.default_rng(0)
    z = rng.standard_normal((size, DEPTH), dtype=np.float32)
    return [z], [rng.permutation(np.arange(size) % max(2, size // IN_CLASS))]


def ten_classes(size):
    """Rows of ten classes, whose triplets are many."""
    (z,), _ = labelled(size)
    return [z], [np.random.default_rng(1).permutation(np.arange(size) % 10)]


def aged(size):
    """Rows with a target of whole years."""
    rng = np.random.default_rng(0)
    z = rng.standard_normal((size, DEPTH), dtype=np.float32)
    return [z], [rng.integers(0, 100, size).astype(np.float32)]


def judged(size):
    """Pairs of texts with a judgement in tenths."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((size, DEPTH), dtype=np.float32)
    y = x + 2 * rng.standard_normal((size, DEPTH), dtype=np.float32)
    return [x, y], [(rng.integers(0, 51, size) / 10).astype(np.float32)]


def scored(size):
    """As many positive as negative scores."""
    rng = np.random.default_rng(0)
    neg = rng.standard_normal(size, dtype=np.float32)
    return [1 + rng.standard_normal(size, dtype=np.float32), neg], []


# Rivals


def all_triplets(z, labels):
    """All triplets of pytorch-metric-learning."""
    from pytorch_metric_learning import losses

    return losses.TripletMarginLoss(margin=MARGIN)(z, labels)


def semihard_triplets(z, labels):
    """All its triplets whose negative is beyond the positive, but within the margin."""
    from pytorch_metric_learning import losses, miners

    mined = miners.TripletMarginMiner(margin=MARGIN, type_of_triplets="semihard")(z, labels)
    return losses.TripletMarginLoss(margin=MARGIN)(z, labels, mined)


def mined_from_a_matrix(z, labels):
    """The triplets of ours, from a loop over positives of the distances of all rows."""
    u = torch.nn.functional.normalize(z, dim=1)
    d = torch.cdist(u, u, compute_mode="donot_use_mm_for_euclid_dist")
    alike = labels[:, None] == labels[None, :]
    own = torch.eye(len(z), dtype=torch.bool)
    to_negative, nowhere = d.masked_fill(alike, torch.inf), torch.full_like(d, torch.inf)
    farthest = d.masked_fill(alike, -torch.inf).amax(dim=1)
    terms = []
    for a, p in (alike & ~own).nonzero():
        beyond = torch.where(to_negative[a] > d[a, p], to_negative[a], nowhere[a]).amin()
        terms.append(d[a, p] - torch.where(beyond.isinf(), farthest[a], beyond) + MARGIN)
    t = torch.stack(terms)
    return t[t > 0].mean()


def cosent_of_package(x, y, target):
    """The loss of sentence-transformers, from embeddings."""
    from sentence_transformers.sentence_transformer.losses import CoSENTLoss

    loss = CoSENTLoss(model=torch.nn.Identity(), scale=20.0)
    return loss.compute_loss_from_embeddings([x, y], target)


def double_sum(pos, neg):
    """All pairs of scores at once."""
    return torch.nn.functional.softplus(neg[None, :] - pos[:, None]).mean()


def cubic(z, targets, temperature=2.0):
    """One sum over all rows for each pair, as in the published code."""
    count = len(z)
    others = ~torch.eye(count, dtype=torch.bool)
    gaps = (targets[:, None] - targets[None, :]).abs()[others].view(count, count - 1)
    distances = (z[:, None, :] - z[None, :, :]).norm(dim=2)
    logits = (-distances / temperature)[others].view(count, count - 1)
    logits = logits - logits.amax(dim=1, keepdim=True).detach()
    weights, total = logits.exp(), 0.0
    for k in range(count - 1):
        as_far = gaps >= gaps[:, k : k + 1]
        total = total - (logits[:, k] - torch.log((as_far * weights).sum(dim=1))).sum()
    return total / (count * (count - 1))


@dataclass(frozen=True)
class Comparison:
    """An objective, a rival and the size of their inputs."""

    ours: Loss
    beside: str
    rival: Loss | None
    inputs: Callable[[int], tuple[list[Any], list[Any]]]
    size: int
    package: str = "torch"
    compared: bool = True
    """Whether both compute the same."""

    @property
    def name(self) -> str:
        """Name of the objective, with its mining."""
        loss = getattr(self.ours, "func", self.ours)
        mining = getattr(self.ours, "keywords", {}).get("mining")
        return f"{loss.name}, {mining}" if mining else loss.name

    @property
    def possible(self) -> bool:
        """Whether the package is installed."""
        return importlib.util.find_spec(self.package) is not None

    def calls(self) -> list[Callable[[], Any]]:
        """Value and gradients of ours and, if there is one, of the rival, of the same tensors."""
        leaves, others = self.inputs(self.size)
        leaves = [torch.from_numpy(t).requires_grad_() for t in leaves]
        others = [torch.from_numpy(t) for t in others]

        def call(function: Loss) -> Callable[[], Any]:
            def value_and_gradients() -> tuple[Any, ...]:
                value = function(*leaves, *others)
                value.backward()
                grads = [t.grad.numpy() for t in leaves]
                for t in leaves:
                    t.grad = None
                return value.item(), *grads

            return value_and_gradients

        return [call(f) for f in (self.ours, self.rival) if f is not None]

    def peak(self, place: int, side: int) -> str:
        """MiB that one call adds to the peak of a process of its own."""
        command = [sys.executable, __file__, "--peak", str(place), str(side), str(self.size)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else "fails"

    def row(self, place: int, runs: int) -> list[str]:
        """One row of the table."""
        calls = self.calls()
        if self.compared and len(calls) == 2:
            same(f"{self.name} beside {self.beside}", *(call() for call in calls))
        times = median_times(*calls, runs=runs)
        shown = [f"{t * 1e3:.3g}" for t in times]
        shown += [f"{times[1] / times[0]:.2f}"] if len(times) == 2 else ["", ""]
        peaks = [self.peak(place, side) for side in range(len(calls))]
        return [self.name, self.beside, f"{self.size:,}", *shown, *peaks, *[""] * (2 - len(peaks))]


ALL_OF_US = functools.partial(pc.triplet, squared=False, margin=MARGIN)
SEMIHARD = functools.partial(ALL_OF_US, mining="semihard")
PACKAGE = "pytorch-metric-learning", "pytorch_metric_learning"
SENTENCES = "sentence-transformers", "sentence_transformers"
ALL = [
    *(
        Comparison(ALL_OF_US, PACKAGE[0], all_triplets, labelled, size, PACKAGE[1])
        for size in (512, 2048)
    ),
    Comparison(ALL_OF_US, f"{PACKAGE[0]}, ten classes", all_triplets, ten_classes, 512, PACKAGE[1]),
    # Some negatives are so nearly as far as the positive that rounding decides, so that gradients
    # of single rows differ.
    Comparison(SEMIHARD, "loop over positives", mined_from_a_matrix, labelled, 512, compared=False),
    *(
        # Its semi-hard triplets are others, of which an anchor may have many.
        Comparison(SEMIHARD, PACKAGE[0], semihard_triplets, labelled, size, PACKAGE[1], False)
        for size in (512, 2048)
    ),
    Comparison(pc.cosent, SENTENCES[0], cosent_of_package, judged, 4096, SENTENCES[1]),
    Comparison(pc.mann_whitney_scores, "double sum", double_sum, scored, 10_000),
    Comparison(pc.mann_whitney_scores, "-", None, scored, 100_000),
    *(Comparison(pc.rank_n_contrast, "cubic form", cubic, aged, size) for size in (256, 512)),
    Comparison(pc.rank_n_contrast, "-", None, aged, 4096),
]


def show_peak(place, side, size):
    """Print the peak of one side, after a small call for imports and caches."""
    comparison = replace(ALL[place], size=size)
    replace(comparison, size=64).calls()[side]()
    found = raised_peak(comparison.calls()[side])
    print("" if found is None else f"{found / 2**20:.0f}")


def main():
    """Measure all comparisons, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", help="name of an objective")
    parser.add_argument("--size", type=int, help="in place of all sizes; writes no file")
    parser.add_argument("--peak", nargs=3, type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peak:
        return show_peak(*args.peak)
    print(machine(), f"{torch.get_num_threads()} threads of torch")
    table = []
    for place, comparison in enumerate(ALL):
        if args.only not in (None, comparison.name.partition(",")[0]) or not comparison.possible:
            continue
        size = comparison.size if args.size is None else args.size
        table.append(replace(comparison, size=size).row(place, args.runs))
        print(*table[-1], sep="  ", flush=True)
    if args.only or args.size:
        return None
    packages = ("polycontrast", "torch", PACKAGE[0], SENTENCES[0])
    note = f"D = {DEPTH}, {IN_CLASS} rows of a class; {setting(packages)}"
    write_csv(ROOT / "benchmarks" / "results" / "rows.csv", COLUMNS, table, note)
    write_markdown(ROOT / "docs" / "_tables" / "rows.md", COLUMNS, table, note)
    return None


if __name__ == "__main__":
    main()
