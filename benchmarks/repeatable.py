"""The price of repeatable bits: calls with ``repeatable=True`` beside the same calls without.

    python3 benchmarks/repeatable.py

Value and gradients on NumPy, in float32, with one and with two workers; the calls take turns. The
bits of both numbers of workers are compared. Results go to ``benchmarks/results/repeatable.csv``
and ``docs/_tables/repeatable.md``.
"""

import argparse
import functools
from pathlib import Path

import numpy as np

import polycontrast as pc
from polycontrast.bench import median_times, setting, write_csv, write_markdown

ROOT = Path(__file__).parents[1]
WORKERS = (1, 2)
CASES = (
    ("info_nce", (4096, 512)),
    ("info_nce", (16_384, 512)),
    ("nt_xent", (4096, 512)),
    ("nt_xent", (16_384, 512)),
    ("sigmoid_contrastive", (4096, 512)),
    ("sigmoid_contrastive", (16_384, 512)),
    ("patch_nce", (64, 256, 256)),  # small matrices
    ("hard_contrastive", (1024, 128)),  # whole rows
)


def inputs(shape):
    """Two views of the same things."""
    x, y = np.random.default_rng(0).standard_normal((2, *shape), dtype=np.float32)
    return x, x + y


def bits(result):
    """Value and gradients as bytes."""
    value, grads = result
    return [t.tobytes() for t in (value, *grads)]


def main():
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--largest", type=int, default=16_384, help="most rows of a view")
    args = parser.parse_args()
    table = []
    for name, shape in CASES:
        if shape[0] > args.largest:
            continue
        call = functools.partial(pc.objectives()[name].value_and_grad, *inputs(shape))
        fixed = functools.partial(call, repeatable=True)
        seen = [bits(fixed(workers=n)) for n in WORKERS]
        if seen[0] != seen[1]:
            raise SystemExit(f"{name}: the number of workers changes bits")
        for workers in WORKERS:
            usual, repeatable = median_times(
                functools.partial(call, workers=workers),
                functools.partial(fixed, workers=workers),
                runs=args.runs,
            )
            sizes = " x ".join(map(str, (2, *shape)))
            times = f"{usual:.3f}", f"{repeatable:.3f}", f"{repeatable / usual:.2f}"
            table.append([name, sizes, workers, *times])
            print(*table[-1], sep="  ", flush=True)
    columns = ("objective", "views x shape", "workers", "usual, s", "repeatable, s", "ratio")
    note = setting(("polycontrast", "numpy"))
    write_csv(ROOT / "benchmarks" / "results" / "repeatable.csv", columns, table, note)
    write_markdown(ROOT / "docs" / "_tables" / "repeatable.md", columns, table, note)


if __name__ == "__main__":
    main()
