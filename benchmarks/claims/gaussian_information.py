"""Poly-View's Figure 2: how much of the One-vs-Rest mutual information each loss bounds.

``python benchmarks/claims/gaussian_information.py`` trains an encoder of one number by each loss
and compares its bound on fresh batches with the closed form and with exact critics.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.gaussian import ceilings, draw, information
from common.network import MLP, Adam
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds

import polycontrast as pc
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

LOSSES = {
    "multi-crop": (pc.multi_crop, {}),
    "geometric": (pc.poly_view, {"aggregation": "geometric"}),
    "arithmetic": (pc.poly_view, {"aggregation": "arithmetic"}),
    "sufficient statistics": (pc.sufficient_statistics, {}),
}
VIEWS = (2, 4, 8, 10)
HELD_OUT = 4096  # samples of each view, the same for every loss and run of one M and noise


def candidates(name, m, k):
    """What an anchor's loss is compared with: its logarithm is the bound of a loss of 0."""
    return 2 * k - 1 if name == "multi-crop" else m * k - m + 1


def held_out(m, noise, k):
    """Batches that no encoder was trained on."""
    rng = np.random.default_rng((1_000_003, m, k, round(100 * noise)))
    return [draw(rng, m, k, noise) for _ in range(HELD_OUT // k)]


def train(name, m, noise, seed, k, steps, rate, constant):
    """Loss on held-out batches after training."""
    loss, how = LOSSES[name]
    rng = np.random.default_rng((seed, m))
    network = MLP((1, 64, 64, 8), rng)
    log_tau = np.full(1, np.log(0.1), np.float32)
    adam = Adam([*network.params, log_tau], rate)
    for step in range(steps):
        if not constant:
            adam.rate = rate * (1 + np.cos(np.pi * step / steps)) / 2
        z, back = network.forward(draw(rng, m, k, noise))
        tau = float(np.exp(log_tau[0]))
        wrt = ("views", "temperature")
        _, g = loss.value_and_grad(z, temperature=tau, wrt=wrt, **how)
        adam.step([*back(g.views), np.array([g.temperature * tau], np.float32)])
        np.clip(log_tau, np.log(0.005), np.log(10), out=log_tau)
    tau = float(np.exp(log_tau[0]))
    return np.mean([float(loss(network(x), temperature=tau, **how)) for x in held_out(m, noise, k)])


def exact(m, noise, k, repeats):
    """Bounds of exact critics: on the held-out batches, and a mean over as many small ones."""
    batches = held_out(m, noise, k)
    if repeats:
        rng = np.random.default_rng(m)
        batches = [draw(rng, m, k, noise) for _ in range(repeats)]
    found = [ceilings(x[..., 0].astype(float), noise) for x in batches]
    return {name: np.mean([f[name] for f in found]) for name in LOSSES}


def picture(noises, losses, limits, k, name):
    """True information, bounds, gaps and losses over the number of views."""
    figure, grid = plt.subplots(
        len(noises), 3, figsize=(11, 3.5 * len(noises)), squeeze=False, layout="constrained"
    )
    for row, noise in zip(grid, noises, strict=True):
        true = np.array([information(m, noise) for m in VIEWS])
        row[0].plot(VIEWS, true, color=INK, linewidth=2, label="true, one view and the rest")
        for (loss, runs), colour, mark, large in zip(
            losses[noise].items(), CLASS_COLOURS, MARKS, (10, 6, 6, 6), strict=False
        ):
            most = np.log([candidates(loss, m, k) for m in VIEWS])
            bound = most[:, None] - runs
            for axes, values in zip(row, (bound, true[:, None] - bound, runs), strict=True):
                axes.errorbar(
                    VIEWS,
                    values.mean(axis=1),
                    values.std(axis=1, ddof=1) if values.shape[1] > 1 else None,
                    color=colour,
                    marker=mark,
                    markersize=large,  # multi-crop shows behind geometric
                    capsize=3,
                    label=loss,
                )
            ceiling = np.array([limits[m, noise][loss] for m in VIEWS])
            row[0].plot(VIEWS, ceiling, ":", color=colour)
            row[1].plot(VIEWS, true - ceiling, ":", color=colour)
        for axes, label in zip(row, ("bound", "true minus bound", "loss"), strict=True):
            axes.set(xlabel="views M", ylabel=f"{label} (nats)", xticks=VIEWS)
            axes.set_title(f"noise s = {noise:g}, K = {k}", loc="left", fontsize=10)
            plain(axes)
        row[1].axhline(0, color=INK, linewidth=0.8)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    handles.append(plt.Line2D([], [], color=INK, linestyle=":"))
    figure.legend(
        handles, [*labels, "exact critics"], loc="outside lower center", ncols=6, frameon=False
    )
    save_picture(figure, name)


def main():
    parser = command_line(__doc__, runs=3)
    parser.add_argument("--samples", type=int, default=256, help="K, samples in a batch")
    parser.add_argument("--noise", type=float, nargs="+", default=[1.0, 0.1], help="variance s")
    parser.add_argument("--steps", type=int, default=150, help="10000 for 200 epochs of 50")
    parser.add_argument("--rate", type=float, default=0.03, help="Adam's rate")
    parser.add_argument("--constant", action="store_true", help="no cosine decay of the rate")
    o = parser.parse_args()
    k, how = o.samples, (o.samples, o.steps, o.rate, o.constant)
    cases = [(m, s) for m in VIEWS[::-1] for s in o.noise]
    limits = run_all(exact, [(m, s, k, 0) for m, s in cases], o.jobs)
    small = run_all(exact, [(m, s, 8, 1600 // m) for m, s in cases], o.jobs)
    runs = [
        (name, m, s, seed, *how) for name in reversed(LOSSES) for m, s in cases for seed in seeds(o)
    ]
    found = run_all(train, runs, o.jobs)

    rows, losses = [], {s: {name: [] for name in LOSSES} for s in o.noise}
    for s in o.noise:
        for m in VIEWS:
            true = information(m, s)
            for name in LOSSES:
                values = np.array([found[name, m, s, seed, *how] for seed in seeds(o)])
                losses[s][name].append(values)
                bound = np.log(candidates(name, m, k)) - values
                small_limit = small[m, s, 8, 1600 // m][name]
                shares = [spread(true - bound), f"{bound.mean() / true:.2f}", spread(values)]
                row = [f"{s:g}", m, name, f"{true:.3f}", spread(bound)]
                rows.append(
                    [*row, f"{limits[m, s, k, 0][name]:.3f}", *shares, f"{small_limit:.3f}"]
                )
    columns = ["s", "M", "loss", "true", "bound", f"exact critics, K = {k}", "true - bound"]
    columns += ["bound / true", "value of the loss", "exact critics, K = 8"]
    note = (
        f"Nats, mean ± standard deviation over {o.seeds} runs; K = {k}, {o.steps} steps, "
        f"Adam {o.rate:g}{'' if o.constant else ', cosine decay'}."
    )
    name = "gaussian_information" + ("" if k == 256 else f"_{k}")
    write_table(name, columns, rows, note)
    losses = {s: {name: np.array(v) for name, v in losses[s].items()} for s in o.noise}
    picture(o.noise, losses, {(m, s): limits[m, s, k, 0] for m, s in cases}, k, name)


if __name__ == "__main__":
    main()
