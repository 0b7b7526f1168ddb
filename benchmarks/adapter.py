"""What a call on tensors and JAX arrays adds to one on NumPy arrays of the same content.

    python3 benchmarks/adapter.py

Large calls: the four forms (value, `value_and_grad`, backward, `chunked_step` with an encoder that
does next to nothing) beside the value and `value_and_grad` of NumPy, in turn. Small calls:
the same for eight rows, and the adapter by itself, its call of the objective replaced by constants,
beside an `autograd.Function` that does nothing. Results go to ``benchmarks/results/adapter.csv``
and ``docs/_tables/adapter.md``.
"""

import argparse
from pathlib import Path

import jax
import numpy as np
import torch

import polycontrast as pc
from polycontrast.adapters.torch.form import Form
from polycontrast.bench import median_times, setting, write_csv, write_markdown
from polycontrast.jax import chunked_step as chunked_step_jax
from polycontrast.torch import chunked_step

ROOT = Path(__file__).parents[1]
LARGE = (("info_nce", 4096, 256), ("nt_xent", 4096, 256), ("sigmoid_contrastive", 4096, 256))
CHUNK = 1024


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


class Scale(torch.nn.Module):
    """An encoder with one parameter."""

    def __init__(self):
        super().__init__()
        self.factor = torch.nn.Parameter(torch.ones(()))

    def forward(self, x):
        return x * self.factor


def forms(objective, arrays):
    """Calls by their form and library; those of NumPy come first."""
    tensors = [torch.from_numpy(t) for t in arrays]
    learned = [t.clone().requires_grad_() for t in tensors]
    theirs = [jax.numpy.asarray(t) for t in arrays]
    encoder, params, done = Scale(), {"factor": jax.numpy.ones(())}, jax.block_until_ready

    def scaled(params, x):
        return x * params["factor"]

    def step():
        return chunked_step_jax(objective, scaled, params, theirs, chunk_size=CHUNK)

    return {
        ("value", "NumPy"): lambda: objective(*arrays),
        ("value_and_grad", "NumPy"): lambda: objective.value_and_grad(*arrays),
        ("value", "torch"): lambda: objective(*tensors),
        ("value", "JAX"): lambda: done(objective(*theirs)),
        ("value_and_grad", "torch"): lambda: objective.value_and_grad(*tensors),
        ("value_and_grad", "JAX"): lambda: done(objective.value_and_grad(*theirs)),
        ("backward", "torch"): backward(objective, learned),
        ("chunked_step", "torch"): lambda: chunked_step(
            objective, encoder, tensors, chunk_size=CHUNK
        ),
        ("chunked_step", "JAX"): lambda: done(step()),
    }


def large(runs):
    """Rows of the table for large calls, one for each form and library."""
    table = []
    for name, rows, depth in LARGE:
        arrays, _ = inputs(rows, depth)
        calls = forms(pc.objectives()[name], arrays)
        times = dict(zip(calls, median_times(*calls.values(), runs=runs), strict=True))
        for (form, library), ours in times.items():
            if library == "NumPy":
                continue
            plain = times["value" if form == "value" else "value_and_grad", "NumPy"]
            row = [f"{name}, {form}, {library}", f"2 x {rows} x {depth}"]
            table.append([*row, *(f"{t * 1e3:.4g} ms" for t in (plain, ours))])
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
    vjp, Form.vjp = Form.vjp, lambda *_: (value.clone(), lambda _: grads)
    try:
        (alone,) = median_times(backward(pc.info_nce, tensors), runs=200 * runs)
    finally:
        Form.vjp = vjp
    shape, micro = "2 x 8 x 16", "{:.0f} µs".format
    return [
        [
            "info_nce, backward, torch",
            shape,
            micro(plain * 1e6),
            micro(ours * 1e6),
            f"{ours / plain:.2f} x",
        ],
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
    columns = ("call", "shape", "NumPy", "ours there", "ratio")
    note = setting(("polycontrast", "numpy", "torch", "jax"))
    write_csv(ROOT / "benchmarks" / "results" / "adapter.csv", columns, table, note)
    write_markdown(ROOT / "docs" / "_tables" / "adapter.md", columns, table, note)


if __name__ == "__main__":
    main()
