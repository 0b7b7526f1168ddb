"""Naive contrasts of images and texts."""

from .conventions import per_sample, reduce, unit
from .registry import oracle, torch


def _smoothed(x, y, temperature, share):
    """Cross-entropies of both directions, averaged for each pair; all candidates share the rest."""
    b, losses = x.shape[0], []
    for anchors, candidates in ((x, y), (y, x)):
        for i in range(b):
            logits = torch.stack([anchors[i] @ c / temperature for c in candidates])
            log_p = torch.log_softmax(logits, 0)
            losses.append(-sum(((1 - share) * (j == i) + share / b) * log_p[j] for j in range(b)))
    return torch.stack([(losses[i] + losses[b + i]) / 2 for i in range(b)])


@oracle(cases=({"temperature": 0.5}, {"label_smoothing": 1.0}, {"normalize": False}))
def align_loss(x, y, *, temperature=1.0, label_smoothing=0.1, normalize=True, reduction="mean"):
    """Targets with a share on all candidates."""
    x, y = unit(x, normalize), unit(y, normalize)
    return reduce(_smoothed(x, y, temperature, label_smoothing), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5, "local_temperature": 0.3},
        {"label_smoothing": 0.1},
        {"aggregate": "sum"},
        {"normalize": False},
    )
)
def clip_rocket(
    x,
    y,
    x_local,
    y_local,
    *,
    temperature=0.07,
    local_temperature=0.07,
    label_smoothing=0.0,
    aggregate="mean",
    normalize=True,
    reduction="mean",
):
    """The plain pair, and the mean over all pairs of augmented views times their number."""
    a = x_local.shape[0]
    x, y, x_local, y_local = (unit(t, normalize) for t in (x, y, x_local, y_local))
    pairs = [_smoothed(u, v, local_temperature, label_smoothing) for u in x_local for v in y_local]
    losses = (_smoothed(x, y, temperature, 0.0) + a * torch.stack(pairs).mean(0)) / (1 + a)
    return reduce(losses * (2 if aggregate == "sum" else 1), None, reduction)


@oracle(cases=({"temperature": 0.5}, {"mask": "B L"}), gaps=True)
def local_mi(x, local, mask=None, *, temperature=0.07, reduction="mean"):
    """Each part of a sample is a positive, and the parts of others are the negatives."""
    x, local = unit(x), unit(local)
    b, count, losses = x.shape[0], local.shape[1], []

    def parts(k):
        return [local[k, j] for j in range(count) if mask is None or bool(mask[k, j])]

    for i in range(b):
        negatives = [part @ x[i] / temperature for k in range(b) if k != i for part in parts(k)]
        each = []
        for part in parts(i):
            positive = part @ x[i] / temperature
            each.append(torch.logsumexp(torch.stack([positive, *negatives]), 0) - positive)
        losses.append(torch.stack(each).mean() if each else None)
    return per_sample(losses, None, reduction, x)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"alpha": 0.0},
        {"mask_y": "B T", "alpha": 1.0},
    )
)
def tcl(
    x,
    y,
    momentum_x,
    momentum_y,
    queue_x,
    queue_y,
    local_x,
    local_y,
    mask_y=None,
    *,
    temperature=0.07,
    alpha=0.4,
    reduction="mean",
):
    """Mean of six terms, all against rows of the momentum encoder."""
    x, y, m, n = (unit(t) for t in (x, y, momentum_x, momentum_y))
    in_x, in_y = torch.cat([m, unit(queue_x)]), torch.cat([n, unit(queue_y)])

    b = x.shape[0]

    def term(rows, bank, teacher=None):
        losses = []
        for i in range(b):
            log_p = torch.log_softmax(bank @ rows[i] / temperature, 0)
            targets = torch.zeros_like(log_p)
            targets[i] = 1.0
            if teacher is not None:
                soft = torch.softmax(bank @ teacher[i] / temperature, 0).detach()
                targets = alpha * soft + (1 - alpha) * targets
            losses.append(-(targets @ log_p))
        return torch.stack(losses)

    across = term(x, in_y, m) + term(y, in_x, n)
    within = term(x, in_x) + term(y, in_y)
    options = {"temperature": temperature, "reduction": "none"}
    texts = b if mask_y is None else int(mask_y.any(1).sum())
    parts = local_mi(x, local_x, **options)
    parts = parts + local_mi(y, local_y, mask_y, **options) * (b / texts)
    return reduce((across + within + parts) / 6, None, reduction)
