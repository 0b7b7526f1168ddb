"""Naive losses of predictions that several models or views share."""

from .conventions import reduce, unit
from .registry import oracle, torch
from .two_view import nt_xent
from .vision_language import mean_cross_entropy


@oracle(cases=({"weight": 0.4, "temperature": 0.5},))
def cdvg(x, y, logits_x, logits_y, labels, *, temperature=0.1, weight=1.0):
    """Classification of both images and their contrast."""
    classes = [mean_cross_entropy(logits, labels) for logits in (logits_x, logits_y)]
    return sum(classes) / 2 + weight * nt_xent(x, y, temperature=temperature)


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
