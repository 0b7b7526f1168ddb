"""Naive losses on the structure between two modalities."""

import torch

from .conventions import reduce, unit
from .two_view import info_nce

__all__ = ["cyclip", "geometric_consistency", "sigmoid_contrastive"]


def sigmoid_contrastive(x, y, *, temperature=0.1, bias=-10.0, normalize=True, reduction="mean"):
    """Logistic loss of every pair: label +1 on the diagonal, -1 elsewhere; divided by B."""
    x, y = unit(x, normalize), unit(y, normalize)
    losses = []
    for i in range(x.shape[0]):
        row = 0.0
        for j in range(y.shape[0]):
            sign = 1.0 if i == j else -1.0
            row = row - torch.nn.functional.logsigmoid(sign * (x[i] @ y[j] / temperature + bias))
        losses.append(row)
    return reduce(torch.stack(losses), None, reduction)


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


def cyclip(x, y, *, temperature=0.07, in_modal=0.25, cross_modal=0.25, normalize=True):
    """CLIP plus the two cyclic terms, these on plain inner products."""
    return info_nce(x, y, temperature=temperature, normalize=normalize) + geometric_consistency(
        x, y, in_modal=in_modal, cross_modal=cross_modal, normalize=normalize
    )
