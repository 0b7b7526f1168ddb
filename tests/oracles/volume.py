"""Naive losses on the volume of the parallelotope of several vectors, by determinants."""

from .conventions import apart, per_sample, reduce, unit
from .registry import oracle, torch


def _volume(vectors):
    """Return sqrt(det(X X^T)) of `vectors` (..., k, D), with gradient 0 where it is 0."""
    determinant = torch.linalg.det(vectors @ vectors.transpose(-1, -2))
    flat = determinant <= 0
    return torch.where(flat, 0.0, torch.where(flat, 1.0, determinant).sqrt())


@oracle(
    cases=(
        {"reduction": "mean"},
        {"normalize": False},
        {"mask": "M B", "weights": "B", "reduction": "mean"},
    ),
    kinks=True,
)
def gram_volume(views, mask=None, weights=None, *, normalize=True, reduction="none"):
    """Volume spanned by the vectors of each sample."""
    rows = [unit(view, normalize) for view in views]
    volumes = [
        _volume(torch.stack([row[i] for row in rows]))
        if mask is None or all(bool(m[i]) for m in mask)
        else None
        for i in range(rows[0].shape[0])
    ]
    return per_sample(volumes, weights, reduction, views[0])


@oracle(
    cases=(
        {"label_smoothing": 0.1},
        {"temperature": 0.5},
        {"normalize": False, "temperature": 1.0},
        {"weights": "B"},
        {"mask": "1+M B", "weights": "B"},
        {"mask": "1+M B", "label_smoothing": 0.1},
        {"ids": "B", "label_smoothing": 0.1},
        {"ids": "B", "mask": "1+M B", "label_smoothing": 0.1},
    ),
    kinks=True,
)
def gram_loss(
    anchor,
    others,
    mask=None,
    weights=None,
    ids=None,
    *,
    temperature=0.07,
    label_smoothing=0.0,
    normalize=True,
    reduction="mean",
):
    """Cross-entropy both ways, minus the volume as similarity. Row 0 of `mask` is the anchor's."""
    x = unit(anchor, normalize)
    rest = [unit(other, normalize) for other in others]
    b = x.shape[0]
    anchors, tuples = range(b), range(b)
    if mask is not None:
        anchors = [i for i in range(b) if bool(mask[0][i])]
        tuples = [j for j in range(b) if all(bool(m[j]) for m in mask[1:])]
    s = {
        (i, j): -_volume(torch.stack([x[i], *(row[j] for row in rest)])) / temperature
        for i in anchors
        for j in tuples
    }

    def cross_entropy(logits, positive):
        logits = torch.stack(logits)
        return (
            torch.logsumexp(logits, 0)
            - (1 - label_smoothing) * positive
            - label_smoothing * logits.mean()
        )

    losses = [
        (
            cross_entropy([s[i, j] for j in tuples if j == i or apart(i, j, ids)], s[i, i])
            + cross_entropy([s[j, i] for j in anchors if j == i or apart(i, j, ids)], s[i, i])
        )
        / 2
        if (i, i) in s
        else None
        for i in range(b)
    ]
    return per_sample(losses, weights, reduction, anchor)


@oracle(
    cases=(
        {"label_smoothing": 0.1},
        {"temperature": 0.5},
        {"normalize": False, "temperature": 1.0},
    )
)
def triangle_loss(
    anchor, x, y, *, temperature=0.07, label_smoothing=0.0, normalize=True, reduction="mean"
):
    """Cross-entropy both ways, minus half of |u|^2 |w|^2 - <u, w>^2 as similarity."""
    a, x, y = (unit(t, normalize) for t in (anchor, x, y))
    b = a.shape[0]

    def score(i, j):
        u, w = x[j] - a[i], y[j] - a[i]
        return -((u @ u) * (w @ w) - (u @ w) ** 2) / (2 * temperature)

    s = torch.stack([torch.stack([score(i, j) for j in range(b)]) for i in range(b)])

    def cross_entropy(logits, positive):
        mean = (1 - label_smoothing) * positive + label_smoothing * logits.mean()
        return torch.logsumexp(logits, 0) - mean

    losses = [
        (cross_entropy(s[i], s[i, i]) + cross_entropy(s[:, i], s[i, i])) / 2 for i in range(b)
    ]
    return reduce(torch.stack(losses), None, reduction)
