"""Naive losses of predictions that several models or views share."""

import math

from .conventions import norm, reduce, unit
from .registry import oracle, torch
from .two_view import nt_xent
from .vision_language import mean_cross_entropy


@oracle(cases=({"weight": 0.4, "temperature": 0.5},))
def cdvg(x, y, logits_x, logits_y, labels, *, temperature=0.1, weight=1.0):
    """Classification of both images and their contrast."""
    classes = [mean_cross_entropy(logits, labels) for logits in (logits_x, logits_y)]
    return sum(classes) / 2 + weight * nt_xent(x, y, temperature=temperature)


@oracle(cases=({"temperature": 0.3}, {"temperature": 4.0, "rescale": False}))
def distill_kl(scores, teacher_scores, *, temperature=1.0, rescale=True, reduction="mean"):
    """Divergence of two softmaxes, entry by entry."""
    losses = []
    for s, t in zip(scores, teacher_scores, strict=True):
        log_p, log_q = (torch.log_softmax(u / temperature, -1) for u in (s, t))
        losses.append((torch.exp(log_q) * (log_q - log_p)).sum())
    factor = temperature**2 if rescale else 1.0
    return reduce(factor * torch.stack(losses), None, reduction)


@oracle(cases=({"temperature": 1.0, "weight": 0.3},))
def trajectory_kl(logits, past, *, temperature=5.0, weight=1.0, reduction="mean"):
    """Divergence from the past."""
    return weight * distill_kl(logits, past, temperature=temperature, reduction=reduction)


@oracle(cases=({"weight": 2.0},))
def nd(student, teacher, centers, labels, *, weight=1.0, reduction="mean"):
    """The part of a feature along its centre, over the longer feature."""
    losses = []
    for s, t, label in zip(student, teacher, labels, strict=True):
        e = unit(centers[int(label)][None])[0]
        longer = s if norm(s) >= norm(t) else t
        cosine = s @ e / norm(longer) if norm(longer) > 0 else (0 * s).sum()
        losses.append(weight * (1 - cosine))
    return reduce(torch.stack(losses), None, reduction)


_SHAPES = [dict.fromkeys(("mean", "log_var", "target"), dims) for dims in ("B", "B T D")]


@oracle(cases=({"full": True}, *_SHAPES))
def gaussian_nll(mean, log_var, target, *, full=False, reduction="mean"):
    """Likelihood of a normal distribution with its deviation."""
    sigma = torch.exp(log_var / 2)
    losses = torch.log(sigma) + (target - mean) ** 2 / (2 * sigma**2)
    return reduce(losses + (math.log(2 * math.pi) / 2 if full else 0), None, reduction)


@oracle(
    cases=(
        {"r": 0.2, "delta": 0.7},
        {"strategy": "quadratic", "delta": 2.0},
        {"strategy": "extremes", "r": 0.5},
    )
)
def loss_reweight(losses, *, strategy="linupper", r=1.0, delta=1.0):
    """Weights from losses that count as numbers."""
    fixed = losses.detach()
    high, low = fixed.max(), fixed.min()
    h = delta * (2 * fixed - high - low) / max(float(high - low), 1e-6)
    f = {
        "linupper": [min(float(t) + delta, delta) for t in h],
        "quadratic": [1 - float(t) ** 2 / delta**2 for t in h],
        "extremes": [abs(float(t)) for t in h],
    }[strategy]
    weights = torch.softmax(torch.tensor(f, dtype=losses.dtype) / r, 0)
    return (weights * losses).sum()


@oracle(
    cases=(
        {"contrast": False},
        {"distance": "mse"},
        {"distance": "mse", "contrast": False},
        {"distance": "cos", "eps": 0.1},
        {"distance": "cos", "contrast": False},
    )
)
def gradient_match(syn, real, *, contrast=True, distance="layerwise", eps=1e-6):
    """Distances of gradients, parameter by parameter and class by class."""

    def apart(s, r):
        return 1 - (s * r).sum() / (norm(s) * norm(r) + eps)

    def between(syn, real):
        if distance == "mse":
            return sum(((s - r) ** 2).sum() for s, r in zip(syn, real, strict=True))
        if distance == "cos":
            return apart(*(torch.cat([t.reshape(-1) for t in each]) for each in (syn, real)))
        return sum(
            apart(s[o].reshape(-1), r[o].reshape(-1))
            for s, r in zip(syn, real, strict=True)
            if s.ndim > 1
            for o in range(len(s))
        )

    if contrast:
        return between([t.mean(0) for t in syn], [t.mean(0) for t in real])
    return sum(between([t[c] for t in syn], [t[c] for t in real]) for c in range(len(syn[0])))


@oracle(cases=({"alpha": 0.2}, {"alpha": 0.3, "stop_grad": False}, {"alpha": 1.0}))
def symmetric_cross_entropy(logits, target_logits, *, alpha=0.5, stop_grad=True, reduction="mean"):
    """Cross-entropy in both directions."""
    target_logits = target_logits.detach() if stop_grad else target_logits
    log_p, log_q = torch.log_softmax(logits, 1), torch.log_softmax(target_logits, 1)
    forward, reverse = log_q.exp() * log_p, log_p.exp() * log_q
    losses = -(1 - alpha) * forward.sum(1) - alpha * reverse.sum(1)
    return reduce(losses, None, reduction)


@oracle(cases=({"alpha": 0.2, "temperature": 0.5, "ce_weight": 0.3, "contrast_weight": 2.0},))
def rmt(
    logits,
    logits_aug,
    teacher_logits,
    anchors,
    x,
    y,
    *,
    alpha=0.5,
    temperature=0.1,
    ce_weight=1.0,
    contrast_weight=1.0,
):
    """Both consistencies, and each row against all others."""
    terms = [symmetric_cross_entropy(s, teacher_logits, alpha=alpha) for s in (logits, logits_aug)]
    z, n = unit(torch.cat([anchors, x, y])), len(x)
    losses = []
    for a in range(3 * n):
        scores = {b: z[a] @ z[b] / temperature for b in range(3 * n) if b != a}
        total = torch.logsumexp(torch.stack(list(scores.values())), 0)
        losses += [(total - scores[b]) / 2 for b in scores if b % n == a % n]
    contrast = torch.stack(losses).sum() / (3 * n)
    return ce_weight * sum(terms) / 2 + contrast_weight * contrast
