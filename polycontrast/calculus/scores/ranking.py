"""The order of numbers that may tie."""

from polycontrast.arrays import Array, namespace


class Ranking:
    """The order of some numbers; equal ones share their rank.

    One sort and two searches, O(n log n).

    Parameters
    ----------
    t : array (n,)

    Attributes
    ----------
    order : integer array (n,)
        Indices of the numbers from the smallest to the largest.
    below, up_to : integer arrays (n,)
        How many numbers are smaller than each, and how many at most as large.
    """

    def __init__(self, t: Array):
        xp = namespace(t)
        self.order = xp.argsort(t)
        ordered = xp.take(t, self.order, axis=0)
        self.below = xp.searchsorted(ordered, t, side="left")
        self.up_to = xp.searchsorted(ordered, t, side="right")
        self._like = t

    def average(self) -> Array:
        """Rank of each number from 0 for the smallest; equal ones share the mean of theirs."""
        xp, dtype = namespace(self._like), self._like.dtype
        return (xp.astype(self.below, dtype) + xp.astype(self.up_to, dtype) - 1) / 2
