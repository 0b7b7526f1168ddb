"""Naive InfoNCE and its kin over two views."""

from .conventions import apart, reduce, unit
from .registry import oracle, torch


@oracle(
    cases=(
        {"temperature": 0.5},
        {"symmetric": False},
        {"label_smoothing": 0.1},
        {"normalize": False},
        {"weights": "B"},
        {"negatives": "K D"},
        {"negatives": "B K D", "label_smoothing": 0.2, "weights": "B"},
        {"negatives": "K D", "symmetric": False, "in_batch": False, "label_smoothing": 0.1},
        {"negatives": "B K D", "symmetric": False, "in_batch": False},
        {"symmetric": False, "in_batch": False},
        {"ids": "B"},
        {"ids": "B", "label_smoothing": 0.2, "negatives": "K D", "negative_ids": "K"},
        {"ids": "B", "negatives": "B K D", "negative_ids": "B K", "negatives_mask": "B K"},
        {
            "negatives": "B K D",
            "negatives_mask": "B K",
            "symmetric": False,
            "in_batch": False,
            "label_smoothing": 0.1,
        },
    )
)
def info_nce(
    x,
    y,
    negatives=None,
    weights=None,
    ids=None,
    negative_ids=None,
    negatives_mask=None,
    *,
    temperature=0.07,
    symmetric=True,
    in_batch=True,
    label_smoothing=0.0,
    normalize=True,
    reduction="mean",
):
    """Cross-entropy of each pair among the candidates of its anchor."""
    x, y = unit(x, normalize), unit(y, normalize)
    b = x.shape[0]
    if negatives is not None:
        negatives = unit(negatives, normalize)

    def direction(anchors, keys, extra):
        losses = []
        for i in range(b):
            positive = anchors[i] @ keys[i] / temperature
            others = [j for j in range(b) if in_batch and j != i]
            if ids is not None:
                others = [j for j in others if int(ids[j]) != int(ids[i])]
            candidates = [keys[i], *(keys[j] for j in others)]
            for k in range(0 if extra is None else extra.shape[-2]):
                if negatives_mask is not None and not bool(negatives_mask[i, k]):
                    continue
                if negative_ids is not None:
                    theirs = negative_ids[k] if negative_ids.ndim == 1 else negative_ids[i, k]
                    if int(theirs) == int(ids[i]):
                        continue
                candidates.append(extra[k] if extra.ndim == 2 else extra[i, k])
            logits = torch.stack(candidates) @ anchors[i] / temperature
            losses.append(
                torch.logsumexp(logits, 0)
                - (1 - label_smoothing) * positive
                - label_smoothing / logits.shape[0] * logits.sum()
            )
        return torch.stack(losses)

    losses = direction(x, y, negatives)
    if symmetric:
        losses = (losses + direction(y, x, None)) / 2
    return reduce(losses, weights, reduction)


def _both_views(x, y, normalize):
    """Return the 2B rows with, for each, the index of its partner."""
    z = torch.cat([unit(x, normalize), unit(y, normalize)])
    b = x.shape[0]
    return z, [(a + b) % (2 * b) for a in range(2 * b)]


def _negatives(a, partner, ids):
    """Rows of other samples, of other items where samples have one."""
    b = len(partner) // 2
    others = [k for k in range(2 * b) if k not in (a, partner[a])]
    return [k for k in others if ids is None or int(ids[k % b]) != int(ids[a % b])]


@oracle(cases=({"temperature": 0.5}, {"normalize": False}, {"ids": "B"}))
def nt_xent(x, y, ids=None, *, temperature=0.1, normalize=True, reduction="mean"):
    """Each of the 2B rows against the 2B - 1 others."""
    z, partner = _both_views(x, y, normalize)
    losses = []
    for a in range(z.shape[0]):
        negatives = _negatives(a, partner, ids)
        others = [partner[a], *negatives]
        logits = z[others] @ z[a] / temperature
        losses.append(torch.logsumexp(logits, 0) - z[a] @ z[partner[a]] / temperature)
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"temperature": 0.5}, {"normalize": False}, {"ids": "B"}))
def dcl(x, y, ids=None, *, temperature=0.1, normalize=True, reduction="mean"):
    """As `nt_xent` with the positive left out of the denominator."""
    z, partner = _both_views(x, y, normalize)
    losses = []
    for a in range(z.shape[0]):
        negatives = _negatives(a, partner, ids)
        if not negatives:
            losses.append(0.0 * z[a].sum())
            continue
        logits = z[negatives] @ z[a] / temperature
        losses.append(torch.logsumexp(logits, 0) - z[a] @ z[partner[a]] / temperature)
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"stop_grad_weights": False},
        {"stop_grad_weights": False, "sigma": 0.2, "temperature": 0.5},
        {"normalize": False},
        {"ids": "B", "stop_grad_weights": False},
    )
)
def dclw(
    x,
    y,
    ids=None,
    *,
    temperature=0.1,
    sigma=0.5,
    stop_grad_weights=True,
    normalize=True,
    reduction="mean",
):
    """As `dcl` with a weight on each positive."""
    z, partner = _both_views(x, y, normalize)
    b = x.shape[0]
    weights = 2 - b * torch.softmax(torch.stack([z[i] @ z[i + b] for i in range(b)]) / sigma, 0)
    if stop_grad_weights:
        weights = weights.detach()
    losses = []
    for a in range(2 * b):
        negatives = _negatives(a, partner, ids)
        if not negatives:
            losses.append(0.0 * z[a].sum())
            continue
        positive = weights[a % b] * (z[a] @ z[partner[a]]) / temperature
        losses.append(torch.logsumexp(z[negatives] @ z[a] / temperature, 0) - positive)
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def weighted_nt_xent(x, y, weights, *, temperature=0.1, normalize=True, reduction="mean"):
    """NT-Xent with the negatives' mass as a weighted mean times their number."""
    z, partner = _both_views(x, y, normalize)
    b = x.shape[0]
    w, losses = torch.cat([weights, weights]), []
    for a in range(2 * b):
        negatives = [k for k in range(2 * b) if k not in (a, partner[a])]
        positive = z[a] @ z[partner[a]] / temperature
        candidates = [positive.reshape(1)]
        if negatives:
            shares = (2 * b - 2) * w[negatives] / w[negatives].sum()
            candidates.append(z[negatives] @ z[a] / temperature + torch.log(shares))
        losses.append(torch.logsumexp(torch.cat(candidates), 0) - positive)
    losses = torch.stack([(losses[i] + losses[i + b]) / 2 for i in range(b)])
    return reduce(losses, weights, reduction)


@oracle(cases=({"temperature": 0.5}, {"ids": "B"}))
def cmim(z, ids=None, *, temperature=0.1, reduction="mean"):
    """Each row against the mean of the others; the positive is the row itself."""
    u, losses = unit(z), []
    for i in range(z.shape[0]):
        others = [
            torch.exp((u[i] @ u[j] - 1) / temperature) for j in range(len(u)) if apart(i, j, ids)
        ]
        losses.append(torch.log1p(sum(others) / len(others)) if others else 0.0 * u[i].sum())
    return reduce(torch.stack(losses), None, reduction)
