"""Naive losses of moments, and of cosines with targets."""

from .conventions import reduce, unit
from .registry import oracle, torch


def standardised(x, eps):
    """Columns of mean 0 and variance 1."""
    return (x - x.mean(0)) / (((x - x.mean(0)) ** 2).mean(0) + eps).sqrt()


def from_identity(c, weight):
    """Squared distance of a matrix from the identity, entry by entry."""
    total = (c * 0.0).sum()
    for d in range(c.shape[0]):
        for e in range(c.shape[1]):
            total = total + ((1 - c[d, e]) ** 2 if d == e else weight * c[d, e] ** 2)
    return total


@oracle(cases=({"weight": 0.7}, {"eps": 0.3}))
def barlow_twins(x, y, *, weight=0.0051, eps=1e-5):
    """Cross-correlation of standardised columns against the identity."""
    x, y = standardised(x, eps), standardised(y, eps)
    return from_identity(x.T @ y / x.shape[0], weight)


@oracle(cases=({"off_diagonal_weight": 0.7, "scale": 2.0},))
def barlip(x, y, *, off_diagonal_weight=5e-3, scale=0.025):
    """Product of the columns as given against the identity."""
    return scale * from_identity(x.T @ y / x.shape[0], off_diagonal_weight)


@oracle(
    cases=(
        {"gamma": 0.9, "eps": 0.2},
        {"sim_weight": 0.3, "var_weight": 2.0, "cov_weight": 3.0, "gamma": 3.0},
    )
)
def vicreg(x, y, *, sim_weight=25.0, var_weight=25.0, cov_weight=1.0, gamma=1.0, eps=1e-4):
    """Differences, hinges of deviations, and squared covariances."""
    rows, width = x.shape
    loss = sim_weight * ((x - y) ** 2).mean()
    for z in (x, y):
        u = z - z.mean(0)
        c = u.T @ u / (rows - 1)
        for d in range(width):
            missing = gamma - (c[d, d] + eps).sqrt()
            if missing > 0:
                loss = loss + var_weight / (2 * width) * missing
            for e in range(width):
                if e != d:
                    loss = loss + cov_weight / width * c[d, e] ** 2
    return loss


def cosine(x, y):
    """Cosine of matching rows."""
    return (unit(x) * unit(y)).sum(-1)


@oracle(cases=({"stop_grad": "x"}, {"stop_grad": "y"}))
def negative_cosine(x, y, *, stop_grad=None, reduction="mean"):
    """Minus the cosine."""
    x = x.detach() if stop_grad == "x" else x
    y = y.detach() if stop_grad == "y" else y
    return reduce(-cosine(x, y), None, reduction)


@oracle()
def simsiam(px, py, zx, zy, *, reduction="mean"):
    """Minus the mean cosine with the target of the other view."""
    return reduce(-(cosine(px, zy) + cosine(py, zx)) / 2, None, reduction)


@oracle()
def byol(px, py, zx, zy, *, reduction="mean"):
    """Squared distances to the target of the other view."""
    return reduce(4 - 2 * cosine(px, zy) - 2 * cosine(py, zx), None, reduction)


@oracle()
def siamlip(p_x, p_y, v_x, v_y, *, reduction="mean"):
    """Their mean, across modalities."""
    return reduce(2 - cosine(p_x, v_y) - cosine(p_y, v_x), None, reduction)


@oracle(cases=({"mu": None}, {"mu": 5.0}))
def spectral_contrastive(x, y, *, mu=1.0, reduction="mean"):
    """Every pair on its own."""

    def clipped(rows):
        long = mu is not None and (rows * rows).sum(-1) >= mu
        if mu is None:
            return rows
        return torch.where(long[:, None], mu**0.5 * unit(rows), rows)

    x, y, n = clipped(x), clipped(y), x.shape[0]
    losses = []
    for i in range(n):
        others = [(x[i] @ y[j]) ** 2 for j in range(n) if j != i]
        losses.append((sum(others) / (n - 1) - 2 * x[i] @ y[i]) / (mu or 1.0))
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"normalize": False}, {"reduction": "sum"}))
def orthogonal(u, v, *, normalize=True, reduction="mean"):
    """Mean squared product over all pairs."""
    u, v = unit(u, normalize), unit(v, normalize)
    losses = [sum((a @ b) ** 2 for b in v) / len(v) for a in u]
    return reduce(torch.stack(losses), None, reduction)
