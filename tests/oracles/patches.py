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


def propagated(f, values, p, clamp):
    """Propagated features of the pixels of one image."""
    u, v = unit(f), unit(values)
    rows = []
    for i in range(f.shape[0]):
        cosines = [u[i] @ u[j] for j in range(f.shape[0])]
        weights = [(c if c > clamp else torch.full_like(c, clamp)) ** p for c in cosines]
        rows.append(sum(w * row for w, row in zip(weights, v, strict=True)))
    return torch.stack(rows)


@oracle(kinks=True, cases=({"values": "B n D"}, {"p": 1.0}, {"p": 2.5, "clamp": 0.2}))
def pixel_propagation(f, values=None, *, p=2.0, clamp=0.0):
    """Image by image."""
    values = f if values is None else values
    return torch.stack([propagated(a, b, p, clamp) for a, b in zip(f, values, strict=True)])


@oracle(
    kinks=True,
    cases=(
        {"x_values": "B n D", "y_values": "B n D"},
        {"p": 1.0, "eps": 0.5},
        {"p": 3.0, "clamp": 0.3},
    ),
)
def pixpro(
    x,
    y,
    x_target,
    y_target,
    mask,
    x_values=None,
    y_values=None,
    *,
    p=2.0,
    clamp=0.0,
    eps=1e-6,
    reduction="mean",
):
    """Minus twice the mean cosine of all pairs, both ways; targets are held."""

    def side(f, values, target, pairs):
        u, k = unit(propagated(f, values, p, clamp)), unit(target.detach())
        total = 0.0 * f.sum()
        for i, j in pairs.nonzero().tolist():
            total = total + u[i] @ k[j]
        return total / (int(pairs.sum()) + eps)

    x_values = x if x_values is None else x_values
    y_values = y if y_values is None else y_values
    losses = [
        -2 * side(x[b], x_values[b], y_target[b], mask[b])
        - 2 * side(y[b], y_values[b], x_target[b], mask[b].T)
        for b in range(x.shape[0])
    ]
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"mask": "B T"}, {"margin": 1.3}, {"margin": 2.5, "mask": "B T"}, {"margin": -0.1}))
def simctg(hidden, mask=None, *, margin=0.5):
    """Hinges of all pairs of different tokens, over their number."""
    if mask is None:
        mask = torch.ones(hidden.shape[:2], dtype=torch.bool)
    total, count = 0.0, 0
    for rows, real in zip(hidden, mask, strict=True):
        u = unit(torch.where(real[:, None], rows, 0.0))
        total = total + 0.0 * u.sum()
        for i in range(len(u)):
            for j in range(len(u)):
                if i != j and bool(real[i] and real[j]):
                    total = total + torch.relu(margin - 1 + u[i] @ u[j])
                    count += 1
    return total / max(count, 1)
