"""Shares of samples by their losses."""

from typing import Annotated, Any, Literal

from polycontrast.arrays import Array, device, infinite_to_nan, namespace
from polycontrast.objective import Role, whole_batch

Losses = Annotated[Any, Role("rows", ("B",), about="Loss of each sample.")]
Strategy = Literal["linupper", "quadratic", "extremes"]
Evenness = Annotated[float, Role("option", low=0.0, open_low=True, infinite=True)]
LEAST_SPREAD = 1e-6  # the authors' value


def loss_shares(losses: Array, strategy: Strategy, r: float, delta: float) -> Array:
    """Softmax of a function of the losses, over the samples of all ranks; constants."""
    xp, batch = namespace(losses), whole_batch()
    losses = infinite_to_nan(losses)
    none = xp.full((1,), -xp.inf, dtype=losses.dtype, device=device(losses))

    def largest(t: Array) -> Array:
        return batch.max(xp.max(xp.concat([t, none])))  # a rank may have no sample

    high, low = largest(losses), -largest(-losses)
    spread = high - low
    spread = xp.where(spread < LEAST_SPREAD, LEAST_SPREAD, spread)
    h = delta * (((losses - high) + (losses - low)) / spread)
    if strategy == "linupper":
        scores = xp.where(h > 0, delta, h + delta)
    elif strategy == "quadratic":
        scores = 1 - (h / delta) ** 2
    else:
        scores = xp.abs(h)
    logits = scores / r
    return xp.exp(logits - batch.logsumexp(logits))
