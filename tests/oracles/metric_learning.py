"""Naive losses of metric learning: rows with class labels."""

import math

from .conventions import apart, norm, per_sample, reduce, unit
from .registry import oracle, torch


def _classes(labels, i):
    """Other rows of the class of row i, and rows of other classes."""
    same = [j for j in range(len(labels)) if j != i and labels[j] == labels[i]]
    return same, [j for j in range(len(labels)) if labels[j] != labels[i]]


def _log_one_plus(exponents):
    """log(1 + sum of exponentials)."""
    return torch.logsumexp(torch.cat([torch.zeros_like(exponents[:1]).sum()[None], exponents]), 0)


@oracle(
    cases=(
        {"alpha": 1.0, "beta": 10.0},
        {"base": -0.2},
        {"epsilon": 0.1},
        {"epsilon": 0.0, "normalize": False, "beta": 2.0},
        {"alpha": 1000.0, "beta": 1000.0},
        {"normalize": False},
        {"reduction": "none"},
    )
)
def multi_similarity(
    z,
    labels,
    *,
    alpha=2.0,
    beta=50.0,
    base=0.5,
    epsilon=None,
    normalize=True,
    reduction="mean",
):
    """Two log-sums of each anchor, over the pairs that mining keeps."""
    s = unit(z, normalize) @ unit(z, normalize).T
    losses = []
    for i in range(z.shape[0]):
        same, other = _classes(labels, i)
        if epsilon is not None:
            near = max(s.detach()[i, other].tolist(), default=-math.inf)
            far = min(s.detach()[i, same].tolist(), default=math.inf)
            same = [p for p in same if s[i, p] < near + epsilon]
            other = [n for n in other if s[i, n] > far - epsilon]
            if not same or not other:
                losses.append((z * z * 0.0).sum())
                continue
        positives = _log_one_plus(-alpha * (s[i, same] - base)) / alpha
        losses.append(positives + _log_one_plus(beta * (s[i, other] - base)) / beta)
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"m": 0.4, "gamma": 80.0},
        {"detach_weights": False, "gamma": 4.0},
        {"normalize": False, "gamma": 1.0},
        {"reduction": "none", "gamma": 8.0},
    ),
    gaps=True,
)
def circle(
    z, labels, *, m=0.25, gamma=256.0, detach_weights=True, normalize=True, reduction="mean"
):
    """A softplus of two log-sum-exps of each anchor that has pairs of both kinds."""
    s = unit(z, normalize) @ unit(z, normalize).T
    losses = []
    for i in range(z.shape[0]):
        same, other = _classes(labels, i)
        if not same or not other:
            losses.append(None)
            continue
        a_p, a_n = torch.relu(1 + m - s[i, same]), torch.relu(s[i, other] + m)
        if detach_weights:
            a_p, a_n = a_p.detach(), a_n.detach()
        sum_n = torch.logsumexp(gamma * a_n * (s[i, other] - m), 0)
        sum_p = torch.logsumexp(-gamma * a_p * (s[i, same] - 1 + m), 0)
        losses.append(_log_one_plus((sum_n + sum_p)[None]))
    return per_sample(losses, None, reduction, z)


@oracle(
    cases=(
        {"average": "pairs", "power": 2.0},
        {"pos_margin": 0.9, "neg_margin": 1.6},
        {"power": 1.5, "neg_margin": 2.0},
        {"normalize": False, "neg_margin": 4.0},
    ),
    kinks=True,
)
def contrastive_margin(
    z,
    labels,
    *,
    pos_margin=0.0,
    neg_margin=1.0,
    power=1.0,
    average="nonzero",
    normalize=True,
):
    """Two averages of hinges over the ordered pairs."""
    u = unit(z, normalize)
    kinds = [], []
    for i in range(z.shape[0]):
        same, other = _classes(labels, i)
        kinds[0].extend(torch.relu(norm(u[i] - u[j]) - pos_margin) ** power for j in same)
        kinds[1].extend(torch.relu(neg_margin - norm(u[i] - u[j])) ** power for j in other)
    value = (z * 0.0).sum()
    for terms in kinds:
        counted = [t for t in terms if average == "pairs" or t > 1e-12]  # a zero row is 1 away
        value = value + sum(terms) / max(1, len(counted))
    return value


@oracle(cases=({"l2": 0.02}, {"l2": 1.0, "reduction": "none"}, {"ids": "B"}))
def n_pair(x, y, ids=None, *, l2=0.0, reduction="mean"):
    """Cross-entropy of plain products, and squared lengths."""
    losses = []
    for i in range(x.shape[0]):
        others = [j for j in range(x.shape[0]) if apart(i, j, ids)]
        softmax = _log_one_plus(y[others] @ x[i] - y[i] @ x[i])
        losses.append(softmax + 0.25 * l2 * (x[i] @ x[i] + y[i] @ y[i]))
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=({"margin": -0.2, "alpha": 4.0}, {"alpha": 1000.0}, {"normalize": False, "alpha": 2.0})
)
def proxy_anchor(z, proxies, labels, *, margin=0.1, alpha=32.0, normalize=True):
    """Two log-sums of each proxy; the first is averaged over the classes of the batch."""
    s = unit(z, normalize) @ unit(proxies, normalize).T
    positives, negatives = [], []
    for c in range(proxies.shape[0]):
        rows = [i for i in range(len(labels)) if labels[i] == c]
        others = [i for i in range(len(labels)) if labels[i] != c]
        if rows:
            positives.append(_log_one_plus(-alpha * (s[rows, c] - margin)))
        negatives.append(_log_one_plus(alpha * (s[others, c] + margin)))
    return sum(positives) / len(positives) + sum(negatives) / len(negatives)


@oracle(
    cases=(
        {"base": "contrastive", "margin": -0.1},
        {"base": "binomial_deviance", "scale_neg": 10.0},
        {"base": "multi_similarity", "margin": 0.2, "scale_pos": 3.0, "scale_neg": 20.0},
        {"base": "lifted_structure", "margin": -1.0},
        {"base": "lifted_structure", "margin": 0.3, "reduction": "none"},
        {"base": "nca", "scale_pos": 5.0, "scale_neg": 4.0},
        {"base": "nca", "scale_pos": 1000.0, "scale_neg": 1000.0},
        {"normalize": False},
    )
)
def metric_loss(
    z,
    labels,
    *,
    base="multi_similarity",
    margin=0.5,
    scale_pos=2.0,
    scale_neg=50.0,
    normalize=True,
    reduction="mean",
):
    """The table of bases, line by line."""
    s = unit(z, normalize) @ unit(z, normalize).T
    losses = []
    for i in range(z.shape[0]):
        same, other = _classes(labels, i)
        p, n = s[i, same], s[i, other]
        if base == "contrastive":
            loss = (-p).sum() + torch.relu(n - margin).sum()
        elif base == "binomial_deviance":
            loss = torch.log(1 + torch.exp(-scale_pos * (p - margin))).sum()
            loss = loss + torch.log(1 + torch.exp(scale_neg * (n - margin))).sum()
        elif base == "multi_similarity":
            loss = _log_one_plus(-scale_pos * (p - margin)) / scale_pos
            loss = loss + _log_one_plus(scale_neg * (n - margin)) / scale_neg
        elif not same or not other:
            loss = (z * 0.0).sum()
        elif base == "lifted_structure":
            loss = torch.relu(torch.logsumexp(-p, 0) + torch.logsumexp(n - margin, 0))
        else:
            loss = torch.logsumexp(scale_neg * n, 0) - torch.logsumexp(scale_pos * p, 0)
        losses.append(loss)
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"weight": 0.0, "aux_weight": 1.0}, {"weight": 1.0, "aux_weight": 0.0}))
def ctvis(anchor, candidates, positive, *, weight=2.0, aux_weight=3.0, reduction="mean"):
    """The logarithm over all pairs of a negative and a positive, and the squares of the cosines."""
    cosines = (unit(anchor)[:, None, :] * unit(candidates)).sum(-1)
    losses = []
    for i in range(anchor.shape[0]):
        s = candidates[i] @ anchor[i]
        pairs = [n - p for n in s[~positive[i]] for p in s[positive[i]]]
        first = _log_one_plus(torch.stack(pairs)) if pairs else (s * 0.0).sum()
        second = ((cosines[i] - positive[i].to(s.dtype)) ** 2).mean()
        losses.append(weight * first + aux_weight * second)
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"squared": False, "margin": 0.05},
        {"mining": "hard"},
        {"mining": "semihard"},
        {"mining": "semihard", "squared": False, "average": "all", "margin": 0.5},
        {"mining": "hard", "smooth": True, "squared": False},
        {"mining": "semihard", "smooth": True},
        {"smooth": True, "margin": -0.3},
        {"average": "all", "margin": 1.0},
        {"normalize": False, "margin": 4.0},
        {"normalize": False, "squared": False, "mining": "hard", "average": "all"},
    ),
    kinks=True,
)
def triplet(
    z,
    labels,
    *,
    margin=0.2,
    squared=True,
    mining="all",
    smooth=False,
    average="nonzero",
    normalize=True,
):
    """Average over a list of triplets."""
    u, terms = unit(z, normalize), []
    for a in range(z.shape[0]):
        same, other = _classes(labels, a)
        if not same or not other:
            continue
        d = [norm(u[a] - u[k]) ** (2 if squared else 1) for k in range(z.shape[0])]
        chosen = [(p, n) for p in same for n in other]
        if mining == "hard":
            chosen = [(max(same, key=lambda p: d[p]), min(other, key=lambda n: d[n]))]
        elif mining == "semihard":
            chosen = []
            for p in same:
                beyond = [n for n in other if d[n] > d[p]]
                n = min(beyond, key=lambda n: d[n]) if beyond else max(other, key=lambda n: d[n])
                chosen.append((p, n))
        for p, n in chosen:
            t = d[p] - d[n] + margin
            terms.append(torch.nn.functional.softplus(t) if smooth else torch.relu(t))
    counted = [t for t in terms if average == "all" or t > 0]
    return (z * 0.0).sum() + sum(terms) / max(1, len(counted))
