"""Smooth ranking, naively: float64 torch, one loop for one sum of the formula."""

from oracles.conventions import reduce, unit
from oracles.registry import oracle, torch


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def smooth_ranking(x, y, *, temperature=0.1, normalize=True, reduction="mean"):
    """Mean softplus of how much each mismatch outscores the match of its row."""
    x, y, n = unit(x, normalize), unit(y, normalize), x.shape[0]
    zero = torch.zeros((), dtype=x.dtype)
    losses = torch.stack(
        [
            # torch's own softplus is linear beyond 20
            sum(
                torch.logaddexp(zero, (x[i] @ y[j] - x[i] @ y[i]) / temperature)
                for j in range(n)
                if j != i
            )
            / (n - 1)
            for i in range(n)
        ]
    )
    return reduce(losses, None, reduction)
