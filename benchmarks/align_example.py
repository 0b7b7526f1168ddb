"""Learned heads beside solutions in closed form, over the number of rows to learn from.

From a checkout::

    OMP_NUM_THREADS=1 python benchmarks/align_example.py

The data come with the package: words as they are written and as they are spoken, and digits in six
views. Each is taken as it is, and made harder: one in five pairs of words to learn from is wrong,
and half of the views of the digits to learn from are missing. For each seed 30 % of the rows are
held out, as they are. The methods learn from the first so many of the other rows in random order.
Everything that has to be chosen is chosen on these, as `polycontrast align` does it: no parameter
was set by a look at held-out rows. Figures are the mean recall@1 over the ordered pairs of views,
and its 95 % interval. The results are in results/align_example.csv beside this file, a row for
each method, and docs/pictures/align_example.py draws them.
"""

import argparse
import csv
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import polycontrast as pc
from polycontrast.align import Aligner
from polycontrast.align.job import Outcome, Task, check_task
from polycontrast.align.job.task import measure_outcome
from polycontrast.align.samples import Samples
from polycontrast.data import load_digits, load_words

RESULTS = Path(__file__).parent / "results" / "align_example.csv"
HEAD = ("data", "rows", "seed", "method", "recall@1", "low", "high", "seconds", "setting")
CLOSED = ("cca", "ridge", "orthogonal")
HOLDOUT = 0.3
Views = dict[str, np.ndarray]
Case = tuple[Views, np.ndarray | None]  # views, and a mask of those that exist


def words(learned: np.ndarray, rng: np.random.Generator) -> Case:
    return load_words()[0], None


def wrong_words(learned: np.ndarray, rng: np.random.Generator) -> Case:
    """One in five of the pairs to learn from is wrong."""
    views = load_words()[0]
    moved = rng.permutation(learned)[: len(learned) // 5]
    sound = views["sound"].copy()
    sound[moved] = sound[np.roll(moved, 1)]
    return {**views, "sound": sound}, None


def digits(learned: np.ndarray, rng: np.random.Generator) -> Case:
    return load_digits()[0], None


def missing_digits(learned: np.ndarray, rng: np.random.Generator) -> Case:
    """Half of the views to learn from are missing: three of six are left."""
    views = load_digits()[0]
    count = len(views)
    mask = np.ones((count, 2000), dtype=bool)
    mask[:, learned] = np.argsort(rng.random((count, len(learned))), axis=0) < count // 2
    return views, mask


CASES: dict[str, tuple[Callable[[np.ndarray, np.random.Generator], Case], int, list[int]]] = {
    "words": (words, 8000, [250, 500, 1000, 2000, 5600]),
    "words, one pair in five wrong": (wrong_words, 8000, [500, 1000, 5600]),
    "digits": (digits, 2000, [100, 200, 400, 1400]),
    "digits, half of the views missing": (missing_digits, 2000, [200, 1400]),
}


def measured(name: str, rows: int, seed: int) -> Iterator[tuple[object, ...]]:
    """Rows of the table: closed forms first, then the heads of each objective."""
    make, total, _ = CASES[name]
    rng = np.random.default_rng(seed)
    order = rng.permutation(total)
    held = round(HOLDOUT * total)
    learned, test = np.sort(order[held : held + rows]), np.sort(order[:held])
    views, mask = make(order[held:], rng)
    samples = Samples.of(total, len(views), mask)
    task = check_task(Task(views, holdout=HOLDOUT, seed=seed, samples=samples))
    pairwise = "info_nce" if len(views) == 2 else "pairwise_sum"
    setting = f"polycontrast {pc.__version__}, Python {platform.python_version()}, one thread"
    for n, objective in enumerate((pairwise, "poly_view", "mv_dhel")):
        began = time.perf_counter()
        part = samples.take(learned)
        aligner = Aligner(objective=objective, random_state=seed)
        aligner.fit([v[learned] for v in task.views.values()], names=list(views), mask=part.mask)
        aligned = dict(zip(views, aligner.transform([*task.views.values()]), strict=True))
        seconds = time.perf_counter() - began
        outcome = Outcome(task, aligner, aligned, learned, test, test)
        measure_outcome(outcome)
        found = {**dict.fromkeys(CLOSED if n == 0 else ()), "after": objective}
        for key, method in found.items():
            if key in outcome.recalls:
                recalls = outcome.recalls[key]
                low, high = recalls.interval()
                figures = (f"{x:.4f}" for x in (recalls.mean(), low, high))
                spent = f"{seconds:.1f}" if key == "after" else ""
                yield name, rows, seed, method or key, *figures, spent, setting


def main() -> None:
    parser = argparse.ArgumentParser(description="Heads and closed forms over the number of rows.")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--data", choices=list(CASES), nargs="+", default=list(CASES))
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    with options.out.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEAD)
        for name in options.data:
            for rows in CASES[name][2]:
                for seed in range(options.seeds):
                    for line in measured(name, rows, seed):
                        table.writerow(line)
                        print(*line[:7], flush=True)
                    file.flush()


if __name__ == "__main__":
    main()
