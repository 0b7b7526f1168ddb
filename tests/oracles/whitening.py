"""Naive whitening of columns, and contrast of whitened rows."""

from .registry import oracle, torch
from .two_view import info_nce


def inverse_root(s):
    """Inverse square root by the iteration of Denman and Beavers, which autograd can follow."""
    y, z = s, torch.eye(s.shape[0], dtype=s.dtype)
    for _ in range(12):
        y, z = (y + torch.linalg.inv(z)) / 2, (z + torch.linalg.inv(y)) / 2
    return z


def whiten(x, perm, num_groups, eps, detached):
    """Each group of columns times the inverse root of its covariance."""
    perm = torch.arange(x.shape[1]) if perm is None else perm.long()
    out = torch.zeros_like(x)
    for columns in perm.chunk(num_groups):
        c = x[:, columns] - x[:, columns].mean(0)
        covariance = c.T @ c / x.shape[0] + eps * torch.eye(len(columns), dtype=x.dtype)
        root = inverse_root(covariance)
        whole = torch.zeros(x.shape[1], len(columns), dtype=x.dtype)
        whole[columns, torch.arange(len(columns))] = 1.0
        out = out + c @ (root.detach() if detached else root) @ whole.T
    return out


@oracle(
    exact={"num_groups": 1, "eps": 0.1},
    cases=({"eps": 0.5}, {"perm": "D"}, {"detach_whitening": True}),
)
def group_whiten(x, perm=None, *, num_groups, eps=0.0, detach_whitening=False):
    """Columns of mean 0 and covariance I."""
    return whiten(x, perm, num_groups, eps, detach_whitening)


@oracle(
    exact={"num_groups": 1, "eps": 0.1},
    cases=({"eps": 0.5, "temperature": 0.5}, {"detach_whitening": True}),
)
def whitened_info_nce(
    views,
    perms,
    *,
    num_groups,
    temperature=0.05,
    eps=0.0,
    detach_whitening=False,
    reduction="mean",
):
    """The first whitened view against each of the others."""
    z = [
        whiten(x, perm, num_groups, eps, detach_whitening)
        for x, perm in zip(views, perms, strict=True)
    ]
    return sum(
        info_nce(z[0], other, temperature=temperature, symmetric=False, reduction=reduction)
        for other in z[1:]
    )
