"""Non-negative maps of words: scaled to [0, 1], or to sum 1; their overlap."""

from typing import Annotated, Any

from polycontrast.arrays import device, infinite_to_nan, namespace, row_dot
from polycontrast.objective import Role

_MAPS = "One map of each of K entities."
_FIRST = "Row i holds the maps of relation i."
Maps = Annotated[Any, Role("rows", ("K H W",), about=_MAPS)]
Masses = Annotated[Any, Role("rows", ("K H W",), low=0.0, about=f"{_MAPS} Entries are at least 0.")]
Related = Annotated[Any, Role("rows", ("N H W",), about=_FIRST)]
RelatedMasses = Annotated[
    Any, Role("rows", ("N H W",), low=0.0, about=f"{_FIRST} Entries are at least 0.")
]


def flat(maps):
    """Maps with one axis of places."""
    count, height, width = maps.shape
    return namespace(maps).reshape(infinite_to_nan(maps), (count, height * width))


def unflat(grad, maps):
    """Gradient in the shape of the maps."""
    return namespace(grad).reshape(grad, maps.shape)


def places_of(maps):
    """Indices of the places of flat maps."""
    return namespace(maps).arange(maps.shape[-1], dtype=namespace(maps).int64, device=device(maps))


def inverse(t):
    """One over each entry, 0 where the entry is 0."""
    xp, zero = namespace(t), t == 0
    return xp.where(zero, 0.0, 1 / xp.where(zero, 1.0, t))


def min_max(maps):
    """Flat maps, shifted and scaled so that their entries reach from 0 to 1.

    With ``a' = (a - min) / (max - min)``, back ``da = g / (max - min)``, less ``sum(g a')`` of that
    at the first largest entry and ``sum(g (1 - a'))`` at the first smallest. A constant map becomes
    0 and has gradient 0.

    Returns
    -------
    scaled : array (K, P)
    back : callable
        From dL/dscaled to dL/dmaps, of the same shape.
    """
    xp = namespace(maps)
    top, bottom = xp.argmax(maps, axis=-1)[:, None], xp.argmax(-maps, axis=-1)[:, None]
    low = xp.take_along_axis(maps, bottom, axis=-1)
    per_spread = inverse(xp.take_along_axis(maps, top, axis=-1) - low)
    scaled = (maps - low) * per_spread

    def back(g):
        g = g * per_spread
        at_top, place = row_dot(g, scaled)[:, None], places_of(maps)[None, :]
        at_bottom = xp.sum(g, axis=-1, keepdims=True) - at_top
        return g - xp.where(place == top, at_top, 0.0) - xp.where(place == bottom, at_bottom, 0.0)

    return scaled, back


def shares(maps):
    """Flat maps over their sums; a map of zeros stays 0 and has gradient 0.

    Returns
    -------
    parts : array (K, P)
    back : callable
        From dL/dparts to dL/dmaps: ``(g - <g, p>) / sum``.
    """
    per_total = inverse(namespace(maps).sum(maps, axis=-1, keepdims=True))
    parts = maps * per_total
    return parts, lambda g: (g - row_dot(g, parts)[:, None]) * per_total
