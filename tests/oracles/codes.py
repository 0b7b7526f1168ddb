"""Naive losses whose targets are codes of Sinkhorn and Knopp."""

import math

from .conventions import reduce, unit
from .registry import oracle, torch


def codes(scores, epsilon, iterations):
    """Equal sums of columns, then of rows, by turns; in logarithms, so that nothing overflows."""
    n, k = scores.shape
    log_q = scores / epsilon
    log_q = log_q - torch.logsumexp(log_q.flatten(), 0)
    for _ in range(iterations):
        log_q = log_q - torch.logsumexp(log_q, 0) - math.log(k)
        log_q = log_q - torch.logsumexp(log_q, 1, keepdim=True) - math.log(n)
    return n * log_q.exp()


@oracle(
    cases=(
        {"temperature": 0.5, "epsilon": 0.2},
        {"iterations": 1, "assign": (1, 0)},
        {"queue": "2 n D"},
        {"queue": "2 n D", "normalize": False, "epsilon": 1.0},
        {"assign": (1,)},
    )
)
def swav(
    views,
    prototypes,
    queue=None,
    *,
    temperature=0.1,
    epsilon=0.05,
    iterations=3,
    assign=(0, 1),
    normalize=True,
    reduction="mean",
):
    """Each code predicted from every other view."""
    z = [unit(view, normalize) for view in views]
    b = z[0].shape[0]
    terms = []
    for position, a in enumerate(assign):
        rows = z[a]
        if queue is not None:
            rows = torch.cat([unit(queue[position], normalize), rows])
        q = codes((rows @ prototypes.T).detach(), epsilon, iterations)[-b:]
        for v in range(len(z)):
            if v != a:
                logits = z[v] @ prototypes.T / temperature
                terms.append(-(q * torch.log_softmax(logits, 1)).sum(1))
    losses = torch.stack(terms).mean(0)
    return reduce(losses, None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5, "epsilon": 0.2},
        {"iterations": 1},
        {"iterations": 2, "epsilon": 1.0},
    )
)
def swalip(x_views, y_views, *, temperature=0.1, epsilon=0.05, iterations=3, reduction="mean"):
    """Each modality in turn predicts codes over the batch of the other."""
    x, y = ([unit(view) for view in views] for views in (x_views, y_views))
    losses = 0.0
    for rows, columns in ((x, y), (y, x)):
        for a in (0, 1):
            for b in (0, 1):
                scores = (rows[1 - a] @ columns[1 - b].T).detach()
                q = codes(scores, epsilon, iterations)
                logits = rows[a] @ columns[b].T / temperature
                losses = losses - (q * torch.log_softmax(logits, 1)).sum(1) / 8
    return reduce(losses, None, reduction)
