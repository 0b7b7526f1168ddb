"""Naive losses of retrieval: every candidate of every anchor in a loop."""

from .conventions import apart, reduce, unit
from .registry import oracle, torch

DIRECTIONS = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")


def _documents(y, negatives, ids, negative_ids, negatives_mask):
    """Row, sample, item and whether it is a match, of every document that there is."""
    items = list(range(-len(y), 0)) if ids is None else [int(i) for i in ids]
    found = [(y[j], j, items[j], True) for j in range(len(y))]
    for j in range(len(y)):
        for k in range(0 if negatives is None else negatives.shape[1]):
            if negatives_mask is None or bool(negatives_mask[j, k]):
                item = None if negative_ids is None else int(negative_ids[j, k])
                found.append((negatives[j, k], j, item, False))
    return items, found


@oracle(
    cases=(
        {"temperature": 0.5},
        {"normalize": False},
        {"negatives": "B K D"},
        {"negatives": "B K D", "negatives_mask": "B K", "directions": DIRECTIONS},
        {"negatives": "B K D", "ids": "B", "negative_ids": "B K", "directions": DIRECTIONS},
        {"ids": "B", "directions": ("doc_to_query", "query_to_doc"), "partition": "per_direction"},
        {
            "negatives": "B K D",
            "hardness_mode": "in_batch_negatives",
            "hardness_strength": 5.0,
            "directions": ("query_to_doc", "doc_to_query"),
        },
        {"negatives": "B K D", "hardness_mode": "hard_negatives", "hardness_strength": 9.0},
        {
            "negatives": "B K D",
            "negatives_mask": "B K",
            "hardness_mode": "all_negatives",
            "hardness_strength": 5.0,
            "false_negative_margin": 0.1,
        },
        {"negatives": "B K D", "directions": DIRECTIONS, "false_negative_margin": 0.1},
        {
            "directions": ("query_to_doc", "doc_to_query"),
            "partition": "per_direction",
            "false_negative_margin": 0.05,
            "normalize": False,
        },
    )
)
def multiple_negatives_ranking(
    x,
    y,
    negatives=None,
    ids=None,
    negative_ids=None,
    negatives_mask=None,
    *,
    temperature=0.05,
    directions=("query_to_doc",),
    partition="joint",
    hardness_mode=None,
    hardness_strength=0.0,
    false_negative_margin=None,
    normalize=True,
    reduction="mean",
):
    """Each query's document among blocks of candidates."""
    x, y = unit(x, normalize), unit(y, normalize)
    negatives = None if negatives is None else unit(negatives, normalize)
    items, documents = _documents(y, negatives, ids, negative_ids, negatives_mask)
    losses = []
    for i in range(len(x)):
        match = x[i] @ y[i]

        def candidate(s, harder=False, match=match):
            """A logit; none where the similarity marks a false negative."""
            if false_negative_margin is not None and s > match.detach() + false_negative_margin:
                return []
            return [s / temperature + (hardness_strength * s.detach() if harder else 0.0)]

        blocks = {"query_to_doc": [match / temperature]}
        for row, j, item, is_match in documents:
            if (j == i and is_match) or item == items[i]:
                continue
            mode = "hard_negatives" if j == i else "in_batch_negatives"
            harder = hardness_mode in (mode, "all_negatives")
            blocks["query_to_doc"] += candidate(x[i] @ row, harder)
        others = [j for j in range(len(x)) if items[j] != items[i]]
        blocks["query_to_query"] = [s for j in others for s in candidate(x[i] @ x[j])]
        blocks["doc_to_query"] = [match / temperature]
        blocks["doc_to_query"] += [s for j in others for s in candidate(y[i] @ x[j])]
        blocks["doc_to_doc"] = [
            s
            for row, j, item, _ in documents
            if j != i and item != items[i]
            for s in candidate(y[i] @ row)
        ]
        if partition == "joint":
            logs = [torch.logsumexp(torch.stack([s for d in directions for s in blocks[d]]), 0)]
        else:
            logs = [torch.logsumexp(torch.stack(blocks[d]), 0) for d in directions]
        losses.append(sum(logs) / len(logs) - match / temperature)
    return reduce(torch.stack(losses), None, reduction)


def _others(i, items, documents):
    """Rows of the documents that are no match of query i and not its item."""
    return [
        row
        for row, j, item, is_match in documents
        if not (j == i and is_match) and item != items[i]
    ]


def _focal(x, y, others, gamma, temperature, detach_weight):
    """Losses of each query among all documents y and the other candidates of each query."""
    losses = []
    for i in range(len(x)):
        logits = [x[i] @ row / temperature for row in (y[i], *others(i))]
        if len(logits) == 1:
            losses.append(0.0 * logits[0])
            continue
        whole = torch.logsumexp(torch.stack(logits), 0)
        log_miss = torch.logsumexp(torch.stack(logits[1:]), 0) - whole  # log(1 - p)
        weight = torch.exp(gamma * (log_miss.detach() if detach_weight else log_miss))
        losses.append(weight * (whole - logits[0]))
    return torch.stack(losses)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"temperature": 0.5, "gamma": 2.0, "negatives": "B K D"},
        {"temperature": 0.5, "gamma": 0.0, "normalize": False},
        {"temperature": 0.5, "detach_weight": True, "negatives": "B K D"},
        {
            "temperature": 0.5,
            "ids": "B",
            "negatives": "B K D",
            "negative_ids": "B K",
            "negatives_mask": "B K",
        },
    )
)
def focal_info_nce(
    x,
    y,
    negatives=None,
    ids=None,
    negative_ids=None,
    negatives_mask=None,
    *,
    gamma=0.5,
    temperature=0.01,
    detach_weight=False,
    normalize=True,
    reduction="mean",
):
    """Cross-entropy times a power of one minus the softmax of the match."""
    x, y = unit(x, normalize), unit(y, normalize)
    negatives = None if negatives is None else unit(negatives, normalize)
    items, documents = _documents(y, negatives, ids, negative_ids, negatives_mask)
    losses = _focal(x, y, lambda i: _others(i, items, documents), gamma, temperature, detach_weight)
    return reduce(losses, None, reduction)


PAIRS = {"mode": "pair", "index": "B Q 2", "lam": "B Q"}


@oracle(
    exact={"mode": "list", "temperature": 0.5},  # the default mode needs two more arrays
    cases=(
        {"gamma": 0.5},
        {"detach_mixing": False, "gamma": 1.0},
        {"ids": "B", "negative_ids": "B K"},
        PAIRS,
        PAIRS | {"ids": "B"},
        PAIRS | {"ids": "B", "negative_ids": "B K"},
    ),
)
def mixed_negative_info_nce(
    x,
    y,
    negatives,
    index=None,
    lam=None,
    ids=None,
    negative_ids=None,
    *,
    mode="pair",
    gamma=0.0,
    temperature=0.01,
    detach_mixing=True,
    reduction="mean",
):
    """The focal loss with mixtures among the negatives."""
    x, y, n = unit(x), unit(y), unit(negatives)
    items, documents = _documents(y, n, ids, negative_ids, None)
    mixed = []  # rows and the places of their parts
    for i in range(len(x)):
        if mode == "pair":
            for (a, b), share in zip(index[i].tolist(), lam[i], strict=True):
                mixed.append((unit(share * n[i, a] + (1 - share) * n[i, b]), i, (a, b)))
        else:
            w = torch.softmax(n[i] @ x[i] / temperature, 0)
            row = unit((w.detach() if detach_mixing else w) @ n[i])
            mixed.append((row, i, range(n.shape[1])))

    def others(i):
        found = _others(i, items, documents)
        for row, j, parts in mixed:
            if negative_ids is None or all(int(negative_ids[j, k]) != items[i] for k in parts):
                found.append(row)
        return found

    return reduce(_focal(x, y, others, gamma, temperature, False), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"temperature": 0.5, "negatives": "B K D"},
        {"normalize": False, "temperature": 0.5, "negatives": "B K D"},
        {"temperature": 0.5, "ids": "B"},
        {"temperature": 0.5, "negatives": "B K D", "ids": "B", "negative_ids": "B K"},
    )
)
def retrieval_info_nce(
    x,
    positives,
    negatives=None,
    ids=None,
    negative_ids=None,
    *,
    temperature=0.02,
    normalize=True,
    reduction="mean",
):
    """Each positive among the positives of its place and all negatives."""
    x, positives = unit(x, normalize), unit(positives, normalize)
    negatives = None if negatives is None else unit(negatives, normalize)
    losses = []
    for i in range(len(x)):
        terms = []
        for p in range(positives.shape[1]):
            items, documents = _documents(positives[:, p], negatives, ids, negative_ids, None)
            candidates = [positives[i, p], *_others(i, items, documents)]
            logits = torch.stack([x[i] @ row for row in candidates]) / temperature
            terms.append(torch.logsumexp(logits, 0) - logits[0])
        losses.append(sum(terms) / len(terms))
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"normalize": False},
        {"temperature": 0.5, "ids": "B"},
        {"temperature": 0.5, "ids": "B", "negative_ids": "B K"},
    )
)
def ipw_info_nce(
    x,
    y,
    negatives,
    negative_weights,
    ids=None,
    negative_ids=None,
    *,
    temperature=0.05,
    normalize=True,
    reduction="mean",
):
    """Each match among the batch and weighted negatives of the row."""
    x, y, negatives = (unit(t, normalize) for t in (x, y, negatives))
    losses = []
    for i in range(len(x)):
        logits = [x[i] @ y[i] / temperature]
        for j in range(len(y)):
            if apart(i, j, ids):
                logits.append(x[i] @ y[j] / temperature)
        for k, row in enumerate(negatives[i]):
            if negative_ids is None or int(negative_ids[i, k]) != int(ids[i]):
                logits.append(x[i] @ row / temperature + torch.log(negative_weights[i, k]))
        losses.append(torch.logsumexp(torch.stack(logits), 0) - logits[0])
    return reduce(torch.stack(losses), None, reduction)


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
