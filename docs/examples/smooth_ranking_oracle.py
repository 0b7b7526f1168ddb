"""Smooth ranking, naively: float64 torch, one loop for one sum of the formula."""

from oracles.registry import oracle, torch


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def smooth_ranking(x, y, *, temperature=0.1, normalize=True, reduction="mean"):
    """Mean softplus of how much each mismatch outscores the match of its row."""
    if normalize:
        x, y = torch.nn.functional.normalize(x), torch.nn.functional.normalize(y)
    n = x.shape[0]
    losses = torch.stack(
        [
            sum(
                torch.nn.functional.softplus((x[i] @ y[j] - x[i] @ y[i]) / temperature)
                for j in range(n)
                if j != i
            )
            / (n - 1)
            for i in range(n)
        ]
    )
    return {"mean": losses.mean(), "sum": losses.sum(), "none": losses}[reduction]
