"""Naive kernel losses."""

import math

from .conventions import apart, reduce, unit
from .registry import oracle, torch


def _square(u, v):
    return ((u - v) ** 2).sum(-1)


@oracle(
    cases=(
        {"divergence": "chi2", "sigma": 0.8},
        {"divergence": "js", "weight": 2.0},
        {"divergence": "hellinger"},
        {"divergence": "js", "normalize": False},
    )
)
def f_micl(x, y, *, divergence="kl", sigma=1.0, weight=1.0, normalize=True, reduction="mean"):
    """Divergence of matching and other rows of x, by the convex conjugate of f."""
    x, y = unit(x, normalize), unit(y, normalize)

    def log_u(a, b):
        return -_square(a, b) / (2 * sigma**2)

    def slope(s):
        u = torch.exp(s)
        return {
            "kl": lambda: 1 + s,
            "chi2": lambda: 2 * (u - 1),
            "js": lambda: math.log(2) + s - torch.log(1 + u),
            "hellinger": lambda: 1 - torch.exp(-s / 2),
        }[divergence]()

    def conjugate(s):
        u = torch.exp(s)
        return {
            "kl": lambda: u,
            "chi2": lambda: u**2 - 1,
            "js": lambda: torch.log((1 + u) / 2),
            "hellinger": lambda: torch.sqrt(u) - 1,
        }[divergence]()

    losses = []
    for i in range(x.shape[0]):
        others = [conjugate(log_u(x[i], x[j])) for j in range(x.shape[0]) if j != i]
        losses.append(weight * torch.stack(others).mean() - slope(log_u(x[i], y[i])))
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"temperature": 2.0}, {"normalize": True}))
def joint_entropy(x, y, *, temperature=0.5, normalize=False, reduction="mean"):
    """Mean log of the mean product of two Gaussian kernels."""
    x, y = unit(x, normalize), unit(y, normalize)
    n, losses = x.shape[0], []
    for i in range(n):
        exponents = [
            -(_square(x[i], x[j]) + _square(y[i], y[j])) / (2 * temperature) for j in range(n)
        ]
        losses.append(torch.logsumexp(torch.stack(exponents), 0) - math.log(n))
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"exponent": 1.0},
        {"exponent": 2.0, "eps": 0.3, "temperature": 0.2},
        {"normalize": False},
        {"ids": "B", "eps": 0.3},
    )
)
def alpha_cl(
    x, y, ids=None, *, temperature=0.5, exponent=4.0, eps=0.0, normalize=True, reduction="mean"
):
    """Negatives minus positive, weighted by powers of the distance that are constants."""
    z, b = torch.cat([unit(x, normalize), unit(y, normalize)]), x.shape[0]
    losses = []
    for a in range(2 * b):
        partner = (a + b) % (2 * b)
        negatives = [k for k in range(2 * b) if apart(a % b, k % b, ids)]
        if not negatives:
            losses.append(0.0 * z[a].sum())
            continue
        c = z[negatives] @ z[a]
        logs = -((1 - c).clamp(min=0) ** exponent) / temperature
        if eps:
            rest = torch.full_like(logs[:1], math.log(eps * len(negatives)))
            logs = torch.cat([logs, rest])
        weights = torch.softmax(logs, 0)[: len(negatives)].detach()
        losses.append((weights * (c - z[a] @ z[partner])).sum())
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"cost": "rbf", "tau_neg": 2.0},
        {"alpha": 0.5, "beta": 3.0, "tau_pos": 0.4, "tau_neg": 0.9, "normalize": False},
        {"stop_grad_weights": True},
        {"stop_grad_weights": True, "cost": "rbf", "t": 1.0},
    )
)
def cacr(
    views,
    *,
    alpha=1.0,
    beta=1.0,
    tau_pos=1.0,
    tau_neg=1.0,
    cost="euclidean",
    t=2.0,
    stop_grad_weights=False,
    normalize=True,
    reduction="mean",
):
    """Weighted distances to positives, and minus those (or log kernels) to negatives."""
    views = [unit(view, normalize) for view in views]
    m, b = len(views), views[0].shape[0]

    def mean(logits, values):
        weights = torch.softmax(logits, 0)
        return ((weights.detach() if stop_grad_weights else weights) * values).sum()

    attraction, repulsion = [[] for _ in range(b)], []
    for a in range(m):
        for i in range(b):
            d = torch.stack([_square(views[a][i], views[c][i]) for c in range(m) if c != a])
            attraction[i].append(mean(tau_pos * d, d))
    for a in range(m):
        for c in range(a + 1, m):
            costs = []
            for i in range(b):
                d = torch.stack([_square(views[a][i], views[c][j]) for j in range(b) if j != i])
                costs.append(mean(-tau_neg * d, torch.exp(-t * d) if cost == "rbf" else -d))
            costs = torch.stack(costs)
            repulsion.append(torch.log(costs.mean()).expand(b) if cost == "rbf" else costs)
    pulled = torch.stack([torch.stack(terms).mean() for terms in attraction])
    losses = alpha * pulled + beta * torch.stack(repulsion).mean(0)
    # Held or not, both are part of the graph.
    return reduce(losses + 0.0 * (tau_pos + tau_neg), None, reduction)


# With weights of 1000 the differences of the common rows would be lost in the value's rounding.
@oracle(
    exact={"salient_weight": 3.0, "null_weight": 2.0},
    cases=({"temperature": 1.5, "uniform_weight": 0.5, "mi_weight": 2.0},),
)
def sepclr(
    common_x,
    common_y,
    salient_x,
    salient_y,
    labels,
    *,
    temperature=0.5,
    uniform_weight=2.0,
    salient_weight=1000.0,
    null_weight=1000.0,
    mi_weight=10.0,
):
    """Sum of terms in the common space, the salient space, and between them."""
    n, width = len(labels), 2 * temperature
    common = [unit(common_x), unit(common_y)]
    salient = [salient_x, salient_y]
    target = [i for i in range(n) if labels[i] != 0]
    null = [i for i in range(n) if labels[i] == 0]
    code = [
        torch.stack([s[i] if i in target else 0 * s[i].detach() for i in range(n)]) for s in salient
    ]
    zero = (salient_x * 0.0).sum()

    def mean(terms):
        return torch.stack(terms).mean() if terms else zero

    def uniformity(u):
        logs = [-_square(u[i], u[j]) / width for i in range(n) for j in range(i + 1, n)]
        return torch.logsumexp(torch.stack(logs), 0) - math.log(len(logs))

    total = mean([_square(common[0][i], common[1][i]) / width for i in range(n)])
    total = total + uniform_weight * (uniformity(common[0]) + uniformity(common[1])) / 2
    align = mean([_square(salient[0][i], salient[1][i]) / width for i in target])
    spread = uniform_weight * (uniformity(code[0]) + uniformity(code[1])) / 2
    total = total + salient_weight * (align + spread)
    total = total + null_weight * mean([(s[i] ** 2).sum() / width for s in salient for i in null])
    joint = [
        joint_entropy(c, s, temperature=temperature) for c, s in zip(common, code, strict=True)
    ]
    return total + mi_weight * (joint[0] + joint[1]) / 2
