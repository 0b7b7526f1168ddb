"""Naive losses on the cube of all tuples, one row of each view: arrays of B^n x D, as published."""

from .conventions import norm, per_sample, unit
from .registry import oracle, torch


def _spread(views):
    """Reshape each view so that broadcasting puts row `t_a` at position `t` of the cube."""
    n = len(views)
    return [
        view.reshape([view.shape[0] if axis == a else 1 for axis in range(n)] + [view.shape[1]])
        for a, view in enumerate(views)
    ]


def _similarity(views, similarity):
    """Return S_t for every tuple t, from the definition: no product is expanded."""
    rows = torch.broadcast_tensors(*_spread(views))
    total = sum(rows)
    if similarity == "product":
        product = rows[0]
        for row in rows[1:]:
            product = product * row
        return product.sum(-1)
    if similarity == "norm":
        return norm(total)
    mean = total / len(views)
    differences = torch.cat([row - mean for row in rows], -1)  # |.|^2 of this is V_t
    if similarity == "variance":
        return 1 - (differences**2).sum(-1)
    if similarity == "deviation":
        return 1 - norm(differences)
    raise ValueError(similarity)


@oracle(
    cases=(
        {"weights": "B**M"},
        {"similarity": "variance"},
        {"similarity": "norm"},
        {"similarity": "product"},
        {"similarity": "variance", "weights": "B**M"},
        {"similarity": "norm", "weights": "B**M"},
        {"similarity": "product", "weights": "B**M"},
        {"normalize": False, "weights": "B**M"},
    )
)
def cube_logits(views, weights=None, *, similarity="deviation", normalize=True):
    """Similarities of all tuples, or their sum under given weights."""
    s = _similarity([unit(view, normalize) for view in views], similarity)
    return s if weights is None else (weights * s).sum()


def _complete(views, mask):
    """Boolean cube: true where no member of the tuple is missing."""
    n, b = len(views), views[0].shape[0]
    there = torch.ones([b] * n, dtype=torch.bool)
    if mask is not None:
        for a in range(n):
            there = there & mask[a].reshape([b if axis == a else 1 for axis in range(n)])
    return there


@oracle(
    cases=(
        {"similarity": "variance"},
        {"similarity": "norm"},
        {"similarity": "product"},
        {"negatives": "axis"},
        {"negatives": "axis", "similarity": "variance"},
        {"negatives": "axis", "similarity": "norm"},
        {"negatives": "axis", "similarity": "product"},
        {"temperature": 0.5, "normalize": False},
        {"weights": "B"},
        {"mask": "M B"},
        {"mask": "M B", "similarity": "variance", "weights": "B"},
        {"mask": "M B", "similarity": "product"},
        {"mask": "M B", "negatives": "axis"},
        {"temperature": 0.5, "similarity": "variance", "normalize": False},
    )
)
def cube_loss(
    views,
    mask=None,
    weights=None,
    *,
    similarity="deviation",
    temperature=0.07,
    negatives="all",
    normalize=True,
    reduction="mean",
):
    """Softmax cross-entropy on the cube, the diagonal tuples as targets."""
    n, b = len(views), views[0].shape[0]
    s = cube_logits(views, similarity=similarity, normalize=normalize) / temperature
    there = _complete(views, mask)
    losses = []
    for i in range(b):
        if not there[(i,) * n]:
            losses.append(None)
            continue
        loss = 0.0
        for a in range(n):
            if negatives == "all":
                chosen = there.select(a, i)
                candidates = s.select(a, i)[chosen]
            else:
                line = tuple(slice(None) if axis == a else i for axis in range(n))
                candidates = s[line][there[line]]
            loss = loss + torch.logsumexp(candidates, 0) - s[(i,) * n]
        losses.append(loss / n)
    return per_sample(losses, weights, reduction, views[0])


@oracle(
    exact={"tol": 1e-12, "max_iter": 10_000},
    cases=(
        {"epsilon": 0.5},
        {"normalize": False, "epsilon": 1.0},
        {"weights": "B"},
        {"mask": "M B", "weights": "B"},
    ),
    solved=True,
)
def matching_gap(
    views, mask=None, weights=None, *, epsilon=0.2, normalize=True, tol=1e-3, max_iter=1000
):
    """Cost of the given matching less the best entropic one, over the complete samples.

    Solved to 1e-13 whatever `tol` says: the exact value, which an implementation approaches. The
    potentials are held, which by the envelope theorem leaves value and gradient exact.
    """
    n = len(views)
    complete = torch.ones(views[0].shape[0], dtype=torch.bool)
    if mask is not None:
        complete = torch.stack(list(mask)).all(0)
        if not complete.any():
            return per_sample([None] * len(complete), None, "mean", views[0])
    rows = [unit(view, normalize)[complete] for view in views]
    w = torch.ones_like(rows[0][:, 0]) if weights is None else weights[complete]
    w = w / w.sum()
    cost = 1 - (sum(torch.broadcast_tensors(*_spread(rows))) ** 2).sum(-1) / n**2

    def on_axis(potential, a):
        return potential.reshape([-1 if axis == a else 1 for axis in range(n)])

    with torch.no_grad():
        f = [torch.zeros_like(w) for _ in range(n)]
        for _ in range(20000):
            for a in range(n):
                exponent = (sum(on_axis(f[k], k) for k in range(n) if k != a) - cost) / epsilon
                axes = tuple(axis for axis in range(n) if axis != a)
                f[a] = epsilon * (torch.log(w) - torch.logsumexp(exponent, axes))
            plan = torch.exp((sum(on_axis(f[k], k) for k in range(n)) - cost) / epsilon)
            errors = [
                (plan.sum(tuple(axis for axis in range(n) if axis != a)) - w).abs().sum()
                for a in range(n)
            ]
            if max(errors) < 1e-13:
                break
    mass = torch.exp((sum(on_axis(f[k], k) for k in range(n)) - cost) / epsilon).sum()
    best = sum((w * f[a]).sum() for a in range(n)) - epsilon * (mass - 1)
    index = torch.arange(w.shape[0])
    given = (w * cost[(index,) * n]).sum() + epsilon * (w * torch.log(w)).sum()
    return given - best
