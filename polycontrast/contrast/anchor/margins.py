"""Margins: maps of the cosine of a match, with their derivative."""

import math
from collections.abc import Callable

from polycontrast.arrays import Array, namespace

LEAST = 1e-12  # of the square of a sine, whose root would have an infinite slope at 0
MarginMap = Callable[[Array], tuple[Array, Array]]
"""From cosines to their images and the slopes there."""


def cosine_margin(margin: float) -> MarginMap:
    """``c - m``."""
    return lambda c: (c - margin, namespace(c).ones_like(c))


def angular_margin(margin: float) -> MarginMap:
    """``cos(arccos(c) + m)``, and a line of slope 1 beyond the angles from 0 to pi."""
    cosine, sine = math.cos(margin), math.sin(margin)

    def mapped(c: Array) -> tuple[Array, Array]:
        xp = namespace(c)
        square = 1 - c * c
        inside = square > LEAST
        height = xp.sqrt(xp.where(inside, square, LEAST))
        value = c * cosine - height * sine
        slope = cosine + xp.where(inside, c * sine / height, 0.0)
        if margin == 0:
            return value, slope
        beyond = c <= -cosine if margin > 0 else c >= cosine
        return xp.where(beyond, c - margin * abs(sine), value), xp.where(beyond, 1.0, slope)

    return mapped
