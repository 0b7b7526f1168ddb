"""What the torch adapter adds to a call on NumPy arrays of the same content.

    python3 benchmarks/adapter.py

Large calls: value and backward on tensors beside `value_and_grad` on arrays, in turn. Small calls:
the same for eight rows, and the adapter by itself, its call of the objective replaced by constants,
beside an `autograd.Function` that does nothing. Results go to ``benchmarks/results/adapter.csv``
and ``docs/_tables/adapter.md``.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import polycontrast as pc
from polycontrast.bench import median_times, setting, write_csv, write_markdown
from polycontrast.torch import adapter

ROOT = Path(__file__).parents[1]
LARGE = (("info_nce", 4096, 512), ("nt_xent", 4096, 256), ("sigmoid_contrastive", 4096, 512))


class Nothing(torch.autograd.Function):
    """The least that a call in torch's graph costs."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x.new_zeros(())

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return torch.zeros_like(x), torch.zeros_like(y)


def inputs(rows, depth):
    """Arrays, and tensors in the same memory."""
    arrays = np.random.default_rng(0).standard_normal((2, rows, depth), dtype=np.float32)
    return arrays, [torch.from_numpy(t).requires_grad_() for t in arrays]


def backward(function, tensors):
    """Call that gives value and gradients of a function of tensors."""

    def call():
        for t in tensors:
            t.grad = None
        function(*tensors).backward()

    return call


def large(runs):
    """Rows of the table for large calls."""
    table = []
    for name, rows, depth in LARGE:
        arrays, tensors = inputs(rows, depth)
        objective = pc.objectives()[name]
        plain, ours = median_times(
            lambda o=objective, a=arrays: o.value_and_grad(*a),
            backward(objective, tensors),
            runs=runs,
        )
        shape = f"2 x {rows} x {depth}"
        table.append([name, shape, f"{plain * 1e3:.4g} ms", f"{ours * 1e3:.4g} ms"])
        table[-1].append(f"{ours / plain:.2f} x")
    return table


def small(runs):
    """Rows of the table for small calls."""
    arrays, tensors = inputs(8, 16)
    plain, ours, nothing = median_times(
        lambda: pc.info_nce.value_and_grad(*arrays),
        backward(pc.info_nce, tensors),
        backward(Nothing.apply, tensors),
        runs=200 * runs,
    )
    value, grads = torch.zeros(()), [torch.zeros_like(t) for t in tensors]
    evaluate, adapter.evaluate = adapter.evaluate, lambda *_: (value.clone(), lambda _: grads)
    try:
        (alone,) = median_times(backward(pc.info_nce, tensors), runs=200 * runs)
    finally:
        adapter.evaluate = evaluate
    shape, micro = "2 x 8 x 16", "{:.0f} µs".format
    return [
        ["info_nce", shape, micro(plain * 1e6), micro(ours * 1e6), f"{ours / plain:.2f} x"],
        ["adapter, its call made constant", shape, "", micro(alone * 1e6), ""],
        ["a Function that does nothing", shape, "", micro(nothing * 1e6), ""],
    ]


def main():
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=11)
    args = parser.parse_args()
    table = [*large(args.runs), *small(args.runs)]
    for row in table:
        print(*row, sep="  ")
    columns = ("call", "shape", "NumPy", "torch", "ratio")
    note = setting(("polycontrast", "numpy", "torch"))
    write_csv(ROOT / "benchmarks" / "results" / "adapter.csv", columns, table, note)
    write_markdown(ROOT / "docs" / "_tables" / "adapter.md", columns, table, note)


if __name__ == "__main__":
    main()
