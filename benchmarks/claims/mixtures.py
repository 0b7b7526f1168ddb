"""Mixtures of embeddings: of classes of digits, and of patients with real targets.

``python benchmarks/claims/mixtures.py`` trains an encoder of digits on five classes and judges it
on the five others, with mixtures (Metrix) and without. Then it trains an encoder of scikit-learn's
diabetes data with each kind of mixture (SupReMix), and fits a ridge regression on its embeddings.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.measures import knn_accuracy
from common.network import MLP, Adam
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.datasets import load_diabetes
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import polycontrast as pc
from polycontrast.data import load_digits
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

VIEW = "karhunen_loeve"
METRIX = {  # modes, of which one is drawn each step, and the weight of the mixtures
    "no mixtures": ((), 0.0),
    "anchor with negative": (("anchor_neg",), 0.4),
    "positive with negative": (("pos_neg",), 0.4),
    "both, at random": (("anchor_neg", "pos_neg"), 0.4),
    "both, weight 2": (("anchor_neg", "pos_neg"), 2.0),
}
BASES = {
    "multi_similarity": {"scale_neg": 40.0},
    "contrastive": {},
}
SUPREMIX = {  # mixed negatives, mixed positives
    "no mixtures": (False, False),
    "mixed negatives": (True, False),
    "mixed positives": (False, True),
    "both": (True, True),
}
OTHERS = ("rank_n_contrast", "absolute error", "ridge of the inputs")
WINDOW = 20.0  # of the target, whose standard deviation is 77


def unit(z):
    return z / np.maximum(np.linalg.norm(z, axis=-1, keepdims=True), 1e-12)


def classes(seed):
    """Standardised rows and labels of five classes to learn, and of the five others."""
    views, labels = load_digits()
    rows = views[VIEW].astype(np.float32)
    learned = np.isin(labels, np.random.default_rng(seed).permutation(10)[:5])
    rows = (rows - rows[learned].mean(axis=0)) / (rows[learned].std(axis=0) + 1e-6)
    return (rows[learned], labels[learned]), (rows[~learned], labels[~learned])


def metrix(base, how, seed, steps, batch, dim=32):
    """Recall@1 and utilization of the classes that training never saw."""
    (x, labels), (held, held_labels) = classes(seed)
    rng, (modes, weight) = np.random.default_rng(seed), METRIX[how]
    network = MLP((x.shape[1], 128, dim), rng)
    adam = Adam(network.params, 1e-3, decay=1e-2)
    for _ in range(steps):
        rows = rng.choice(len(x), batch, replace=False)
        z, back = network.forward(x[rows])
        if modes:
            *index, lam = pc.metrix_pairs(rng, labels[rows], mode=modes[rng.integers(len(modes))])
            given = z, labels[rows], *index, lam.astype(np.float32)
            options = BASES[base] | {"weight": weight, "wrt": "z"}
            _, grads = pc.metrix.value_and_grad(*given, base=base, **options)
        else:
            _, grads = pc.metric_loss.value_and_grad(z, labels[rows], base=base, **BASES[base])
        adam.step(back(grads.z))
    u, q = unit(network(x)), unit(network(held))
    near = q @ q.T
    np.fill_diagonal(near, -np.inf)
    some = rng.choice(len(x), 400, replace=False)
    _, first, second, lam = pc.metrix_pairs(rng, labels[some], mode="anchor_neg")
    drawn = rng.choice(len(lam), 10 * len(x), replace=False)
    share = lam[drawn, None].astype(np.float32)
    mixed = share * u[some][first[drawn]] + (1 - share) * u[some][second[drawn]]
    return {
        "recall": float((held_labels[near.argmax(axis=1)] == held_labels).mean()),
        "rows": float(pc.utilization(q, u)),
        "with mixtures": float(pc.utilization(q, np.concatenate([u, mixed]))),
        "seen": knn_accuracy(u[::2], labels[::2], u[1::2], labels[1::2]),
    }


def patients(seed, held_out=142):
    """Standardised inputs and targets to learn, and others."""
    x, t = load_diabetes(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(t))
    learn, held = order[held_out:], order[:held_out]
    x = (x - x[learn].mean(axis=0)) / x[learn].std(axis=0)
    return (x[learn], t[learn]), (x[held], t[held])


def contrast(how, z, t, rng):
    """Gradient of an objective by two noisy views."""
    if how == "rank_n_contrast":
        count = z.shape[0] * z.shape[1]
        flat = z.reshape(count, -1)
        _, grads = pc.rank_n_contrast.value_and_grad(flat, np.tile(t, 2), wrt="z")
        return grads.z.reshape(z.shape)
    negatives, positives = SUPREMIX[how]
    lam = pc.supremix_lam(rng, len(t), 2) if negatives else None
    options = dict(mix_positives=positives, window=WINDOW, wrt="z")
    return pc.supremix.value_and_grad(z, t, lam, **options)[1].z


def supremix(how, seed, steps, batch, noise=0.3, dim=16):
    """Mean absolute error on other patients, and how well distances follow those of targets."""
    (x, t), (held, wanted) = patients(seed)
    rng = np.random.default_rng(seed)
    if how == "ridge of the inputs":
        z, out = x, held
    else:
        direct = how == "absolute error"
        network = MLP((x.shape[1], 64, dim) + (1,) * direct, rng, dtype=np.float64)
        adam = Adam(network.params, 1e-3, decay=1e-1)
        for _ in range(steps):
            rows = rng.choice(len(x), batch, replace=False)
            views = x[rows] + noise * rng.normal(size=(2, batch, x.shape[1]))
            z, back = network.forward(views)
            if direct:
                goal = (t[rows] - t.mean()) / t.std()
                adam.step(back(np.sign(z - goal[None, :, None]) / z.size))
            else:
                adam.step(back(contrast(how, z, t[rows], rng)))
        z, out = network(x), network(held)
        if how in SUPREMIX:
            z, out = unit(z), unit(out)
    model = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 25))).fit(z, t)
    return {
        "error": float(np.abs(model.predict(out) - wanted).mean()),
        "order": float(spearmanr(pdist(out), pdist(wanted[:, None]))[0]),
    }


def bars(axes, names, values, title):
    """One mark a way, with the standard deviation over seeds."""
    for k, (name, some) in enumerate(zip(names, values, strict=True)):
        colour = INK if name in OTHERS else CLASS_COLOURS[k % len(CLASS_COLOURS)]
        deviation = np.std(some, ddof=1) if len(some) > 1 else 0.0
        mark = MARKS[k % len(MARKS)]
        axes.errorbar(np.mean(some), -k, xerr=deviation, color=colour, marker=mark, capsize=3)
    axes.set_yticks(-np.arange(len(names)), names)
    axes.set_title(title, loc="left", fontsize=10)
    plain(axes)


def picture(found):
    """Recall and utilization of unseen digits; error and order of patients."""
    figure, grid = plt.subplots(3, 2, figsize=(11, 9), layout="constrained")
    for row, base in zip(grid, BASES, strict=False):
        for axes, what, words in zip(
            row, ("recall", "rows"), ("recall@1", "utilization, lower reaches farther"), strict=True
        ):
            values = [[r[what] for r in found[base, how]] for how in METRIX]
            bars(axes, METRIX, values, f"unseen digits, {base}: {words}")
    names = [*SUPREMIX, *OTHERS]
    for axes, what, words in zip(
        grid[2], ("error", "order"), ("mean absolute error", "order of distances"), strict=True
    ):
        values = [[r[what] for r in found["patients", how]] for how in names]
        bars(axes, names, values, f"diabetes: {words}")
    save_picture(figure, "mixtures")


def more(found, task, how, what, digits=3):
    """Difference from the runs of the same seeds without mixtures, as text."""
    runs = zip(found[task, how], found[task, "no mixtures"], strict=True)
    return spread([one[what] - plain_run[what] for one, plain_run in runs], digits)


def run(task, how, seed, steps, batch):
    """One run of either kind."""
    if task == "patients":
        return supremix(how, seed, steps, batch)
    return metrix(task, how, seed, steps, batch)


def main():
    parser = command_line(__doc__, runs=6)
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--batch", type=int, default=48)
    o = parser.parse_args()
    keys = [(base, how) for base in BASES for how in METRIX]
    keys += [("patients", how) for how in (*SUPREMIX, *OTHERS)]
    cases = [(*key, seed, o.steps, o.batch) for key in keys for seed in seeds(o)]
    results = run_all(run, cases, o.jobs)
    found = {key: [results[c] for c in cases if c[:2] == key] for key in keys}
    rows = []
    for base, how in keys:
        if base in BASES:
            each = ("recall", "rows", "with mixtures", "seen")
            cells = [spread([r[what] for r in found[base, how]]) for what in each]
            cells.insert(1, more(found, base, how, "recall"))
            rows.append([base, how, *cells])
    note = (
        f"Recall@1 among digits of five unseen classes, and how much more it is than without "
        f"mixtures at the same seed; utilization of these by the rows of the "
        f"five learned classes, and by these and ten mixtures a row; accuracy of neighbours on "
        f"the learned classes. Mean ± standard deviation over {o.seeds} seeds, each with other "
        f"classes; {o.steps} steps, batches of {o.batch}."
    )
    columns = [
        "base",
        "mixtures",
        "recall@1",
        "more",
        "utilization",
        "with mixtures",
        "learned classes",
    ]
    write_table("mixtures", columns, rows, note)
    rows = []
    for how in (*SUPREMIX, *OTHERS):
        runs = found["patients", how]
        error, order = ([r[what] for r in runs] for what in ("error", "order"))
        gains = [more(found, "patients", how, w, d) for w, d in (("error", 2), ("order", 3))]
        rows.append([how, spread(error, 2), gains[0], spread(order), gains[1]])
    note = (
        f"Mean absolute error of the target of 142 other patients by a ridge regression on the "
        f"embeddings; rank correlation of distances of embeddings with those of targets, over "
        f"pairs of these patients; how much more each is than without mixtures at "
        f"the same seed. Mean ± standard deviation over {o.seeds} seeds, each with other "
        f"patients; {o.steps} steps, batches of {o.batch} with two noisy views, window {WINDOW:g}."
    )
    write_table(
        "mixtures_targets", ["way", "mean absolute error", "more", "order", "more"], rows, note
    )
    picture(found)


if __name__ == "__main__":
    main()
