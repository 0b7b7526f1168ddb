"""Naive estimators of large-batch gradients, one pair at a time."""

from .conventions import apart, reduce, unit
from .registry import oracle, torch
from .two_view import info_nce


@oracle(
    cases=(
        {"temperature": 0.5},
        {"log_auxiliary": "2 B"},
        {"log_auxiliary": "2 B", "scale": 3.5, "include_positive": False},
        {"scale": 0.5},
        {"include_positive": False},
        {"normalize": False},
        {"ids": "B", "log_auxiliary": "2 B"},
    )
)
def gamma_info_nce(
    x,
    y,
    log_auxiliary,
    ids=None,
    *,
    temperature=0.1,
    scale=1.0,
    include_positive=True,
    normalize=True,
    reduction="mean",
):
    """Each anchor: its auxiliary times its normaliser, less the logit of its match."""
    x, y = unit(x, normalize), unit(y, normalize)
    b = x.shape[0]

    def direction(anchors, keys, log_u):
        losses = []
        for i in range(b):
            loss = -anchors[i] @ keys[i] / temperature
            for j in range(b):
                term = torch.exp(anchors[i] @ keys[j] / temperature + log_u[i])
                if apart(i, j, ids):
                    loss = loss + scale * term
                elif j == i and include_positive:
                    loss = loss + term
            losses.append(loss)
        return torch.stack(losses)

    if log_auxiliary.ndim == 1:
        losses = direction(x, y, log_auxiliary)
    else:
        losses = (direction(x, y, log_auxiliary[0]) + direction(y, x, log_auxiliary[1])) / 2
    return reduce(losses, None, reduction)


@oracle(
    cases=(
        {"log_u": "2 B"},
        {"temperature": 0.5, "rho": 6.0},
        {"temperature": "B", "rho": 0.3},
        {"log_u": "2 B", "temperature": "2 B", "relative": False},
        {"negatives": "all"},
        {"log_u": "2 B", "temperature": "2 B", "negatives": "all", "relative": False},
        {"normalize": False, "temperature": 0.5},
        {"ids": "B", "log_u": "2 B", "temperature": "B"},
        {"ids": "B", "negatives": "all", "relative": False},
    )
)
def global_contrastive(
    x,
    y,
    log_u,
    temperature=0.1,
    ids=None,
    *,
    rho=0.0,
    negatives="cross",
    relative=True,
    normalize=True,
    reduction="mean",
):
    """Each anchor of both directions: the tangent, at its state, of its soft maximum."""
    x, y = unit(x, normalize), unit(y, normalize)
    b = x.shape[0]
    tau = torch.as_tensor(temperature, dtype=x.dtype) + torch.zeros(2, b, dtype=x.dtype)
    log_u = log_u + torch.zeros(2, b, dtype=x.dtype)

    def direction(anchors, keys, tau, log_u):
        losses = []
        for i in range(b):
            match = anchors[i] @ keys[i]
            others = [j for j in range(b) if apart(i, j, ids)]
            if not others:
                losses.append(0.0 * (match + tau[i] + log_u[i]))
                continue
            candidates = [keys[j] for j in others]
            if negatives == "all":
                candidates += [anchors[j] for j in others]
            h = torch.stack([anchors[i] @ z - (match if relative else 0.0) for z in candidates])
            ratio = torch.exp(h / tau[i] - log_u[i]).mean()
            loss = tau[i] * (log_u[i] + rho) + tau[i].detach() * (ratio - 1)
            losses.append(loss if relative else loss - match)
        return torch.stack(losses)

    losses = [direction(x, y, tau[0], log_u[0]), direction(y, x, tau[1], log_u[1])]
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"groups": 2},
        {"groups": 3, "temperature": 0.5},
        {"normalize": False},
        {"groups": 2, "ids": "B"},
    )
)
def grouped_info_nce(x, y, ids=None, *, groups=1, temperature=0.07, normalize=True):
    """Mean of the InfoNCE of consecutive blocks."""
    items = [None] * groups if ids is None else ids.chunk(groups)
    parts = zip(x.chunk(groups), y.chunk(groups), items, strict=True)
    options = dict(temperature=temperature, normalize=normalize)
    return torch.stack([info_nce(a, b, ids=i, **options) for a, b, i in parts]).mean()
