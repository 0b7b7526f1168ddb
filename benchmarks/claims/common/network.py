"""A multilayer perceptron in NumPy whose forward gives its own pullback, and Adam."""

import itertools

import numpy as np


class MLP:
    """Linear layers with ReLU between them.

    ``params`` is the flat list ``[W1, b1, W2, b2, ...]``, which `Adam` updates in place. Layers in
    ``linear`` have no ReLU, as the last one; the first layer is 0.
    """

    def __init__(self, sizes, rng, dtype=np.float32, linear=()):
        self.params, self.linear = [], {len(sizes) - 2, *linear}
        for fan_in, fan_out in itertools.pairwise(sizes):
            spread = np.sqrt(2 / fan_in)
            self.params.append((spread * rng.normal(size=(fan_in, fan_out))).astype(dtype))
            self.params.append(np.zeros(fan_out, dtype))

    def __call__(self, x):
        """Outputs ``(..., D)`` for inputs ``(..., C)``; nothing is kept."""
        return self.forward(x)[0]

    def forward(self, x):
        """Outputs, and ``back``: gradient of the outputs to gradients of ``params``."""
        inputs = []
        h = x.reshape(-1, x.shape[-1])
        last = len(self.params) // 2 - 1
        for layer in range(last + 1):
            inputs.append(h)
            h = h @ self.params[2 * layer] + self.params[2 * layer + 1]
            if layer not in self.linear:
                np.maximum(h, 0, out=h)

        def back(g):
            g = g.reshape(-1, g.shape[-1])
            grads = []
            for layer in range(last, -1, -1):
                grads += [g.sum(axis=0), inputs[layer].T @ g]
                if layer:
                    g = g @ self.params[2 * layer].T
                    if layer - 1 not in self.linear:
                        g = g * (inputs[layer] > 0)
            return grads[::-1]

        return h.reshape(*x.shape[:-1], h.shape[-1]), back


class Adam:
    """Adam (Kingma and Ba 2015, arXiv 1412.6980) on arrays that are changed in place."""

    def __init__(self, params, rate=1e-3, decay=0.0, betas=(0.9, 0.999), epsilon=1e-8):
        self.params, self.rate, self.decay, self.betas, self.epsilon = (
            params,
            rate,
            decay,
            betas,
            epsilon,
        )
        self.first = [np.zeros_like(p) for p in params]
        self.second = [np.zeros_like(p) for p in params]
        self.steps = 0

    def step(self, grads):
        """One update, with decoupled weight decay."""
        self.steps += 1
        one, two = self.betas
        rate = self.rate * np.sqrt(1 - two**self.steps) / (1 - one**self.steps)
        for p, g, m, v in zip(self.params, grads, self.first, self.second, strict=True):
            m += (1 - one) * (g - m)
            v += (1 - two) * (g * g - v)
            p -= (rate * m / (np.sqrt(v) + self.epsilon) + self.rate * self.decay * p).astype(
                p.dtype
            )
