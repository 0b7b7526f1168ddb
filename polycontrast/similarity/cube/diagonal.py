"""The diagonal tuples of an array with one axis a view."""

import functools

from polycontrast.arrays import Array, device, namespace


def _is_diagonal(whole: Array) -> Array:
    xp, n = namespace(whole), whole.ndim
    i = xp.arange(whole.shape[0], dtype=xp.int32, device=device(whole))
    index = [xp.reshape(i, tuple(-1 if b == a else 1 for b in range(n))) for a in range(n)]
    return functools.reduce(lambda t, u: t & u, (index[0] == k for k in index[1:]))


def take_diagonal(whole: Array) -> Array:
    """Entries (B,) of the tuples (i, ..., i)."""
    return namespace(whole).stack([whole[(i,) * whole.ndim] for i in range(whole.shape[0])], axis=0)


def on_diagonal_tuples(whole: Array, entries: Array) -> Array:
    """The array with `entries` (B,) in place of those of the tuples (i, ..., i)."""
    xp = namespace(whole)
    spread = xp.reshape(entries, (-1, *(1,) * (whole.ndim - 1)))
    return xp.where(_is_diagonal(whole), spread, whole)
