"""Value and gradient on a GPU: right first, then time and memory beside the limit and the peers.

    python3 benchmarks/gpu.py                       # all of it, an hour or two
    python3 benchmarks/gpu.py --short               # the most important rows, at most 8 minutes
    python3 benchmarks/gpu.py --cases info_nce nt_xent    # some objectives alone

It needs CuPy and one NVIDIA GPU, and no network. torch, if it is there, gives the plain formula,
eager and compiled; memeff, siglip-kernel and Inf-CL are set beside it where they are installed.
Before anything is timed, every objective is compared with float64 in each precision; a wrong value
ends the run. P is the time of one product B x D x B in the same precision, taken from a part of it.
Results go to ``benchmarks/results/gpu.csv`` and ``docs/_tables/gpu.md``, row by row: a run that is
cut off leaves the rows that it has measured.
"""

import argparse
import functools
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gpu_torch import Torch

import polycontrast as pc
from polycontrast import arrays
from polycontrast.arrays.cuda import blas
from polycontrast.bench import device, median_times, setting, write_csv, write_markdown

ROOT = Path(__file__).parents[1]
PRECISIONS = ("highest", "tf32", "bf16")
COLUMNS = (
    "objective", "B", "D", "precision", "seconds", "products", "over products", "extra GiB",
    "torch eager", "torch.compile", "peer", "peer seconds",
)  # fmt: skip
LONGEST = 120.0  # seconds of one call; what would take longer is left out
SHORT = 420.0  # seconds after which `--short` begins no row that ends later; it compiles meanwhile


@dataclass(frozen=True)
class Case:
    """An objective, and the parameters it is called with.

    Parameters
    ----------
    name : str
    parameters : dict
    views : int
    most : int
        Largest batch that is tried.
    precisions : tuple of str
        Those that make a difference.
    """

    name: str
    parameters: dict
    views: int = 2
    most: int = 262_144
    precisions: tuple[str, ...] = PRECISIONS

    def inputs(self, rows, depth):
        """Views of the same things, float32, made on the device."""
        import cupy

        random = cupy.random.default_rng(0)
        made = random.standard_normal((self.views, rows, depth), dtype=cupy.float32)
        made[1:] += made[:1]
        return (made,) if self.views > 2 else (made[0], made[1])

    def call(self, inputs, **options):
        """Value and gradient."""
        objective = pc.objectives()[self.name]
        return objective.value_and_grad(*inputs, **self.parameters, **options)

    def products(self, rows, depth):
        """Products that the call makes, in units of P."""
        shape = (rows, depth)
        shapes = ((self.views, *shape),) if self.views > 2 else (shape, shape)
        plan = pc.plan(self.name, *shapes, **self.parameters)
        return plan.flops / (2 * rows**2 * depth)


CASES = (
    Case("info_nce", {"temperature": 0.07}, most=1_048_576),
    Case("nt_xent", {"temperature": 0.1}),
    Case("sigmoid_contrastive", {"temperature": 0.1, "bias": -10.0}, most=1_048_576),
    Case("poly_view", {"temperature": 0.1}, views=3, most=65_536),
    # Of products of B x B by B x B, which no walk makes.
    Case("cube_loss", {"similarity": "variance"}, 3, 16_384, ("highest",)),
)
GOALS = (  # objective, B, D, seconds, GiB; on one H200, products in bfloat16
    ("info_nce", 65_536, 512, 0.060, 0.5),
    ("sigmoid_contrastive", 65_536, 768, 0.060, 1.0),
    ("info_nce", 1_048_576, 512, 15.0, 8.0),
)


# What is right


def check(cases, rows=1024, depth=256, short=False):
    """Compare cases with float64 on the processor; a wrong value or gradient raises."""
    bounds = {"highest": 1e-5, "tf32": 5e-3, "bf16": 3e-2}
    tilings = ({"tile": (300, 200)},) if short else ({}, {"memory": 0}, {"tile": (300, 200)})
    for case in cases:
        inputs = case.inputs(rows if case.name != "cube_loss" else 64, depth)
        exact = [arrays.to_numpy(t).astype(np.float64) for t in inputs]
        wanted, wanted_grads = case.call(exact)
        for precision in case.precisions:
            for options in tilings:
                value, grads = case.call(inputs, precision=precision, **options)
                errors = [abs(float(value) - wanted) / abs(wanted)]
                for got, want in zip(grads, wanted_grads, strict=True):
                    got = arrays.to_numpy(got)
                    errors.append(np.linalg.norm(got - want) / np.linalg.norm(want))
                line = f"{case.name} {precision} {options}: relative errors"
                print(line, *(f"{e:.1e}" for e in errors), flush=True)
                if not max(errors) <= bounds[precision]:
                    raise SystemExit(f"wrong: above {bounds[precision]:g}")


# The limit


def product_seconds(rows, depth, precision, runs):
    """Time of one product, from a block of it that fills the device."""
    import cupy

    part = min(rows, 16_384)
    x = cupy.random.default_rng(0).standard_normal((part, depth), dtype=cupy.float32)
    x = arrays.multiplier(x, precision).operand(x)
    out = cupy.empty((part, part), dtype=cupy.float32)
    multiply = functools.partial(blas.gemm, x, x.T, out, precision)
    return median_times(multiply, runs=runs, finish=device.finish)[0] * (rows / part) ** 2


# The table


@dataclass(frozen=True)
class Row:
    """One row to measure.

    Parameters
    ----------
    case : Case
    rows, depth : int
    precision : str
    beside : bool
        Whether torch and other packages are measured too.
    """

    case: Case
    rows: int
    depth: int
    precision: str
    beside: bool = True

    def measured(self, others, runs, left=LONGEST):
        """The cells, or None where it would take too long or does not fit in memory."""
        import cupy

        case, rows, depth, precision = self.case, self.rows, self.depth, self.precision
        product = product_seconds(rows, depth, precision, min(runs, 3))
        products = case.products(rows, depth)
        if 3 * products * product * (runs + 2) > left or 3 * products * product > LONGEST:
            return None
        try:
            inputs = case.inputs(rows, depth)
            call = functools.partial(case.call, inputs, precision=precision)
            value = float(call()[0])
            (ours,) = median_times(call, runs=runs, finish=device.finish, seconds=left / 2)
            extra = device.peak_bytes(call) / 2**30
        except cupy.cuda.memory.OutOfMemoryError:
            return None
        beside = [""] * 4
        if self.beside:
            beside = others.row(case, inputs, value, precision, runs)
        return [
            case.name, rows, depth, precision, f"{ours:.4f}", f"{products:.3g} x {product:.4f}",
            f"{ours / (products * product):.2f}", f"{extra:.2f}", *beside,
        ]  # fmt: skip


def all_rows(cases):
    """Every case in every size, depth and precision."""
    for case in cases:
        for depth in (512, 768):
            for size in (2**k for k in range(13, 21) if 2**k <= case.most):
                # The largest batches are for the fastest products.
                for precision in case.precisions if size <= 65_536 else ("bf16",):
                    yield Row(case, size, depth, precision)


def short_rows(cases):
    """The goals first, then torch beside every case, then precisions; the longest is the last."""
    named = {case.name: case for case in cases}
    goals = [Row(named[g[0]], g[1], g[2], "bf16", beside=False) for g in GOALS if g[0] in named]
    yield from (row for row in goals if row.rows <= 65_536)
    for case in cases:
        yield Row(case, 16_384, 512, case.precisions[-1])
    for precision in ("tf32", "highest"):
        for case in cases[:3]:
            yield Row(case, 16_384, 512, precision, beside=False)
    if "nt_xent" in named:
        yield Row(named["nt_xent"], 65_536, 512, "bf16", beside=False)
    yield from (row for row in goals if row.rows > 65_536)


def table(rows, runs, seconds, written):
    """Measure rows in order, and write all that are there after each one.

    Parameters
    ----------
    rows : iterable of Row
    runs : int
    seconds : float
        No row is begun that would end later.
    written : callable
        Takes the table so far.
    """
    others, made, end = Torch(), [], time.perf_counter() + seconds
    for row in rows:
        left = end - time.perf_counter()
        if left <= 0:
            break
        cells = row.measured(others, runs, left)
        if cells is None:
            print(row.case.name, row.rows, row.depth, row.precision, "left out", flush=True)
            continue
        made.append(cells)
        print(*cells, sep="  ", flush=True)
        written(made)
    return made


def goals(rows):
    """Say which goals are met; those that were not measured are not named."""
    for name, size, depth, seconds, memory in GOALS:
        for row in rows:
            if row[:4] == [name, size, depth, "bf16"]:
                met = float(row[4]) <= seconds and float(row[7]) <= memory
                word = "met" if met else "missed"
                print(f"{name} B={size} D={depth}: {word}: {row[4]} s, {row[7]} GiB")
    for case in CASES:
        with_compiled = [r for r in rows if r[0] == case.name and r[9][:1].isdigit()]
        if with_compiled:
            row = max(with_compiled, key=lambda r: (r[1], r[2]))
            times = float(row[9]) / float(row[4])
            print(f"{case.name}: {times:.2f} times torch.compile at B={row[1]}, {row[3]}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [case.name for case in CASES]
    parser.add_argument("--short", action="store_true", help="important rows, at most 8 minutes")
    parser.add_argument("--cases", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--runs", type=int, default=0, help="default: 7, or 3 with --short")
    options = parser.parse_args()
    start = time.perf_counter()
    try:
        found = device.name()
    except Exception as error:  # CuPy fails in several ways where no driver is
        raise SystemExit(f"no GPU that CuPy can use: {error}") from None
    print(found)
    cases = [case for case in CASES if case.name in options.cases]
    note = f"{found}; {setting(('polycontrast', 'cupy-cuda12x', 'cupy-cuda13x', 'torch'))}"

    def written(rows):
        write_csv(ROOT / "benchmarks" / "results" / "gpu.csv", COLUMNS, rows, note)
        write_markdown(ROOT / "docs" / "_tables" / "gpu.md", COLUMNS, rows, note)

    check(cases, short=options.short)
    rows = short_rows(cases) if options.short else all_rows(cases)
    left = SHORT - (time.perf_counter() - start) if options.short else float("inf")
    goals(table(rows, options.runs or (3 if options.short else 7), left, written))


if __name__ == "__main__":
    main()
