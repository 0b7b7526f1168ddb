"""Naive losses that choose among all candidates of an anchor."""

import math

from .conventions import reduce, unit
from .registry import oracle, torch


def _sorted_apart(negatives, positives, steepness):
    """Binary cross-entropy of where the inputs of an odd-even network end, by whole matrices."""
    values = torch.cat([torch.sort(negatives)[0], torch.sort(positives)[0]])
    k, n = len(negatives), len(values)
    if k in (0, n):
        return 0 * values.sum()  # nothing to exchange
    target = torch.cat([torch.ones(k), torch.zeros(n - k)]).to(values.dtype)
    whole = torch.eye(n, dtype=values.dtype)
    for layer in range(n):
        matrix = torch.eye(n, dtype=values.dtype)
        for p in range(layer % 2, n - 1, 2):
            w = 0.5 + torch.atan(steepness * (values[p + 1] - values[p])) / math.pi
            pair = torch.stack([torch.stack([w, 1 - w]), torch.stack([1 - w, w])])
            matrix = matrix.index_put(
                (torch.tensor([[p], [p + 1]]), torch.tensor([[p, p + 1]])), pair
            )
        values, whole = matrix @ values, whole @ matrix
    first = whole[:, :k].sum(1)
    log_first, log_others = (torch.log(t).clamp(min=-100) for t in (first, 1 - first))
    return -(target * log_first + (1 - target) * log_others).mean()


@oracle(
    exact={"k": 2},
    cases=(
        {"stop_grad": False},
        {"k": 1, "steepness": 20.0, "stop_grad": False},
        {"n_pos": 2, "stop_grad": False},
        {"n_pos": 1, "steepness": 5.0},
        {"normalize": False, "stop_grad": False},
    ),
)
def groco(
    views,
    *,
    k=10,
    steepness=1.0,
    n_pos=None,
    stop_grad=True,
    normalize=True,
    reduction="mean",
):
    """Positives and the nearest rows of the own view, sorted by a soft network."""
    z, samples = unit(views, normalize), views.shape[1]
    others = z.detach() if stop_grad else z
    losses = []
    for i in range(samples):
        total = 0
        for a in range(len(z)):
            rest = [j for j in range(samples) if j != i]
            # The search for the largest: from products of numbers, in a fixed order of ties.
            products = (z[a] @ z[a, i]).tolist()
            places = sorted(rest, key=lambda j: -round(products[j], 10))[:k]
            negatives = others[a, places] @ z[a, i]
            views_of = [c for c in range(len(z) if n_pos is None else n_pos) if c != a]
            positives = others[views_of, i] @ z[a, i]
            total = total + _sorted_apart(negatives, positives, steepness) / len(z)
        losses.append(total)
    return reduce(torch.stack(losses), None, reduction)
