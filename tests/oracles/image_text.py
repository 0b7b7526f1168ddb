"""Naive contrasts of images and texts."""

from .conventions import reduce, unit
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
