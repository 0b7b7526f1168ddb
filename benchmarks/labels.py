"""Losses of rows with labels beside their plain torch formulas, value and gradient, on torch.

    python3 benchmarks/labels.py

Values and gradients are compared first; then the two take turns. Peaks are those of the process,
after a call for warm-up. The table goes to ``benchmarks/results/labels.csv``.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import polycontrast as pc
from polycontrast.bench import machine, median_times, setting, write_csv
from polycontrast.bench.comparison import same
from polycontrast.bench.measuring import raised_peak

RESULTS = Path(__file__).parent / "results" / "labels.csv"
COLUMNS = ("objective", "B", "D", "ours ms", "plain ms", "ratio", "ours MiB", "plain MiB")
IN_CLASS = 8  # rows of a class, on average


def sup_con(z, labels, temperature=0.07):
    """The formula as one writes it in torch: log-probabilities, and their mean under a mask."""
    u = torch.nn.functional.normalize(z, dim=1)
    itself = torch.eye(len(z), dtype=torch.bool)
    logits = (u @ u.T / temperature).masked_fill(itself, -torch.inf)
    log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    positive = (labels[:, None] == labels[None, :]) & ~itself
    sums = torch.where(positive, log_p, 0.0).sum(dim=1)
    return -(sums / positive.sum(dim=1).clamp(min=1)).mean()


PLAIN = {"sup_con": sup_con}


def both(function, z, labels):
    """Value and gradient."""
    z.grad = None
    value = function(z, labels)
    value.backward()
    return value.item(), z.grad.numpy().copy()


def measure(name, rows, depth, runs):
    """One row of the table."""
    rng = np.random.default_rng(0)
    z = torch.tensor(rng.standard_normal((rows, depth), dtype=np.float32), requires_grad=True)
    labels = torch.tensor(rng.integers(0, max(2, rows // IN_CLASS), size=rows))

    def ours():
        return both(pc.objectives()[name], z, labels)

    def plain():
        return both(PLAIN[name], z, labels)

    same(name, ours(), plain())
    mine, other = median_times(ours, plain, runs=runs)
    peaks = [raised_peak(call) for call in (ours, plain)]
    shown = ["" if peak is None else f"{peak / 2**20:.0f}" for peak in peaks]
    times = f"{mine * 1e3:.3g}", f"{other * 1e3:.3g}", f"{other / mine:.2f}"
    return [name, str(rows), str(depth), *times, *shown]


def main():
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rows", type=int, nargs="*", default=[256, 1024, 4096])
    parser.add_argument("--depth", type=int, default=128)
    args = parser.parse_args()
    print(machine(), f"{torch.get_num_threads()} threads of torch")
    table = []
    for name in PLAIN:
        for rows in args.rows:
            table.append(measure(name, rows, args.depth, args.runs))
            print(*table[-1], sep="  ", flush=True)
    write_csv(RESULTS, COLUMNS, table, setting(("polycontrast", "torch")))


if __name__ == "__main__":
    main()
