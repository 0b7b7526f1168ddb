"""One encoder a view of the six-view digits, trained by the gradient that an objective returns."""

from dataclasses import dataclass

import numpy as np

from common.measures import probe_accuracy
from common.network import MLP, Adam
from polycontrast.align.evaluation import mean_recall_at_1
from polycontrast.data import load_digits

VIEWS = ("fourier", "profile", "karhunen_loeve", "pixel", "zernike", "morphological")
HIDDEN, DIM = 128, 32


@dataclass
class Rows:
    """Some digits: one array a view, and the labels, which training never sees."""

    views: list
    labels: np.ndarray


def digits(n, seed, held_out=600, validation=200):
    """Rows to learn from, to choose by and to judge by, of the first n views, standardised."""
    views, labels = load_digits()
    order = np.random.default_rng(seed).permutation(len(labels))
    parts = np.split(order, [len(order) - held_out - validation, len(order) - held_out])
    found = [views[name].astype(np.float32) for name in VIEWS[:n]]
    learn = parts[0]
    scaled = [(v - v[learn].mean(axis=0)) / (v[learn].std(axis=0) + 1e-6) for v in found]
    return [Rows([v[rows] for v in scaled], labels[rows]) for rows in parts]


class Encoders:
    """An MLP for each view, all with outputs of the same length."""

    def __init__(self, views, rng):
        self.heads = [MLP((v.shape[1], HIDDEN, DIM), rng) for v in views]
        self.params = [p for head in self.heads for p in head.params]

    def __call__(self, views):
        """Unit rows ``(n, B, D)``."""
        z = np.stack([head(v) for head, v in zip(self.heads, views, strict=True)])
        return z / np.linalg.norm(z, axis=-1, keepdims=True)

    def forward(self, views):
        """Outputs ``(n, B, D)``, and ``back`` from their gradient to that of ``params``."""
        passes = [head.forward(v) for head, v in zip(self.heads, views, strict=True)]

        def back(g):
            return [p for (_, pull), one in zip(passes, g, strict=True) for p in pull(one)]

        return np.stack([z for z, _ in passes]), back


def train(objective, learn, *, batch, steps, seed, rate=3e-3, decay=1e-2, watch=None, every=0):
    """Encoders after some steps of Adam, and what ``watch(encoders)`` saw every so many steps.

    ``objective`` takes outputs ``(n, B, D)`` and returns the loss and its gradient.
    """
    rng = np.random.default_rng(seed)
    encoders = Encoders(learn.views, rng)
    optimiser = Adam(encoders.params, rate, decay)
    seen = []
    for step in range(steps + 1):
        if every and step % every == 0:
            seen.append((step, watch(encoders)))
        rows = rng.choice(len(learn.labels), batch, replace=False)
        z, back = encoders.forward([v[rows] for v in learn.views])
        _, g = objective(z)
        if step < steps:
            optimiser.step(back(g))
    return encoders, seen


def cosine_recall(z):
    """Mean recall@1 over the ordered pairs of views ``z (n, B, D)``, by cosine."""
    return mean_recall_at_1(list(z))


def probe_of_mean(z, out, learn, held):
    """Probe accuracy on held-out rows, on the mean of the unit rows of all views."""
    return probe_accuracy(z.mean(axis=0), learn.labels, out.mean(axis=0), held.labels)
