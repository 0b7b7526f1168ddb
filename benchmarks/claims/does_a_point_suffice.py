"""Does a point suffice? Two views of digits of which one says far more about the label.

``python benchmarks/claims/does_a_point_suffice.py`` trains an encoder of six morphological features
and one of pixels: by contrast alone, with each of three regularisers, with ever more alignment, and
each view by itself; and asks what a probe can still read.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.encoders import Rows
from common.measures import probe
from common.network import MLP, Adam
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss

import polycontrast as pc
from polycontrast.data import load_digits
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, MUTED, plain

VIEWS = ("morphological", "pixel")
HIDDEN, DIM, TAU = 128, 32, 0.1
NOISE, HIDDEN_SHARE = (
    0.3,
    0.2,
)  # augmentation: noise on every feature, and features that are blanked
METHODS = {
    "single view": (1.0,),
    "cross-modal alone": (1.0,),
    "contrast": (1.0,),
    "separation": (0.1, 1.0, 10.0),
    "bridge": (0.1, 1.0, 10.0),
    "geometric": (0.01, 0.1, 1.0),
    "alignment": (1.0, 10.0, 100.0, 1000.0),
}
LONGER = (  # rows that are trained four times as long, too
    ("contrast", 1.0),
    ("separation", 1.0),
    ("bridge", 1.0),
    ("geometric", 0.1),
    ("alignment", 100.0),
)
SEEN = {"pixel": (1,), "morphological": (0,), "both": (0, 1)}


def digits(seed, held_out=600):
    """Rows to learn from and to judge by, of both views, standardised."""
    views, labels = load_digits()
    order = np.random.default_rng(seed).permutation(len(labels))
    learn, held = order[held_out:], order[:held_out]
    found = [views[name].astype(np.float32) for name in VIEWS]
    scaled = [(v - v[learn].mean(axis=0)) / (v[learn].std(axis=0) + 1e-6) for v in found]
    return [Rows([v[rows] for v in scaled], labels[rows]) for rows in (learn, held)]


def augment(rows, rng):
    """The same rows with noise and some features blanked."""
    noisy = rows + NOISE * rng.standard_normal(rows.shape, dtype=np.float32)
    return noisy * (rng.random(rows.shape) >= HIDDEN_SHARE)


def add(grads, *more, weight=1.0):
    """Sum of gradients, place by place."""
    return [a + weight * b for a, b in zip(grads, more, strict=True)]


def gradient(method, weight, x, y, x_aug, y_aug):
    """Gradients of four arrays of outputs."""
    if method == "single view":
        one = pc.info_nce.value_and_grad(x, x_aug, temperature=TAU)[1]
        two = pc.info_nce.value_and_grad(y, y_aug, temperature=TAU)[1]
        return [one.x, two.x, one.y, two.y]
    if method == "cross-modal alone":
        g = pc.info_nce.value_and_grad(x, y, temperature=TAU)[1]
        return [g.x, g.y, np.zeros_like(x), np.zeros_like(y)]
    if method == "separation":
        return separated(weight, x, y, x_aug, y_aug)
    base = pc.multimodal_contrastive.value_and_grad(x, y, x_aug, y_aug, temperature=TAU)[1]
    if method == "contrast":
        return list(base)
    if method == "bridge":  # each modality's augmented rows, on the way to the other
        one = pc.brownian_bridge.value_and_grad(x, y, x_aug)[1]
        two = pc.brownian_bridge.value_and_grad(y, x, y_aug)[1]
        return add(base, one.x + two.y, one.y + two.x, one.x_aug, two.x_aug, weight=weight)
    if method == "geometric":
        more = pc.geometric_consistency.value_and_grad(x, y, x_aug, y_aug)[1]
        return add(base, *more, weight=weight)
    g = pc.alignment.value_and_grad(x, y)[1]
    return add(base, g.x, g.y, np.zeros_like(x), np.zeros_like(y), weight=weight)


def separated(weight, x, y, x_aug, y_aug):
    """The first half of the outputs is shared, the second specific to the modality."""
    half = DIM // 2
    shared, own = ([t[:, s] for t in (x, y, x_aug, y_aug)] for s in (slice(half), slice(half, DIM)))
    base = pc.multimodal_contrastive.value_and_grad(*shared, temperature=TAU)[1]
    more = pc.feature_separation.value_and_grad(*shared[:2], *own, temperature=TAU)[1]
    first = [
        base.x + weight * more.x,
        base.y + weight * more.y,
        base.x_aug,
        base.y_aug,
    ]
    second = [more.x_specific, more.y_specific, more.x_specific_aug, more.y_specific_aug]
    return [np.hstack([a, weight * b]) for a, b in zip(first, second, strict=True)]


def train(method, weight, learn, seed, steps, batch, rate=3e-3):
    """One encoder a view, trained."""
    rng = np.random.default_rng(seed)
    heads = [MLP((v.shape[1], HIDDEN, DIM), rng) for v in learn.views]
    adam = Adam([p for head in heads for p in head.params], rate, decay=1e-2)
    for step in range(steps):
        adam.rate = rate * 0.5 * (1 + float(np.cos(np.pi * step / steps)))
        rows = rng.choice(len(learn.labels), batch, replace=False)
        plainly = [v[rows] for v in learn.views]
        passes = [
            head.forward(np.stack([v, augment(v, rng)]))
            for head, v in zip(heads, plainly, strict=True)
        ]
        (x, x_aug), (y, y_aug) = (z for z, _ in passes)
        gx, gy, gx_aug, gy_aug = gradient(method, weight, x, y, x_aug, y_aug)
        pulls = [back for _, back in passes]
        adam.step(pulls[0](np.stack([gx, gx_aug])) + pulls[1](np.stack([gy, gy_aug])))
    return heads


def parts(z, method):
    """Unit rows of the outputs; shared and specific features each of unit length."""
    pieces = np.split(z, 2, axis=1) if method == "separation" else [z]
    return [p / np.linalg.norm(p, axis=1, keepdims=True) for p in pieces]


def read(learn, labels, held, truth):
    """Accuracy and cross-entropy of a probe."""
    model = probe(learn, labels)
    guess = model.predict_proba(held)
    return float(np.mean(model.classes_[guess.argmax(axis=1)] == truth)), log_loss(truth, guess)


def run(method, weight, seed, steps, batch):
    """Squared distance of matching shared features, and what probes read."""
    learn, held = digits(seed)
    heads = train(method, weight, learn, seed, steps, batch)
    a, b = (
        [parts(h(v), method) for h, v in zip(heads, r.views, strict=True)] for r in (learn, held)
    )
    apart = float(np.square(b[0][0] - b[1][0]).sum(axis=1).mean())
    found = [apart]
    for which in SEEN.values():
        one, two = (np.hstack([p for k in which for p in z[k]]) for z in (a, b))
        found += read(one, learn.labels, two, held.labels)
    one, two = (np.hstack([z[0][0], z[1][0]]) for z in (a, b))  # what is shared, alone
    return (*found, *read(one, learn.labels, two, held.labels))


def inputs(seed):
    """The same for the features as they are: the better of a probe and a random forest."""
    learn, held = digits(seed)
    found = [np.nan]
    for which in SEEN.values():
        one, two = (np.hstack([r.views[k] for k in which]) for r in (learn, held))
        forest = RandomForestClassifier(200, min_samples_leaf=2, random_state=seed)
        guess = forest.fit(one, learn.labels).predict_proba(two)
        wood = (float(np.mean(guess.argmax(axis=1) == held.labels)), log_loss(held.labels, guess))
        line = read(one, learn.labels, two, held.labels)
        found += [max(wood[0], line[0]), min(wood[1], line[1])]
    return (*found, np.nan, np.nan)


def picture(found, raw):
    """Accuracy of each method, and cross-entropy over how far matching features are apart."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 5.4), layout="constrained")
    order = list(found)[::-1]
    for k, (name, colour, mark) in enumerate(zip(SEEN, CLASS_COLOURS, MARKS, strict=False)):
        runs = [found[key][:, 1 + 2 * k] for key in order]
        spots = np.arange(len(order)) + 0.2 * (1 - k)
        spreads = [r.std(ddof=1) if len(r) > 1 else 0 for r in runs]
        left.errorbar(
            [r.mean() for r in runs],
            spots,
            xerr=spreads,
            color=colour,
            marker=mark,
            linestyle="none",
            capsize=2,
            label=name,
        )
        left.axvline(raw[:, 1 + 2 * k].mean(), color=colour, linestyle=":")
    left.set_yticks(range(len(order)), [label(*key) for key in order])
    left.set_title("probe accuracy; dotted: of the inputs", loc="left", fontsize=10)
    left.set_xlabel("features of the pixels, of the morphological view, or of both")
    left.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
    left.grid(axis="y", color=MUTED, alpha=0.15)
    plain(left)
    looks = zip(METHODS, CLASS_COLOURS, MARKS, strict=False)
    for method, colour, mark in looks:
        weights = METHODS[method]
        runs = [found[method, w].mean(axis=0) for w in weights]
        right.plot(
            [r[0] for r in runs], [r[2] for r in runs], color=colour, marker=mark, label=method
        )
    for value, words in ((raw[:, 4].mean(), "morphological inputs"), (raw[:, 2].mean(), "pixels")):
        right.axhline(value, color=INK, linestyle=":")
        right.annotate(
            words,
            (1, value),
            (0, 3),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            fontsize=8,
            color=INK,
        )
    right.set_xscale("log")
    right.set(xlabel="mean squared distance of matching shared features", ylabel="nats")
    right.set_title("cross-entropy of a probe on pixel features", loc="left", fontsize=10)
    right.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=4)
    plain(right)
    save_picture(figure, "does_a_point_suffice")


def label(method, weight):
    """Name of a row, with its weight where there are several."""
    return f"{method}, {weight:g}" if len(METHODS[method]) > 1 else method


def longer(o, results):
    """Some of the rows again, on the first splits alone, with more steps."""
    times, some = (1, 4), list(seeds(o))[:2]
    cases = [(*key, s, times[-1] * o.steps, o.batch) for key in LONGER for s in some]
    results = results | run_all(run, cases, o.jobs)
    rows = []
    for method, weight in LONGER:
        row = [label(method, weight)]
        for n in times:
            runs = [results[method, weight, s, n * o.steps, o.batch] for s in some]
            row += [f"{np.mean([r[k] for r in runs]):.3f}" for k in range(3)]
        rows.append(row)
    columns = [
        f"{what}, {n * o.steps} steps" for n in times for what in ("distance", "accuracy", "nats")
    ]
    note = f"Pixel features, mean over the first {len(some)} splits; otherwise as above."
    write_table("does_a_point_suffice_longer", ["training", *columns], rows, note)


def main():
    parser = command_line(__doc__, runs=5)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--batch", type=int, default=128)
    o = parser.parse_args()
    keys = [(method, weight) for method, weights in METHODS.items() for weight in weights]
    cases = [(*key, seed, o.steps, o.batch) for key in keys for seed in seeds(o)]
    results = run_all(run, cases, o.jobs)
    found = {key: np.array([results[c] for c in cases if c[:2] == key]) for key in keys}
    raw = run_all(inputs, [(seed,) for seed in seeds(o)], o.jobs)
    raw = np.array([raw[seed,] for seed in seeds(o)])
    rows = [["inputs", "", "", *(spread(raw[:, i]) for i in range(1, 7)), ""]]
    for (method, weight), runs in found.items():
        weighed = f"{weight:g}" if len(METHODS[method]) > 1 else ""
        rows.append([method, weighed, *(spread(runs[:, i]) for i in (*range(7), 8))])
    note = (
        f"Mean squared distance between matching shared features of 600 held-out digits; accuracy "
        f"and cross-entropy in nats of a probe on features of one view or of both, and on the "
        f"shared features of both alone; mean ± standard deviation over {o.seeds} splits and "
        f"seeds; {o.steps} steps with batches of {o.batch}. Inputs: the better of a probe and a "
        f"random forest."
    )
    columns = ["training", "weight", "distance"]
    columns += [f"{name}, {what}" for name in SEEN for what in ("accuracy", "nats")]
    write_table("does_a_point_suffice", [*columns, "shared alone, nats"], rows, note)
    longer(o, results)
    picture(found, raw)


if __name__ == "__main__":
    main()
