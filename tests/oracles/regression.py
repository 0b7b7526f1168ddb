"""Naive losses of rows with real targets."""

from .conventions import norm, reduce, unit
from .registry import oracle, torch


@oracle(
    cases=(
        {"temperature": 0.1},
        {"targets": "B T", "temperature": 0.5},
        {"normalize": True, "temperature": 0.3},
        {"reduction": "none"},
    ),
    kinks=True,
)
def rank_n_contrast(z, targets, *, temperature=2.0, normalize=False, reduction="mean"):
    """Each pair against the pairs of its anchor whose targets are as far apart or farther."""
    u, count = unit(z, normalize), z.shape[0]
    t = targets.reshape(count, -1)
    losses = []
    for i in range(count):
        others = [j for j in range(count) if j != i]
        s = {j: -norm(u[i] - u[j]) / temperature for j in others}
        gap = {j: float((t[i] - t[j]).abs().sum()) for j in others}
        terms = []
        for j in others:
            farther = torch.stack([s[k] for k in others if gap[k] >= gap[j]])
            terms.append(torch.logsumexp(farther, dim=0) - s[j])
        losses.append(sum(terms) / len(terms))
    return reduce(torch.stack(losses), None, reduction)
