"""Moving averages of numbers that are stored as logarithms."""

import math

from polycontrast.arrays import Array, describe, is_number, namespace, quiet


@quiet
def log_moving_average(old: Array, new: Array, gamma: float) -> Array:
    """Logarithm of ``(1 - gamma) e^old + gamma e^new``; where one is -inf (no state), the other."""
    xp = namespace(old)
    unseen, nothing = old == -xp.inf, new == -xp.inf
    if gamma == 1:
        return xp.where(nothing, old, new)
    mixed = xp.logaddexp(xp.where(unseen, new, old) + math.log1p(-gamma), new + math.log(gamma))
    return xp.where(unseen, new, xp.where(nothing, old, mixed))


def check_gamma(name: str, gamma: float) -> None:
    """Refuse a value that is not a weight in (0, 1]."""
    if not (is_number(gamma) and 0 < gamma <= 1):
        raise ValueError(f"{name}: gamma must be a number in (0, 1], got {describe(gamma)}")
