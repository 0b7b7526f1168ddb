"""Pictures of digits, their random views, and encoders trained on them."""

from dataclasses import dataclass

import numpy as np

from common.network import MLP, Adam
from polycontrast.data import load_digits

HEIGHT, WIDTH = 16, 15
SIZES = (HEIGHT * WIDTH, 128, 64, 64, 32)  # the second layer is judged, the rest is a head


@dataclass
class Digits:
    """Grey pictures ``(N, 16, 15)`` between 0 and 1, and labels that training never sees."""

    pictures: np.ndarray
    labels: np.ndarray

    @property
    def flat(self):
        """One row a picture."""
        return self.pictures.reshape(len(self.pictures), -1)


def split(seed, learn=1024, validation=376):
    """Digits to learn from, to choose settings by, and the 600 others to judge by."""
    views, labels = load_digits()
    pictures = (views["pixel"] / 6).astype(np.float32).reshape(-1, HEIGHT, WIDTH)
    order = np.random.default_rng(seed).permutation(len(labels))
    parts = np.split(order, [learn, learn + validation])
    return [Digits(pictures[rows], labels[rows]) for rows in parts]


def augment(pictures, views, rng, turn=20, stretch=0.15, shift=2, noise=0.2, hole=6):
    """Random views ``(M, B, 240)``: turned, scaled, shifted, noisy, half of them with a hole."""
    n = views * len(pictures)
    angle = np.deg2rad(rng.uniform(-turn, turn, n)).astype(np.float32)
    size = rng.uniform(1 - stretch, 1 + stretch, n).astype(np.float32)
    y, x = (g.ravel().astype(np.float32) for g in np.mgrid[:HEIGHT, :WIDTH])
    y, x = y - y.mean(), x - x.mean()
    cos, sin = (np.cos(angle) / size)[:, None], (np.sin(angle) / size)[:, None]
    move_y, move_x = rng.uniform(-shift, shift, (2, n, 1)).astype(np.float32)
    # Bilinear interpolation; a border of 4 blank pixels takes what falls outside.
    border = 4
    padded = np.pad(pictures, ((0, 0), (border, border), (border, border)))
    tall, wide = padded.shape[1:]
    at_y = np.clip(cos * y - sin * x + move_y + (HEIGHT - 1) / 2 + border, 0, tall - 1.01)
    at_x = np.clip(sin * y + cos * x + move_x + (WIDTH - 1) / 2 + border, 0, wide - 1.01)
    y0, x0 = at_y.astype(np.int32), at_x.astype(np.int32)
    dy, dx = at_y - y0, at_x - x0
    first = np.tile(np.arange(len(pictures), dtype=np.int32) * (tall * wide), views)[:, None]
    corner = first + y0 * wide + x0
    flat = padded.ravel()
    top = flat[corner] * (1 - dx) + flat[corner + 1] * dx
    bottom = flat[corner + wide] * (1 - dx) + flat[corner + wide + 1] * dx
    seen = top * (1 - dy) + bottom * dy
    seen += noise * rng.standard_normal(seen.shape, dtype=np.float32)
    hole_y = rng.integers(-hole, HEIGHT, (n, 1)) - (HEIGHT - 1) / 2
    hole_x = rng.integers(-hole, WIDTH, (n, 1)) - (WIDTH - 1) / 2
    erased = (y >= hole_y) & (y < hole_y + hole) & (x >= hole_x) & (x < hole_x + hole)
    seen[erased & (rng.random((n, 1)) < 0.5)] = 0
    return seen.reshape(views, len(pictures), -1)


def represent(network, rows, layers=2):
    """What the first layers make of rows, ReLU included: the head is left out."""
    for layer in range(layers):
        rows = np.maximum(rows @ network.params[2 * layer] + network.params[2 * layer + 1], 0)
    return rows


def train(objective, pictures, views, batch, steps, seed, stops=(), rate=2e-3):
    """The encoder, yielded after each of the numbers of steps in `stops` and at the end.

    ``objective`` takes outputs ``(M, B, D)`` and returns their gradient. Batches go through all
    pictures before one comes again.
    """
    rng = np.random.default_rng(seed)
    network = MLP(SIZES, rng)
    adam = Adam(network.params, rate)
    queue = []
    for step in range(1, steps + 1):
        if len(queue) < batch:
            queue = list(rng.permutation(len(pictures)))
        rows, queue = queue[:batch], queue[batch:]
        z, back = network.forward(augment(pictures[rows], views, rng))
        adam.step(back(objective(z)))
        if step in stops or step == steps:
            yield network
