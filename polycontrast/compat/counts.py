"""Numbers of positives by labels, and averages over some of the losses."""

import torch


def positives(labels):
    """Number (N,) of other rows with the label of each row."""
    _, place, counts = torch.unique(labels, return_inverse=True, return_counts=True)
    return counts[place] - 1


def log_positives(labels, dtype):
    """Which rows have a positive, and the logarithm of their number, or 0."""
    count = positives(labels)
    return count > 0, count.clamp(min=1).to(dtype).log()


def mean_above_zero(losses):
    """Mean of the losses that are above 0; 0 if none is."""
    return mean_where(losses, losses > 0)


def mean_where(losses, chosen):
    """Mean of some of the losses; 0 if there is none."""
    share = chosen.to(losses.dtype)
    return torch.where(chosen, losses, 0 * share).sum() / share.sum().clamp(min=1)
