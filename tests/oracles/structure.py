"""Naive losses on the structure between two modalities."""

import math

from .conventions import apart, reduce, unit
from .registry import oracle, torch
from .two_view import info_nce


@oracle(cases=({"temperature": 0.5}, {"bias": 0.3}, {"normalize": False}, {"ids": "B"}))
def sigmoid_contrastive(
    x, y, ids=None, *, temperature=0.1, bias=-10.0, normalize=True, reduction="mean"
):
    """Logistic loss of every pair: label +1 on the diagonal, -1 elsewhere; divided by B."""
    x, y = unit(x, normalize), unit(y, normalize)
    losses = []
    for i in range(x.shape[0]):
        row = 0.0
        for j in range(y.shape[0]):
            if ids is not None and i != j and int(ids[i]) == int(ids[j]):
                continue
            sign = 1.0 if i == j else -1.0
            row = row - torch.nn.functional.logsigmoid(sign * (x[i] @ y[j] / temperature + bias))
        losses.append(row)
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"in_modal": 0.3},
        {"cross_modal": 0.0},
        {"normalize": False},
        {"x_aug": "B D", "y_aug": "B D"},
        {"x_aug": "B D", "y_aug": "B D", "augmented": 0.5, "in_modal": 0.3},
    )
)
def geometric_consistency(
    x, y, x_aug=None, y_aug=None, *, in_modal=1.0, cross_modal=1.0, augmented=1.0, normalize=True
):
    """Squared asymmetries of the similarities within and across two modalities."""
    x, y = unit(x, normalize), unit(y, normalize)
    b = x.shape[0]
    total = cross_modal * ((x @ y.T - y @ x.T) ** 2).sum() / b
    total = total + in_modal * ((x @ x.T - y @ y.T) ** 2).sum() / b
    if x_aug is not None:
        xa, ya = unit(x_aug, normalize), unit(y_aug, normalize)
        pairs = ((x @ x.T - xa @ xa.T) ** 2).sum() + ((y @ y.T - ya @ ya.T) ** 2).sum()
        matched = sum((x[j] @ y[j] - xa[j] @ ya[j]) ** 2 for j in range(b))
        total = total + augmented * (pairs + matched) / b
    return total


@oracle(
    cases=(
        {"temperature": 0.5},
        {"in_modal": 0.5},
        {"cross_modal": 0.0},
        {"normalize": False},
        {"ids": "B"},
    )
)
def cyclip(x, y, ids=None, *, temperature=0.07, in_modal=0.25, cross_modal=0.25, normalize=True):
    """CLIP plus the two cyclic terms, these on plain inner products."""
    contrast = info_nce(x, y, ids=ids, temperature=temperature, normalize=normalize)
    return contrast + geometric_consistency(
        x, y, in_modal=in_modal, cross_modal=cross_modal, normalize=normalize
    )


def _in_modal(z, aug, temperature, denominator, ids=None):
    """Mean over rows of LSE_k <z_j, a_k> / tau - <z_j, aug_j> / tau."""
    candidates = aug if denominator == "augmented" else z
    losses = []
    for j in range(z.shape[0]):
        rows = [row for k, row in enumerate(candidates) if k == j or apart(j, k, ids)]
        logits = torch.stack([z[j] @ row for row in rows]) / temperature
        losses.append(torch.logsumexp(logits, 0) - z[j] @ aug[j] / temperature)
    return torch.stack(losses).mean()


@oracle(
    cases=(
        {"denominator": "original"},
        {"denominator": "original", "normalize": False, "temperature": 0.5},
        {"temperature": 0.5},
        {"normalize": False},
        {"ids": "B"},
        {"ids": "B", "denominator": "original"},
    )
)
def multimodal_contrastive(
    x, y, x_aug, y_aug, ids=None, *, temperature=0.07, denominator="augmented", normalize=True
):
    """A quarter of V2T + T2V + V2V + T2T."""
    x, y, xa, ya = (unit(z, normalize) for z in (x, y, x_aug, y_aug))
    pairs = [(x, y, "augmented"), (y, x, "augmented"), (x, xa, denominator), (y, ya, denominator)]
    return sum(_in_modal(a, b, temperature, kind, ids) for a, b, kind in pairs) / 4


@oracle(
    cases=(
        {"temperature": 0.5, "t": 0.5},
        {"denominator": "original"},
        {"orthogonality_weight": 0.5, "uniformity_weight": 0.3},
        {"orthogonality_weight": 2.0, "contrastive_weight": 0.3},
        {"normalize": False},
        {"normalize": False, "denominator": "original"},
    )
)
def feature_separation(
    x,
    y,
    x_specific,
    y_specific,
    x_specific_aug,
    y_specific_aug,
    *,
    temperature=0.07,
    t=2.0,
    orthogonality_weight=1.0,
    contrastive_weight=1.0,
    uniformity_weight=1.0,
    denominator="augmented",
    normalize=True,
):
    """Orthogonality to the shared features, contrast and uniformity of the specific ones."""
    x, y, p, q, pa, qa = (
        unit(z, normalize) for z in (x, y, x_specific, y_specific, x_specific_aug, y_specific_aug)
    )
    b = x.shape[0]
    ortho = sum((x[j] @ p[j]) ** 2 + (y[j] @ q[j]) ** 2 for j in range(b)) / b
    contrast = _in_modal(p, pa, temperature, denominator)
    contrast = contrast + _in_modal(q, qa, temperature, denominator)
    potentials = [
        torch.exp(-t * ((z[j] - z[k]) ** 2).sum())
        for z in (p, q)
        for j in range(b)
        for k in range(b)
    ]
    uniform = torch.log(sum(potentials) / b)
    return (
        orthogonality_weight * ortho + contrastive_weight * contrast + uniformity_weight * uniform
    )


@oracle(
    cases=(
        {"t": 0.6},
        {"t": 1.0},
        {"likelihood": True},
        {"normalize": False},
        {"t": 0.6, "likelihood": True, "normalize": False},
    )
)
def brownian_bridge(x, y, x_aug, *, t=0.25, normalize=True, likelihood=False, reduction="mean"):
    """Squared distance of augmented rows from the unit point between the modalities."""
    x, y, xa = (unit(z, normalize) for z in (x, y, x_aug))
    t = torch.as_tensor(t, dtype=x.dtype).expand(x.shape[0])
    losses = []
    for i in range(x.shape[0]):
        mu = unit(t[i] * x[i] + (1 - t[i]) * y[i])
        factor = 1 / (2 * t[i] * (1 - t[i])) if likelihood else 1.0
        losses.append(factor * ((xa[i] - mu) ** 2).sum())
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5, "t": 0.5},
        {"cross_uniformity_weight": 0.0},
        {"contrastive_weight": 0.3, "alignment_weight": 0.5},
        {"uniformity_weight": 0.3, "cross_uniformity_weight": 0.7},
        {"contrastive_weight": 0.0, "alignment_weight": 0.0},
    )
)
def contrastive_gap_loss(
    x,
    y,
    *,
    temperature=0.01,
    t=2.0,
    contrastive_weight=1.0,
    alignment_weight=1.0,
    uniformity_weight=1.0,
    cross_uniformity_weight=1.0,
):
    """CLIP, alignment, and uniformity within and across modalities, on unit rows."""
    x, y = unit(x), unit(y)
    b = x.shape[0]

    def log_mean(one, two, pairs):
        exponents = [-t * ((one[j] - two[k]) ** 2).sum() for j, k in pairs]
        return torch.logsumexp(torch.stack(exponents), 0) - math.log(len(exponents))

    total = contrastive_weight * info_nce(x, y, temperature=temperature)
    total = total + alignment_weight * ((x - y) ** 2).sum() / b
    if uniformity_weight:
        upper = [(j, k) for j in range(b) for k in range(j + 1, b)]
        within = (log_mean(x, x, upper) + log_mean(y, y, upper)) / 2
        total = total + uniformity_weight * within
    if cross_uniformity_weight:
        different = [(j, k) for j in range(b) for k in range(b) if j != k]
        total = total + cross_uniformity_weight * log_mean(x, y, different)
    return total
