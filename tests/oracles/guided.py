"""Naive contrasts whose negatives a guide chooses."""

from .conventions import apart, reduce, unit
from .registry import oracle, torch


@oracle(
    cases=(
        {"temperature": 0.5},
        {"margin": 0.2, "temperature": 0.1},
        {"margin": -0.3, "margin_strategy": "relative", "temperature": 0.1},
        {"contrast_anchors": False},
        {"contrast_positives": False},
        {"negatives": "B K D", "guide_negatives": "B K E", "temperature": 0.1},
        {"ids": "B", "temperature": 0.1},
        {
            **{"negatives": "B K D", "guide_negatives": "B K E", "temperature": 0.1},
            **{"ids": "B", "negative_ids": "B K"},
        },
    )
)
def gist_embed(
    x,
    y,
    guide_x,
    guide_y,
    negatives=None,
    guide_negatives=None,
    ids=None,
    negative_ids=None,
    *,
    temperature=0.01,
    margin=0.0,
    margin_strategy="absolute",
    contrast_anchors=True,
    contrast_positives=True,
    reduction="mean",
):
    """Candidates that the guide finds more alike than the pair of the anchor are left out."""
    x, y, u, v = (unit(t) for t in (x, y, guide_x, guide_y))
    b, losses = x.shape[0], []
    for i in range(b):
        similar = u[i] @ v[i]
        room = margin * (1 if margin_strategy == "absolute" else abs(similar))
        others = [j for j in range(b) if apart(i, j, ids)]
        found = [(x[i] @ y[j], u[i] @ v[j]) for j in others]
        if contrast_anchors:
            found += [(x[i] @ x[j], u[i] @ u[j]) for j in others]
        if contrast_positives:
            found += [(y[i] @ y[j], v[i] @ v[j]) for j in others]
        if negatives is not None:
            n, w = unit(negatives), unit(guide_negatives)
            places = [
                (j, h)
                for j in range(b)
                for h in range(n.shape[1])
                if negative_ids is None or int(negative_ids[j, h]) != int(ids[i])
            ]
            found += [(x[i] @ n[j, h], u[i] @ w[j, h]) for j, h in places]
        kept = [score for score, guide in found if guide <= similar - room]
        logits = torch.stack([x[i] @ y[i], *kept]) / temperature
        losses.append(torch.logsumexp(logits, 0) - logits[0])
    return reduce(torch.stack(losses), None, reduction)
