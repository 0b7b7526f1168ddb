"""Whitening, spectral and moment losses against InfoNCE: rank and accuracy during training.

``python benchmarks/claims/moments.py`` trains an encoder for each of two views of the digits with
five losses and batches of 64 to 1024 rows.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.encoders import DIM, digits, probe_of_mean, train
from common.measures import effective_rank
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds

import polycontrast as pc
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

BATCHES = (64, 128, 256, 512, 1024)
SHOWN = (64, 256, 1024)
# Tried with --tune.
GRID = {
    "info_nce": ("temperature", (0.07, 0.2, 0.5, 1.0, 2.0)),
    "whitened_info_nce": ("temperature", (0.05, 0.2, 0.5, 1.0, 2.0)),
    "spectral_contrastive": ("mu", (1.0, 3.0, 10.0, 30.0, 100.0)),
    "barlow_twins": ("weight", (0.0051, 0.02, 0.1, 0.5, 2.0)),
    "vicreg": ("cov_weight", (0.2, 1.0, 5.0, 25.0, 100.0)),
}
# Best probe on validation digits (--tune).
CHOSEN = dict(zip(GRID, (1.0, 1.0, 30.0, 0.5, 5.0), strict=True))


def objective_of(name, value, seed):
    """Loss and gradient by the outputs of both encoders."""
    parameter = {GRID[name][0]: value}
    rng = np.random.default_rng(seed)

    def whitened(z):
        orders = rng.permuted(np.tile(np.arange(DIM), (2, 1)), axis=1)
        value, grads = pc.whitened_info_nce.value_and_grad(z, orders, num_groups=4, **parameter)
        return value, grads.views

    def plain_loss(z):
        value, grads = pc.objectives()[name].value_and_grad(*z, **parameter)
        return value, np.stack(grads[:2])

    return whitened if name == "whitened_info_nce" else plain_loss


def run(name, batch, value, seed, steps, every, validate):
    """Effective rank of unit rows, and accuracy of the probe, after each so many steps."""
    learn, validation, test = digits(2, seed)
    judged = validation if validate else test

    def watch(encoders):
        z, out = encoders(learn.views), encoders(judged.views)
        rank = np.mean([effective_rank(rows) for rows in out])
        return rank, probe_of_mean(z, out, learn, judged)

    objective = objective_of(name, value, seed)
    _, seen = train(objective, learn, batch=batch, steps=steps, seed=seed, watch=watch, every=every)
    return np.array([found for _, found in seen])


def tune(o):
    """Probe on validation digits at the middle batch, with seeds that are not used otherwise."""
    cases = [
        (name, 256, value, seed, o.steps, o.steps, True)
        for name, (_, values) in GRID.items()
        for value in values
        for seed in (1000, 1001)
    ]
    found = run_all(run, cases, o.jobs)
    for name, (parameter, values) in GRID.items():
        for value in values:
            ends = [found[c][-1] for c in cases if c[0] == name and c[2] == value]
            print(f"{name:22s} {parameter} {value:6g}", np.mean(ends, axis=0).round(3))


def picture(found, steps):
    """Rank and accuracy over the steps, one column a batch size."""
    figure, grid = plt.subplots(
        2, len(SHOWN), figsize=(11, 6.4), layout="constrained", sharex=True, sharey="row"
    )
    for column, batch in zip(grid.T, SHOWN, strict=True):
        for measure, axes in enumerate(column):
            for name, colour, mark in zip(GRID, CLASS_COLOURS, MARKS, strict=False):
                mean = found[name, batch].mean(axis=0)[:, measure]
                axes.plot(steps, mean, color=colour, marker=mark, markersize=4, label=name)
            plain(axes)
        column[0].set_title(f"batches of {batch}", loc="left", fontsize=10)
        column[0].axhline(DIM, color=INK, linestyle=":", label="all dimensions")
        column[1].set(xlabel="steps")
    grid[0, 0].set_ylabel("effective rank")
    grid[1, 0].set_ylabel("accuracy of the probe")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False)
    save_picture(figure, "moments")


def main():
    parser = command_line(__doc__, runs=3)
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--every", type=int, default=60, help="steps between measurements")
    parser.add_argument("--tune", action="store_true", help="only try the options of the losses")
    o = parser.parse_args()
    if o.tune:
        return tune(o)
    cases = [
        (name, batch, CHOSEN[name], seed, o.steps, o.every, False)
        for batch in BATCHES[::-1]
        for name in GRID
        for seed in seeds(o)
    ]
    results = run_all(run, cases, o.jobs)
    found = {
        (name, batch): np.array([results[c] for c in cases if c[:2] == (name, batch)])
        for name in GRID
        for batch in BATCHES
    }
    rows = [
        [name, f"{GRID[name][0]} {CHOSEN[name]:g}", batch]
        + [
            spread(found[name, batch][:, stage, measure], digits)
            for measure, digits in ((0, 1), (1, 3))
            for stage in (1, -1)
        ]
        for name in GRID
        for batch in BATCHES
    ]
    columns = ["loss", "option", "B", f"rank, step {o.every}", "rank, end"]
    columns += [f"probe, step {o.every}", "probe, end"]
    note = (
        f"Effective rank (of {DIM}) of the unit rows of 600 test digits, mean of both encoders; "
        f"accuracy of a logistic regression on the mean of both rows; mean ± standard deviation "
        f"over {o.seeds} splits and seeds; {o.steps} steps at every batch size."
    )
    write_table("moments", columns, rows, note)
    picture(found, np.arange(0, o.steps + 1, o.every))


if __name__ == "__main__":
    main()
