"""Discriminative against generative: a linear probe and naive Bayes on frozen features.

``python benchmarks/claims/few_labels.py`` trains encoders without labels, and compares both
classifiers over the number of labels.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.encoders import digits
from common.encoders import train as train_encoders
from common.network import MLP, Adam
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression

import polycontrast as pc
from polycontrast.plot.style import CLASS_COLOURS, MARKS, plain

EACH = (2, 3, 5, 10, 20, 40, 80)  # labels of each class
CLASSIFIERS = {
    "naive Bayes": None,
    "logistic, C = 1": 1.0,
    "logistic, C = 10,000": 1e4,
}
DRAWS = 10
STEPS = 200


def objective_of(name):
    """Loss and gradient by the two outputs."""
    parameter = {"temperature": 1.0} if name == "info_nce" else {"weight": 0.5}

    def loss(z):
        value, grads = pc.objectives()[name].value_and_grad(*z, **parameter)
        return value, np.stack(grads[:2])

    return loss


def six_views(name, seed):
    """Mean of the unit rows of two encoders of the digits that come with the package."""
    learn, _, test = digits(2, seed)
    encoders, _ = train_encoders(objective_of(name), learn, batch=256, steps=STEPS, seed=seed)
    return [(encoders(part.views).mean(axis=0), part.labels) for part in (learn, test)]


def small_pictures(name, seed):
    """Unit rows of one encoder of the 8 x 8 digits of scikit-learn, of shifted and noisy views."""
    pictures, labels = load_digits(return_X_y=True)
    pictures = (pictures / 16).astype(np.float32)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    learn, test = order[:1197], order[1197:]
    network, loss = MLP((64, 128, 32), rng), objective_of(name)
    adam = Adam(network.params, 3e-3, 1e-2)
    for _ in range(STEPS):
        rows = pictures[rng.choice(learn, 256, replace=False)]
        z, back = network.forward(np.stack([seen(rows, rng), seen(rows, rng)]))
        adam.step(back(loss(z)[1]))
    z = network(pictures)
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    return [(z[part], labels[part]) for part in (learn, test)]


def seen(pictures, rng):
    """Pictures that are moved by one pixel at most, with noise."""
    square = np.pad(pictures.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    down, right = rng.integers(0, 3, (2, len(pictures), 1, 1))
    at = np.arange(8)
    rows = np.arange(len(pictures))[:, None, None]
    moved = square[rows, down + at[:, None], right + at].reshape(len(pictures), -1)
    return moved + 0.2 * rng.standard_normal(moved.shape, dtype=np.float32)


def cells(seed):
    """The 30 measurements of scikit-learn's breast cancer data, as they are."""
    x, labels = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(labels))
    return [(x[part], labels[part]) for part in (order[:369], order[369:])]


FEATURES = {
    "six-view digits, info_nce": lambda seed: six_views("info_nce", seed),
    "six-view digits, barlow_twins": lambda seed: six_views("barlow_twins", seed),
    "8 x 8 digits, info_nce": lambda seed: small_pictures("info_nce", seed),
    "8 x 8 digits, barlow_twins": lambda seed: small_pictures("barlow_twins", seed),
    "breast cancer, not trained": cells,
}


def accuracy(strength, rows, labels, test, test_labels):
    """Accuracy of one classifier; naive Bayes has no strength."""
    if strength is None:
        model = pc.naive_bayes.fit(rows, labels)
        return float(np.mean(pc.naive_bayes.predict(model, test) == test_labels))
    model = LogisticRegression(C=strength, max_iter=3000).fit(rows, labels)
    return float(model.score(test, test_labels))


def run(name, seed):
    """Accuracies (number of labels, classifier), mean over draws of the labels."""
    (x, labels), (test, test_labels) = FEATURES[name](seed)
    # As the authors do, features are scaled to [0, 1], which needs no labels.
    low, high = x.min(axis=0), x.max(axis=0)
    x, test = ((t - low) / (high - low) for t in (x.astype(float), test.astype(float)))
    rng, classes = np.random.default_rng([seed, 1]), np.unique(labels)
    found = np.zeros((DRAWS, len(EACH), len(CLASSIFIERS)))
    for draw in range(DRAWS):
        order = [rng.permutation(np.flatnonzero(labels == c)) for c in classes]
        for n, each in enumerate(EACH):
            rows = np.concatenate([some[:each] for some in order])
            given = x[rows], labels[rows], test, test_labels
            found[draw, n] = [accuracy(c, *given) for c in CLASSIFIERS.values()]
    return found.mean(axis=0)


def crossing(lead):
    """Labels of a class at which the lead of naive Bayes ends, on a logarithmic scale."""
    if lead[0] <= 0:
        return f"below {EACH[0]}"
    for n in range(1, len(EACH)):
        if lead[n] <= 0:
            share = lead[n - 1] / (lead[n - 1] - lead[n])
            return f"{EACH[n - 1] * (EACH[n] / EACH[n - 1]) ** share:.2g}"
    return f"above {EACH[-1]}"


def picture(found):
    """Accuracy over the number of labels, one panel for each features."""
    figure, grid = plt.subplots(2, 3, figsize=(11, 6.6), layout="constrained", sharex=True)
    for axes, (name, runs) in zip(grid.flat, found.items(), strict=False):
        for k, (label, colour, mark) in enumerate(
            zip(CLASSIFIERS, CLASS_COLOURS, MARKS, strict=False)
        ):
            axes.errorbar(
                EACH,
                runs.mean(axis=0)[:, k],
                runs.std(axis=0, ddof=1)[:, k] if len(runs) > 1 else None,
                color=colour,
                marker=mark,
                markersize=4,
                capsize=2,
                label=label,
            )
        axes.set(xscale="log", xticks=EACH, xticklabels=EACH)
        axes.minorticks_off()
        axes.set_title(name, loc="left", fontsize=10)
        plain(axes)
    for axes in grid[1, :2]:
        axes.set_xlabel("labels of each class")
    for axes in (grid[0, 2],):
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("labels of each class")
    for axes in grid[:, 0]:
        axes.set_ylabel("accuracy")
    grid[1, 2].axis("off")
    grid[1, 2].legend(*grid[0, 0].get_legend_handles_labels(), loc="center", frameon=False)
    save_picture(figure, "few_labels")


def main():
    o = command_line(__doc__, runs=3).parse_args()
    cases = [(name, seed) for name in FEATURES for seed in seeds(o)]
    results = run_all(run, cases, o.jobs)
    found = {n: np.array([results[c] for c in cases if c[0] == n]) for n in FEATURES}
    rows = []
    for name, runs in found.items():
        mean = runs.mean(axis=0)
        for k, label in enumerate(CLASSIFIERS):
            meets = "-" if k == 0 else crossing(mean[:, 0] - mean[:, k])
            cells_of = [spread(runs[:, EACH.index(each), k]) for each in (2, 5, 20, 80)]
            rows.append([name, label, *cells_of, meets])
    columns = ["features", "classifier", *(f"{n} labels" for n in (2, 5, 20, 80)), "crossing"]
    note = (
        f"Accuracy on held-out rows, mean over {DRAWS} draws of the labels, then mean ± standard "
        f"deviation over {o.seeds} splits and trainings. Crossing: labels of each class at which "
        "naive Bayes stops being better than this classifier, interpolated in the logarithm."
    )
    write_table("few_labels", columns, rows, note)
    picture(found)


if __name__ == "__main__":
    main()
