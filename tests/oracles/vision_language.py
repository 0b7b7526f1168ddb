"""Naive losses of images with captions and prompts, and of modalities with one of them."""

from .conventions import per_sample, ragged, reduce, unit
from .registry import oracle, torch
from .two_view import info_nce, nt_xent


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
        {"normalize": False, "temperature": 0.5, "text_temperature": 0.7},
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
    normalize=True,
    reduction="mean",
):
    """Base, both grounded contrasts, and the squared distances from the teacher."""
    rows = [unit(t, normalize) for t in (x, y, negatives)]
    teachers = [unit(t, normalize) for t in (teacher_x, teacher_y, teacher_negatives)]
    x, y, negatives = rows
    b, losses = x.shape[0], []
    for i in range(b):
        others = [j for j in range(b) if j != i]
        hard = negatives.reshape(-1, x.shape[1]) if shared_negatives else negatives[i]
        base = _cross_entropy(x[i] / temperature, y[i], [*(y[j] for j in others), *hard])
        base = base + _cross_entropy(y[i] / temperature, x[i], [x[j] for j in others])
        igc = _cross_entropy(x[i] / temperature, y[i], negatives[i])
        tgc = _cross_entropy(y[i] / text_temperature, teachers[1][i], negatives[i])
        distance = sum(((a[i] - t[i]) ** 2).sum() for a, t in zip(rows, teachers, strict=True))
        losses.append(
            base / 2 + igc_weight * igc + tgc_weight * tgc + b * distill_weight * distance
        )
    return reduce(torch.stack(losses), None, reduction)


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


def mean_cross_entropy(logits, labels):
    """Mean over the samples of minus the log-probability of the label."""
    rows = zip(logits, labels, strict=True)
    return torch.stack([torch.logsumexp(row, 0) - row[int(label)] for row, label in rows]).mean()


@oracle(cases=({"ignore_index": 1},), gaps=True)
def caption_cross_entropy(logits, targets, *, ignore_index=-100, reduction="mean"):
    """Minus the log-probability of each word that is not ignored."""
    losses, count = [], 0
    for b in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            row, word = logits[b, t], int(targets[b, t])
            if word == ignore_index:
                losses.append(0.0 * row.sum())
                continue
            losses.append(torch.logsumexp(row, 0) - row[word])
            count += 1
    losses = torch.stack(losses)
    if reduction == "none":
        return losses.reshape(targets.shape)
    return losses.sum() / (max(count, 1) if reduction == "mean" else 1)


@oracle(
    cases=(
        {"contrastive_weight": 0.3, "temperature": 0.5},
        {"caption_weight": 0.7, "ignore_index": 1},
    )
)
def coca(
    x,
    y,
    logits,
    targets,
    *,
    contrastive_weight=1.0,
    caption_weight=2.0,
    temperature=0.07,
    ignore_index=0,
):
    """Contrast of pairs and captions."""
    contrast = info_nce(x, y, temperature=temperature)
    captions = caption_cross_entropy(logits, targets, ignore_index=ignore_index)
    return contrastive_weight * contrast + caption_weight * captions


@oracle(
    cases=(
        {"text": "B C D", "text_views": "V B C D"},
        {"text": "B C T D", "text_views": "V B C T D"},
        {"text": "B", "text_views": "V B"},
    )
)
def prompt_consistency(text, text_views, *, reduction="mean"):
    """Mean squared difference of each sample, summed over augmentations."""
    samples = range(text.shape[0])
    losses = [sum(((text[i] - view[i]) ** 2).mean() for view in text_views) for i in samples]
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"visual_weight": 0.6, "temperature": 0.5}, {"consistency_weight": 0.3}))
def gopro(
    logits,
    labels,
    text,
    text_views,
    x,
    y,
    *,
    visual_weight=0.1,
    consistency_weight=1.0,
    temperature=0.1,
):
    """Classification, consistency of prompts, contrast of views."""
    return (
        mean_cross_entropy(logits, labels)
        + consistency_weight * prompt_consistency(text, text_views)
        + visual_weight * nt_xent(x, y, temperature=temperature)
    )
