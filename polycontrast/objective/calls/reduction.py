"""The reduction of losses to a value, and its pullback."""

import math
from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array, Namespace
from polycontrast.distributed import Alone

Back = Callable[[Array], tuple[Array, Array | None]]
"""From the cotangent of the value to that of each loss, and the gradient of the weights."""


def reduce_losses(
    xp: Namespace,
    losses: Array,
    weights: Array | None,
    exist: Array | None,
    reduction: str,
    batch: Alone,
) -> tuple[Array, Back]:
    """Mean or sum of the losses, or the weighted losses themselves, with the pullback.

    Parameters
    ----------
    xp : namespace
    losses : array
    weights : array, optional
        Of the shape of the losses. The mean divides by their sum.
    exist : array, optional
        Boolean; losses that do not exist are 0 and have the weight 0.
    reduction : {"mean", "sum", "none"}
    batch : Alone or Shards
        The batch that the losses belong to.
    """
    if exist is not None:
        zeros = xp.zeros_like(losses)
        weights = xp.where(exist, xp.ones_like(losses) if weights is None else weights, zeros)
        losses = xp.where(exist, losses, zeros)
    mean = reduction == "mean"
    count = _count(xp, losses, weights, exist is not None, batch) if mean else 1
    # Shares, and not the sum of products over that of weights: large weights overflow.
    shares = None if weights is None else weights / count if mean else weights
    value = losses if shares is None else losses * shares
    if reduction != "none":
        value = batch.sum(xp.sum(value))
    if mean and shares is None:
        value = value / count

    def back(g: Array) -> tuple[Array, Array | None]:
        if shares is None:
            g = g / count if mean else g
            return (g if g.ndim == losses.ndim else xp.zeros_like(losses) + g), None
        # mean: L = sum(w l) / sum(w), so dL/dw = (l - L) / sum(w).
        of_weights = (g / count) * (losses - value) if mean else g * losses
        if exist is not None:
            of_weights = xp.where(exist, of_weights, 0.0)
        return g * shares, of_weights

    return value, back


def _count(xp: Namespace, losses: Array, weights: Array | None, gaps: bool, batch: Alone) -> Any:
    """Losses of all ranks, or the sum of their weights; with `gaps` none of them may exist."""
    if weights is None:
        return batch.add_up(math.prod(losses.shape))
    total = batch.sum(xp.sum(weights))
    if gaps:
        total = xp.where(total == 0, 1.0, total)
    return xp.where(xp.isinf(total), xp.nan, total)
