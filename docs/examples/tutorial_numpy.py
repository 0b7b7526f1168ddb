"""Three views in NumPy: an objective of one's own, the check of its gradient, and training."""

import numpy as np
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.data import load_digits
from polycontrast.testing import check_gradient


class WeightedPairs:
    """InfoNCE of each pair of views, times the weight of that pair."""

    def __init__(self, weights):
        self.weights = weights

    def __call__(self, views):
        return self.value_and_grad(views)[0]

    def value_and_grad(self, views, wrt="views"):
        value, grads = 0.0, [np.zeros_like(view) for view in views]
        for (a, b), weight in self.weights.items():
            loss, found = pc.info_nce.value_and_grad(views[a], views[b], temperature=0.1)
            value += weight * loss
            grads[a] += weight * found.x  # a view is part of several pairs, so we add
            grads[b] += weight * found.y
        return value, {"views": grads}


class Mistaken(WeightedPairs):
    """The same value, with a mistake in the gradient: the last view is counted twice."""

    def value_and_grad(self, views, wrt="views"):
        value, grads = super().value_and_grad(views)
        grads["views"][-1] *= 2
        return value, grads


# First the check, on a small random batch: is the gradient that of the value?
rng = np.random.default_rng(0)
weights = {(0, 1): 1.0, (0, 2): 1.0, (1, 2): 0.5}
objective = WeightedPairs(weights)
small = list(rng.standard_normal((3, 5, 3)))
right = check_gradient(objective, small)
right.raise_on_failure()
wrong = check_gradient(Mistaken(weights), small)
print("the mistake is found:", not wrong)

# Then training. Row i of the three views is the same digit; 600 digits are kept for the test.
views, _ = load_digits()
views = [views[name].astype(float) for name in ("pixel", "profile", "karhunen_loeve")]
views = [(v - v.mean(0)) / (v.std(0) + 1e-6) for v in views]
train, test = np.split(rng.permutation(2000), [1400])

# Each view has one matrix, which maps its columns to 32 numbers.
maps = [rng.standard_normal((v.shape[1], 32)) / v.shape[1] ** 0.5 for v in views]
speeds = [np.zeros_like(m) for m in maps]
losses, recalls = [], []
for step in range(150):
    batch = rng.choice(train, 128, replace=False)
    value, grads = objective.value_and_grad([v[batch] @ m for v, m in zip(views, maps)])
    losses.append(value)
    for k, grad in enumerate(grads["views"]):
        speeds[k] = 0.9 * speeds[k] + views[k][batch].T @ grad
        maps[k] = maps[k] - 0.05 * speeds[k]
    if step % 10 == 9:
        z = [v[test] @ m for v, m in zip(views, maps)]
        recalls.append([float(pc.recall_at_k(z[a], z[b], k=1)) for a, b in weights])
print("recall@1 of each pair on 600 unseen digits:", np.round(recalls[-1], 2))

figure = Figure(figsize=(7.6, 3.2), layout="constrained")
left, other = figure.subplots(1, 2)
left.plot(range(10, 151, 10), recalls)
left.legend(["pixel, profile", "pixel, karhunen_loeve", "profile, karhunen_loeve"], frameon=False)
left.set(title="Recall@1, unseen digits", xlabel="step", ylim=(0, 1.03))
for report, mark, name in ((wrong, "x", "with the mistake"), (right, ".", "correct")):
    other.plot(*zip(*[(c.numeric, c.analytic) for c in report.checks]), mark, label=name)
other.axline((0, 0), slope=1, color="0.7", zorder=0)
other.legend(frameon=False)
other.set(title="Check of the gradient", xlabel="numeric derivative", ylabel="by the formula")
figure.savefig("tutorial_numpy.png", dpi=200)
