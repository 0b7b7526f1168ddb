"""Naive hypersphere metrics."""

import math

from .conventions import norm, reduce, unit
from .registry import oracle, torch


@oracle(cases=({"alpha": 1}, {"alpha": 3.0}, {"normalize": False}))
def alignment(x, y, *, alpha=2, normalize=True, reduction="mean"):
    """Mean of |x_i - y_i| to the power `alpha`."""
    x, y = unit(x, normalize), unit(y, normalize)
    square = ((x - y) ** 2).sum(-1)
    zero = square == 0
    safe = torch.where(zero, 1.0, square)
    # The power has no derivative at 0 below 2: the specification takes 0 there.
    losses = square if alpha == 2 else torch.where(zero, 0.0, safe ** (alpha / 2))
    return reduce(losses, None, reduction)


@oracle(cases=({"t": 0.5}, {"normalize": False}))
def uniformity(z, *, t=2, normalize=True):
    """Log of the mean Gaussian kernel over pairs."""
    z = unit(z, normalize)
    n = z.shape[0]
    exponents = [-t * ((z[i] - z[j]) ** 2).sum() for i in range(n) for j in range(i + 1, n)]
    return torch.logsumexp(torch.stack(exponents), 0) - torch.log(
        torch.tensor(n * (n - 1) / 2, dtype=z.dtype, device=z.device)
    )


@oracle(cases=({"normalize": False},))
def centroid_gap(x, y, *, normalize=True):
    """Distance between the mean rows."""
    return norm(unit(x, normalize).mean(0) - unit(y, normalize).mean(0))


@oracle(cases=({"normalize": False},))
def tolerance(z, labels, *, normalize=True):
    """Mean inner product of the pairs with equal labels."""
    z, n = unit(z, normalize), len(labels)
    pairs = [
        z[i] @ z[j] for i in range(n) for j in range(i + 1, n) if int(labels[i]) == int(labels[j])
    ]
    return torch.stack(pairs).mean()


@oracle(cases=({"mask": "B T"},))
def isotropy(hidden, mask=None):
    """One minus the mean cosine over the pairs of each sequence."""
    u, cosines = unit(hidden), []
    for b in range(u.shape[0]):
        there = [t for t in range(u.shape[1]) if mask is None or bool(mask[b, t])]
        cosines += [u[b, i] @ u[b, j] for i in there for j in there if i != j]
    return 1 - torch.stack(cosines).mean()


def gaussian_classes(z, labels, shared, smoothing):
    """Prior, mean and variance of each class."""
    found = []
    for c in range(int(labels.max()) + 1):
        rows = z[labels == c]
        found.append([len(rows) / len(z), rows.mean(0), rows.var(0, unbiased=False) + smoothing])
    if shared:
        variance = sum(prior * v for prior, _, v in found)
        found = [[prior, mean, variance] for prior, mean, _ in found]
    return found


@oracle(
    exact={"smoothing": 0.1, "classes": 2},
    cases=({"shared": False},),
    complete=("labels", "query_labels"),
)
def naive_bayes(
    z,
    labels,
    queries,
    query_labels,
    *,
    shared=True,
    smoothing=1e-9,
    classes=None,
    reduction="mean",
):
    """Posteriors from the densities of one dimension at a time."""
    losses = []
    for q, label in zip(queries, query_labels, strict=True):
        joints = []
        for prior, mean, variance in gaussian_classes(z, labels, shared, smoothing):
            density = torch.distributions.Normal(mean, variance.sqrt()).log_prob(q).sum()
            joints.append(math.log(prior) + density)
        losses.append(torch.logsumexp(torch.stack(joints), 0) - joints[int(label)])
    return reduce(torch.stack(losses), None, reduction)
