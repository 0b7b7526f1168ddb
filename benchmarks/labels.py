"""Losses of rows with labels on torch, beside plain formulas and pytorch-metric-learning.

    python3 benchmarks/labels.py
    python3 benchmarks/labels.py --growth    # extra memory up to 32,768 rows instead

Value and gradients, which are compared first; then the calls take turns. Peaks are those of the
process, after a call for warm-up. pytorch-metric-learning is left out where it is not installed.
The tables go to ``benchmarks/results/`` and ``docs/_tables/``.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import polycontrast as pc
from polycontrast.bench import (
    machine,
    median_times,
    setting,
    traced_peak,
    write_csv,
    write_markdown,
)
from polycontrast.bench.comparison import same
from polycontrast.bench.measuring import raised_peak

ROOT = Path(__file__).parents[1]
COLUMNS = ("objective", "beside", "B", "ours ms", "theirs ms", "ratio", "ours MiB", "theirs MiB")
IN_CLASS = 8  # rows of a class
MARGIN, ALPHA, BETA, BASE = 0.1, 2.0, 50.0, 0.5
SHARPNESS, CIRCLE_MARGIN, GAMMA = 32.0, 0.25, 256.0
APART = 2.1  # beyond the distance of any two unit rows, so no hinge is 0 by rounding


def unit(z):
    """Rows of length one."""
    return torch.nn.functional.normalize(z, dim=1)


def kinds(labels):
    """Masks of the pairs of a class, without rows with themselves, and of the other pairs."""
    alike = labels[:, None] == labels[None, :]
    return alike & ~torch.eye(len(labels), dtype=torch.bool), ~alike


def log_one_plus(logits, mask, dim=1):
    """``log(1 + sum(exp(logits)))`` over a mask."""
    kept = logits.masked_fill(~mask, -torch.inf)
    return torch.nn.functional.softplus(torch.logsumexp(kept, dim=dim))


def sup_con(z, labels, temperature=0.07):
    """Log-probabilities, and their mean under a mask."""
    u = unit(z)
    itself = torch.eye(len(z), dtype=torch.bool)
    logits = (u @ u.T / temperature).masked_fill(itself, -torch.inf)
    log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    positive, _ = kinds(labels)
    sums = torch.where(positive, log_p, 0.0).sum(dim=1)
    return -(sums / positive.sum(dim=1).clamp(min=1)).mean()


def multi_similarity(z, labels):
    """Two soft maxima of each row."""
    s = unit(z) @ unit(z).T
    positive, negative = kinds(labels)
    near = log_one_plus(-ALPHA * (s - BASE), positive) / ALPHA
    far = log_one_plus(BETA * (s - BASE), negative) / BETA
    return (near + far).mean()


def circle(z, labels):
    """The softplus of two log-sum-exps with weights that are constants."""
    s = unit(z) @ unit(z).T
    positive, negative = kinds(labels)
    a = (1 + CIRCLE_MARGIN - s.detach()).clamp(min=0)
    b = (s.detach() + CIRCLE_MARGIN).clamp(min=0)
    near = (-GAMMA * a * (s - 1 + CIRCLE_MARGIN)).masked_fill(~positive, -torch.inf)
    far = (GAMMA * b * (s - CIRCLE_MARGIN)).masked_fill(~negative, -torch.inf)
    losses = torch.nn.functional.softplus(near.logsumexp(dim=1) + far.logsumexp(dim=1))
    counts = positive.any(dim=1) & negative.any(dim=1)
    return losses[counts].mean()


def contrastive_margin(z, labels):
    """Means of the hinges above 0."""
    u = unit(z)
    distances = torch.cdist(u, u)
    positive, negative = kinds(labels)
    near, far = distances[positive], (APART - distances[negative]).clamp(min=0)
    return near[near > 0].mean() + far[far > 0].mean()


def proxy_anchor(z, labels, proxies):
    """Two sums of each proxy over the rows of the batch."""
    s = unit(z) @ unit(proxies).T
    own = labels[:, None] == torch.arange(len(proxies))[None, :]
    near = log_one_plus(-SHARPNESS * (s - MARGIN), own, dim=0)
    far = log_one_plus(SHARPNESS * (s + MARGIN), ~own, dim=0)
    return near.sum() / own.any(dim=0).sum() + far.mean()


PLAIN = {
    "sup_con": sup_con,
    "multi_similarity": multi_similarity,
    "circle": circle,
    "contrastive_margin": contrastive_margin,
    "proxy_anchor": proxy_anchor,
}


def peers():
    """The losses of pytorch-metric-learning with the same parameters, if it is installed."""
    try:
        from pytorch_metric_learning import losses
    except ImportError:
        return {}

    def anchored(z, labels, proxies):
        loss = losses.ProxyAnchorLoss(*proxies.shape, margin=MARGIN, alpha=SHARPNESS)
        del loss._parameters["proxies"]
        loss.proxies = proxies
        return loss(z, labels)

    return {
        "sup_con": losses.SupConLoss(temperature=0.07),
        "multi_similarity": losses.MultiSimilarityLoss(alpha=ALPHA, beta=BETA, base=BASE),
        "circle": losses.CircleLoss(m=CIRCLE_MARGIN, gamma=GAMMA),
        "contrastive_margin": losses.ContrastiveLoss(pos_margin=0, neg_margin=APART),
        "proxy_anchor": anchored,
    }


def ours(name):
    """Our objective with the order of arguments of the others."""
    objective = pc.objectives()[name]
    if name == "proxy_anchor":
        return lambda z, labels, proxies: objective(z, proxies, labels)
    if name == "contrastive_margin":
        return lambda z, labels: objective(z, labels, neg_margin=APART)
    return objective


def inputs(name, rows, depth):
    """Rows, labels and, for proxies, a row of each class."""
    rng, classes = np.random.default_rng(0), max(2, rows // IN_CLASS)
    z = rng.standard_normal((rows, depth), dtype=np.float32)
    labels = rng.permutation(np.arange(rows) % classes)
    proxies = rng.standard_normal((classes, depth), dtype=np.float32)
    return (z, labels, proxies) if name == "proxy_anchor" else (z, labels)


def both(function, given):
    """Value and gradients of the floating tensors."""
    leaves = [t for t in given if t.is_floating_point()]
    for t in leaves:
        t.grad = None
    value = function(*given)
    value.backward()
    return value.item(), *(t.grad.numpy().copy() for t in leaves)


def measure(name, beside, theirs, rows, depth, runs):
    """One row of the table."""
    given = [torch.from_numpy(t) for t in inputs(name, rows, depth)]
    given = [t.requires_grad_() if t.is_floating_point() else t for t in given]

    def mine():
        return both(ours(name), given)

    def other():
        return both(theirs, given)

    same(f"{name} of {beside}", mine(), other())
    times = median_times(mine, other, runs=runs)
    peaks = [raised_peak(call) for call in (mine, other)]
    shown = ["" if peak is None else f"{peak / 2**20:.0f}" for peak in peaks]
    ratio = f"{times[1] / times[0]:.2f}"
    return [name, beside, str(rows), *(f"{t * 1e3:.3g}" for t in times), ratio, *shown]


def growth(depth):
    """Extra memory of NumPy calls over B, and its exponent."""
    table = []
    for name in PLAIN:
        objective, sizes, peaks = pc.objectives()[name], [2048, 8192, 32768], []
        for rows in sizes:
            given = inputs(name, rows, depth)
            if name == "proxy_anchor":
                given = (given[0], given[2], given[1])
            peaks.append(traced_peak(lambda f=objective, a=given: f.value_and_grad(*a, memory=0)))
        slope = np.polyfit(np.log(sizes), np.log(peaks), 1)[0]
        table.append([name, *(f"{peak / 2**20:.0f}" for peak in peaks), f"{slope:.2f}"])
        print(*table[-1], sep="  ", flush=True)
    columns = ("objective", *(f"B = {rows:,}, MiB" for rows in sizes), "exponent of B")
    return columns, table


def main():
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rows", type=int, nargs="*", default=[256, 1024, 4096])
    parser.add_argument("--depth", type=int, default=128)
    parser.add_argument("--growth", action="store_true", help="extra memory over B instead")
    args = parser.parse_args()
    print(machine(), f"{torch.get_num_threads()} threads of torch")
    if args.growth:
        file, (columns, table) = "labels_growth", growth(args.depth)
    else:
        file, columns, table = "labels", COLUMNS, []
        for beside, rivals in (("plain formula", PLAIN), ("pytorch-metric-learning", peers())):
            for name, theirs in rivals.items():
                for rows in args.rows:
                    table.append(measure(name, beside, theirs, rows, args.depth, args.runs))
                    print(*table[-1], sep="  ", flush=True)
    note = f"D = {args.depth}; {setting(('polycontrast', 'torch', 'pytorch-metric-learning'))}"
    write_csv(ROOT / "benchmarks" / "results" / f"{file}.csv", columns, table, note)
    write_markdown(ROOT / "docs" / "_tables" / f"{file}.md", columns, table, note)


if __name__ == "__main__":
    main()
