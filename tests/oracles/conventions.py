"""Conventions that every formula of the specification shares: unit rows, ragged views, reductions.

All oracles are naive on purpose: float64 torch, Python loops, one line for one line of the formula.
They share nothing with the library, so that an error would have to be made twice to go unseen.
"""

from .registry import torch

__all__ = ["apart", "norm", "off_diagonal", "per_sample", "ragged", "reduce", "unit"]


def norm(v):
    """Euclidean length along the last axis, with gradient 0 (not nan) where it is 0."""
    square = (v * v).sum(-1)
    zero = square == 0
    return torch.where(zero, 0.0, torch.where(zero, 1.0, square).sqrt())


def unit(x, normalize=True):
    """Rows divided by their length; a zero row stays zero and gets no gradient."""
    if not normalize:
        return x
    length = norm(x).unsqueeze(-1)
    zero = length == 0
    return torch.where(zero, 0.0, x / torch.where(zero, 1.0, length))


def apart(i, j, ids=None):
    """Whether two samples are negatives of each other: they differ, and so do their items."""
    return i != j and (ids is None or int(ids[i]) != int(ids[j]))


def off_diagonal(n, like):
    """Boolean (n, n): true where row and column differ."""
    return ~torch.eye(n, dtype=torch.bool, device=like.device)


def reduce(losses, weights=None, reduction="mean"):
    """Reduce one loss per anchor: w l; their sum; their sum over the sum of the weights."""
    if weights is None:
        weights = torch.ones_like(losses)
    weighted = weights * losses
    if reduction == "none":
        return weighted
    if reduction == "sum":
        return weighted.sum()
    if reduction == "mean":
        return weighted.sum() / weights.sum()
    raise ValueError(reduction)


def ragged(views, mask=None, normalize=True):
    """Return the rows that are there: `samples[i][a]` is the row of view `a` of sample `i`."""
    rows = [unit(view, normalize) for view in views]
    return [
        {a: view[i] for a, view in enumerate(rows) if mask is None or bool(mask[a][i])}
        for i in range(rows[0].shape[0])
    ]


def per_sample(losses, weights, reduction, like):
    """Reduce a list of losses, one a sample; None marks a sample that has no term.

    A sample without a term counts in no average; its entry of `reduction="none"` is 0.
    """
    zero = (like * 0.0).sum()  # part of the graph: a loss without any term has gradient 0
    values = torch.stack([zero if loss is None else loss + zero for loss in losses])
    there = torch.tensor([loss is not None for loss in losses], device=like.device)
    if weights is None:
        weights = torch.ones_like(values)
    weights = weights * there
    if reduction == "mean" and not bool(there.any()):
        return zero
    return reduce(values, weights, reduction)
