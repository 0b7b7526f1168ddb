"""Naive contrasts of images with captions, and of modalities with one of them."""

from .conventions import per_sample, ragged, reduce, unit
from .registry import oracle, torch


def _cross_entropy(anchor, positive, negatives):
    """Cross-entropy of the positive among itself and the negatives."""
    logits = torch.stack([anchor @ positive, *(anchor @ n for n in negatives)])
    return torch.logsumexp(logits, 0) - logits[0]


def _own(anchors, positives, negatives):
    return torch.stack(
        [_cross_entropy(*t) for t in zip(anchors, positives, negatives, strict=True)]
    )


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def image_grounded_contrast(x, y, negatives, *, temperature=0.07, normalize=True, reduction="mean"):
    """Each image against its own hard captions."""
    x, y, negatives = (unit(t, normalize) for t in (x, y, negatives))
    return reduce(_own(x / temperature, y, negatives), None, reduction)


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def text_grounded_contrast(
    y, teacher_y, negatives, *, temperature=0.1, normalize=True, reduction="mean"
):
    """Each caption against its own hard captions, with the teacher's row as the match."""
    y, teacher_y, negatives = (unit(t, normalize) for t in (y, teacher_y, negatives))
    return reduce(_own(y / temperature, teacher_y, negatives), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5, "text_temperature": 0.3},
        {"shared_negatives": False},
        {"igc_weight": 0.0, "tgc_weight": 0.7},
        {"tgc_weight": 0.0, "distill_weight": 0.5, "igc_weight": 1.3},
    )
)
def degla(
    x,
    y,
    negatives,
    teacher_x,
    teacher_y,
    teacher_negatives,
    *,
    temperature=0.07,
    text_temperature=0.1,
    igc_weight=0.1,
    tgc_weight=0.1,
    distill_weight=0.005,
    shared_negatives=True,
):
    """Base, both grounded contrasts, and the squared distances from the teacher."""
    rows = [unit(t) for t in (x, y, negatives)]
    teachers = [unit(t) for t in (teacher_x, teacher_y, teacher_negatives)]
    x, y, negatives = rows
    b, base = x.shape[0], []
    for i in range(b):
        others = [j for j in range(b) if j != i]
        hard = negatives.reshape(-1, x.shape[1]) if shared_negatives else negatives[i]
        base.append(_cross_entropy(x[i] / temperature, y[i], [*(y[j] for j in others), *hard]))
        base.append(_cross_entropy(y[i] / temperature, x[i], [x[j] for j in others]))
    igc = _own(x / temperature, y, negatives).mean()
    tgc = _own(y / text_temperature, teachers[1], negatives).mean()
    distances = sum(((a - t) ** 2).sum() for a, t in zip(rows, teachers, strict=True))
    value = torch.stack(base).mean() + igc_weight * igc + tgc_weight * tgc
    return value + distill_weight * distances


@oracle(
    cases=(
        {"temperature": 0.5, "anchor": 1},
        {"temperature": "M", "weights": "M"},
        {"weights": "M", "anchor": 1, "normalize": False},
        {"mask": "M B"},
        {"mask": "M B", "weights": "M", "ids": "B"},
    )
)
def anchor_binding(
    views,
    weights=None,
    mask=None,
    ids=None,
    *,
    anchor=0,
    temperature=0.07,
    normalize=True,
    reduction="mean",
):
    """Both directions of every other modality with the anchor modality."""
    samples, count = ragged(views, mask, normalize), len(views)
    taus = torch.as_tensor(temperature)
    losses = []
    for i, mine in enumerate(samples):
        terms = []
        for m in range(count):
            if m == anchor or anchor not in mine or m not in mine:
                continue
            tau = taus if taus.ndim == 0 else taus[m]
            share = 1 / (count - 1) if weights is None else weights[m]
            for a, c in ((anchor, m), (m, anchor)):
                others = [
                    theirs[c]
                    for j, theirs in enumerate(samples)
                    if c in theirs and (j != i if ids is None else ids[j] != ids[i])
                ]
                terms.append(share * _cross_entropy(mine[a] / tau, mine[c], others) / 2)
        losses.append(sum(terms) if terms else None)
    return per_sample(losses, None, reduction, views[0])
