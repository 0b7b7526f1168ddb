"""Alignment of the built-in digits beside multi-set CCA of cca-zoo, on the same rows.

cca-zoo is no dependency of this project. In an environment of its own, from a checkout::

    python3 -m venv .venv-cca && .venv-cca/bin/pip install . "cca-zoo==4.0.1"
    .venv-cca/bin/python benchmarks/align_mcca.py

For each seed 600 of the 2000 rows are held out, as `polycontrast align` does it, and everything is
learned from the other 1400. Where a method has something to choose (shrinkage of MCCA; the
iteration that is kept of ours), it is chosen on the same 140 of those 1400, by recall@1. cca-zoo
gets columns standardised on the 1400 rows, and is fitted once more on all of them with what was
chosen. It takes no more dimensions than the narrowest view has columns, 6; ours is therefore shown
at 6 dimensions as well as at its default, 64. Figures: mean recall@1, @5, @10 over the 30 ordered
pairs of views, and seconds of fitting, choosing included. Results: align_mcca.md beside this file.
"""

import argparse
import importlib.metadata
import platform
import time
import warnings

import numpy as np

from polycontrast.align import Aligner
from polycontrast.align.evaluation import mean_recall, recall_matrices
from polycontrast.arrays import one_blas_thread
from polycontrast.data import load_digits

KS = (1, 5, 10)
SHRINKAGES = (0.0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.9)
DIMENSION = 6


def split(rows, seed, holdout=0.3):
    """Rows to learn from and to test on, as the main job splits them."""
    order = np.random.default_rng(seed).permutation(rows)
    count = round(holdout * rows)
    return np.sort(order[count:]), np.sort(order[:count])


def standardised(views, train):
    found = []
    for view in views:
        view = view.astype(np.float64)
        deviation = view[train].std(axis=0)
        kept = deviation > 0
        found.append((view[:, kept] - view[train][:, kept].mean(axis=0)) / deviation[kept])
    return found


def cca_zoo(views, shrinkage, rows):
    """Fit MCCA on some rows; return the function from rows of all views to aligned rows."""
    from cca_zoo.linear import MCCA

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MCCA(n_components=DIMENSION, shrinkage=shrinkage).fit([v[rows] for v in views])
    return lambda wanted: [np.asarray(z) for z in model.transform([v[wanted] for v in views])]


def recall(rows, ks=KS):
    return [mean_recall(matrix) for matrix in recall_matrices(rows, ks).values()]


def choose(views, fit, aside):
    """Shrinkage with the best recall@1 on rows set aside."""
    found = {c: recall(cca_zoo(views, c, fit)(aside), (1,))[0] for c in SHRINKAGES}
    return max(found, key=found.get)


def one_seed(seed):
    """Figures of every method: {name: (recalls, seconds)}."""
    views = list(load_digits()[0].values())
    train, test = split(len(views[0]), seed)
    scaled = standardised(views, train)
    held = [view[test].astype(np.float64) for view in views]
    found = {}

    began = time.perf_counter()
    plain = cca_zoo(scaled, 0.0, train)
    found["cca-zoo MCCA, 6 dimensions"] = recall(plain(test)), time.perf_counter() - began

    for dimension in (DIMENSION, 64):
        began = time.perf_counter()
        aligner = Aligner(n_components=dimension, random_state=seed)
        aligner.fit([view[train] for view in views])
        seconds = time.perf_counter() - began
        start = [head(view) for head, view in zip(aligner.start_heads_, held, strict=True)]
        found[f"polycontrast, MCCA it starts from, {dimension} dimensions"] = recall(start), np.nan
        name = f"polycontrast, poly_view, {dimension} dimensions"
        found[name] = recall(aligner.transform(held)), seconds

    began = time.perf_counter()
    aside = train[aligner.validation_rows_]
    shrinkage = choose(scaled, np.setdiff1d(train, aside), aside)
    best = cca_zoo(scaled, shrinkage, train)
    print(f"seed {seed}: cca-zoo takes shrinkage {shrinkage}")
    name = "cca-zoo MCCA, 6 dimensions, shrinkage chosen"
    found[name] = recall(best(test)), time.perf_counter() - began
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many splits (default: 3)")
    seeds = range(parser.parse_args().seeds)
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "cca-zoo")}
    print(
        platform.platform(), platform.processor(), f"python {platform.python_version()}", versions
    )
    with one_blas_thread:
        results = [one_seed(seed) for seed in seeds]
    print("| method | recall@1 | recall@5 | recall@10 | seconds |\n| --- | --- | --- | --- | --- |")
    for name in sorted(results[0], key=lambda name: results[0][name][0][0]):
        means = np.mean([result[name][0] for result in results], axis=0)
        seconds = np.mean([result[name][1] for result in results])
        cells = [*(f"{mean:.3f}" for mean in means), "" if np.isnan(seconds) else f"{seconds:.1f}"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
