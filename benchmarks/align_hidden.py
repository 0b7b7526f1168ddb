"""Heads with and without a hidden layer where the relation between the views is curved.

Points are uniform in a cube. One view has the three coordinates with a little noise, the other the
squares and the products of two coordinates. For each size and seed 30 % of the rows are held out,
as `polycontrast align` does it; nothing is chosen on them. Figures: mean recall@1 over both
directions and three seeds, with the lowest and the highest. Run from a checkout::

    python benchmarks/align_hidden.py > docs/_tables/align_hidden.md
"""

import numpy as np

from polycontrast.align import Aligner
from polycontrast.align.job import Task, check_task, run

SIZES = (500, 1000, 2000, 4000)
SEEDS = (0, 1, 2)
METHODS = {
    "linear heads": {},
    "linear heads, patience 25": {"patience": 25},
    "hidden layer": {"head": "mlp"},
}


def views_of(rows, seed):
    rng = np.random.default_rng(seed)
    t = rng.uniform(-1, 1, (rows, 3))
    products = [t[:, a] * t[:, b] for a, b in ((0, 1), (1, 2), (0, 2))]
    return {
        "coordinates": t + 0.01 * rng.standard_normal(t.shape),
        "squares": np.column_stack([t**2, *products]),
    }


def cell(values):
    return f"{np.mean(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def main():
    print("| rows | chance | multi-set CCA | " + " | ".join(METHODS) + " |")
    print("| --- " * (3 + len(METHODS)) + "|")
    for rows in SIZES:
        found = {name: [] for name in ("cca", *METHODS)}
        for seed in SEEDS:
            for name, options in METHODS.items():
                task = check_task(Task(views_of(rows, seed), seed=seed))
                outcome = run(task, Aligner(random_state=seed, **options))
                found[name].append(outcome.recalls["after"].mean(1))
            found["cca"].append(outcome.recalls["cca"].mean(1))
        chance = outcome.recalls["after"].chance(1)
        cells = " | ".join(map(cell, found.values()))
        print(f"| {rows:,} | {chance:.3f} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
