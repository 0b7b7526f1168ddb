"""The contrast of a match with negatives of which some are false."""

import math
from collections.abc import Callable

from polycontrast.arrays import Array, finite_or_zero, namespace, safe_log, sigmoid, softplus
from polycontrast.contrast.views.joint_rows import JointRows


def debiased(
    rows: JointRows, tau_plus: float, others: Array
) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
    """Losses ``log(1 + g / pos)`` of all 2B rows, and their pullback to the views.

    With ``pos`` the exponential of the match, ``R`` that of `rows.negatives` and n negatives,
    ``g = max((R - tau_plus n pos) / (1 - tau_plus), n exp(-1 / temperature))``. All of it is in
    logarithms relative to the match, so no temperature makes it overflow.

    Parameters
    ----------
    rows : JointRows
    tau_plus : float
        Share of the negatives that belong with the anchor, in [0, 1).
    others : array (B,)
        Number of samples that are negatives of each sample; n is twice that.

    Returns
    -------
    losses : array (2B,)
    back : callable
    """
    xp, tau = namespace(rows.matches), rows.temperature
    log_n = safe_log(2 * others)[None, :]
    ratio = rows.negatives - rows.matches[None, :]  # log(R / pos)
    least = log_n - 1 / tau - rows.matches[None, :]
    odds, left = ratio - math.log1p(-tau_plus), xp.ones_like(ratio)
    if tau_plus:
        # Share of R that is left without the false negatives.
        false = math.log(tau_plus) + log_n - finite_or_zero(ratio)
        left = -xp.expm1(xp.minimum(false, xp.zeros_like(ratio)))
        odds = odds + safe_log(left)
    floored = odds <= least
    odds = xp.where(floored, least, odds)

    def back(g: Array) -> dict[str, Array]:
        slope = xp.reshape(g, odds.shape) * sigmoid(odds)
        on_ratio = xp.where(floored, 0.0, slope / xp.where(floored, 1.0, left))
        on_least = xp.where(floored, slope, 0.0)
        grads = rows.pull(on_ratio, -xp.sum(on_ratio + on_least, axis=0))
        grads["temperature"] = grads["temperature"] + xp.sum(on_least) / tau**2
        return grads

    return xp.reshape(softplus(odds), (-1,)), back
