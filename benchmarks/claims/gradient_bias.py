"""Gradient bias of small batches: which estimators point where the whole data set points.

``python benchmarks/claims/gradient_bias.py`` compares expected gradients of small batches with
that of all digits, and trains one number on synthetic pairs with noisy negatives.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds

import polycontrast as pc
from polycontrast.data import load_digits
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

TAU, DIM, SAMPLES = 0.1, 16, 1024
BATCHES = (4, 8, 16, 32, 64, 128, 256)
# Loss of a batch, and whose gradient on all samples it should have.
ESTIMATORS = {
    "InfoNCE": "InfoNCE",
    "decoupled": "decoupled",
    "gamma, known normaliser": "InfoNCE",
    "gamma, running normaliser": "InfoNCE",
    "SogCLR, running normaliser": "FLO, known normaliser",
    "FLO, known normaliser": "FLO, known normaliser",
}

# Gradients of digits


def digits():
    """Two feature sets of the same digits, centred and scaled column by column."""
    views, _ = load_digits()
    made = []
    for name in ("pixel", "fourier"):
        rows = views[name].astype(np.float64)
        made.append((rows - rows.mean(axis=0)) / np.maximum(rows.std(axis=0), 1e-6))
    return made


class Estimator:
    """Gradient of a batch with respect to two linear heads, and the state that it keeps."""

    def __init__(self, name, x, y, decay=0.5):
        self.name, self.decay, n = name, decay, len(x)
        self.total = n
        self.log_z = np.full(n, -np.inf)
        self.log_u = np.full((2, n), -np.inf)
        if "known" in name:
            self.log_z = pc.log_normalizer(x, y, temperature=TAU)
            self.log_u = pc.update_log_u(x, y, self.log_u, TAU)

    def __call__(self, x, y, rows):
        """Gradients of the embeddings of a batch."""
        scale = (self.total - 1) / (len(rows) - 1)
        if self.name == "InfoNCE":
            return pc.info_nce.value_and_grad(x, y, temperature=TAU, symmetric=False)[1]
        if self.name == "decoupled":
            return pc.dcl.value_and_grad(x, y, temperature=TAU)[1]
        if self.name.startswith("gamma"):
            old = pc.gather_state(self.log_z, rows)
            if "running" in self.name:
                now = pc.log_normalizer(x, y, temperature=TAU, scale=scale)
                new = pc.update_log_normalizer(old, now, self.decay)
                self.log_z = pc.scatter_state(self.log_z, rows, new)
                old = np.where(np.isinf(old), now, old)
            return pc.gamma_info_nce.value_and_grad(
                x, y, -old, temperature=TAU, scale=scale, wrt=("x", "y")
            )[1]
        if self.name.startswith("SogCLR"):
            old = pc.gather_state(self.log_u, rows)
            _, grads, new = pc.global_contrastive_step(x, y, old, TAU, gamma=self.decay)
            self.log_u = pc.scatter_state(self.log_u, rows, new)
            return grads
        # FLO in both directions, from the pair of embeddings; it is maximised.
        one = pc.flo_bound.value_and_grad(
            (x, y), self.log_u[0][rows], temperature=TAU, wrt="scores"
        )[1].scores
        two = pc.flo_bound.value_and_grad(
            (y, x), self.log_u[1][rows], temperature=TAU, wrt="scores"
        )[1].scores
        return -(one[0] + two[1]) / 2, -(one[1] + two[0]) / 2


def unit(z):
    """Rows of unit length, and the pullback."""
    length = np.linalg.norm(z, axis=1, keepdims=True)
    z = z / length
    return z, lambda g: (g - (g * z).sum(axis=1, keepdims=True) * z) / length


def head_gradient(estimator, features, embedded, rows):
    """Gradients of both heads on one batch, as one vector."""
    batch = [z[rows] for z in embedded]
    grads = estimator(*batch, rows)
    return np.concatenate(
        [(f[rows].T @ np.asarray(g)).ravel() for f, g in zip(features, grads, strict=True)]
    )


def bias(name, seed, epochs):
    """Cosine and ratio of norms of the expected gradient to the full one, for each batch size."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(2000)[:SAMPLES]
    features = [view[chosen] for view in digits()]
    heads = [rng.standard_normal((f.shape[1], DIM)) / f.shape[1] ** 0.5 for f in features]
    embedded = [f @ w for f, w in zip(features, heads, strict=True)]
    limit = Estimator(ESTIMATORS[name], *embedded)
    full = head_gradient(limit, features, embedded, np.arange(SAMPLES))
    found = []
    for batch in BATCHES:
        estimator, total = Estimator(name, *embedded), 0.0
        for epoch in range(-2, epochs):  # the first two only fill the states
            for rows in rng.permutation(SAMPLES).reshape(-1, batch):
                gradient = head_gradient(estimator, features, embedded, rows)
                total = total + gradient if epoch >= 0 else 0.0
        # SogCLR's loss is that of FLO times the temperature.
        total = total / (epochs * SAMPLES // batch)
        total = total / TAU if name.startswith("SogCLR") else total
        cosine = total @ full / np.linalg.norm(total) / np.linalg.norm(full)
        found.append((cosine, np.linalg.norm(total) / np.linalg.norm(full)))
    return np.array(found)


# One number on synthetic pairs

NOISES = (0.0, 0.5, 1.0)
TRAINED = ("decoupled", "InfoNCE", "gamma, one draw", "gamma, posterior mean", "SogCLR")
POINTS, KAPPA, SMALL = 64, 2.0, 4


def pairs():
    """Points on the sphere, and partners from a von Mises-Fisher distribution around them."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((POINTS, 3))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    r = rng.random(POINTS)
    w = 1 + np.log(r + (1 - r) * np.exp(-2 * KAPPA)) / KAPPA
    t = rng.standard_normal((POINTS, 3))
    t -= (t * x).sum(axis=1, keepdims=True) * x
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    return KAPPA * x @ (w[:, None] * x + np.sqrt(1 - w**2)[:, None] * t).T


def optimum(s):
    """Newton's method on the loss of all pairs, the positive outside of the normaliser."""
    theta, own = 1.0, np.diag(s).mean()
    for _ in range(50):
        e = np.where(np.eye(POINTS, dtype=bool), 0, np.exp(theta * s))
        p = e / e.sum(axis=1, keepdims=True)
        mean = (p * s).sum(axis=1)
        theta -= (mean.mean() - own) / ((p * s**2).sum(axis=1) - mean**2).mean()
    return theta


def train(name, sigma, runs, epochs, seed):
    """What training leads to, over the optimum, for independent runs side by side."""
    rng, s = np.random.default_rng(seed + 1), pairs()
    theta, state = rng.uniform(0, 2, runs), np.full((runs, POINTS), -np.inf)
    each, late, kept = np.arange(runs)[:, None], [], SMALL - 1
    off = ~np.eye(SMALL, dtype=bool)
    for epoch in range(epochs):
        order = rng.permuted(np.tile(np.arange(POINTS), (runs, 1)), axis=1)
        gamma, step = (epoch + 1) ** -0.7, 0.02 * min(1, 600 / (epoch + 1))
        for start in range(0, POINTS, SMALL):
            rows = order[:, start : start + SMALL]
            block = s[rows[:, :, None], rows[:, None, :]]
            own = block[:, range(SMALL), range(SMALL)]
            logits = theta[:, None, None] * block
            logits = logits + sigma * rng.standard_normal(block.shape) - sigma**2 / 2
            e = np.exp(logits) * off
            positive = np.exp(theta[:, None] * own)
            if name in ("decoupled", "InfoNCE"):
                total = e.sum(axis=2) + (positive if name == "InfoNCE" else 0)
                pulled = (e * block).sum(axis=2) + (positive * own if name == "InfoNCE" else 0)
                g = pulled / total - own
            else:
                # The mean of e over negatives is what both estimators follow.
                now = np.log(e.sum(axis=2) / kept)
                old = state[each, rows]
                new = np.logaddexp(np.log1p(-gamma) + old, np.log(gamma) + now) if epoch else now
                state[each, rows] = new
                before = now if not epoch else old
                log_u = -new if name == "SogCLR" else -before
                draw = rng.exponential(size=now.shape) if name == "gamma, one draw" else 1.0
                g = draw * np.exp(log_u) * (e * block).sum(axis=2) / kept - own
            theta = theta - step * np.clip(g.mean(axis=1), -5, 5)
        if epoch >= 0.8 * epochs:
            late.append(theta)
    return np.mean(late, axis=0) / optimum(s)


def picture(found, trained):
    """Cosine and norm over the batch, and where training ends."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    for name, colour, mark in zip(ESTIMATORS, CLASS_COLOURS, MARKS, strict=False):
        for axes, k in ((left, 0), (middle, 1)):
            runs = found[name][:, :, k]
            axes.plot(BATCHES, runs.mean(axis=0), color=colour, marker=mark, label=name)
    for axes, title in ((left, "cosine with the full gradient"), (middle, "norm over its norm")):
        axes.set_xscale("log", base=2)
        axes.set_xticks(BATCHES, map(str, BATCHES))
        axes.axhline(1, color=INK, linestyle=":")
        axes.set(xlabel="batch")
        axes.set_title(title, loc="left", fontsize=10)
        plain(axes)
    for name, colour, mark in zip(TRAINED, CLASS_COLOURS, MARKS, strict=False):
        ends = [trained[name, sigma] for sigma in NOISES]
        centre = [e.mean() for e in ends]
        reach = [[e.mean() - e.min() for e in ends], [e.max() - e.mean() for e in ends]]
        right.errorbar(NOISES, centre, reach, color=colour, marker=mark, capsize=3, label=name)
    right.axhline(1, color=INK, linestyle=":")
    right.set_yscale("log")
    right.set(xlabel="noise of the negatives", xticks=NOISES)
    right.set_title("trained number over the optimum", loc="left", fontsize=10)
    plain(right)
    left.legend(frameon=False, fontsize=8)
    right.legend(frameon=False, fontsize=8)
    save_picture(figure, "gradient_bias")


def main():
    parser = command_line(__doc__, runs=3)
    parser.add_argument("--epochs", type=int, default=8, help="over which gradients are averaged")
    parser.add_argument("--training", type=int, default=3000, help="epochs of the one number")
    parser.add_argument("--runs", type=int, default=10, help="of the one number")
    o = parser.parse_args()
    cases = [(name, seed, o.epochs) for name in ESTIMATORS for seed in seeds(o)]
    results = run_all(bias, cases, o.jobs)
    found = {name: np.array([results[c] for c in cases if c[0] == name]) for name in ESTIMATORS}
    keys = [(name, sigma, o.runs, o.training, o.first_seed) for name in TRAINED for sigma in NOISES]
    ends = run_all(train, keys, o.jobs)
    trained = {key[:2]: ends[key] for key in keys}
    rows = [
        [name, *(spread(found[name][:, i, 0], 3) for i in range(len(BATCHES)))]
        for name in ESTIMATORS
    ]
    note = (
        f"Cosine of the expected gradient of a batch with that of all {SAMPLES} samples; mean ± "
        f"standard deviation over {o.seeds} seeds; {o.epochs} epochs of batches each."
    )
    write_table("gradient_bias", ["loss", *(f"B = {b}" for b in BATCHES)], rows, note)
    rows = [[name, *(_range(trained[name, sigma]) for sigma in NOISES)] for name in TRAINED]
    note = (
        f"Trained number over the optimum: mean [least, most] of {o.runs} runs of {o.training} "
        f"epochs, batches of {SMALL} out of {POINTS}."
    )
    write_table("gradient_bias_trained", ["loss", *(f"noise {s:g}" for s in NOISES)], rows, note)
    picture(found, trained)


def _range(ends):
    return f"{ends.mean():.3f} [{ends.min():.3f}, {ends.max():.3f}]"


if __name__ == "__main__":
    main()
