"""Losses of retrieval and of targets beside the plain torch formulas and other packages, on torch.

    python3 benchmarks/retrieval.py

Value and gradients in float32 of the same tensors. Both sides are compared first. Then they take
turns; the table has medians and their ratio. Peak memory is that of a fresh process for each side,
beyond what it held before the call. Where sentence-transformers is installed, its ranking losses
are peers as well: the plain one, and the cached one, which works on 32 queries at a time. Results
are written to ``benchmarks/results/retrieval.csv`` and ``docs/_tables/retrieval.md``; with
``--only`` they are shown and not written.
"""

import argparse
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
COLUMNS = (
    "objective", "rival", "sizes", "ours ms", "rival ms", "ratio", "ours MiB", "rival MiB",
)  # fmt: skip
PACKAGES = ("polycontrast", "torch", "sentence-transformers")

Sizes = dict[str, int]
Loss = Callable[..., torch.Tensor]


def unit(t):
    """Rows of unit length."""
    return torch.nn.functional.normalize(t, dim=-1)


def entropy(logits):
    """Cross-entropy of rows whose match stands on the diagonal."""
    return torch.nn.functional.cross_entropy(logits, torch.arange(len(logits)))


# Inputs: what is differentiated, then what is not.


def related(rng, sizes, count=2):
    """Rows of several views of the same samples."""
    x = rng.standard_normal((sizes["B"], sizes["D"]), dtype=np.float32)
    views = [x + rng.standard_normal(x.shape, dtype=np.float32) for _ in range(count)]
    return [torch.tensor(view) for view in views]


def tokens(rng, sizes):
    """Queries and documents of several tokens, unrelated: the loss of related ones is nearly 0."""
    shapes = ((sizes["B"], sizes[name], sizes["D"]) for name in "QT")
    return [torch.tensor(rng.standard_normal(shape, dtype=np.float32)) for shape in shapes], []


def views_and_orders(rng, sizes):
    """A stack of views, and the orders of their rows."""
    orders = pc.sample_permutations(rng, sizes["M"], sizes["B"])
    return [torch.stack(related(rng, sizes, sizes["M"]))], [torch.tensor(orders)]


def pairs(rng, sizes):
    """Two views."""
    return related(rng, sizes), []


def hard_negatives(rng, sizes):
    """Queries, their documents, and K hard negatives of each."""
    x, y = related(rng, sizes)
    shape = sizes["B"], sizes["K"], sizes["D"]
    noise = torch.tensor(rng.standard_normal(shape, dtype=np.float32))
    return [x, y, x[:, None, :] / 2 + noise], []


def masked_negatives(rng, sizes):
    """The same, of which two in three exist; no ids."""
    leaves, _ = hard_negatives(rng, sizes)
    there = torch.tensor(rng.random((sizes["B"], sizes["K"])) < 2 / 3)
    return leaves, [None, None, there]


def views_and_prototypes(rng, sizes):
    """A stack of two views, and prototypes of unit length."""
    prototypes = rng.standard_normal((sizes["K"], sizes["D"]), dtype=np.float32)
    return [torch.stack(related(rng, sizes)), unit(torch.tensor(prototypes))], []


def captions(rng, sizes):
    """Two views, logits of words and the words of captions, of which 0 is the padding."""
    shape = sizes["B"], sizes["T"], sizes["V"]
    logits = rng.standard_normal(shape, dtype=np.float32)
    words = rng.integers(0, sizes["V"], size=shape[:2])
    return [*related(rng, sizes), torch.tensor(logits)], [torch.tensor(words)]


# Rivals, with the defaults of ours.


def max_sim(queries, documents, temperature=0.02):
    """All products of tokens in one array, their maxima, and a cross-entropy."""
    products = torch.einsum("iqd,jtd->ijqt", unit(queries), unit(documents))
    return entropy(products.max(dim=3).values.sum(dim=2) / temperature)


def symile_published(views, orders, temperature=0.1):
    """A matrix of logits for each anchor, whose diagonal is that of the true products."""
    z, loss = unit(views), 0.0
    count, samples = z.shape[:2]
    eye = torch.eye(samples, dtype=torch.bool)
    for m in range(count):
        others = [r for r in range(count) if r != m]
        mixed = torch.stack([z[r][orders[m, r]] for r in others]).prod(dim=0)
        own = torch.stack([z[r] for r in others]).prod(dim=0)
        logits = torch.where(eye, (z[m] * own).sum(dim=1)[:, None], z[m] @ mixed.T)
        loss = loss + entropy(logits / temperature) / count
    return loss


def ranking(x, y, negatives=None, ids=None, items=None, there=None, temperature=0.05):
    """Scores of all pairs and a cross-entropy; -inf for what a mask leaves out."""
    logits = unit(x) @ unit(y).T / temperature
    if negatives is not None:
        further = unit(x) @ unit(negatives.flatten(0, 1)).T / temperature
        if there is not None:
            further = further.masked_fill(~there.flatten(), -torch.inf)
        logits = torch.cat([logits, further], dim=1)
    return entropy(logits)


def columns(x, y, negatives=None):
    """Arrays of one row per query, as sentence-transformers takes them."""
    return [x, y, *(() if negatives is None else negatives.unbind(1))]


def ranking_of_package(*given):
    """MultipleNegativesRankingLoss of embeddings."""
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    loss = MultipleNegativesRankingLoss(torch.nn.Identity())
    return loss.compute_loss_from_embeddings(columns(*given), None)


def cached_ranking_of_package(*given):
    """CachedMultipleNegativesRankingLoss of embeddings, which makes the gradients as well."""
    from sentence_transformers.sentence_transformer.losses import (
        CachedMultipleNegativesRankingLoss,
    )

    loss = CachedMultipleNegativesRankingLoss(torch.nn.Sequential(torch.nn.Identity()))
    return loss.calculate_loss([[t] for t in columns(*given)], with_backward=True)


def swav(views, prototypes, temperature=0.1, epsilon=0.05, iterations=3):
    """Codes by Sinkhorn's iterations of the exponentials, and the swapped cross-entropies."""
    scores = unit(views) @ prototypes.T
    with torch.no_grad():
        codes = torch.exp((scores - scores.amax(dim=(1, 2), keepdim=True)) / epsilon)
        for _ in range(iterations):
            codes = codes / codes.sum(dim=1, keepdim=True)
            codes = codes / codes.sum(dim=2, keepdim=True)
    log_p = torch.log_softmax(scores / temperature, dim=2)
    return -sum((codes[a] * log_p[1 - a]).sum(dim=1).mean() for a in (0, 1)) / 2


def soft_clip(x, y, temperature=0.125):
    """Targets from a softmax of one modality, and log-probabilities of both directions."""
    x, y = unit(x), unit(y)
    s, targets = x @ y.T / temperature, torch.softmax(y @ y.T / temperature, dim=1)
    log_p = torch.log_softmax(s, dim=1) + torch.log_softmax(s.T, dim=1)
    return -(targets * log_p).sum() / (2 * len(x))


def coca(x, y, logits, words, temperature=0.07):
    """Symmetric cross-entropy plus twice that of the words that are no padding."""
    s = unit(x) @ unit(y).T / temperature
    flat = logits.reshape(-1, logits.shape[-1])
    of_words = torch.nn.functional.cross_entropy(flat, words.reshape(-1), ignore_index=0)
    return (entropy(s) + entropy(s.T)) / 2 + 2 * of_words


@dataclass(frozen=True)
class Comparison:
    """An objective, a rival and the sizes of their inputs."""

    objective: str
    rival: str
    loss: Loss
    inputs: Callable[[np.random.Generator, Sizes], tuple[list[Any], list[Any]]]
    sizes: Sizes
    package: str = "torch"

    @property
    def possible(self) -> bool:
        """Whether the objective exists and the package is installed."""
        there = importlib.util.find_spec(self.package) is not None
        return there and self.objective in pc.objectives()

    def calls(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Value and gradients of ours and of the rival, of the same tensors."""
        leaves, others = self.inputs(np.random.default_rng(0), self.sizes)
        leaves = [t.requires_grad_() for t in leaves]

        def call(function: Loss) -> Callable[[], Any]:
            def value_and_gradients() -> tuple[Any, ...]:
                value = function(*leaves, *others)
                if value.requires_grad:  # else gradients were made with it
                    value.backward()
                grads = [t.grad.numpy() for t in leaves]
                for t in leaves:
                    t.grad = None
                return value.item(), *grads

            return value_and_gradients

        return call(pc.objectives()[self.objective]), call(self.loss)

    def with_at_most(self, **most: int) -> "Comparison":
        """The same at smaller sizes."""
        return replace(self, sizes={k: min(n, most.get(k, n)) for k, n in self.sizes.items()})

    def peaks(self, place: int) -> list[str]:
        """MiB that one call of each side adds to the peak of a process of its own."""
        shown = []
        for side in ("ours", "rival"):
            most = str(self.sizes["B"])
            command = [sys.executable, __file__, "--peak", str(place), side, "--most", most]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            shown.append(done.stdout.strip() if done.returncode == 0 else "fails")
        return shown

    def row(self, place: int, runs: int) -> list[str]:
        """One row of the table."""
        ours, rival = self.calls()
        same(f"{self.objective} beside {self.rival}", ours(), rival())
        mine, other = median_times(ours, rival, runs=runs)
        sizes = " ".join(f"{name}={n}" for name, n in self.sizes.items())
        times = f"{mine * 1e3:.3g}", f"{other * 1e3:.3g}", f"{other / mine:.2f}"
        return [self.objective, self.rival, sizes, *times, *self.peaks(place)]


def late_interaction():
    """Sizes of queries and documents, the smallest first."""
    for b in (64, 128):
        for q in (32, 128):
            for t in (128, 512):
                yield {"B": b, "Q": q, "T": t, "D": 128}


def rankings():
    """The ranking loss with no negatives, with hard ones, and with a mask, beside its rivals."""
    for loss, rival, package in (
        (ranking, PLAIN, "torch"),
        (ranking_of_package, "sentence-transformers", "sentence_transformers"),
        (cached_ranking_of_package, "sentence-transformers, cached", "sentence_transformers"),
    ):
        for inputs, sizes in (
            (pairs, {"B": 4096, "D": 768}),
            (hard_negatives, {"B": 2048, "K": 4, "D": 768}),
        ):
            yield Comparison("multiple_negatives_ranking", rival, loss, inputs, sizes, package)
    sizes = {"B": 2048, "K": 4, "D": 768}
    yield Comparison("multiple_negatives_ranking", MASKED, ranking, masked_negatives, sizes)


PLAIN, PUBLISHED = "torch formula", "published formulation"
MASKED = "torch formula, masked"
ALL = [
    *(Comparison("max_sim_info_nce", PLAIN, max_sim, tokens, n) for n in late_interaction()),
    Comparison(
        "symile", PUBLISHED, symile_published, views_and_orders, {"M": 3, "B": 4096, "D": 512}
    ),
    *rankings(),
    Comparison("swav", PLAIN, swav, views_and_prototypes, {"B": 4096, "K": 3000, "D": 128}),
    Comparison("soft_clip", PLAIN, soft_clip, pairs, {"B": 4096, "D": 512}),
    Comparison("coca", PLAIN, coca, captions, {"B": 64, "T": 64, "V": 8192, "D": 512}),
]


def show_peak(comparison, side):
    """Print the peak of one side, after a call with few samples for imports and caches."""
    which = ("ours", "rival").index(side)
    comparison.with_at_most(B=8, V=8).calls()[which]()
    found = raised_peak(comparison.calls()[which])
    print("" if found is None else f"{found / 2**20:.0f}")


def main():
    """Measure all comparisons, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", help="name of an objective")
    parser.add_argument("--smallest", action="store_true", help="with --only: its first sizes")
    parser.add_argument("--most", type=int, help="with --only: most samples of a row")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peak:
        place, side = args.peak
        show_peak(ALL[int(place)].with_at_most(B=args.most), side)
        return
    print(machine(), f"{torch.get_num_threads()} threads of torch")
    table = []
    for place, comparison in enumerate(ALL):
        if not comparison.possible or args.only not in (None, comparison.objective):
            continue
        if args.only and args.smallest and table:
            continue
        if args.only and args.most:
            comparison = comparison.with_at_most(B=args.most)
        table.append(comparison.row(place, args.runs))
        print(*table[-1], sep="  ", flush=True)
    if not args.only:
        note = setting(PACKAGES)
        write_csv(ROOT / "benchmarks" / "results" / "retrieval.csv", COLUMNS, table, note)
        write_markdown(ROOT / "docs" / "_tables" / "retrieval.md", COLUMNS, table, note)


if __name__ == "__main__":
    main()
