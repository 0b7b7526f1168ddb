"""Naive losses of queries and documents."""

from .conventions import reduce, unit
from .registry import oracle, torch


@oracle(
    cases=(
        {"temperature": 0.5},
        {"query_mask": "B Q"},
        {"document_mask": "N T", "temperature": 0.1},
        {"query_mask": "B Q", "document_mask": "N T", "average": True},
        {"average": True},
        {"symmetric": True},
        {"normalize": False, "temperature": 1.0},
    ),
    kinks=True,
)
def max_sim_info_nce(
    queries,
    documents,
    query_mask=None,
    document_mask=None,
    *,
    temperature=0.02,
    average=False,
    symmetric=False,
    normalize=True,
    reduction="mean",
):
    """Each token of a query with its best token of a document, the first of equal ones."""
    q, d = unit(queries, normalize), unit(documents, normalize)

    def tokens(rows, mask, i):
        there = range(rows.shape[1])
        return [rows[i, t] for t in there if mask is None or bool(mask[i, t])]

    def score(i, j):
        mine, theirs, total = tokens(q, query_mask, i), tokens(d, document_mask, j), 0.0 * q.sum()
        for token in mine:
            products = torch.stack([token @ other for other in theirs])
            total = total + products[int(torch.argmax(products))]
        return total / temperature / (max(len(mine), 1) if average else 1)

    b = q.shape[0]
    there = [j for j in range(d.shape[0]) if tokens(d, document_mask, j)]
    s = {(i, j): score(i, j) for i in range(b) for j in there}
    losses = []
    for i in range(b):
        loss = torch.logsumexp(torch.stack([s[i, j] for j in there]), 0) - s[i, i]
        if symmetric:
            other = torch.stack([s[j, i] for j in range(b)])
            loss = (loss + torch.logsumexp(other, 0) - s[i, i]) / 2
        losses.append(loss)
    return reduce(torch.stack(losses), None, reduction)
