"""Naive contrasts of pixels and patches within each image."""

from .conventions import unit
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


def reduced(losses, reduction):
    """Mean or sum of all losses, or the losses."""
    return {"mean": losses.mean, "sum": losses.sum, "none": lambda: losses}[reduction]()


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
    return reduced(directions(query, key, temperature, normalize), reduction)


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def dual_patch_nce(source, target, *, temperature=0.07, normalize=True, reduction="mean"):
    """Both directions, with a held source."""
    source = source.detach()
    one = directions(source, target, temperature, normalize)
    other = directions(target, source, temperature, normalize)
    return reduced(one + other, reduction)


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
    held = x_target is not None
    x, y = unit(x, normalize), unit(y, normalize)
    keys_x, keys_y = (unit(x_target), unit(y_target)) if held else (x, y)
    if held and not normalize:
        keys_x, keys_y = x_target, y_target

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
    return reduced(both / 2, reduction)
