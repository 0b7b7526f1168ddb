"""Losses of info-nce-pytorch."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number, one_of
from polycontrast.compat.crosswalk import counterpart

__all__ = ["InfoNCE", "info_nce"]

OURS = "info_nce(query, positive_key, temperature=temperature, symmetric=False)"
NOTE = "With `negative_keys`: `negatives=negative_keys, in_batch=False` as well."


@counterpart(OURS, reducer="`reduction`", note=NOTE)
def info_nce(
    query,
    positive_key,
    negative_keys=None,
    temperature=0.1,
    reduction="mean",
    negative_mode="unpaired",
):
    """Cross-entropy of each query's key among the other keys, or among negative keys."""
    axes = one_of("info_nce", "negative_mode", negative_mode, {"unpaired": 2, "paired": 3})
    if negative_keys is not None and negative_keys.ndim != axes:
        got = f"got {negative_keys.ndim}"
        raise ValueError(f"info_nce: negative_keys must have {axes} axes if {negative_mode}, {got}")
    return pc.info_nce(
        query,
        positive_key,
        negative_keys,
        temperature=number(temperature),
        symmetric=False,
        in_batch=negative_keys is None,
        reduction=reduction,
    )


@counterpart(OURS, reducer="`reduction`", note=NOTE)
class InfoNCE(torch.nn.Module):
    """Module of `info_nce`."""

    def __init__(self, temperature=0.1, reduction="mean", negative_mode="unpaired"):
        super().__init__()
        self.temperature = temperature
        self.reduction = reduction
        self.negative_mode = negative_mode

    def forward(self, query, positive_key, negative_keys=None):
        options = self.temperature, self.reduction, self.negative_mode
        return info_nce(query, positive_key, negative_keys, *options)
