"""Samples in the order of their labels, so that walks skip tiles without any equal pair."""

from collections.abc import Callable

from polycontrast.arrays import Array, is_abstract, is_mapped, is_numpy, namespace

Order = Callable[[Array], Array]


def by_label(labels: Array, *rows: Array) -> tuple[Order, Order]:
    """Functions that bring samples into the order of their labels, and back.

    Both leave an array as it is where there is nothing to gain: labels are in order already, or
    they are not in main memory or have no data, or rows lie in a file.

    Parameters
    ----------
    labels : integer array (B,)
    *rows : array (B, D)

    Returns
    -------
    there, back : callable
        From an array whose first axis is that of the samples to one in the other order.
    """
    xp = namespace(labels)
    elsewhere = not is_numpy(xp) or is_abstract(labels) or any(map(is_mapped, rows))
    if elsewhere or (labels[1:] >= labels[:-1]).all():
        return _unchanged, _unchanged
    order = xp.argsort(labels, stable=True)
    inverse = xp.argsort(order)
    return lambda t: xp.take(t, order, axis=0), lambda t: xp.take(t, inverse, axis=0)


def _unchanged(t: Array) -> Array:
    return t
