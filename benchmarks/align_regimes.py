"""`Aligner` beside CCA, ridge regression and orthogonal maps, on many data sets and sizes.

From a checkout, with scikit-learn installed::

    OMP_NUM_THREADS=1 python benchmarks/align_regimes.py --write

For each seed 30 % of the rows are held out. Everything is learned and chosen on the other rows.
The parameters of every method are chosen on the same folds of them: the ridge of the rivals, the
dimension and the weighting (none, or by the gain) of CCA, and the start of ours. CCA is multi-set
CCA for more than two views. Ridge regression predicts one view from another, and orthogonal maps
are those of Procrustes analysis. Where views are missing, the rivals learn from the rows that both
views of a pair have. Figures are means of recall@1 over the ordered pairs of views and over the
seeds. The rows for missing views are those of fresh data and splits (``--first-seed 3``): two
constants of the start, the ridge and the rounds of `closed_form/missing.py`, were chosen by looking
at held-out rows of the seeds before them. ``--write`` puts the rows into
``docs/_tables/align_regimes.md``, and keeps those of data sets that ``--only`` leaves out.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from polycontrast.align import Aligner
from polycontrast.align.job import Outcome, Task, check_task, run
from polycontrast.align.samples import Samples
from polycontrast.data import load_digits

RIVALS = ("raw", "centred", "cca", "ridge", "orthogonal")
HEADS = {
    "raw": "raw cosine",
    "centred": "centred",
    "cca": "CCA",
    "ridge": "ridge",
    "orthogonal": "orthogonal",
}
TABLE = Path(__file__).parent.parent / "docs" / "_tables" / "align_regimes.md"
Views = list[np.ndarray]
Given = Views | tuple[Views, np.ndarray]
"""Views, and where some are missing a mask (M, rows) that is True where a row exists."""


def digits(names: tuple[str, ...], rows: int) -> Callable[[int], Views]:
    """Some of the built-in views, and some of their rows."""

    def make(seed: int) -> Views:
        views = load_digits()[0]
        kept = np.random.default_rng(seed).permutation(2000)[:rows]
        return [np.asarray(views[name], dtype=float)[kept] for name in names]

    return make


def images(seed: int) -> Views:
    """Left and right halves of scikit-learn's digits."""
    from sklearn.datasets import load_digits as small_digits

    found = small_digits().images
    return [found[:, :, :4].reshape(len(found), -1), found[:, :, 4:].reshape(len(found), -1)]


def cancer(seed: int) -> Views:
    """Means of ten features of cell nuclei, and their worst values."""
    from sklearn.datasets import load_breast_cancer

    found = load_breast_cancer().data
    return [found[:, :10], found[:, 20:]]


def patches(seed: int, rows: int = 1000) -> Views:
    """Neighbouring patches of a photograph, 8 x 8."""
    from sklearn.datasets import load_sample_image

    image = load_sample_image("china.jpg").mean(axis=2)
    rng = np.random.default_rng(seed)
    tops = rng.integers(0, image.shape[0] - 8, rows)
    lefts = rng.integers(0, image.shape[1] - 16, rows)
    cut = np.stack([image[i : i + 8, j : j + 16] for i, j in zip(tops, lefts, strict=True)])
    return [cut[:, :, :8].reshape(rows, -1), cut[:, :, 8:].reshape(rows, -1)]


def rotated(rows: int, columns: int, noise: float, decay: float = 0.0) -> Callable[[int], Views]:
    """Columns, and a rotation of them with noise; variances fall as n^(-2 decay)."""

    def make(seed: int) -> Views:
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((rows, columns)) * np.arange(1, columns + 1) ** -decay
        turn = np.linalg.qr(rng.standard_normal((columns, columns)))[0]
        return [x, x @ turn + noise * x.std() * rng.standard_normal((rows, columns))]

    return make


def low_rank(rows: int, columns: int, hidden: int, noise: float, views: int = 2):
    """Linear maps of a few hidden numbers, under noise in every column."""

    def make(seed: int) -> Views:
        rng = np.random.default_rng(seed)
        thing = rng.standard_normal((rows, hidden))
        spread = noise * np.sqrt(hidden)
        return [
            thing @ rng.standard_normal((hidden, columns))
            + spread * rng.standard_normal((rows, columns))
            for _ in range(views)
        ]

    return make


def nonlinear(rows: int, columns: int, hidden: int, views: int = 2) -> Callable[[int], Views]:
    """Tanh of linear maps of a few hidden numbers, with some noise."""

    def make(seed: int) -> Views:
        rng = np.random.default_rng(seed)
        thing = rng.standard_normal((rows, hidden))
        return [
            np.tanh(3 * thing @ rng.standard_normal((hidden, columns)) / np.sqrt(hidden))
            + 0.5 * rng.standard_normal((rows, columns))
            for _ in range(views)
        ]

    return make


def towers(rows: int, columns: int, noise: float = 0.6, hidden: int = 24) -> Callable[[int], Views]:
    """Outputs of one random network for two noisy copies of its input, with a gap of means."""

    def make(seed: int) -> Views:
        rng = np.random.default_rng(seed)
        thing = rng.standard_normal((rows, hidden))
        first = rng.standard_normal((hidden, 256)) / np.sqrt(hidden)
        second = rng.standard_normal((256, columns)) / 16
        found = []
        for _ in range(2):
            inner = np.maximum((thing + noise * rng.standard_normal(thing.shape)) @ first, 0)
            z = inner @ second
            z = z / np.linalg.norm(z, axis=1, keepdims=True)
            found.append(z + 0.3 * rng.standard_normal(columns) / np.sqrt(columns))
        return found

    return make


def missing(make: Callable[[int], Views], share: float) -> Callable[[int], Given]:
    """The same views, of each of which a random share of the rows is missing.

    Every row keeps two views: where more would be missing, two random ones stay.
    """

    def made(seed: int) -> Given:
        views, rng = make(seed), np.random.default_rng(seed)
        order = rng.random((len(views), len(views[0])))
        return views, (order >= share) | (np.argsort(np.argsort(-order, axis=0), axis=0) < 2)

    return made


SIX = ("fourier", "profile", "karhunen_loeve", "pixel", "zernike", "morphological")
SETS: dict[str, Callable[[int], Given]] = {
    "digits, zernike and pixel, 300": digits(("zernike", "pixel"), 300),
    "digits, zernike and pixel, 2000": digits(("zernike", "pixel"), 2000),
    "digits, fourier and profile, 430": digits(("fourier", "profile"), 430),
    "digits, profile and karhunen_loeve, 2000": digits(("profile", "karhunen_loeve"), 2000),
    "digits, three views, 430": digits(("zernike", "pixel", "fourier"), 430),
    "digits, three views, 2000": digits(("zernike", "pixel", "fourier"), 2000),
    "digits, six views, 430": digits(SIX, 430),
    "digits, six views, 2000": digits(SIX, 2000),
    "halves of small images, 1797": images,
    "cell nuclei, 569": cancer,
    "patches of a photograph, 1000": patches,
    "rotated copy, 512 columns, 1500": rotated(1500, 512, 2.5),
    "rotated copy, 128 columns, 430": rotated(430, 128, 2.0),
    "rotated copy, falling variances, 1000": rotated(1000, 256, 1.5, 0.5),
    "noisy low rank, 100 columns, 430": low_rank(430, 100, 12, 1.5),
    "noisy low rank, 100 columns, 1500": low_rank(1500, 100, 12, 1.5),
    "noisy low rank, six views, 430": low_rank(430, 60, 10, 2.0, 6),
    "nonlinear, 60 columns, 1000": nonlinear(1000, 60, 6),
    "nonlinear, four views, 1000": nonlinear(1000, 40, 6, 4),
    "two towers of one model, 1000": towers(1000, 256),
    "two towers of one model, 200": towers(200, 384),
    "digits, three views, a third missing, 2000": missing(
        digits(("zernike", "pixel", "fourier"), 2000), 1 / 3
    ),
    "digits, six views, half missing, 430": missing(digits(SIX, 430), 0.5),
    "digits, six views, half missing, 1000": missing(digits(SIX, 1000), 0.5),
    "nonlinear, eight views, 600": nonlinear(600, 30, 6, 8),
    "nonlinear, eight views, half missing, 600": missing(nonlinear(600, 30, 6, 8), 0.5),
    "noisy low rank, twelve views, 430": low_rank(430, 20, 10, 1.5, 12),
    "noisy low rank, twelve views, half missing, 430": missing(low_rank(430, 20, 10, 1.5, 12), 0.5),
}


def one_run(make: Callable[[int], Given], seed: int) -> Outcome:
    """Fit and measure on one split."""
    given = make(seed)
    views, mask = given if isinstance(given, tuple) else (given, None)
    samples = Samples.of(len(views[0]), len(views), mask)
    named = {f"view {m}": view for m, view in enumerate(views)}
    task = check_task(Task(named, holdout=0.3, seed=seed, samples=samples))
    return run(task, Aligner(random_state=seed))


def row_of(name: str, make: Callable[[int], Given], seeds: range) -> list[str]:
    """Cells of the table: recall of every rival, of the start and after, and the distance."""
    began, found, trained = time.perf_counter(), [], 0
    for seed in seeds:
        outcome = one_run(make, seed)
        found.append({key: recalls.mean() for key, recalls in outcome.recalls.items()})
        trained += outcome.aligner.best_iter_ > 0
    means = {key: np.mean([one[key] for one in found]) for key in found[0]}
    best = max(means[key] for key in RIVALS if key in means)
    cells = [f"{means[key]:.3f}" if key in means else "" for key in (*RIVALS, "start", "after")]
    seconds = (time.perf_counter() - began) / len(seeds)
    gain, trainings = means["after"] - best, f"{trained}/{len(seeds)}"
    return [name, *cells, f"{gain:+.3f}", trainings, f"{seconds:.0f}"]


def merged(lines: list[str]) -> list[str]:
    """The lines of a run, and those of the table for data sets that it left out, in order."""
    kept = TABLE.read_text(encoding="utf-8").splitlines()[2:] if TABLE.is_file() else []
    by_name = {line.split("|")[1].strip(): line for line in [*kept, *lines[2:]]}
    return [*lines[:2], *(by_name[name] for name in SETS if name in by_name)]


def main() -> None:
    """Print the table, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many splits (default: 3)")
    parser.add_argument("--first-seed", type=int, default=0, help="number of the first split")
    parser.add_argument("--only", default="", help="data sets whose name contains this")
    parser.add_argument("--write", action="store_true", help=f"put the rows into {TABLE.name}")
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    heads = ["data set, rows", *HEADS.values(), "start", "`Aligner`", "to the best", "trained", "s"]
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join(['---'] * len(heads))} |"]
    print("\n".join(lines), flush=True)
    for name, make in SETS.items():
        if options.only in name:
            lines.append(f"| {' | '.join(row_of(name, make, seeds))} |")
            print(lines[-1], flush=True)
    if options.write:
        TABLE.write_text("\n".join(merged(lines)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
