"""The different numbers of an array."""

from collections.abc import Callable

from polycontrast.arrays import Array, is_numpy, namespace, segment_sum

Map = Callable[[Array], Array]


def levels(t: Array) -> tuple[Array, Map, Map]:
    """The different numbers among `t`, where their count may be read, or all of `t`.

    Only in main memory may shapes depend on values.

    Parameters
    ----------
    t : array (n,)

    Returns
    -------
    some : array (m,)
        The numbers.
    spread, back : callable
        From an array (m,) to that of all n by their number, and its pullback.
    """
    xp = namespace(t)
    if not is_numpy(xp):
        return t, _unchanged, _unchanged
    some, place = xp.unique_inverse(t)
    return (
        some,
        lambda u: xp.take(u, place, axis=0),
        lambda g: segment_sum(g, place, some.shape[0]),
    )


def _unchanged(t: Array) -> Array:
    return t
