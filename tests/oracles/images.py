"""Naive comparisons of images and changes of their style."""

import math

from .conventions import reduce
from .registry import oracle, torch


def gaussian(size, sigma):
    """Weights of a square window, with sum 1."""
    line = [math.exp(-((i - size // 2) ** 2) / (2 * sigma**2)) for i in range(size)]
    table = torch.tensor([[a * b for b in line] for a in line], dtype=torch.float64)
    return table / table.sum()


def maps(a, b, data_range, size, sigma, k1, k2):
    """Luminance, and contrast times structure, of two channels at every place of the window."""
    weights = gaussian(size, sigma).to(a.dtype)
    c1, c2 = (k1 * data_range) ** 2, (k2 * data_range) ** 2
    light, structure = [], []
    for i in range(a.shape[0] - size + 1):
        for j in range(a.shape[1] - size + 1):
            p, q = a[i : i + size, j : j + size], b[i : i + size, j : j + size]
            mean_p, mean_q = (weights * p).sum(), (weights * q).sum()
            p, q = p - mean_p, q - mean_q
            of_p, of_q, both = ((weights * t).sum() for t in (p * p, q * q, p * q))
            light.append((2 * mean_p * mean_q + c1) / (mean_p**2 + mean_q**2 + c1))
            structure.append((2 * both + c2) / (of_p + of_q + c2))
    return torch.stack(light), torch.stack(structure)


@oracle(
    exact={"window_size": 3},
    cases=(
        {"data_range": 4.0, "sigma": 0.7},
        {"window_size": 4},
        {"k1": 0.5, "k2": 0.3},
    ),
)
def ssim(x, y, *, data_range=1.0, window_size=11, sigma=1.5, k1=0.01, k2=0.03, reduction="mean"):
    """One minus the mean over channels and places."""
    losses = []
    for image, other in zip(x, y, strict=True):
        channels = []
        for a, b in zip(image, other, strict=True):
            light, structure = maps(a, b, data_range, window_size, sigma, k1, k2)
            channels.append((light * structure).mean())
        losses.append(1 - torch.stack(channels).mean())
    return reduce(torch.stack(losses), None, reduction)


def half(a):
    """Means of 2 x 2 pixels, after zeros in front of an odd side."""
    down, across = a.shape[0] % 2, a.shape[1] % 2
    a = torch.nn.functional.pad(a, (across, 0, down, 0))
    return (a[::2, ::2] + a[1::2, ::2] + a[::2, 1::2] + a[1::2, 1::2]) / 4


@oracle(
    exact={"window_size": 3, "weights": (0.4, 0.6), "data_range": 4.0, "k2": 0.5},
    cases=(
        {"weights": (1.0,), "sigma": 0.7},
        {"window_size": 2, "weights": (0.2, 0.5, 0.7), "k1": 0.5},
        {"k2": 0.03, "data_range": 1.0},
    ),
)
def ms_ssim(
    x,
    y,
    *,
    data_range=1.0,
    window_size=11,
    sigma=1.5,
    k1=0.01,
    k2=0.03,
    weights=(0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    reduction="mean",
):
    """One minus the mean over channels of the product of powers."""
    losses = []
    for image, other in zip(x, y, strict=True):
        products = []
        for a, b in zip(image, other, strict=True):
            whole = torch.ones((), dtype=a.dtype)
            for j, weight in enumerate(weights):
                light, structure = maps(a, b, data_range, window_size, sigma, k1, k2)
                mean = (light * structure if j == len(weights) - 1 else structure).mean()
                whole = whole * mean**weight if mean > 0 else 0.0 * a.sum()
                a, b = half(a), half(b)
            products.append(whole)
        losses.append(1 - torch.stack(products).mean())
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"cotangent": "B C H W"},
        {"adv_weight": 0.3, "cotangent": "B C H W"},
        {"eps": 0.1},
    )
)
def adv_style(
    x, adv_mu, adv_sigma, noise_mu, noise_sigma, cotangent=None, *, adv_weight=1.0, eps=1e-6
):
    """Each channel of each image with another mean and deviation; reversed gradients of both."""

    def reversed_gradient(t):
        return (1 + adv_weight) * t.detach() - adv_weight * t

    mu, sigma = reversed_gradient(adv_mu), reversed_gradient(adv_sigma)
    images = []
    for b in range(x.shape[0]):
        channels = []
        for c in range(x.shape[1]):
            t = x[b, c]
            deviation = (t.var(correction=1) + eps).sqrt()
            unit = (t - t.mean()) / deviation
            stretched = unit * (deviation + noise_sigma[b, c] * sigma[c])
            channels.append(stretched + t.mean() + noise_mu[b, c] * mu[c])
        images.append(torch.stack(channels))
    out = torch.stack(images)
    return out if cotangent is None else (out * cotangent).sum()
