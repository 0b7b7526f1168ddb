"""How close value and gradient come to their matrix products, on NumPy.

    python3 benchmarks/limits.py

With P the time of one product B x D x B in the same library and process, value and gradient need
3 P where similarities are kept, or where the derivative of a pair is known at first sight, and 4 P
where they are computed again; half of that where rows meet themselves. The cases and P take turns.
``--growth`` follows time and memory over B instead, up to 65,536 rows, and draws them;
``--bf16`` says what products of rounded operands gain on a processor that has them, with the errors
against float64. Results go to ``benchmarks/results`` and ``docs/_tables``.
"""

import argparse
import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

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
from polycontrast.bench.rivals import RIVALS

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Case:
    """A call, and what its products cost in units of P.

    Parameters
    ----------
    name : str
        Name of the objective.
    rows, depth : int
        Size of a view.
    products : float
        Products of ``side x side`` that value and gradient need.
    side : int
        Rows of the matrix; P is the time of ``side x depth`` by ``depth x side``.
    goal : float
        Largest ratio of the call's time to that of its products.
    views : int
    """

    name: str
    rows: int
    depth: int
    products: float
    side: int
    goal: float
    views: int = 2
    parameters: tuple = ()

    def inputs(self, rng):
        """Views of the same things, in float32."""
        shape = (self.views, self.rows, self.depth)
        made = rng.standard_normal(shape, dtype=np.float32)
        made[1:] += made[:1]
        return (made,) if self.views > 2 else tuple(made)

    def call(self, inputs):
        """Value and gradient."""
        return pc.objectives()[self.name].value_and_grad(*inputs, **dict(self.parameters))


TILED = (("memory", 0),)
CASES = (
    Case("info_nce", 4096, 512, 3, 4096, 1.20),
    Case("info_nce", 16384, 512, 4, 16384, 1.20, parameters=TILED),
    Case("nt_xent", 8192, 256, 2, 16384, 1.25, parameters=TILED),
    Case("sigmoid_contrastive", 16384, 512, 3, 16384, 1.15, parameters=TILED),
    Case("poly_view", 1024, 128, 2, 8192, 1.6, views=8),
)


def limits(runs):
    """One row a case: its time over that of its products."""
    rng = np.random.default_rng(0)
    table = []
    for case in CASES:
        inputs = case.inputs(rng)
        call = functools.partial(case.call, inputs)
        left = rng.standard_normal((case.side, case.depth), dtype=np.float32)
        right = rng.standard_normal((case.depth, case.side), dtype=np.float32)
        out = np.empty((case.side, case.side), dtype=np.float32)
        ours, product = median_times(
            call, functools.partial(np.matmul, left, right, out=out), runs=runs
        )
        del out
        ratio = ours / (case.products * product)
        shape = f"{case.views} x {case.rows} x {case.depth}"
        row = [case.name, shape, f"{ours:.3f}", f"{case.products:g} x {product:.3f}"]
        # What is left of the peak after 12 floats an input element.
        beyond = traced_peak(call) - 12 * sum(t.nbytes for t in inputs)
        table.append([*row, f"{ratio:.2f}", f"{case.goal:.2f}", f"{beyond / 2**20:.0f}"])
        print(*table[-1], sep="  ", flush=True)
    return table


def small(runs):
    """A call so small that Python counts, beside the plain formula."""
    x, y = Case("info_nce", 256, 128, 3, 256, 1.2).inputs(np.random.default_rng(0))
    rival = next(r for r in RIVALS if (r.backend, r.objective) == ("numpy", "info_nce"))
    call, plain = rival.ours(), rival.make()
    same(rival.name, call(x, y), plain(x, y))
    ours, formula = median_times(lambda: call(x, y), lambda: plain(x, y), runs=50 * runs)
    row = ["info_nce", "2 x 256 x 128", f"{ours:.4f}", f"plain formula {formula:.4f}"]
    print(row, ours / formula)
    return [*row, f"{ours / formula:.2f}", "1.20", ""]


def rounded(runs):
    """Time and errors of a call in float32, and with operands of products rounded to bfloat16."""
    rng, table = np.random.default_rng(0), []
    for case in (CASES[0], Case("nt_xent", 4096, 512, 2, 8192, 1), *CASES[3:4]):
        inputs, options = case.inputs(rng), dict(case.parameters)
        call = functools.partial(pc.objectives()[case.name].value_and_grad, *inputs, **options)
        half = functools.partial(call, precision="bf16")
        full_time, half_time = median_times(call, half, runs=runs)
        wide = [t.astype(float) for t in inputs]
        wanted, exact = pc.objectives()[case.name].value_and_grad(*wide, **options)
        errors = []
        for value, grads in (call(), half()):
            errors.append(f"{abs(value / wanted - 1):.1e}")
            worst = max(
                np.abs(g - e).max() / np.abs(e).max() for g, e in zip(grads, exact, strict=True)
            )
            errors.append(f"{worst:.1e}")
        shape = f"{case.views} x {case.rows} x {case.depth}"
        row = [case.name, shape, f"{full_time:.3f}", f"{half_time:.3f}"]
        table.append([*row, f"{full_time / half_time:.2f}", *errors])
        print(*table[-1], sep="  ", flush=True)
    return table


def growth(largest, depth):
    """Time and memory over B, and the exponents of both."""
    rng, sizes, found = np.random.default_rng(0), [], {}
    rows = 2048
    while rows <= largest:
        sizes.append(rows)
        rows *= 2
    for name in ("info_nce", "sigmoid_contrastive", "nt_xent"):
        for rows in sizes:
            case = Case(name, rows, depth, 4, rows, 1.2, parameters=TILED)
            inputs = case.inputs(rng)
            call = functools.partial(case.call, inputs)
            most = traced_peak(call)
            found[name, rows] = median_times(call, runs=3 if rows <= 8192 else 1)[0], most
            print(name, rows, *found[name, rows], flush=True)
    return found


def exponents(found):
    """Slopes of the logarithms of time and of memory by that of B, for each objective."""
    fitted = {}
    for name in {name for name, _ in found}:
        sizes = sorted(rows for other, rows in found if other == name)
        logs = np.log([[*found[name, rows]] for rows in sizes])
        fitted[name] = np.polyfit(np.log(sizes), logs, 1)[0]
    return fitted


def draw(found, fitted, path):
    """Time and memory over B on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for name in sorted(fitted):
        sizes = sorted(rows for other, rows in found if other == name)
        for k, (axis, unit) in enumerate(zip(axes, (1, 2**20), strict=True)):
            values = [found[name, rows][k] / unit for rows in sizes]
            axis.loglog(sizes, values, "o-", label=f"{name}, exponent {fitted[name][k]:.2f}")
    for axis, title in zip(axes, ("seconds", "extra memory, MiB"), strict=True):
        axis.set(xlabel="rows of a view (B)", title=title)
        axis.set_xticks(sizes, [str(rows) for rows in sizes], rotation=45)
        axis.minorticks_off()
    axes[1].set_yticks([32, 64, 128, 256, 512], ["32", "64", "128", "256", "512"])
    for axis in axes:
        axis.legend(frameon=False, fontsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def write(name, columns, table):
    """Write a table for programs and one for the documentation."""
    note = setting(("polycontrast", "numpy"))
    write_csv(ROOT / "benchmarks" / "results" / f"{name}.csv", columns, table, note)
    write_markdown(ROOT / "docs" / "_tables" / f"{name}.md", columns, table, note)


def main():
    """Measure, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--growth", action="store_true", help="time and memory over B instead")
    parser.add_argument("--bf16", action="store_true", help="products of rounded operands instead")
    parser.add_argument("--largest", type=int, default=65536)
    parser.add_argument("--depth", type=int, default=128, help="of the growth")
    args = parser.parse_args()
    print(machine())
    if args.growth:
        found = growth(args.largest, args.depth)
        fitted = exponents(found)
        draw(found, fitted, ROOT / "docs" / "_static" / "growth.png")
        columns = ("objective", "B", "D", "seconds", "extra MiB")
        table = [
            [name, rows, args.depth, f"{t:.3f}", f"{m / 2**20:.0f}"]
            for (name, rows), (t, m) in found.items()
        ]
        write("growth", columns, table)
        print(fitted)
        return
    if args.bf16:
        columns = ("objective", "views x B x D", "float32, seconds", "bf16, seconds", "ratio")
        of_both = [f"error of {what}" for what in ("value", "gradient")]
        errors = [f"{error}, {how}" for how in ("float32", "bf16") for error in of_both]
        write("bf16", (*columns, *errors), rounded(args.runs))
        return
    columns = ("objective", "views x B x D", "seconds", "products, seconds", "ratio", "goal")
    write("limits", (*columns, "MiB beyond 12 floats"), [*limits(args.runs), small(args.runs)])


if __name__ == "__main__":
    main()
