"""Naive losses of scores: loops over pairs, and counts in the place of sorts."""

from .conventions import per_sample, unit
from .registry import oracle, torch


@oracle()
def pearson(pred, target):
    """One minus the correlation; 0 where there is none."""
    zero = (pred * 0).sum() + (target * 0).sum()
    if bool((pred == pred[0]).all()) or bool((target == target[0]).all()):
        return zero
    a, b = pred - pred.mean(), target - target.mean()
    return 1 - (a * b).sum() / ((a * a).sum() * (b * b).sum()).sqrt()


@oracle(cases=({"temperature": 0.5},))
def rank_kl(pred, target, *, temperature=0.05):
    """KL from the softmax of ideal scores, divided by the number of scores."""
    n = len(pred)
    if n == 1:
        return (pred * temperature * 0).sum()
    ranks = []
    for t in target:
        above, level = (target > t).sum(), (target == t).sum()
        ranks.append(above + (level - 1) / 2)
    ideal = (n - 1 - torch.stack(ranks).to(pred.dtype)) / (n - 1)
    log_p = torch.log_softmax(pred / temperature, 0)
    log_q = torch.log_softmax(ideal / temperature, 0)
    return (log_q.exp() * (log_q - log_p)).sum() / n


def in_order(scores, target, temperature):
    """Softplus of the log-sum-exp over pairs in the wrong order."""
    n = len(scores)
    terms = [scores[0] * 0] + [
        (scores[i] - scores[j]) / temperature
        for i in range(n)
        for j in range(n)
        if target[i] < target[j]
    ]
    return torch.logsumexp(torch.stack(terms), 0)


@oracle(cases=({"temperature": 0.5},))
def cosent(x, y, target, *, temperature=0.05):
    """Cosines in the order of the targets."""
    return in_order((unit(x) * unit(y)).sum(-1), target, temperature)


@oracle(cases=({"temperature": 0.5}, {"pooling": "mean", "temperature": 0.5}))
def angle(x, y, target, *, temperature=0.05, pooling="sum"):
    """Sums of real and imaginary parts of quotients, in the order of the targets."""
    x, y = unit(x), unit(y)
    half = x.shape[1] // 2
    z, w = torch.complex(x[:, :half], x[:, half:]), torch.complex(y[:, :half], y[:, half:])
    quotients = z * w.conj()
    scores = (quotients.real + quotients.imag).sum(-1).abs()
    return in_order(scores / (x.shape[1] if pooling == "mean" else 1), target, temperature)


@oracle(cases=({"temperature": 0.5}, {"eps": 0.5, "temperature": 0.5}), gaps=True)
def preference_ranking(pred, target, *, temperature=0.05, eps=1e-8, reduction="mean"):
    """Cross-entropy of each score among those with lower targets; samples without any are None."""
    losses = []
    for s, t in zip(pred, target, strict=True):
        lower = t - target > eps
        if not bool(lower.any()):
            losses.append(None)
            continue
        gaps = (t - target)[lower]
        own = gaps.max() * s / temperature
        logits = torch.cat([own[None], gaps * pred[lower] / temperature])
        losses.append(torch.logsumexp(logits, 0) - own)
    return per_sample(losses, None, reduction, pred * temperature)


@oracle(cases=({"temperature": 0.5}, {"weights": (0.0, 1.0, 2.0), "temperature": 0.5}))
def codiemb_sts(x, y, target, *, weights=(2.0, 5.0, 0.5), temperature=0.05):
    """Weighted sum of the three."""
    s = (unit(x) * unit(y)).sum(-1)
    terms = (
        pearson(s, target),
        rank_kl(s, target, temperature=temperature),
        preference_ranking(s, target, temperature=temperature),
    )
    return sum(weight * term for weight, term in zip(weights, terms, strict=True))


def softplus(z):
    """Without the threshold of torch's own, beyond which it is linear."""
    return torch.logaddexp(z * 0, z)


def all_pairs(positives, negatives, temperature, reduction):
    """Softplus of each negative less each positive."""
    losses = torch.stack([softplus((n - p) / temperature) for p in positives for n in negatives])
    return losses.sum() if reduction == "sum" else losses.mean()


@oracle(cases=({"temperature": 0.1}, {"reduction": "sum"}))
def mann_whitney_scores(pos, neg, *, temperature=1.0, reduction="mean"):
    """Every positive against every negative."""
    return all_pairs(pos, neg, temperature, reduction)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"scope": "per_query"},
        {"negatives": "B K D", "temperature": 0.1},
        {"negatives": "B K D", "scope": "per_query", "temperature": 0.1},
        {"normalize": False, "temperature": 0.5},
        {"reduction": "sum"},
        {"reduction": "anchor_mean"},
    )
)
def mann_whitney(
    x,
    y,
    negatives=None,
    *,
    temperature=0.01,
    scope="pooled",
    reduction="mean",
    normalize=True,
):
    """Every positive against all negatives, or against those of its own query."""
    x, y, b = unit(x, normalize), unit(y, normalize), x.shape[0]
    others = [] if negatives is None else unit(negatives, normalize).reshape(-1, x.shape[1])
    own = [[x[i] @ y[j] for j in range(b) if j != i] + [x[i] @ n for n in others] for i in range(b)]
    losses = []
    for i in range(b):
        for n in own[i] if scope == "per_query" else [n for each in own for n in each]:
            losses.append(softplus((n - x[i] @ y[i]) / temperature))
    total = sum(losses, 0 * (x.sum() + y.sum() + temperature))
    divisor = {"sum": 1, "anchor_mean": b, "mean": max(1, len(losses))}[reduction]
    return total / divisor


@oracle(
    cases=(
        {"k": 1},
        {"k": 1.5, "alpha": 1.0},
        {"k": "B", "alpha": 3.0},
        {"cotangent": "B L", "k": 2},
    )
)
def soft_top_k(scores, cotangent=None, *, k=5, alpha=2.0):
    """Sigmoids whose shift is found by halving an interval, and differentiated as a root."""
    k = torch.as_tensor(k, dtype=scores.dtype) + 0 * scores[:, 0].detach()
    fixed = scores.detach()
    low, high = -fixed.amax(1) - 400 / alpha, -fixed.amin(1) + 400 / alpha
    for _ in range(200):
        middle = (low + high) / 2
        few = torch.sigmoid(alpha * (fixed + middle[:, None])).sum(1) < k
        low, high = torch.where(few, middle, low), torch.where(few, high, middle)
    # Two steps of Newton's method from the root have the first and second derivatives of the root.
    shift = (low + high) / 2
    for _ in range(2):
        out = torch.sigmoid(alpha * (scores + shift[:, None]))
        shift = shift - (out.sum(1) - k) / (alpha * out * (1 - out)).sum(1)
    out = torch.sigmoid(alpha * (scores + shift[:, None]))
    return out if cotangent is None else (out * cotangent).sum()
