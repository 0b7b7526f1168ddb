"""n encoders of six views of digits: the pairwise sum against the cube, for n = 2 to 6.

    python benchmarks/claims/n_encoders.py

Claim: Mander, Piao, Rahmani, Contrastive Training with More Data, ICLR 2023 tiny papers. The last
table also needs PyTorch, for the formulation with arrays of B^n x D under autograd.
"""

import time

import numpy as np
from common.costs import cost, embeddings, least_bytes, mib, published_cost
from common.encoders import DIM, cosine_recall, digits, probe_of_mean, train
from common.measures import probe_accuracy
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.plot.style import CLASS_COLOURS, MARKS, plain, title

NS, BATCH, LARGE, STEPS = (2, 3, 4, 5, 6), 8, 128, 600
TEMPERATURES, PILOT_STEPS, PILOT_SEED = (0.05, 0.1, 0.2, 0.4), 300, 1000
PAIRS, AXIS, ALL, PAIRS_LARGE = "pairwise sum", "cube, axis", "cube, all", "pairwise sum, B = 128"
SIZES = ((2, 8), (3, 8), (4, 8), (5, 8), (6, 8), (3, 128), (4, 32), (5, 16), (6, 10), (6, 16))
LIMIT = 4 * 2**30  # bytes that the published formulation may take


def objective(method, temperature):
    """Loss and gradient of outputs (n, B, D)."""

    def call(z):
        if method in (PAIRS, PAIRS_LARGE):
            value, grads = pc.pairwise_sum.value_and_grad(z, temperature=temperature)
        else:
            negatives = "axis" if method == AXIS else "all"
            value, grads = pc.cube_loss.value_and_grad(
                z, temperature=temperature, negatives=negatives
            )
        return value, grads.views

    return call


def fit(method, n, temperature, learn, seed, steps):
    batch = LARGE if method == PAIRS_LARGE else BATCH
    call = objective(method, temperature)
    return train(call, learn, batch=batch, steps=steps, seed=seed)[0]


def pilot(method, n, temperature):
    """Recall on validation rows after half the steps, on a split of its own."""
    learn, validation, _ = digits(n, PILOT_SEED)
    encoders = fit(method, n, temperature, learn, PILOT_SEED, PILOT_STEPS)
    return cosine_recall(encoders(validation.views))


def run(method, n, temperature, seed):
    """Held-out recall of all pairs and of the first two views, probes, processor seconds."""
    learn, _, held = digits(n, seed)
    start = time.process_time()
    encoders = fit(method, n, temperature, learn, seed, STEPS)
    seconds = time.process_time() - start
    z, out = encoders(learn.views), encoders(held.views)
    first = probe_accuracy(z[0], learn.labels, out[0], held.labels)
    return (
        cosine_recall(out),
        cosine_recall(out[:2]),
        probe_of_mean(z, out, learn, held),
        first,
        seconds,
    )


def costs():
    """The second table: what the cube costs, here and as published."""
    rows = []
    for n, b in SIZES:
        ours, peak = cost(objective(ALL, 0.1), embeddings(n, b))
        row = [n, b, f"{b**n:,}", f"{ours:.2f}", mib(peak)]
        if least_bytes(n, b) > LIMIT:
            row += ["not run", f"≥ {mib(least_bytes(n, b))} by count", ""]
        else:
            theirs, their_peak = published_cost(n, b)
            row += [f"{theirs:.2f}", mib(their_peak), f"{theirs / ours:.1f}"]
        rows.append(row)
    columns = [
        "n", "B", "tuples", "ours, ms", "ours, MiB", "published, ms", "published, MiB",
        "ratio of time",
    ]  # fmt: skip
    note = (
        f"Value and gradient of the deviation cube with all negatives, D = {DIM}, float32, one "
        "thread. Published: arrays of B^n x D under autograd of PyTorch. MiB are beyond the "
        "inputs: ours traced, published by growth of the process (small sizes do not show). Not "
        "run: more than 4 GiB."
    )
    write_table("n_encoders_cost", columns, rows, note)


def methods(n):
    """At n = 2 both kinds of negatives are the same."""
    return (PAIRS, AXIS, PAIRS_LARGE) if n == 2 else (PAIRS, AXIS, ALL, PAIRS_LARGE)


def draw(found):
    """Recall and probes against n."""
    figure = Figure(figsize=(11, 3.9), layout="constrained")
    panels = zip(figure.subplots(1, 3), (0, 2, 3), strict=True)
    names = ("recall@1, all pairs", "probe, mean of views", "probe, first view alone")
    for (axes, part), name in zip(panels, names, strict=True):
        for k, method in enumerate((PAIRS, AXIS, ALL, PAIRS_LARGE)):
            ns = [n for n in NS if method in methods(n)]
            mean = [np.mean(found[method, n][:, part]) for n in ns]
            bars = [np.std(found[method, n][:, part], ddof=1) for n in ns]
            place = np.array(ns) + 0.06 * (k - 1.5)
            look = dict(color=CLASS_COLOURS[(0, 1, 2, 9)[k]], marker=MARKS[k], capsize=2)
            axes.errorbar(
                place, mean, bars, ls=":" if method == PAIRS_LARGE else "-", label=method, **look
            )
        title(axes, name)
        axes.set_xticks(NS)
        axes.set_xlabel("number of encoders n")
        plain(axes)
    figure.axes[0].legend(frameon=False, fontsize=8)
    save_picture(figure, "n_encoders")


def main():
    options = command_line(__doc__.partition("\n")[0], 4).parse_args()
    pairs = [(method, n) for n in reversed(NS) for method in methods(n)]
    grid = [(*pair, t) for pair in pairs for t in TEMPERATURES]
    scores = run_all(pilot, grid, options.jobs)
    chosen = {p: max(TEMPERATURES, key=lambda t, p=p: scores[*p, t]) for p in pairs}
    cases = [(*pair, chosen[pair], seed) for pair in pairs for seed in seeds(options)]
    results = run_all(run, cases, options.jobs)
    found = {p: np.array([results[*p, chosen[p], s] for s in seeds(options)]) for p in pairs}
    rows = []
    for n in NS:
        for method in methods(n):
            values = found[method, n].T
            less = values - found[PAIRS, n].T
            cells = [spread(values[part]) for part in range(4)]
            z = embeddings(n, LARGE if method == PAIRS_LARGE else BATCH)
            gain = (
                ""
                if method == PAIRS
                else f"{less[0].mean():+.3f} ({(less[0] > 0).sum()}/{options.seeds})"
            )
            peak = f"{cost(objective(method, 0.1), z)[1] / 2**10:,.0f}"
            seen = f"{values[4].mean():.1f}"
            rows.append([n, method, chosen[method, n], *cells[:1], gain, *cells[1:], seen, peak])
    columns = [
        "n", "method", "temperature", "recall@1, all pairs", "more than pairwise sum",
        "recall@1, first two views", "probe, mean of views", "probe, first view", "training, s",
        "peak of a step, KiB",
    ]  # fmt: skip
    note = (
        f"Mean ± standard deviation over {options.seeds} splits; {STEPS} steps of {BATCH} rows "
        f"({LARGE} where it says so). In brackets, on how many splits recall is above that of the "
        "pairwise sum. Training: processor seconds. Peak: NumPy's memory in one value and "
        "gradient, one thread, traced."
    )
    write_table("n_encoders", columns, rows, note)
    costs()
    draw(found)


if __name__ == "__main__":
    main()
