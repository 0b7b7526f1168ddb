"""Naive losses with soft targets."""

from .conventions import reduce, unit
from .registry import oracle, torch


def _against(anchors, candidates, targets, temperature):
    """Cross-entropy of the softmax of each anchor's logits with its row of targets."""
    losses = []
    for i in range(anchors.shape[0]):
        logits = torch.stack([anchors[i] @ c / temperature for c in candidates])
        losses.append(-(targets[i] * torch.log_softmax(logits, 0)).sum())
    return torch.stack(losses)


@oracle(cases=({"temperature": 0.5}, {"normalize": False}, {"weights": "B B"}))
def cwcl(x, y, weights=None, *, temperature=0.07, normalize=True, reduction="mean"):
    """Targets of the rows of x are cosines of x, those of y are the matches."""
    if weights is None:
        frozen = unit(x.detach())
        weights = torch.stack([torch.stack([(1 + u @ v) / 2 for v in frozen]) for u in frozen])
    shares = torch.stack([row / row.sum() for row in weights])
    x, y = unit(x, normalize), unit(y, normalize)
    losses = _against(x, y, shares, temperature)
    losses = losses + _against(y, x, torch.eye(x.shape[0], dtype=x.dtype), temperature)
    return reduce(losses, None, reduction)
