"""Naive losses of rows with class labels: of mixtures, prototypes and neighbours."""

from .conventions import reduce, unit
from .metric_learning import metric_loss
from .registry import oracle, torch


@oracle(
    cases=(
        {"base": "contrastive", "margin": -0.1, "clean": False},
        {"base": "binomial_deviance", "scale_neg": 10.0},
        {"base": "lifted_structure", "margin": -1.0, "weight": 1.5},
        {"base": "nca", "scale_pos": 5.0, "scale_neg": 4.0, "reduction": "none"},
        {"base": "nca", "scale_pos": 1000.0, "scale_neg": 1000.0},
        {"scale_pos": 1000.0, "scale_neg": 1000.0, "clean": False},
        {"renormalize": False, "scale_neg": 5.0},
        {"normalize": False, "scale_neg": 5.0},
        {"normalize": False, "renormalize": False, "scale_neg": 5.0},
        {"mixed": "N D", "scale_neg": 5.0},
        {"mixed": "N D", "base": "contrastive", "renormalize": False, "normalize": False},
    )
)
def metrix(
    z,
    labels,
    anchor,
    first,
    second,
    lam,
    mixed=None,
    *,
    base="multi_similarity",
    margin=0.5,
    scale_pos=2.0,
    scale_neg=50.0,
    weight=0.4,
    clean=True,
    renormalize=True,
    normalize=True,
    reduction="mean",
):
    """The clean loss, and sums over mixtures with two weights each; logarithms of weights."""
    u = unit(z, normalize)
    v = lam[:, None] * u[first] + (1 - lam)[:, None] * u[second] if mixed is None else mixed
    v = unit(v, renormalize)
    in_logs = base not in ("contrastive", "binomial_deviance")

    def rho(s, positive):
        """A term of a sum; its logarithm where the sum is one of exponentials."""
        if base == "contrastive":
            return -s if positive else torch.relu(s - margin)
        if base == "lifted_structure":
            return -s if positive else s - margin
        if base == "nca":
            return scale_pos * s if positive else scale_neg * s
        exponent = -scale_pos * (s - margin) if positive else scale_neg * (s - margin)
        return exponent if in_logs else torch.log1p(torch.exp(exponent))

    losses = []
    for i in range(z.shape[0]):
        own = []
        for k in range(len(lam)):
            if anchor[k] == i:
                a, b = (float(labels[j[k]] == labels[i]) for j in (first, second))
                pair = lam[k] * a + (1 - lam[k]) * b, lam[k] * (1 - a) + (1 - lam[k]) * (1 - b)
                own.append((u[i] @ v[k], *pair))
        kinds = []
        for positive, place in ((True, 1), (False, 2)):
            terms = [(rho(t[0], positive), t[place]) for t in own if t[place] > 0]
            kinds.append([r + torch.log(w) if in_logs else w * r for r, w in terms])
        zero = (z * 0.0).sum()
        if not in_logs:
            value = sum(kinds[0], zero) + sum(kinds[1], zero)
        elif base == "multi_similarity":
            p, n = (torch.stack([zero, *terms]) for terms in kinds)
            value = torch.logsumexp(p, 0) / scale_pos + torch.logsumexp(n, 0) / scale_neg
        elif not kinds[0] or not kinds[1]:
            value = zero
        else:
            p, n = (torch.logsumexp(torch.stack(terms), 0) for terms in kinds)
            value = torch.relu(p + n) if base == "lifted_structure" else n - p
        losses.append(weight * value)
    losses = torch.stack(losses)
    if clean:
        options = dict(base=base, margin=margin, scale_pos=scale_pos, scale_neg=scale_neg)
        losses = losses + metric_loss(z, labels, **options, normalize=normalize, reduction="none")
    return reduce(losses, None, reduction)


@oracle(
    cases=(
        {"margin": -0.2, "reduction": "none"},
        {"normalize": True},
        {"eps": 0.5, "margin": 2.0},
    ),
    kinks=True,
)
def proto_triplet(
    x, prototypes, labels, *, margin=0.5, eps=1e-6, normalize=False, reduction="mean"
):
    """The own distance less the smallest of the others, of each query."""
    x, prototypes = unit(x, normalize), unit(prototypes, normalize)
    losses = []
    for i in range(x.shape[0]):
        d = [torch.sqrt(((x[i] - c) ** 2).sum() + eps) for c in prototypes]
        others = [d[k] for k in range(len(d)) if k != labels[i]]
        nearest = min(range(len(others)), key=lambda k: float(others[k].detach()))
        losses.append(torch.relu(d[int(labels[i])] - others[nearest] + margin))
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"k": 2},
        {"k": 1, "pool": 4},
        {"k": 2, "pool": 2, "eps": 0.1, "eps_dist": 0.3},
        {"k": 2, "normalize": True},
    ),
    kinks=True,
)
def icnn(z, labels, *, k=4, pool=None, eps=1e-7, eps_dist=1e-6, normalize=False):
    """The score, row by row; the published form of the distances of a class."""
    z, count = unit(z, normalize), z.shape[0]
    pool = k + 1 if pool is None else max(k, pool)
    few = k + 2 >= count
    k = count - 2 if few else k
    if k < 1:
        return (z * 0.0).sum()
    same_sums, other_sums, other_distances, sames = [], [], [], 0
    for i in range(count):
        d = {j: torch.sqrt(((z[i] - z[j]) ** 2).sum() + eps_dist) for j in range(count) if j != i}
        order = sorted(d, key=lambda j, d=d: (round(float(d[j].detach()), 12), j))[:pool]
        found = [d[j] for j in order if labels[j] != labels[i]]
        near = order[:k]
        r = [d[j] / (found[0] + eps) if found else 0.0 * d[j] for j in near]
        largest = max(1.0, *[float(t.detach()) for t in r])
        r = [t / max(r, key=lambda t: float(t.detach())) if largest > 1 else t for t in r]
        same = [t for t, j in zip(r, near, strict=True) if labels[j] == labels[i]]
        other = [d[j] for j in near if labels[j] != labels[i]]
        sames += len(same)
        if same:
            same_sums.append(sum(same) / (len(same) + eps))
        if other:
            other_sums.append(sum(other) / (len(other) + eps))
            other_distances += other
    zero = (z * 0.0).sum()
    lambda_s = 1 - sum(same_sums, zero) / (len(same_sums) + eps)
    lambda_d = zero + 1.0
    if other_sums:
        largest = max(other_distances, key=lambda t: float(t.detach()))
        lambda_d = sum(other_sums, zero) / (largest + eps) / (len(other_sums) + eps)
    gamma = 1.0 if few else sames / (k * count)
    return -torch.log(((lambda_s + lambda_d) / 2 + gamma) / 2)
