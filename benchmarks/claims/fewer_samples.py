"""Poly-View's main claim: at equal compute, more views of fewer samples teach more.

``python benchmarks/claims/fewer_samples.py`` trains one small encoder of digit pictures by SimCLR
and by five losses of many views, always with the same number of rows a step.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.augmented import represent, split, train
from common.measures import knn_accuracy, probe_accuracy
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds

import polycontrast as pc
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

LOSSES = {
    "SimCLR": (pc.multi_crop, {}),  # nt_xent at M = 2
    "geometric": (pc.poly_view, {"aggregation": "geometric"}),
    "arithmetic": (pc.poly_view, {"aggregation": "arithmetic"}),
    "sufficient statistics": (pc.sufficient_statistics, {}),
    "MV-InfoNCE": (pc.mv_info_nce, {}),
    "MV-DHEL": (pc.mv_dhel, {}),
}
GRID = (0.1, 0.2, 0.5)
# Best of the grid for the probe with 100 labels on validation digits (--tune).
TEMPERATURES = dict(zip(LOSSES, (0.2, 0.2, 0.2, 0.1, 0.5, 0.5), strict=True))
ROWS = [("SimCLR", 2), *((name, m) for m in (4, 8) for name in list(LOSSES)[1:])]
STAGES = (0.125, 0.25, 0.5, 1.0)  # relative compute


def few(labels, each=10):
    """Rows of the first ten of each class."""
    return np.concatenate([np.flatnonzero(labels == c)[:each] for c in range(10)])


def judge(encode, learn, judged, whole):
    """Accuracy of the probe with 100 labels, of the neighbours, and of the probe with all."""
    a, b = encode(learn.flat), encode(judged.flat)
    rows = few(learn.labels)
    return (
        probe_accuracy(a[rows], learn.labels[rows], b, judged.labels),
        knn_accuracy(a, learn.labels, b, judged.labels),
        probe_accuracy(a, learn.labels, b, judged.labels) if whole else np.nan,
    )


def run(name, m, seed, batch, epochs, temperature, validate):
    """Accuracies at each stage of training; stage 1 is SimCLR's `epochs` at the full batch."""
    learn, validation, test = split(seed)
    loss, how = LOSSES[name]

    def objective(z):
        return loss.value_and_grad(z, temperature=temperature, **how)[1].views

    steps = epochs * (len(learn.labels) // batch)
    stops = [round(s * steps) for s in STAGES]
    found = []
    for network in train(objective, learn.pictures, m, 2 * batch // m, steps, seed, stops):
        found.append(
            judge(
                lambda x, n=network: represent(n, x),
                learn,
                validation if validate else test,
                whole=len(found) == len(STAGES) - 1,
            )
        )
    return np.array(found)


def tune(options):
    """Accuracy with 100 labels on validation digits, by loss and temperature, at M = 4."""
    cases = [
        (name, 2 if name == "SimCLR" else 4, seed, options.batch, options.epochs, t, True)
        for name in LOSSES
        for t in GRID
        for seed in (1000, 1001)
    ]
    found = run_all(run, cases, options.jobs)
    for name in LOSSES:
        for t in GRID:
            last = [found[c][-1] for c in cases if c[0] == name and c[5] == t]
            print(f"{name:22s} {t:.1f}", " ".join(f"{v:.3f}" for v in np.mean(last, axis=0)))


def plain_pixels(seed):
    """Accuracies of the pictures as they are."""
    learn, _, test = split(seed)
    return judge(lambda x: x, learn, test, whole=True)


def picture(found, pixels):
    """Accuracy over relative compute, M = 4 above and M = 8 below."""
    figure, grid = plt.subplots(2, 2, figsize=(10.5, 8), layout="constrained", sharey="col")
    measures = ("linear probe, 100 labels", "nearest neighbours, 1024 labels")
    for row, m in zip(grid, (4, 8), strict=True):
        for column, axes in enumerate(row):
            for name, colour, mark in zip(LOSSES, CLASS_COLOURS, MARKS, strict=False):
                runs = found[name, 2 if name == "SimCLR" else m][:, :, column]
                first = name == "SimCLR"
                axes.errorbar(
                    np.array(STAGES) * 2 ** ((list(LOSSES).index(name) - 2.5) / 25),
                    runs.mean(axis=0),
                    runs.std(axis=0, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else None,
                    color=INK if first else colour,
                    linewidth=2.5 if first else 1.3,
                    marker=mark,
                    capsize=2,
                    label="SimCLR, M = 2" if first else name,
                )
            axes.axhline(pixels[column], color=INK, linestyle=":", label="pixels as they are")
            axes.set_xscale("log", base=2)
            axes.set_xticks(STAGES, [f"{s:g}" for s in STAGES])
            axes.set(xlabel="relative compute", ylabel=f"accuracy: {measures[column]}")
            axes.set_title(f"M = {m} at 1/{m // 2} of SimCLR's batch", loc="left", fontsize=10)
            plain(axes)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    save_picture(figure, "fewer_samples")


def main():
    parser = command_line(__doc__, runs=5)
    parser.add_argument("--batch", type=int, default=128, help="samples in SimCLR's batch")
    parser.add_argument("--epochs", type=int, default=64, help="SimCLR's epochs at compute 1")
    parser.add_argument("--tune", action="store_true", help="only try the temperatures")
    o = parser.parse_args()
    if o.tune:
        return tune(o)
    cases = [
        (name, m, seed, o.batch, o.epochs, TEMPERATURES[name], False)
        for name, m in ROWS
        for seed in seeds(o)
    ]
    results = run_all(run, cases, o.jobs)
    found = {row: np.array([results[c] for c in cases if c[:2] == row]) for row in ROWS}
    pixels = np.mean([plain_pixels(seed) for seed in seeds(o)], axis=0)
    base = found["SimCLR", 2][:, :, 0]
    rows = []
    for (name, m), runs in found.items():
        half, end = STAGES.index(0.5), -1
        ahead = [runs[:, stage, 0] - base[:, end] for stage in (half, end)]
        epochs = o.epochs * 2 / m
        rows.append(
            [name, m, 2 * o.batch // m, f"{epochs:g}", f"{TEMPERATURES[name]:g}"]
            + [spread(runs[:, end, i]) for i in range(3)]
            + [spread(a) for a in ahead]
        )
    rows.append(["pixels", *["-"] * 4, *(f"{p:.3f}" for p in pixels), "-", "-"])
    columns = ["loss", "M", "batch", "epochs", "temperature", "probe, 100 labels", "k-NN"]
    columns += ["probe, 1024 labels", "half the compute - SimCLR", "equal compute - SimCLR"]
    note = (
        f"Accuracy on 600 test digits, mean ± standard deviation over {o.seeds} splits and seeds, "
        f"at relative compute 1: {2 * o.batch} encoder rows a step, "
        f"{o.epochs * (1024 // o.batch)} steps. The last two columns are differences to SimCLR at "
        "compute 1 in the probe with 100 labels, run by run."
    )
    write_table("fewer_samples", columns, rows, note)
    picture(found, pixels)
    return None


if __name__ == "__main__":
    main()
