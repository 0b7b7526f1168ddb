"""Naive losses of rerankers: one document at a time."""

from .conventions import reduce, unit
from .registry import oracle, torch


@oracle(cases=({"temperature": 0.3},))
def rerank_info_nce(yes, *, temperature=1.0, reduction="mean"):
    """Cross-entropy of the first document."""
    losses = [torch.logsumexp(row / temperature, 0) - row[0] / temperature for row in yes]
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"document_reduction": "sum"},))
def rerank_bce(yes, no, *, document_reduction="mean", reduction="mean"):
    """Cross-entropy of "yes" for the first document, and of "no" for the others."""
    losses = []
    for i in range(len(yes)):
        terms = []
        for k in range(yes.shape[1]):
            right, wrong = (yes, no) if k == 0 else (no, yes)
            pair = torch.stack([right[i, k], wrong[i, k]])
            terms.append(torch.logsumexp(pair, 0) - pair[0])
        total = torch.stack(terms).sum()
        losses.append(total / len(terms) if document_reduction == "mean" else total)
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"direction": "cl"},
        {"weight": "cl"},
        {"weight": "cl", "direction": "cl"},
        {"weight": "one"},
        {"weight": "one", "direction": "cl", "easy_threshold": 0.3},
        {"easy_threshold": 0.4},
    )
)
def unified_rerank(
    yes, no, *, weight="sft", direction="sft", easy_threshold=None, reduction="mean"
):
    """Scores with weights that are constants."""
    losses = []
    for i in range(len(yes)):
        total = 0.0
        for k in range(yes.shape[1]):
            u = yes[i, k] - no[i, k]
            chance = torch.sigmoid(u if k == 0 else -u)
            softmax = torch.softmax(yes[i], 0)
            w = {
                "sft": 1 - chance,
                "cl": 1 - softmax[0] if k == 0 else softmax[k],
                "one": torch.ones_like(chance),
            }[weight]
            if easy_threshold is not None and chance > 1 - easy_threshold:
                w = 0 * w
            score = u if direction == "sft" else yes[i, k]
            total = total + (-1 if k == 0 else 1) * w.detach() * score
        # A second derivative of 0 exists, also where all is linear.
        losses.append(total + 0.0 * (yes[i] * yes[i] + no[i] * no[i]).sum())
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"normalize": True},))
def margin_mse(x, y, negatives, target, *, normalize=False, reduction="mean"):
    """Each margin beside that of the teacher."""
    x, y, negatives = (unit(t, normalize) for t in (x, y, negatives))
    losses = []
    for i in range(len(x)):
        errors = [x[i] @ y[i] - x[i] @ n - t for n, t in zip(negatives[i], target[i], strict=True)]
        losses.append(sum(e**2 for e in errors) / len(errors))
    return reduce(torch.stack(losses), None, reduction)
