"""Value and gradient on a GPU: right first, then time and memory beside the limit and the peers.

    python3 benchmarks/gpu.py            # all of it, an hour or two
    python3 benchmarks/gpu.py --quick    # small batches, minutes

It needs CuPy and one NVIDIA GPU, and no network. torch, if it is there, gives the plain formula,
eager and compiled; memeff, siglip-kernel and Inf-CL are set beside it where they are installed.
Before anything is timed, every objective is compared with float64 in each precision; a wrong value
ends the run. P is the time of one product B x D x B in the same precision, taken from a part of it.
Results go to ``benchmarks/results/gpu.csv`` and ``docs/_tables/gpu.md``.
"""

import argparse
import contextlib
import functools
import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

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


def check(rows=1024, depth=256):
    """Compare every case with float64 on the processor; a wrong value or gradient raises."""
    bounds = {"highest": 1e-5, "tf32": 5e-3, "bf16": 3e-2}
    for case in CASES:
        inputs = case.inputs(rows if case.name != "cube_loss" else 64, depth)
        exact = [arrays.to_numpy(t).astype(np.float64) for t in inputs]
        wanted, wanted_grads = case.call(exact)
        for precision in case.precisions:
            for options in ({}, {"memory": 0}, {"tile": (300, 200)}):
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


# What others do


def formulas(torch):
    """Plain formulas on torch tensors, as one writes them."""
    from polycontrast.bench.rivals.differentiated import torch_formulas

    def poly_view(views, temperature):
        count, rows = views.shape[:2]
        z = torch.nn.functional.normalize(views, dim=-1).flatten(0, 1)
        scores = z @ z.T / temperature
        sample = torch.arange(rows, device=z.device).repeat(count)
        same = sample[:, None] == sample[None, :]
        others = torch.logsumexp(scores.masked_fill(same, -torch.inf), dim=1)
        itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
        positive = scores[same & ~itself].reshape(len(z), count - 1)
        return torch.nn.functional.softplus(others[:, None] - positive).mean()

    return torch_formulas() | {"poly_view": poly_view}


def peers(torch):
    """Losses of other packages that are installed: their name and a function of the tensors."""

    def unit(t):
        return torch.nn.functional.normalize(t, dim=-1)

    found = {}
    if importlib.util.find_spec("memeff"):
        from memeff import MemoryEfficientCLIPLoss

        # `stable` would scale the gradient by something else.
        found["info_nce", "memeff"] = lambda x, y, temperature: MemoryEfficientCLIPLoss(
            temperature, stable=False
        )(x, y)
    if importlib.util.find_spec("inf_cl"):
        from inf_cl import cal_flash_loss

        def inf_cl(x, y, temperature):
            a, b = unit(x), unit(y)
            both = (cal_flash_loss(*pair, scale=1 / temperature) for pair in ((a, b), (b, a)))
            return sum(loss.mean() for loss in both) / 2

        found["info_nce", "Inf-CL"] = inf_cl
    if importlib.util.find_spec("siglip_kernel"):
        from siglip_kernel import fused_siglip_loss

        def siglip(x, y, temperature, bias):
            log_scale = torch.tensor(-math.log(temperature), device=x.device)
            return fused_siglip_loss(unit(x), unit(y), log_scale, torch.tensor(bias).to(x))

        found["sigmoid_contrastive", "siglip-kernel"] = siglip
    return found


class Torch:
    """Others' times, where torch is installed and sees the GPU."""

    def __init__(self):
        self.torch = None
        if importlib.util.find_spec("torch"):
            import torch

            if torch.cuda.is_available():
                self.torch, self.formulas, self.peers = torch, formulas(torch), peers(torch)
                self.compiled = {name: torch.compile(f) for name, f in self.formulas.items()}

    @contextlib.contextmanager
    def precision(self, precision):
        """Products of torch in the same precision."""
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bf16"):
            yield

    def seconds(self, loss, case, inputs, value, precision, runs):
        """Time of value and gradients, or why there is none; the value is compared first."""
        torch = self.torch
        leaves = [torch.from_dlpack(t).clone().requires_grad_() for t in inputs]

        def call():
            with self.precision(precision):
                made = loss(*leaves, **case.parameters)
            torch.autograd.grad(made, leaves)
            return made

        try:
            theirs = float(call())
            if not abs(theirs - value) <= 2e-2 * abs(value):
                return f"differs: {theirs:.6g}"
            return f"{median_times(call, runs=runs, finish=device.finish)[0]:.4f}"
        except torch.cuda.OutOfMemoryError:
            return "no memory"
        except Exception as error:  # a package may refuse a size or a device in its own way
            return f"fails: {type(error).__name__}"
        finally:
            torch.cuda.empty_cache()

    def row(self, case, inputs, value, precision, runs):
        """Times of the formula, eager and compiled, and of a peer, with its name."""
        if self.torch is None or case.name not in self.formulas:
            return ["", "", "", ""]
        import cupy

        cupy.get_default_memory_pool().free_all_blocks()
        time = functools.partial(
            self.seconds, case=case, inputs=inputs, value=value, precision=precision, runs=runs
        )
        eager, compiled = time(self.formulas[case.name]), time(self.compiled[case.name])
        mine = {peer: loss for (name, peer), loss in self.peers.items() if name == case.name}
        return [eager, compiled, " / ".join(mine), " / ".join(map(time, mine.values()))]


# The table


def measure(case, rows, depth, precision, others, runs):
    """One row, or None where it would take too long or does not fit."""
    import cupy

    product = product_seconds(rows, depth, precision, runs)
    products = case.products(rows, depth)
    if 3 * products * product > LONGEST:
        return None
    try:
        inputs = case.inputs(rows, depth)
        call = functools.partial(case.call, inputs, precision=precision)
        value = float(call()[0])
        (ours,) = median_times(call, runs=runs, finish=device.finish)
        extra = device.peak_bytes(call) / 2**30
    except cupy.cuda.memory.OutOfMemoryError:
        return None
    return [
        case.name, rows, depth, precision, f"{ours:.4f}", f"{products:.3g} x {product:.4f}",
        f"{ours / (products * product):.2f}", f"{extra:.2f}",
        *others.row(case, inputs, value, precision, runs),
    ]  # fmt: skip


def table(quick, runs):
    """All rows."""
    others, rows = Torch(), []
    sizes = [8192] if quick else [2**k for k in range(13, 21)]
    for case in CASES:
        for depth in (512,) if quick else (512, 768):
            for size in (s for s in sizes if s <= case.most):
                # The largest batches are for the fastest products.
                for precision in case.precisions if size <= 65_536 else ("bf16",):
                    row = measure(case, size, depth, precision, others, runs)
                    if row is not None:
                        rows.append(row)
                        print(*row, sep="  ", flush=True)
    return rows


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
    parser.add_argument("--quick", action="store_true", help="small batches; writes no table")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    try:
        found = device.name()
    except Exception as error:  # CuPy fails in several ways where no driver is
        raise SystemExit(f"no GPU that CuPy can use: {error}") from None
    print(found)
    check()
    rows = table(options.quick, options.runs)
    goals(rows)
    if not options.quick:
        note = f"{found}; {setting(('polycontrast', 'cupy-cuda12x', 'cupy-cuda13x', 'torch'))}"
        write_csv(ROOT / "benchmarks" / "results" / "gpu.csv", COLUMNS, rows, note)
        write_markdown(ROOT / "docs" / "_tables" / "gpu.md", COLUMNS, rows, note)


if __name__ == "__main__":
    main()
