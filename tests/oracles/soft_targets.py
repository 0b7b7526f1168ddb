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


def _mixture(perm, lam):
    """Targets of mixed rows; both shares add where a sample is its own partner."""
    b = lam.shape[0]
    rows = []
    for i in range(b):
        own = torch.stack([lam[i] * float(j == i) for j in range(b)])
        rows.append(own + torch.stack([(1 - lam[i]) * float(j == int(perm[i])) for j in range(b)]))
    return torch.stack(rows)


@oracle(cases=({"temperature": 0.5}, {"symmetric": False}, {"normalize": False}))
def mixco(x, y, perm, lam, *, temperature=0.1, symmetric=True, normalize=True, reduction="mean"):
    """Both parts of a mixed row are its matches, and columns have several."""
    x, y, targets = unit(x, normalize), unit(y, normalize), _mixture(perm, lam)
    losses = _against(x, y, targets, temperature)
    if symmetric:
        losses = (losses + _against(y, x, targets.T, temperature)) / 2
    return reduce(losses, None, reduction)


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def m3col(x, y, perm_x, lam_x, perm_y, lam_y, *, temperature=0.1, normalize=True, reduction="mean"):
    """Each modality in turn is mixed, and set against the other."""

    def term(z, other, perm, lam):
        rows = [lam[i] * z[i] + (1 - lam[i]) * z[int(perm[i])] for i in range(len(z))]
        options = dict(temperature=temperature, normalize=normalize, reduction="none")
        return mixco(torch.stack(rows), other, perm, lam, **options)

    losses = term(x, y, perm_x, lam_x) + term(y, x, perm_y, lam_y)
    return reduce(losses, None, reduction)


def _softmaxes(rows, columns, temperature):
    """Softmax of each row's products with all columns."""
    logits = [torch.stack([r @ c / temperature for c in columns]) for r in rows]
    return torch.stack([torch.softmax(row, 0) for row in logits])


@oracle(
    cases=(
        {"temperature": 0.5, "teacher_temperature": 0.2},
        {"kind": "kl"},
        {"symmetric": False},
        {"symmetric": False, "kind": "kl", "temperature": 0.5},
        {"normalize": False, "temperature": 0.5, "teacher_temperature": 2.0},
    )
)
def similarity_distill(
    x,
    y,
    teacher_x,
    teacher_y,
    *,
    temperature=0.05,
    teacher_temperature=0.05,
    kind="cross_entropy",
    symmetric=True,
    normalize=True,
    reduction="mean",
):
    """The softmax of the student follows that of the teacher, in one direction or both."""
    x, y, s, t = (unit(rows) if normalize else rows for rows in (x, y, teacher_x, teacher_y))
    losses = []
    for one, other, u, v in [(x, y, s, t), (y, x, t, s)][: 2 if symmetric else 1]:
        targets = _softmaxes(u, v, teacher_temperature)
        entropy = torch.xlogy(targets, targets).sum(1) if kind == "kl" else 0.0
        losses.append(_against(one, other, targets, temperature) + entropy)
    return reduce(torch.stack(losses).mean(0), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"stop_grad_targets": True},
        {"normalize": False},
        {"normalize": False, "stop_grad_targets": True, "temperature": 0.5},
    )
)
def soft_clip(
    x, y, *, temperature=0.125, stop_grad_targets=False, normalize=True, reduction="mean"
):
    """Both directions have the similarities of y as their targets."""
    x, y = unit(x, normalize), unit(y, normalize)
    targets = _softmaxes(y, y, temperature)
    if stop_grad_targets:
        targets = targets.detach()
    losses = (_against(x, y, targets, temperature) + _against(y, x, targets, temperature)) / 2
    return reduce(losses, None, reduction)
