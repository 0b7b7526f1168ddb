"""Naive contrasts of pixels and patches within each image."""

from .conventions import reduce, unit
from .registry import oracle, torch


def directions(x, y, temperature, normalize):
    """For each image and place, the cross-entropy of the same place among all of the other map."""
    x, y = unit(x, normalize), unit(y, normalize)
    images = []
    for a, b in zip(x, y, strict=True):
        logits = a @ b.T / temperature
        images.append(
            torch.stack([torch.logsumexp(row, 0) - row[i] for i, row in enumerate(logits)])
        )
    return torch.stack(images)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"normalize": False},
        {"stop_grad": "query"},
        {"stop_grad": "key", "temperature": 0.3},
    )
)
def patch_nce(query, key, *, temperature=0.07, stop_grad=None, normalize=True, reduction="mean"):
    """One direction, of which a side may be held."""
    query = query.detach() if stop_grad == "query" else query
    key = key.detach() if stop_grad == "key" else key
    return reduce(directions(query, key, temperature, normalize), None, reduction)


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def dual_patch_nce(source, target, *, temperature=0.07, normalize=True, reduction="mean"):
    """Both directions, with a held source."""
    source = source.detach()
    one = directions(source, target, temperature, normalize)
    other = directions(target, source, temperature, normalize)
    return reduce(one + other, None, reduction)


@oracle(
    cases=(
        {"temperature": 0.1},
        {"normalize": False},
        {"x_target": "B n D", "y_target": "B n D", "temperature": 0.2},
    )
)
def pix_contrast(
    x,
    y,
    mask,
    x_target=None,
    y_target=None,
    *,
    temperature=0.3,
    normalize=True,
    reduction="mean",
):
    """Minus the log-probability of all positives of each pixel, averaged over pixels and images."""
    x, y = unit(x, normalize), unit(y, normalize)
    keys_x = x if x_target is None else unit(x_target, normalize)
    keys_y = y if y_target is None else unit(y_target, normalize)

    def direction(queries, keys, pairs):
        images = []
        for q, k, m in zip(queries, keys, pairs, strict=True):
            losses = []
            for i in range(q.shape[0]):
                logits = k @ q[i] / temperature
                if bool(m[i].any()):
                    losses.append(torch.logsumexp(logits, 0) - torch.logsumexp(logits[m[i]], 0))
            images.append(torch.stack(losses).mean() if losses else 0.0 * q.sum())
        return torch.stack(images)

    both = direction(x, keys_y, mask) + direction(y, keys_x, mask.transpose(1, 2))
    return reduce(both / 2, None, reduction)
