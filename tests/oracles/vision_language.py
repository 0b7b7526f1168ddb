"""Naive losses of images with captions and prompts."""

from .registry import oracle, torch
from .two_view import info_nce, nt_xent


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


@oracle(cases=({"text": "B C D", "text_views": "V B C D"},))
def prompt_consistency(text, text_views):
    """Mean squared difference, summed over augmentations."""
    return sum(((text - view) ** 2).mean() for view in text_views)


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
