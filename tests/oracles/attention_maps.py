"""Naive losses of cross-attention maps."""

from .conventions import reduce
from .registry import oracle, torch


def scaled(a):
    """Entries from 0 to 1, by the first largest and smallest; all 0 where they are equal."""
    flat = a.reshape(-1)
    high, low = flat[int(flat.argmax())], flat[int(flat.argmin())]
    return 0.0 * a if bool(high == low) else (a - low) / (high - low)


def overlap(a, b):
    """Soft intersection over the sum of two scaled maps."""
    a, b = scaled(a), scaled(b)
    below = (a + b).sum()
    return 0.0 * below if bool(below == 0) else (a * b).sum() / below


def share(a):
    """A map with sum 1; zeros stay."""
    return a / a.sum() if bool(a.sum() > 0) else 0.0 * a


@oracle()
def entity_mixing(maps):
    """Overlaps of all pairs."""
    total = 0.0 * maps.sum()
    for i in range(len(maps)):
        for j in range(i):
            total = total + overlap(maps[i], maps[j])
    return total


@oracle()
def attribute_binding(attributes, entities, *, reduction="sum"):
    """One minus the overlap of each pair."""
    pairs = zip(attributes, entities, strict=True)
    return reduce(torch.stack([1 - overlap(a, b) for a, b in pairs]), None, reduction)


@oracle(cases=({"scale": 3.0}, {"scale": 60.0}))
def entity_missing(maps, *, scale=1000.0):
    """Hinge of the mean excess of each map over the others."""
    shares = [share(a) for a in maps]
    total = 0.0 * maps.sum()
    for i, p in enumerate(shares):
        excess = sum(
            torch.relu(scale * (p - q).reshape(-1).max(dim=0).values)
            for j, q in enumerate(shares)
            if j != i
        )
        total = total + torch.relu(1 - excess / max(len(shares) - 1, 1) + 0.0 * p.sum())
    return total


@oracle(cases=({"axis": "y"},))
def spatial_relation(first, second, *, axis="x", reduction="sum"):
    """Sigmoid of the difference of the centres."""

    def centre(a):
        along = share(a).sum(0 if axis == "x" else 1)
        return sum(k * part for k, part in enumerate(along))

    losses = [torch.sigmoid(centre(a) - centre(b)) for a, b in zip(first, second, strict=True)]
    return reduce(torch.stack(losses), None, reduction)
