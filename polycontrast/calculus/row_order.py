"""The order of the entries within each row of a matrix."""

from polycontrast.arrays import Array, as_index, cumulative_max, device, namespace, unsorted


class RowOrder:
    """Entries of each row from the smallest to the largest; equal ones form a run.

    One sort of each row, O(n log n).

    Parameters
    ----------
    keys : array (b, n)

    Attributes
    ----------
    keys : array (b, n)
        In order.
    first, last : integer arrays (b, n)
        Places in the order of the first and of the last entry of the run of each.
    """

    def __init__(self, keys: Array):
        xp, n = namespace(keys), keys.shape[1]
        self._order = xp.argsort(keys, axis=1, stable=False)
        self.keys = xp.take_along_axis(keys, self._order, axis=1)
        place = xp.arange(n, dtype=xp.int32, device=device(keys))
        place = xp.broadcast_to(place[None, :], tuple(keys.shape))
        edge = place[:, :1] == 0
        apart = self.keys[:, 1:] != self.keys[:, :-1]
        begins, ends = (xp.concat(t, axis=1) for t in ([edge, apart], [apart, edge]))
        self.first = as_index(cumulative_max(xp.where(begins, place, 0)))
        mirrored = xp.where(xp.flip(ends, axis=1), place, 0)
        self.last = as_index(n - 1 - xp.flip(cumulative_max(mirrored), axis=1))

    def sorted(self, t: Array) -> Array:
        """Entries of a matrix of the same shape, in this order."""
        return namespace(t).take_along_axis(t, self._order, axis=1)

    def unsorted(self, t: Array) -> Array:
        """Entries in this order, back at their places in the matrix."""
        return unsorted(t, self._order)
