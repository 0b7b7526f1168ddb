"""Individual temperatures on long-tailed digits: which samples get which, and what it is worth.

``python benchmarks/claims/individual_temperatures.py`` trains two encoders of digits whose classes
differ in number by a factor of 50, with a temperature for each sample, with one that is learned for
all, and with fixed ones.
"""

import math

import matplotlib.pyplot as plt
import numpy as np
from common.encoders import Encoders, Rows
from common.measures import probe
from common.network import Adam
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds
from scipy.stats import spearmanr

import polycontrast as pc
from polycontrast.data import load_digits
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

VIEWS = ("karhunen_loeve", "profile")
MOST, FACTOR = 140, 50  # rows of the most frequent class, and how often it has those of the rarest
PROBE, JUDGED = 20, 40  # other rows of every class, to fit the probe and to judge by
LEAST, GREATEST, START = 0.01, 1.0, 0.5  # bounds of learned temperatures, and where they start
RHOS = (0.05, 0.2, 0.5, 1.0, 2.0)
FIXED = (0.05, 0.1, 0.2, 0.35, 0.5, 1.0)
TAILS = {"even": "falling evenly", "step": "seven frequent, three rare"}
CLUSTERS = {  # sizes of clusters of rows on a sphere
    "40, 12, 3": (40, 12, 3),
    "140 to 3": tuple(int(c) for c in np.round(140 * 50 ** -np.linspace(0, 1, 10))),
    "7 of 8, 7 of 3": (8,) * 7 + (3,) * 7,
}
WIDTHS = {"narrow": 0.3, "wide": 1.0}
CLUSTER_RHOS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0)
GROUPS = {"frequent": slice(0, 3), "middle": slice(3, 7), "rare": slice(7, 10)}


def counts(tail):
    """Rows of the ten classes: falling evenly, or seven frequent classes and three rare ones."""
    fall = np.linspace(0, 1, 10) if tail == "even" else (np.arange(10) > 6).astype(float)
    return np.round(MOST * FACTOR**-fall).astype(int)


def long_tail(tail, seed):
    """Rows to learn from, to fit a probe on and to judge by; which digit is rare is drawn."""
    views, labels = load_digits()
    rng = np.random.default_rng(seed)
    parts = [[], [], []]
    for digit, count in zip(rng.permutation(10), counts(tail), strict=True):
        own = rng.permutation(np.flatnonzero(labels == digit))
        parts[0].append(own[:count])
        parts[1].append(own[MOST : MOST + PROBE])
        parts[2].append(own[MOST + PROBE : MOST + PROBE + JUDGED])
    learn, probe, judged = (np.concatenate(p) for p in parts)
    found = [views[name].astype(np.float32) for name in VIEWS]
    scaled = [(v - v[learn].mean(axis=0)) / (v[learn].std(axis=0) + 1e-6) for v in found]
    return [Rows([v[rows] for v in scaled], labels[rows]) for rows in (learn, probe, judged)]


def tilt(z, tau):
    """Kullback-Leibler divergence of each anchor's weights from equal ones, mean of directions.

    The derivative of the loss of all samples by a temperature is rho minus this.
    """
    found = []
    for s in (z[0] @ z[1].T, z[1] @ z[0].T):
        e = (s - np.diag(s)[:, None]).astype(np.float64) / np.reshape(tau, (-1, 1))
        e[np.eye(len(e), dtype=bool)] = -np.inf
        e -= e.max(axis=1, keepdims=True)
        p = np.exp(e)
        p /= p.sum(axis=1, keepdims=True)
        found.append((p * np.log(np.maximum(p * (len(e) - 1), 1e-300))).sum(axis=1))
    return np.mean(found, axis=0)


def train(learn, how, value, seed, epochs, batch, rate=3e-3):
    """Encoders, and the temperature of every sample."""
    rng = np.random.default_rng(seed)
    encoders, n = Encoders(learn.views, rng), len(learn.labels)
    optimiser = Adam(encoders.params, rate, decay=1e-2)
    log_u = np.full((2, n), -np.inf, np.float32)
    tau = np.full(n, value if how == "fixed" else START, np.float32)
    momentum, rho = np.zeros(n, np.float32), 0.0 if how == "fixed" else value
    for epoch in range(epochs):
        late = 0.5 * (1 + math.cos(math.pi * epoch / epochs))
        optimiser.rate, eta = rate * late, 0.03 * max(0.1, late)
        order = rng.permutation(n)
        for rows in np.array_split(order, n // batch):
            z, back = encoders.forward([v[rows] for v in learn.views])
            old = pc.gather_state(log_u, rows)
            own = pc.gather_state(tau, rows)
            _, grads, new = pc.global_contrastive_step(
                *z, old, own, rho=rho, reduction="sum", wrt=("x", "y", "temperature")
            )
            log_u = pc.scatter_state(log_u, rows, new)
            optimiser.step(back(np.stack([grads.x, grads.y]) / (2 * len(rows))))
            if how == "fixed":
                continue
            g = np.clip(grads.temperature / 2, -3, 3)
            if how == "one learned":
                g = np.full_like(g, g.mean() * len(rows) / n)  # a step a batch, not one an epoch
            kept = pc.gather_state(momentum, rows)
            moved, kept = pc.update_temperature(own, kept, g, eta=eta, min=LEAST, max=GREATEST)
            if how == "one learned":
                tau[:], momentum[:] = moved[0], kept[0]
            else:
                tau = pc.scatter_state(tau, rows, moved)
                momentum = pc.scatter_state(momentum, rows, kept)
    return encoders, tau


def solved(z, rho, least=LEAST, greatest=GREATEST):
    """The temperature of each sample at which its loss is least while the encoders stay."""
    low, high = np.full(z.shape[1], least), np.full(z.shape[1], greatest)
    for _ in range(20):
        middle = np.sqrt(low * high)
        above = tilt(z, middle) > rho  # the divergence falls as the temperature grows
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.sqrt(low * high)


def run(tail, how, value, seed, epochs, batch):
    """Temperatures, recall and probe accuracy of the classes, frequent ones first."""
    learn, fit, judged = long_tail(tail, seed)
    encoders, tau = train(learn, how, value, seed, epochs, batch)
    amount = counts(tail)
    first = np.cumsum(amount)[:-1]  # rows of a class lie together
    found = {"tau": np.array([t.mean() for t in np.split(tau, first)])}
    if how != "fixed":
        z = encoders(learn.views)
        excess = tilt(z, tau) - value
        found["off"] = np.abs(excess.mean() if how == "one learned" else np.median(excess))
    if how == "individual":
        best = solved(z, value)
        found["solved"] = np.array([t.mean() for t in np.split(best, first)])
        found["within"] = np.sqrt(np.mean([t.var() for t in np.split(tau, first)]))
        found["rank"] = spearmanr(found["tau"], amount)[0]
        found["rank solved"] = spearmanr(found["solved"], amount)[0]
    out = encoders(judged.views)
    near = out[0] @ out[1].T
    own = np.arange(near.shape[0])
    hit = ((near.argmax(axis=1) == own).astype(float) + (near.argmax(axis=0) == own)) / 2
    model = probe(encoders(fit.views).mean(axis=0), fit.labels)
    right = model.predict(out.mean(axis=0)) == judged.labels
    found["recall"] = hit.reshape(10, JUDGED).mean(axis=1)
    found["probe"] = right.reshape(10, JUDGED).mean(axis=1)
    return found


def clusters(sizes, width, seed, dim=16):
    """Largest over smallest cluster's median temperature as solved, rows fixed on the sphere."""
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.standard_normal((dim, dim)))[0][: len(sizes)]
    rows = np.repeat(centres, sizes, axis=0)
    x = rows + width * rng.standard_normal(rows.shape) / dim**0.5
    z = np.stack([x, x + 0.2 * width * rng.standard_normal(x.shape) / dim**0.5])
    z /= np.linalg.norm(z, axis=-1, keepdims=True)
    found = []
    for rho in CLUSTER_RHOS:
        best = solved(z, rho, 1e-4, 100.0)
        found.append(np.median(best[: sizes[0]]) / np.median(best[-sizes[-1] :]))
    return np.array(found)


def group(runs, what, name):
    """Mean over the classes of a group, for each run."""
    return np.array([r[what][GROUPS[name]].mean() for r in runs])


def picture(found, ratios):
    """Frequent over rare temperatures, and accuracy of both over the level of temperatures."""
    figure, grid = plt.subplots(2, 2, figsize=(11, 8.4), layout="constrained")
    (left, synthetic), (middle, right) = grid
    for (sizes, width), colour, mark in zip(ratios, CLASS_COLOURS, MARKS, strict=False):
        synthetic.plot(
            np.array(CLUSTER_RHOS) / limit(sizes),
            ratios[sizes, width].mean(axis=0),
            color=colour,
            marker=mark,
            linestyle="-" if width == "narrow" else "--",
            label=f"{sizes}, {width}",
        )
    for axes in (left, synthetic):
        axes.axhline(1, color=INK, linestyle=":")
    synthetic.axvline(1, color=INK, linestyle=":")
    synthetic.set_xscale("log")
    synthetic.set_yscale("log")
    synthetic.set(xlabel="rho over log(samples / largest cluster)")
    synthetic.set_title("temperature: largest cluster over smallest", loc="left", fontsize=10)
    synthetic.legend(frameon=False, fontsize=8, loc="lower left")
    plain(synthetic)
    looks = zip(
        [(t, w) for t in TAILS for w in ("tau", "solved")], CLASS_COLOURS, MARKS, strict=False
    )
    for (tail, what), colour, mark in looks:
        ratio = [
            group(found[tail, "individual", rho], what, "frequent")
            / group(found[tail, "individual", rho], what, "rare")
            for rho in RHOS
        ]
        words = "learned" if what == "tau" else "solved"
        left.errorbar(
            RHOS,
            [r.mean() for r in ratio],
            [r.std(ddof=1) if len(r) > 1 else 0 for r in ratio],
            color=colour,
            marker=mark,
            linestyle="-" if what == "tau" else "--",
            capsize=3,
            label=f"{TAILS[tail]}: {words}",
        )
    left.set_xscale("log")
    left.set_xticks(RHOS, [f"{r:g}" for r in RHOS])
    left.minorticks_off()
    left.set(xlabel="rho")
    left.set_title("temperature: frequent digits over rare", loc="left", fontsize=10)
    left.legend(frameon=False, fontsize=8)
    plain(left)
    lines = (("fixed", FIXED, ":"), ("one learned", RHOS, "--"), ("individual", RHOS, "-"))
    for axes, what in ((middle, "recall"), (right, "probe")):
        for name, colour in (("frequent", CLASS_COLOURS[0]), ("rare", CLASS_COLOURS[5])):
            for (how, values, dashes), mark in zip(lines, MARKS, strict=False):
                runs = [found["even", how, v] for v in values]
                axes.plot(
                    [np.mean([r["tau"].mean() for r in some]) for some in runs],
                    [group(some, what, name).mean() for some in runs],
                    color=colour,
                    marker=mark,
                    linestyle=dashes,
                    label=f"{name}: {how}",
                )
        axes.set_xscale("log")
        ticks = (0.05, 0.1, 0.2, 0.5, 1.0)
        axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
        axes.minorticks_off()
        axes.set(xlabel="mean temperature")
        words = "recall@1" if what == "recall" else "probe accuracy"
        axes.set_title(f"{words} of frequent and rare classes", loc="left", fontsize=10)
        plain(axes)
    right.legend(frameon=False, fontsize=8)
    save_picture(figure, "individual_temperatures")


def limit(sizes):
    """Logarithm of the number of samples over that of the largest cluster."""
    return float(np.log(sum(CLUSTERS[sizes]) / CLUSTERS[sizes][0]))


def main():
    parser = command_line(__doc__, runs=5)
    parser.add_argument("--epochs", type=int, default=120)
    parser.add_argument("--batch", type=int, default=48)
    o = parser.parse_args()
    keys = [("step", "individual", rho) for rho in RHOS]
    for how, values in (("individual", RHOS), ("one learned", RHOS), ("fixed", FIXED)):
        keys += [("even", how, value) for value in values]
    cases = [(*key, seed, o.epochs, o.batch) for key in keys for seed in seeds(o)]
    results = run_all(run, cases, o.jobs)
    found = {key: [results[c] for c in cases if c[:3] == key] for key in keys}
    rows = []
    for tail in TAILS:
        for rho in RHOS:
            runs = found[tail, "individual", rho]
            rows.append(
                [TAILS[tail], f"{rho:g}"]
                + [spread(group(runs, "tau", name)) for name in GROUPS]
                + [spread([r["within"] for r in runs])]
                + [spread([r[what] for r in runs], 2) for what in ("rank", "rank solved", "off")]
            )
    shares = ", ".join(
        f"{sum(counts(t))} rows and {counts(t).max() / sum(counts(t)):.0%} in the largest class "
        f"({TAILS[t]})"
        for t in TAILS
    )
    note = (
        f"Mean temperature of the samples of frequent, middle and rare classes; its standard "
        f"deviation within a class; the rank correlation of class means with class sizes, as "
        f"learned and as solved for the trained encoders; how far the divergence of the median "
        f"sample is from rho. {shares}; mean ± standard deviation over {o.seeds} seeds; "
        f"{o.epochs} epochs, batches of {o.batch}."
    )
    columns = ["classes", "rho", *GROUPS, "within a class", "rank", "rank, solved", "off"]
    write_table("individual_temperatures", columns, rows, note)
    rows = []
    for key in keys:
        if key[0] == "even":
            runs, (_, how, value) = found[key], key
            rows.append(
                [how, f"{value:g}", spread([r["tau"].mean() for r in runs])]
                + [spread(group(runs, "recall", name)) for name in GROUPS]
                + [spread(group(runs, "probe", name)) for name in GROUPS]
            )
    note = (
        f"Classes falling evenly. Recall@1 among {10 * JUDGED} held-out digits between the views, "
        f"and accuracy of a probe fitted on {PROBE} other digits of every class; mean ± standard "
        f"deviation over {o.seeds} seeds."
    )
    columns = ["temperature", "rho or value", "mean"]
    columns += [f"{what}, {name}" for what in ("recall", "probe") for name in GROUPS]
    write_table("individual_temperatures_accuracy", columns, rows, note)
    cases = [(CLUSTERS[s], WIDTHS[w], seed) for s in CLUSTERS for w in WIDTHS for seed in seeds(o)]
    results = run_all(clusters, cases, o.jobs)
    ratios = {
        (s, w): np.array([results[CLUSTERS[s], WIDTHS[w], seed] for seed in seeds(o)])
        for s in CLUSTERS
        for w in WIDTHS
    }
    rows = [
        [s, w, f"{limit(s):.2f}", *(spread(runs[:, i], 2) for i in range(len(CLUSTER_RHOS)))]
        for (s, w), runs in ratios.items()
    ]
    note = (
        f"Median temperature of the largest cluster over that of the smallest, as solved for rows "
        f"that stay where they are; mean ± standard deviation over {o.seeds} draws. Limit: "
        f"logarithm of the number of samples over the size of the largest cluster."
    )
    columns = ["sizes", "clusters", "limit", *(f"rho {rho:g}" for rho in CLUSTER_RHOS)]
    write_table("individual_temperatures_clusters", columns, rows, note)
    picture(found, ratios)


if __name__ == "__main__":
    main()
