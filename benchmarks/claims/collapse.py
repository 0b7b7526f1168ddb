"""Views beyond two and dimensional collapse: MV-DHEL against losses of pairs of views.

``python benchmarks/claims/collapse.py`` trains one small encoder of digit pictures with 2 to 8
views and measures how many dimensions of its output are used.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.augmented import SIZES, represent, split, train
from common.measures import effective_rank, knn_accuracy, probe_accuracy
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds

import polycontrast as pc
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

LOSSES = {
    "MV-DHEL": (pc.mv_dhel, {}),
    "mean over pairs, DHEL": (pc.multi_crop, {"pair": "dhel"}),
    "mean over pairs, NT-Xent": (pc.multi_crop, {"pair": "nt_xent"}),
}
VIEWS = (2, 3, 4, 5, 6, 8)
MEASURES = ("effective rank", "probe", "k-NN")


def run(name, m, temperature, seed, batch, steps):
    """Effective rank of the unit outputs on test digits, and accuracies of the representation."""
    learn, _, test = split(seed)
    loss, how = LOSSES[name]

    def objective(z):
        return loss.value_and_grad(z, temperature=temperature, **how)[1].views

    (network,) = train(objective, learn.pictures, m, batch, steps, seed)
    z = network(test.flat)
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    a, b = represent(network, learn.flat), represent(network, test.flat)
    return (
        effective_rank(z),
        probe_accuracy(a, learn.labels, b, test.labels),
        knn_accuracy(a, learn.labels, b, test.labels),
    )


def picture(found, temperatures):
    """Effective rank and accuracy over the number of views, one row a temperature."""
    figure, grid = plt.subplots(
        len(temperatures),
        2,
        figsize=(10, 3.7 * len(temperatures)),
        squeeze=False,
        layout="constrained",
        sharey="col",
    )
    for row, temperature in zip(grid, temperatures, strict=True):
        for axes, column in zip(row, (0, 2), strict=True):
            for name, colour, mark in zip(LOSSES, CLASS_COLOURS, MARKS, strict=False):
                runs = np.array([found[name, m, temperature] for m in VIEWS])[:, :, column]
                axes.errorbar(
                    VIEWS,
                    runs.mean(axis=1),
                    runs.std(axis=1, ddof=1) if runs.shape[1] > 1 else None,
                    color=colour,
                    marker=mark,
                    capsize=3,
                    label=name,
                )
            axes.set(xlabel="views M", ylabel=MEASURES[column], xticks=VIEWS)
            axes.set_title(f"temperature {temperature:g}", loc="left", fontsize=10)
            plain(axes)
        row[0].axhline(SIZES[-1], color=INK, linestyle=":", label="all dimensions")
        row[0].set_ylim(0, SIZES[-1] + 2)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    save_picture(figure, "collapse")


def main():
    parser = command_line(__doc__, runs=3)
    parser.add_argument("--batch", type=int, default=64, help="samples in a batch, at any M")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--temperature", type=float, nargs="+", default=[0.5, 0.1])
    o = parser.parse_args()
    keys = [(name, m, t) for t in o.temperature for m in VIEWS[::-1] for name in LOSSES]
    cases = [(*key, seed, o.batch, o.steps) for key in keys for seed in seeds(o)]
    results = run_all(run, cases, o.jobs)
    found = {key: np.array([results[c] for c in cases if c[:3] == key]) for key in keys}
    rows = [
        [f"{t:g}", name, m]
        + [spread(found[name, m, t][:, i], digits) for i, digits in enumerate((1, 3, 3))]
        for t in o.temperature
        for name in LOSSES
        for m in VIEWS
    ]
    note = (
        f"Effective rank (of {SIZES[-1]}) of the unit outputs of 600 test digits; probe and k-NN "
        f"accuracy of the representation before the head; mean ± standard deviation over {o.seeds} "
        f"splits and seeds; {o.steps} steps with {o.batch} samples each."
    )
    write_table("collapse", ["temperature", "loss", "M", *MEASURES], rows, note)
    picture(found, o.temperature)


if __name__ == "__main__":
    main()
