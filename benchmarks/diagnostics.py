"""What ``diagnostics=True`` costs: value and gradient with and without it, on NumPy.

    OMP_NUM_THREADS=1 python3 benchmarks/diagnostics.py

The two calls take turns. Times are those of the processor, since other programs disturb them less
than times of the clock; the ratio is the median of the ratios of neighbours. Results go to
``benchmarks/results/diagnostics.csv`` and ``docs/_tables/diagnostics.md``.
"""

import argparse
import functools
import statistics
import time
from pathlib import Path

import numpy as np

import polycontrast as pc
from polycontrast.bench import machine, setting, write_csv, write_markdown

ROOT = Path(__file__).parents[1]
COLUMNS = ("objective", "views x B x D", "ms", "ms with diagnostics", "ratio")
# Objectives that read diagnostics from their own tiles, then some of those that do not.
CASES = (
    ("info_nce", 2, 4096, 512),
    ("nt_xent", 2, 4096, 512),
    ("sigmoid_contrastive", 2, 4096, 512),
    ("dhel", 2, 4096, 512),
    ("multiple_negatives_ranking", 2, 4096, 512),
    ("soft_clip", 2, 4096, 512),
    ("poly_view", 4, 2048, 512),
    ("vicreg", 2, 4096, 512),
    ("barlow_twins", 2, 4096, 512),
    ("info_nce", 2, 256, 128),
    ("dhel", 2, 256, 128),
    ("poly_view", 4, 256, 128),
)


def inputs(views, rows, depth):
    """Views of the same things, in float32."""
    made = np.random.default_rng(0).standard_normal((views, rows, depth), dtype=np.float32)
    made[1:] += made[:1]
    return (made,) if views > 2 else tuple(made)


def seconds(call):
    """Processor time of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def measured(name, views, rows, depth, runs):
    """One row of the table."""
    plain = functools.partial(pc.objectives()[name].value_and_grad, *inputs(views, rows, depth))
    watched = functools.partial(plain, diagnostics=True)
    watched()
    runs = runs if rows > 1000 else 20 * runs
    pairs = [(seconds(plain), seconds(watched)) for _ in range(runs)]
    without, with_them = (1000 * statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    shape = f"{views} x {rows} x {depth}"
    return [name, shape, f"{without:.1f}", f"{with_them:.1f}", f"{ratio:.2f}"]


def main():
    """Measure, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    print(machine())
    table = []
    for case in CASES:
        table.append(measured(*case, args.runs))
        print(*table[-1], sep="  ", flush=True)
    note = setting(("polycontrast", "numpy"))
    write_csv(ROOT / "benchmarks" / "results" / "diagnostics.csv", COLUMNS, table, note)
    write_markdown(ROOT / "docs" / "_tables" / "diagnostics.md", COLUMNS, table, note)


if __name__ == "__main__":
    main()
