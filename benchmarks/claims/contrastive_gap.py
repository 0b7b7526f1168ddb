"""The contrastive gap: how far apart two views of digits end under CLIP, CUA and CUAXU.

``python benchmarks/claims/contrastive_gap.py`` trains two encoders at several temperatures and
dimensions and watches the distance of the centroids and how well a line tells the views apart.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.encoders import Rows
from common.measures import probe_accuracy
from common.network import MLP, Adam
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds

import polycontrast as pc
from polycontrast.align.evaluation import mean_recall_at_1
from polycontrast.data import load_digits
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

VIEWS = ("karhunen_loeve", "profile")
HIDDEN = 128
LOSSES = ("CLIP", "CUA", "CUAXU", "CLIP, one view twice")
WATCHED = (0, 10, 25, 50, 100, 200, 300, 400, 500)  # per 500 steps


def digits(seed, names, held_out=600):
    """Rows to learn from and to judge by, standardised."""
    views, labels = load_digits()
    order = np.random.default_rng(seed).permutation(len(labels))
    learn, held = order[held_out:], order[:held_out]
    found = [views[name].astype(np.float32) for name in names]
    scaled = [(v - v[learn].mean(axis=0)) / (v[learn].std(axis=0) + 1e-6) for v in found]
    return [Rows([v[rows] for v in scaled], labels[rows]) for rows in (learn, held)]


def gradient(loss, x, y, temperature):
    """Gradients of the outputs."""
    if loss.startswith("CLIP"):
        return pc.info_nce.value_and_grad(x, y, temperature=temperature)
    across = 1.0 if loss == "CUAXU" else 0.0
    return pc.contrastive_gap_loss.value_and_grad(
        x, y, temperature=temperature, cross_uniformity_weight=across
    )


def unit(head, rows):
    """Outputs of unit length."""
    z = head(rows)
    return z / np.linalg.norm(z, axis=1, keepdims=True)


def run(loss, temperature, dim, seed, steps, batch, rate=2e-3):
    """Gap and separability on held-out rows at the watched steps; at the end recall and probe."""
    names = VIEWS[:1] * 2 if loss.endswith("twice") else VIEWS
    learn, held = digits(seed, names)
    rng = np.random.default_rng(seed)
    heads = [MLP((v.shape[1], HIDDEN, dim), rng) for v in learn.views]
    adam = Adam([p for head in heads for p in head.params], rate, decay=1e-2)
    order = np.random.default_rng(0).permutation(len(held.labels))
    at = [w * steps // WATCHED[-1] for w in WATCHED]
    seen = []
    for step in range(steps + 1):
        if step in at:
            z = [unit(head, v) for head, v in zip(heads, held.views, strict=True)]
            seen.append((float(pc.centroid_gap(*z)), float(pc.linear_separability(*z, order))))
        if step == steps:
            break
        adam.rate = rate * 0.5 * (1 + float(np.cos(np.pi * step / steps)))
        rows = rng.choice(len(learn.labels), batch, replace=False)
        passes = [head.forward(v[rows]) for head, v in zip(heads, learn.views, strict=True)]
        _, grads = gradient(loss, *(out for out, _ in passes), temperature)
        pulls = [back(g) for (_, back), g in zip(passes, grads, strict=True)]
        adam.step(pulls[0] + pulls[1])
    known = np.mean([unit(head, v) for head, v in zip(heads, learn.views, strict=True)], axis=0)
    accuracy = probe_accuracy(known, learn.labels, np.mean(z, axis=0), held.labels)
    return np.array(seen), mean_recall_at_1(z), accuracy


def picture(found, temperatures, dims):
    """Gap and separability over training in the middle dimension, and at the end over dimension."""
    columns = len(temperatures) + 1
    figure, grid = plt.subplots(
        2, columns, figsize=(3.5 * columns, 6.2), layout="constrained", sharey="row"
    )
    shown = dims[len(dims) // 2]
    for loss, colour, mark in zip(LOSSES, CLASS_COLOURS, MARKS, strict=False):
        for k, row in enumerate(grid):
            look = {"color": colour, "marker": mark, "markersize": 5, "label": loss}
            look["linestyle"] = "--" if loss.endswith("twice") else "-"
            for t, axes in zip(temperatures, row, strict=False):
                runs = found[loss, t, shown][0]
                axes.plot(np.arange(len(WATCHED)), runs[:, :, k].mean(axis=0), **look)
            ends = [found[loss, temperatures[0], dim][0][:, -1, k].mean() for dim in dims]
            row[-1].plot(np.arange(len(dims)), ends, **look)
    for k, row in enumerate(grid):
        for t, axes in zip(temperatures, row, strict=False):
            axes.set_xticks(range(len(WATCHED)), [f"{w / WATCHED[-1]:.0%}" for w in WATCHED])
            axes.tick_params(axis="x", labelrotation=60)
            axes.set_title(f"temperature {t:g}, D = {shown}", loc="left", fontsize=10)
        row[-1].set_xticks(range(len(dims)), [str(d) for d in dims])
        row[-1].set_title(f"end, temperature {temperatures[0]:g}", loc="left", fontsize=10)
        row[0].set_ylabel("distance of centroids" if k == 0 else "linear separability")
        for axes in row:
            axes.axhline(0.5 * k, color=INK, linestyle=":", linewidth=1)
            plain(axes)
    for axes in grid[1, :-1]:
        axes.set_xlabel("share of training (not to scale)")
    grid[1, -1].set_xlabel("dimension D")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    save_picture(figure, "contrastive_gap")


def longer(o):
    """The lowest temperature and the middle dimension again, with more steps."""
    t, dim, steps = min(o.temperature), o.dim[len(o.dim) // 2], 8 * o.steps
    losses = ("CLIP", "CUAXU")
    cases = [(loss, t, dim, seed, steps, o.batch) for loss in losses for seed in seeds(o)]
    results = run_all(run, cases, o.jobs)
    rows = []
    for loss in losses:
        runs = [results[c] for c in cases if c[0] == loss]
        ends = [spread([seen[-1, k] for seen, _, _ in runs]) for k in (0, 1)]
        rows.append([loss, *ends, spread([r for _, r, _ in runs]), spread([a for _, _, a in runs])])
    note = f"{steps} steps in place of {o.steps}; temperature {t:g}, D = {dim}; otherwise as above."
    columns = ["loss", "distance after", "separability after", "recall@1", "probe"]
    write_table("contrastive_gap_longer", columns, rows, note)


def main():
    parser = command_line(__doc__, runs=3)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--temperature", type=float, nargs="+", default=[0.01, 0.03, 0.1])
    parser.add_argument("--dim", type=int, nargs="+", default=[4, 32, 128])
    o = parser.parse_args()
    keys = [(loss, t, dim) for dim in o.dim[::-1] for t in o.temperature for loss in LOSSES]
    cases = [(*key, seed, o.steps, o.batch) for key in keys for seed in seeds(o)]
    results = run_all(run, cases, o.jobs)
    found = {
        key: [
            np.array(part)
            for part in zip(*(results[c] for c in cases if c[:3] == key), strict=True)
        ]
        for key in keys
    }
    rows = []
    for dim in o.dim:
        for t in o.temperature:
            for loss in LOSSES:
                seen, recall, accuracy = found[loss, t, dim]
                cells = [spread(seen[:, when, k]) for k in (0, 1) for when in (0, -1)]
                rows.append([dim, f"{t:g}", loss, *cells, spread(recall), spread(accuracy)])
    note = (
        f"Distance of the centroids and linear separability of the views of 600 held-out digits "
        f"before and after training, recall@1 between the views and accuracy of a probe on their "
        f"mean; mean ± standard deviation over {o.seeds} splits and seeds; {o.steps} steps with "
        f"batches of {o.batch}."
    )
    columns = ["D", "temperature", "loss", "distance before", "after", "separability before"]
    write_table("contrastive_gap", [*columns, "after", "recall@1", "probe"], rows, note)
    longer(o)
    picture(found, o.temperature, o.dim)


if __name__ == "__main__":
    main()
