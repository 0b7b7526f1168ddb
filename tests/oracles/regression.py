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


@oracle(
    cases=(
        {"z": "B D"},
        {"z": "B D", "lam": "B B"},
        {"lam": "M B M B", "reduction": "none"},
        {"z": "B D", "lam": "B B", "weighting": "l2", "count_offset": 1.0, "window": 1.5},
        {"lam": "M B M B", "weighting": "none", "mix_positives": False},
        {"lam": "M B M B", "detach_mixtures": False, "normalize": False},
    ),
    cubic=True,
)
def supremix(
    z,
    targets,
    lam=None,
    *,
    temperature=0.3,
    window=5.0,
    weighting="l1",
    mix_positives=True,
    detach_mixtures=True,
    count_offset=0.0,
    normalize=True,
    reduction="mean",
):
    """Every mixture is built: candidates of a row with their targets, view after view."""
    if z.ndim == 3:
        count = z.shape[0] * z.shape[1]
        z, targets = z.reshape(count, -1), targets.repeat(z.shape[0])
        lam = None if lam is None else lam.reshape(count, count)
    u, count, numbers = unit(z, normalize), z.shape[0], targets.tolist()
    frozen = u.detach() if detach_mixtures else u
    losses = []
    for i in range(count):
        t, candidates = numbers[i], []
        for k in range(count):
            if k != i:
                candidates.append((u[k], numbers[k], numbers[k] == t))
            if lam is not None and numbers[k] != t:
                a = float(lam[i, k])
                mixture = a * frozen[i] + (1 - a) * frozen[k]
                candidates.append((mixture, a * t + (1 - a) * numbers[k], False))
        below = [j for j in range(count) if mix_positives and t - window < numbers[j] < t]
        above = [k for k in range(count) if mix_positives and t < numbers[k] < t + window]
        for j in below:
            for k in above:
                a = (numbers[k] - t) / (numbers[k] - numbers[j])
                candidates.append((a * frozen[j] + (1 - a) * frozen[k], t, True))
        positive = torch.tensor([c[2] for c in candidates])
        if not positive.any():
            losses.append((z * 0.0).sum())
            continue
        gap = torch.tensor([abs(t - c[1]) for c in candidates], dtype=z.dtype)
        weight = 1 + {"l1": gap, "l2": gap**2, "none": 0 * gap}[weighting]
        scores = torch.stack([c[0] for c in candidates]) @ u[i] / temperature
        lse = torch.logsumexp(scores + torch.log(weight), 0)
        losses.append((lse - scores[positive]).sum() / (positive.sum() + count_offset))
    return reduce(torch.stack(losses), None, reduction)
