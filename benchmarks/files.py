"""Views in files beside the same views in memory.

    python3 benchmarks/files.py

Value and gradients on NumPy, in float32, with ``memory=0``, so that similarities are computed in
tiles and computed again. The calls take turns. Files were written just before, so that the system
may still hold them in memory, as it does where they fit there. Results go to
``benchmarks/results/files.csv`` and ``docs/_tables/files.md``.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

import polycontrast as pc
from polycontrast.bench import setting, write_csv, write_markdown

ROOT = Path(__file__).parents[1]
CASES = (
    ("info_nce", (2, 16_384, 256)),
    ("nt_xent", (2, 16_384, 256)),
    ("sigmoid_contrastive", (2, 16_384, 256)),
    ("poly_view", (3, 8192, 256)),
    ("info_nce", (2, 65_536, 256)),
)


def views_of(shape, folder):
    """Views of the same things in memory, and in files."""
    made = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    made[1:] += made[:1]
    files = []
    for k, view in enumerate(made):
        np.save(folder / f"{k}.npy", view)
        files.append(np.load(folder / f"{k}.npy", mmap_mode="r"))
    return list(made), files


def timed(objective, views):
    """Value and seconds of value and gradients."""
    given = views if objective.arguments.get("views") is None else [views]
    start = time.perf_counter()
    value, _ = objective.value_and_grad(*given, memory=0)
    return value, time.perf_counter() - start


def main():
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--largest", type=int, default=65_536, help="most rows of a view")
    args = parser.parse_args()
    table = []
    for name, shape in CASES:
        if shape[1] > args.largest:
            continue
        objective, taken = pc.objectives()[name], {"memory": [], "files": []}
        with tempfile.TemporaryDirectory() as folder:
            memory, files = views_of(shape, Path(folder))
            timed(objective, [view[:64].copy() for view in memory])  # imports
            for _ in range(args.runs):
                for place, views in (("memory", memory), ("files", files)):
                    value, seconds = timed(objective, views)
                    taken[place].append(seconds)
                    print(name, shape, place, float(value), f"{seconds:.2f} s", flush=True)
        times = [statistics.median(taken[place]) for place in ("files", "memory")]
        row = [name, " x ".join(map(str, shape)), *(f"{t:.2f}" for t in times)]
        table.append([*row, f"{times[0] / times[1]:.2f}"])
    columns = ("objective", "views x B x D", "files, s", "memory, s", "ratio")
    note = setting(("polycontrast", "numpy"))
    write_csv(ROOT / "benchmarks" / "results" / "files.csv", columns, table, note)
    write_markdown(ROOT / "docs" / "_tables" / "files.md", columns, table, note)


if __name__ == "__main__":
    main()
