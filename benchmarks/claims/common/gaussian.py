"""Views that are noisy copies of one number, and what is exactly known of them."""

import numpy as np
from scipy.special import logsumexp


def draw(rng, views, samples, noise):
    """``x_a = c + sqrt(noise) e_a`` with ``c`` and ``e`` standard normal: ``(M, K, 1)``."""
    c = rng.standard_normal((samples, 1), dtype=np.float32)
    e = rng.standard_normal((views, samples, 1), dtype=np.float32)
    return c + np.float32(np.sqrt(noise)) * e


def information(views, noise):
    """Mutual information of one view with all others, in nats."""
    return 0.5 * np.log((1 + 1 / noise) * (1 - 1 / (noise + views)))


def log_ratio(x, t, noise, count):
    """``log p(x | t) / p(x)`` for a view ``x`` and the mean ``t`` of ``count`` others."""
    gain = 1 / (1 + noise / count)  # the mean of c given t is gain * t, its variance 1 - gain
    conditional = 1 - gain + noise
    return 0.5 * (
        np.log((1 + noise) / conditional) + x**2 / (1 + noise) - (x - gain * t) ** 2 / conditional
    )


def _others(s):
    """Log-sum of the exponentials of a row over all other samples: ``(M, K)`` of (M, K, N, K)."""
    own = np.eye(s.shape[1], dtype=bool)[None, :, None, :]
    return logsumexp(np.where(own, -np.inf, s), axis=(2, 3))


def ceilings(x, noise):
    """Bounds on a batch ``(M, K)`` when critics are exact, by loss."""
    m, k = x.shape
    away = ~np.eye(m, dtype=bool)
    s = log_ratio(x[:, :, None, None], x[None, None], noise, 1)  # (M, K, M, K)
    most = np.log(m * k - m + 1)
    positive = np.einsum("aibi->aib", s)
    cost = np.logaddexp(_others(s)[..., None], positive) - positive  # (M, K, M)
    cost = cost.transpose(0, 2, 1)[away]  # (M (M - 1), K)
    best = logsumexp(-cost.reshape(m, m - 1, k), axis=1) - np.log(m - 1)
    rest = (x.sum(axis=0) - x) / (m - 1)
    t = log_ratio(x[:, :, None, None], rest[None, None], noise, m - 1)
    own = np.einsum("aiai->ai", t)
    bounds = {
        "geometric": most - cost.mean(),
        "arithmetic": most + best.mean(),
        "sufficient statistics": most - (np.logaddexp(_others(t), own) - own).mean(),
    }
    pairs = []
    for a in range(m):
        for b in range(a + 1, m):
            for i, j in ((a, b), (b, a)):  # each against itself and the other
                two = s[i : i + 1][:, :, [i, j]]
                p = positive[i, :, j]
                pairs.append((np.logaddexp(_others(two)[0], p) - p).mean())
    bounds["multi-crop"] = np.log(2 * k - 1) - np.mean(pairs)
    return bounds
