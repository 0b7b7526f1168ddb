"""The claim of the Mann-Whitney loss: training for the area under the ROC curve closes the gap.

``python benchmarks/claims/mann_whitney.py`` trains small networks on digits of which some classes
are fifty times as frequent as others. Classifiers are judged by the area of each class against the
rest, pairs of encoders by the area of matching pairs against all others.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.encoders import HIDDEN, VIEWS, Encoders, Rows
from common.measures import probe
from common.network import MLP, Adam
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds

import polycontrast as pc
from polycontrast.data import load_digits
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

CLASSES, IMBALANCE, NOISE, BATCH = 10, 50, 0.3, 128
STOPS = (50, 100, 200)
PAIRS = (("profile", "karhunen_loeve"), ("fourier", "zernike"))


def digits(names, seed):
    """Rows to learn from, long-tailed, and balanced ones to choose by and to judge by."""
    views, labels = load_digits()
    rng = np.random.default_rng(seed)
    pool, validation, test = np.split(rng.permutation(len(labels)), [1000, 1400])
    shares = IMBALANCE ** (-rng.permutation(CLASSES) / (CLASSES - 1))
    rows = [pool[labels[pool] == c] for c in range(CLASSES)]
    learn = np.concatenate([r[: round(s * len(r))] for r, s in zip(rows, shares, strict=True)])
    found = [views[name].astype(np.float32) for name in names]
    scaled = [(v - v[learn].mean(axis=0)) / (v[learn].std(axis=0) + 1e-6) for v in found]
    return [Rows([v[r] for v in scaled], labels[r].astype(int)) for r in (learn, validation, test)]


# Classes


def softmax(z, labels, tau):
    """Cross-entropy of the classes."""
    return pc.caption_cross_entropy.value_and_grad(z[None], labels[None])[1].logits[0]


def weighted_softmax(z, labels, tau):
    """The same, with the inverse of the frequency of a class as weight."""
    weights = 1 / np.bincount(labels, minlength=CLASSES)[labels]
    return softmax(z, labels, tau) * (weights / weights.mean())[:, None]


def binary(z, labels, tau):
    """Cross-entropy of each class against the rest."""
    return (1 / (1 + np.exp(-z)) - np.eye(CLASSES)[labels]) / len(labels)


def mann_whitney(z, labels, tau):
    """Score of each class: its rows against all others."""
    g = np.zeros_like(z)
    for c in range(CLASSES):
        own = labels == c
        _, grads = pc.mann_whitney_scores.value_and_grad(z[own, c], z[~own, c], temperature=tau)
        g[own, c], g[~own, c] = grads.pos, grads.neg
    return g / CLASSES


def sup_con(z, labels, tau):
    """Contrast of the embeddings; a logistic regression gives the scores."""
    return pc.sup_con.value_and_grad(z, labels, temperature=tau)[1].z


CLASSIFIERS = {
    "softmax": (softmax, (1.0,)),
    "softmax, weighted": (weighted_softmax, (1.0,)),
    "binary": (binary, (1.0,)),
    "SupCon and a probe": (sup_con, (0.1, 0.3)),
    "Mann-Whitney": (mann_whitney, (1.0, 3.0)),
}


def scores_of(network, objective, learn, held):
    """Scores ``(N, 10)`` of the held-out rows."""
    if objective is not sup_con:
        return network(held)
    rows = [
        t / np.linalg.norm(t, axis=1, keepdims=True) for t in map(network, (learn.views[0], held))
    ]
    return probe(rows[0], learn.labels).predict_log_proba(rows[1])


def classify(name, tau, view, seed, validate):
    """Areas of the classes and accuracy after each of the stops, the rarest class first."""
    learn, validation, test = digits([view], seed)
    held, x, labels = validation if validate else test, learn.views[0], learn.labels
    objective = CLASSIFIERS[name][0]
    rng = np.random.default_rng(seed)
    outputs = 32 if objective is sup_con else CLASSES
    network = MLP((x.shape[1], HIDDEN, outputs), rng)
    adam, order, found = Adam(network.params, 2e-3, 1e-2), np.argsort(np.bincount(labels)), []
    for step in range(1, STOPS[-1] + 1):
        z, back = network.forward(x + NOISE * rng.standard_normal(x.shape, dtype=np.float32))
        adam.step(back(objective(z, labels, tau).astype(np.float32)))
        if step in STOPS:
            s = scores_of(network, objective, learn, held.views[0])
            own = held.labels[:, None] == np.arange(CLASSES)
            areas = [float(pc.roc_auc(s[own[:, c], c], s[~own[:, c], c])) for c in order]
            right = s.argmax(axis=1) == held.labels
            found.append([*areas, np.mean([right[own[:, c]].mean() for c in range(CLASSES)])])
    return np.array(found)


# Matching pairs

RETRIEVERS = {
    "InfoNCE": (pc.info_nce, {}, (0.1, 0.3, 1.0)),
    "sigmoid": (pc.sigmoid_contrastive, {"bias": -10.0}, (0.1, 0.2)),
    "Mann-Whitney, per query": (pc.mann_whitney, {"scope": "per_query"}, (0.03, 0.1, 0.3, 1.0)),
    "Mann-Whitney, pooled": (pc.mann_whitney, {}, (0.03, 0.1, 0.3, 1.0)),
    # At a small temperature, beside the best ones.
    "Mann-Whitney, per query, 0.03": (pc.mann_whitney, {"scope": "per_query"}, (0.03,)),
    "Mann-Whitney, pooled, 0.03": (pc.mann_whitney, {}, (0.03,)),
}


def retrieve(name, tau, pair, seed, validate):
    """Area of all scores, mean area of one query, and reciprocal rank, after each of the stops."""
    learn, validation, test = digits(pair, seed)
    held, (loss, how, _) = validation if validate else test, RETRIEVERS[name]
    rng = np.random.default_rng(seed)
    encoders = Encoders(learn.views, rng)
    adam, found = Adam(encoders.params, 1e-3, 0.1), []
    for step in range(1, STOPS[-1] + 1):
        rows = rng.choice(len(learn.labels), BATCH, replace=False)
        views = [v[rows] for v in learn.views]
        noisy = [v + NOISE * rng.standard_normal(v.shape, dtype=np.float32) for v in views]
        z, back = encoders.forward(noisy)
        _, grads = loss.value_and_grad(z[0], z[1], temperature=tau, **how)
        adam.step(back(np.stack([grads.x, grads.y])))
        if step in STOPS:
            x, y = encoders(held.views)
            s = x @ y.T
            match, others = np.diag(s), s[~np.eye(len(s), dtype=bool)]
            above = (s > match[:, None]).sum(axis=1)
            within = 1 - above.mean() / (len(s) - 1)
            found.append([float(pc.roc_auc(match, others)), within, np.mean(1 / (1 + above))])
    return np.array(found)


# Temperature and number of steps with the largest area on validation digits (--tune).
CHOSEN = {
    **{"softmax": (1.0, 200), "softmax, weighted": (1.0, 200), "binary": (1.0, 200)},
    **{"SupCon and a probe": (0.1, 50), "Mann-Whitney": (3.0, 200)},
    **{"InfoNCE": (0.3, 200), "sigmoid": (0.1, 200)},
    **{"Mann-Whitney, per query": (0.3, 200), "Mann-Whitney, pooled": (0.3, 200)},
    **{"Mann-Whitney, per query, 0.03": (0.03, 200), "Mann-Whitney, pooled, 0.03": (0.03, 200)},
}
TASKS = ((classify, CLASSIFIERS, VIEWS), (retrieve, RETRIEVERS, PAIRS))


def tune(o):
    """Areas on validation digits, by loss, temperature and number of steps."""
    for function, table, data in TASKS:
        grid = [(name, tau) for name, row in table.items() for tau in row[-1]]
        cases = [(*g, d, s, True) for g in grid for d in data for s in (1000, 1001)]
        found = run_all(function, cases, o.jobs)
        for name, tau in grid:
            runs = np.mean([found[c] for c in cases if c[:2] == (name, tau)], axis=0)
            areas = runs[:, :CLASSES].mean(axis=1) if function is classify else runs[:, 0]
            print(f"{name:24s} {tau:<5g}", " ".join(f"{a:.4f}" for a in areas))


def results_of(function, table, data, o):
    """What is found on test digits, (data, seeds, measures), by loss."""
    cases = [
        (name, CHOSEN[name][0], d, seed, False) for name in table for d in data for seed in seeds(o)
    ]
    found = run_all(function, cases, o.jobs)
    stop = {name: STOPS.index(CHOSEN[name][1]) for name in table}
    return {
        name: np.array(
            [
                [found[name, CHOSEN[name][0], d, s, False][stop[name]] for s in seeds(o)]
                for d in data
            ]
        )
        for name in table
    }


def picture(areas, pairs):
    """Areas of each view by loss; areas of all scores beside those of single queries."""
    figure, grid = plt.subplots(
        1, 1 + len(PAIRS), figsize=(13, 4.5), layout="constrained", width_ratios=(2, 1, 1)
    )
    left, place = grid[0], np.arange(len(VIEWS))
    for k, (name, runs) in enumerate(areas.items()):
        each = runs[..., :CLASSES].mean(axis=-1)  # (views, seeds)
        left.errorbar(
            place + (k - 2) / 8,
            each.mean(axis=1),
            each.std(axis=1),
            color=INK if name == "Mann-Whitney" else CLASS_COLOURS[k],
            marker=MARKS[k],
            linestyle="",
            capsize=2,
            label=name,
        )
    left.set_xticks(place, [view.replace("_", "\n") for view in VIEWS], fontsize=9)
    left.set(ylabel="area under the ROC curve, mean of the classes")
    left.set_title("classes, each against the rest", loc="left", fontsize=10)
    left.legend(frameon=False, fontsize=9)
    for d, (axes, pair) in enumerate(zip(grid[1:], PAIRS, strict=True)):
        for k, runs in enumerate(pairs.values()):
            pooled, within = runs[d, :, 0].mean(), runs[d, :, 1].mean()
            axes.plot([pooled, within], [k, k], color=CLASS_COLOURS[k], linewidth=2)
            axes.plot(pooled, k, MARKS[0], color=CLASS_COLOURS[k])
            axes.plot(within, k, MARKS[0], color=CLASS_COLOURS[k], markerfacecolor="white")
        axes.set_yticks(range(len(pairs)), pairs if d == 0 else [""] * len(pairs))
        axes.invert_yaxis()
        axes.set(xlabel="area: all scores (full), a query (open)")
        axes.set_title(" with ".join(pair).replace("_", " "), loc="left", fontsize=10)
    for axes in grid:
        plain(axes)
    save_picture(figure, "mann_whitney")


def table_of_classes(areas, o):
    """One row a loss: its area in each view, in all, and that of the rarest classes."""
    base, rows = areas["softmax"][..., :CLASSES].mean(axis=(0, 2)), []
    for name, runs in areas.items():
        each = runs[..., :CLASSES]
        tau, steps = CHOSEN[name]
        shown = f"{tau:g}" if len(CLASSIFIERS[name][1]) > 1 else "-"
        means = each.mean(axis=(0, 2)), each[..., :3].mean(axis=(0, 2)), runs[..., -1].mean(axis=0)
        row = [name, shown, steps, *(f"{a:.3f}" for a in each.mean(axis=(1, 2)))]
        rows.append([*row, *map(spread, (means[0], means[0] - base, *means[1:]))])
    columns = ["loss", "temperature", "steps", *(view.replace("_", " ") for view in VIEWS)]
    columns += ["mean", "mean - softmax", "three rarest", "accuracy"]
    note = (
        "Area under the ROC curve of a class against the rest on 600 test digits, of networks that "
        f"learn from one view. Mean ± standard deviation over {o.seeds} splits and seeds. The most "
        f"frequent class has {IMBALANCE} times as many rows as the rarest. Accuracy is the mean of "
        "the classes."
    )
    write_table("mann_whitney", columns, rows, note)


def table_of_pairs(pairs, o):
    """One row a loss and pair of views: all scores, single queries, and the gap of these."""
    rows = []
    for d, pair in enumerate(PAIRS):
        for name, runs in pairs.items():
            (tau, steps), (pooled, within, rank) = CHOSEN[name], runs[d].T
            row = [" with ".join(pair).replace("_", " "), name, f"{tau:g}", steps]
            areas = [spread(a, 4) for a in (pooled, within, within - pooled)]
            rows.append([*row, *areas, spread(rank)])
    columns = ["views", "loss", "temperature", "steps", "area of all scores"]
    columns += ["mean area of a query", "gap", "reciprocal rank"]
    note = (
        "Scores of 600 test digits of one view with 600 of the other, matching ones against all "
        f"others. Mean ± standard deviation over {o.seeds} splits and seeds."
    )
    write_table("mann_whitney_pairs", columns, rows, note)


def main():
    parser = command_line(__doc__, runs=3)
    parser.add_argument("--tune", action="store_true", help="only try temperatures and steps")
    o = parser.parse_args()
    if o.tune:
        return tune(o)
    areas, pairs = (results_of(*task, o) for task in TASKS)
    table_of_classes(areas, o)
    table_of_pairs(pairs, o)
    picture(areas, pairs)
    return None


if __name__ == "__main__":
    main()
