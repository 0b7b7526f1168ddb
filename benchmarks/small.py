"""Small calls, where Python counts, beside the plain formula written by hand.

    python3 benchmarks/small.py

Value and gradients of two-view objectives and of `poly_view` with three views: NumPy beside the
hand-derived formula in NumPy, torch beside autograd of the formula in torch and beside
`torch.compile` of it. Values and gradients are compared first; the calls then take turns. Results
go to ``benchmarks/results/small.csv`` and ``docs/_tables/small.md``.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import polycontrast as pc
from polycontrast.bench import median_times, setting, write_csv, write_markdown
from polycontrast.bench.comparison import same
from polycontrast.bench.rivals import RIVALS

ROOT = Path(__file__).parents[1]
SIZES = ((64, 32), (256, 128))
NAMES = ("plain formula", "torch.compile of the formula")
TEMPERATURE = 0.1


def unit(t, axis=-1):
    """Rows of length one, and their lengths before."""
    length = np.sqrt((t * t).sum(axis=axis, keepdims=True))
    return t / length, length


def poly_view(views):
    """Value and gradient of the geometric loss: softplus of a log-sum-exp minus each positive."""
    m, b, _ = views.shape
    z, length = unit(views)
    flat = z.reshape(m * b, -1)
    logits = (flat @ flat.T / TEMPERATURE).reshape(m, b, m, b)
    rows = np.arange(b)
    positives = logits[:, rows, :, rows]  # (b, m, m)
    logits[:, rows, :, rows] = -np.inf
    peak = logits.max(axis=(2, 3), keepdims=True)
    e = np.exp(logits - peak)
    total = e.sum(axis=(2, 3), keepdims=True)
    n = (peak + np.log(total))[:, :, 0, 0].T[:, :, None]  # (b, m, 1)
    other = ~np.eye(m, dtype=bool)
    d = n - positives
    value = (np.logaddexp(0, d) * other).sum() / (b * m * (m - 1))
    q = other / (1 + np.exp(-d)) / (b * m * (m - 1))
    g = e / total * q.sum(axis=2).T[:, :, None, None]
    g[:, rows, :, rows] = -q
    g = g.reshape(m * b, m * b).astype(flat.dtype)
    pulled = ((g + g.T) @ flat / TEMPERATURE).reshape(z.shape)
    return value, (pulled - (pulled * z).sum(axis=-1, keepdims=True) * z) / length


def poly_view_torch(views):
    """Value of the same formula, for autograd."""
    m, b, _ = views.shape
    flat = torch.nn.functional.normalize(views, dim=-1).reshape(m * b, -1)
    logits = (flat @ flat.T / TEMPERATURE).reshape(m, b, m, b)
    same_sample = torch.eye(b, dtype=torch.bool)[None, :, None, :]
    n = logits.masked_fill(same_sample, -torch.inf).logsumexp(dim=(2, 3))
    positives = logits.diagonal(dim1=1, dim2=3)  # (m, m, b)
    losses = torch.nn.functional.softplus(n[:, None] - positives)
    return losses[~torch.eye(m, dtype=torch.bool)].mean()


def of_tensors(function):
    """Call with a NumPy array that returns value and gradient of a function of tensors."""

    def call(views):
        leaf = torch.from_numpy(views).requires_grad_()
        value = function(leaf)
        value.backward()
        return value.item(), leaf.grad.numpy()

    return call


def ours_numpy(views):
    """The objective on NumPy."""
    value, grads = pc.poly_view.value_and_grad(views, temperature=TEMPERATURE)
    return value, grads[0]


def comparisons():
    """Name, library, number of views, our call and the other one."""
    for rival in RIVALS:
        if rival.backend in ("numpy", "torch") and rival.name in NAMES:
            yield rival.objective, f"{rival.backend}, {rival.name}", 2, rival.ours(), rival.make()
    yield "poly_view", "numpy, plain formula", 3, ours_numpy, poly_view
    ours = of_tensors(lambda views: pc.poly_view(views, temperature=TEMPERATURE))
    yield "poly_view", "torch, plain formula", 3, ours, of_tensors(poly_view_torch)


def main():
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400)
    args = parser.parse_args()
    rng, table = np.random.default_rng(0), []
    for name, rival, views, ours, theirs in comparisons():
        for rows, depth in SIZES:
            made = rng.standard_normal((views, rows, depth), dtype=np.float32)
            made[1:] += made[:1]
            inputs = tuple(made) if views == 2 else (made,)
            same(f"{rival} of {name}", ours(*inputs), theirs(*inputs))
            times = median_times(
                lambda f=ours, given=inputs: f(*given),
                lambda f=theirs, given=inputs: f(*given),
                runs=args.runs,
            )
            shape = f"{views} x {rows} x {depth}"
            row = [name, rival, shape, *(f"{t * 1e3:.3f} ms" for t in times)]
            table.append([*row, f"{times[0] / times[1]:.2f}"])
            print(*table[-1], sep="  ", flush=True)
    columns = ("objective", "beside", "views x B x D", "ours", "theirs", "ratio")
    note = setting(("polycontrast", "numpy", "torch"))
    write_csv(ROOT / "benchmarks" / "results" / "small.csv", columns, table, note)
    write_markdown(ROOT / "docs" / "_tables" / "small.md", columns, table, note)


if __name__ == "__main__":
    main()
