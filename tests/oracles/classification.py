"""Naive losses of classes, labels and clusters with rows of their own."""

from .conventions import reduce, unit
from .registry import oracle, torch


@oracle(
    cases=(
        {"temperature": 0.5},
        {"ignore": "B L"},
        {"ignore": "B L", "normalize": False, "temperature": 0.8},
    ),
    sparse=("ignore",),
)
def decoupled_softmax(
    x, y, positive, ignore=None, *, temperature=0.05, normalize=True, reduction="mean"
):
    """Each positive against the negatives alone."""
    x, y = unit(x, normalize), unit(y, normalize)
    losses = []
    for i in range(x.shape[0]):
        labels = [k for k in range(len(y)) if ignore is None or not bool(ignore[i, k])]
        far = [x[i] @ y[k] / temperature for k in labels if not bool(positive[i, k])]
        near = [x[i] @ y[k] / temperature for k in labels if bool(positive[i, k])]
        each = [torch.logsumexp(torch.stack([s, *far]), 0) - s for s in near]
        losses.append(sum(each) / len(each) if each else (x * 0.0).sum())
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"target": "N C"},))
def dec_kl(z, centers, target=None, *, reduction="mean"):
    """Student's kernel of each row and centre; targets that are held."""
    k = torch.stack([torch.stack([1 / (1 + ((a - b) ** 2).sum()) for b in centers]) for a in z])
    q = k / k.sum(1, keepdim=True)
    p = target
    if p is None:
        p = (q**2 / q.sum(0, keepdim=True)).detach()
        p = p / p.sum(1, keepdim=True)
    return reduce((p * torch.log(p / q)).sum(1), None, reduction)


@oracle(
    cases=(
        {"assign": "N", "scale": 3.0},
        {"assign": "N", "clusters": 5, "eps": 0.1},
        {"shares": "N C"},
    )
)
def pamc(z, edges, weights, assign=None, shares=None, *, clusters=None, scale=0.5, eps=1e-10):
    """Edges of each node, and pairs of clusters."""
    u = unit(z)
    count = len(z)
    positives = [(z * 0.0).sum() for _ in range(count)]
    for (i, j), w in zip(edges.T.tolist(), weights, strict=True):
        cosine = u[i] @ u[j] if i != j else 0.0 * u[i, 0]
        positives[i] = positives[i] + w * torch.exp(scale * cosine)
    if shares is None and assign is None:
        shares = torch.eye(count, dtype=z.dtype)
    elif shares is None:
        shares = torch.nn.functional.one_hot(assign.long()).to(z.dtype)
    sums = [shares[:, k] @ z for k in range(shares.shape[1]) if bool((shares[:, k] != 0).any())]
    m = unit(torch.stack(sums))
    repulsion = 0.0
    for k in range(len(m)):
        terms = [torch.exp(scale * (m[k] @ other)) for i, other in enumerate(m) if i != k]
        repulsion = repulsion + torch.log(1 + eps + sum(terms, 0.0 * m[k, 0]))
    return repulsion / len(m) - torch.log(torch.stack(positives) + eps).mean()


@oracle(cases=({"a": 2.0, "b": 1.5}, {"a": 0.3, "b": -1.0}))
def z_loss(h, w, labels, *, a=1.0, b=0.0, reduction="mean"):
    """Softplus of the standardised score of the class; 0 where all scores are equal."""
    scores = h @ w.T
    losses = []
    for i in range(h.shape[0]):
        centred = scores[i] - scores[i].mean()
        variance = (centred**2).mean()
        flat = variance <= 1e-24 * (scores[i] ** 2).mean()
        z = (h[i] * 0.0).sum() + (w * 0.0).sum()
        if not flat:
            z = centred[int(labels[i])] / variance.sqrt()
        losses.append(torch.nn.functional.softplus(a * (b - z)) / a)
    return reduce(torch.stack(losses), None, reduction)
