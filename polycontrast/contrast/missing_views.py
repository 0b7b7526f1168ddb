"""Which views of which samples are there."""

from collections.abc import Callable

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.calculus import unit_rows
from polycontrast.similarity import OtherSamples, Present, Rule

Graph = list[tuple[int, int]]


class MissingViews:
    """Bookkeeping of missing views: a missing row is nobody's anchor, positive or negative.

    Missing rows are set to 0 before anything else, so what stands in their place is never read,
    and their gradient is 0.

    Parameters
    ----------
    views : array (M, B, D)
    mask : bool array (M, B), optional
        True where a view of a sample exists. Default: all exist.
    """

    def __init__(self, views: Array, mask: Array | None):
        self.xp = arrays.namespace(views)
        self.mask: Array = mask
        self.views = views
        self.samples: Array = None
        """Samples with at least two views, the others have no term; None where all are there."""
        ones = self.xp.ones_like(views[:, :, 0])
        if mask is not None:
            self.views = self.xp.where(mask[:, :, None], views, 0.0)
            ones = self.xp.where(mask, ones, 0.0)
        self.ones = ones
        """1 for each row that is there, else 0: an array (M, B)."""
        count = self.xp.sum(ones, axis=0)
        self.count = self.xp.maximum(count, 1.0)
        """Number of views of each sample, at least 1."""
        others = self.count - 1
        self.others = self.xp.where(others > 0, others, 1.0)
        """Number of other views that each view has, at least 1."""
        self.complete: Array = None
        """Samples with all views; None where all are there."""
        if mask is not None:
            self.samples = count > 1.5
            self.complete = self.xp.all(mask, axis=0)

    def unit_rows(self, normalize: bool) -> tuple[Array, Callable[[Array], Array]]:
        """Rows that are there, of unit length if wanted, and the pullback to the views."""
        z, back = unit_rows(self.views, normalize)
        if self.mask is None:
            return z, back
        # Means of other views reach the zeros that stand for missing rows; no gradient does.
        return z, lambda g: back(g * self.ones[:, :, None])

    def pairs(self, graph: Graph | None = None) -> Array:
        """Booleans (M, M, B) or (M, M, 1): two different views (of the graph), both there."""
        xp, count = self.xp, self.ones.shape[0]
        wanted = [
            [a != b and (graph is None or (min(a, b), max(a, b)) in graph) for b in range(count)]
            for a in range(count)
        ]
        different = xp.asarray(wanted, dtype=xp.bool, device=arrays.device(self.ones))[:, :, None]
        if self.mask is None:
            return different
        return different & (self.mask[:, None, :] & self.mask[None, :, :])

    def samples_with(self, graph: Graph) -> Array | None:
        """Samples that have both views of some pair of the graph; None where all are there."""
        return None if self.mask is None else self.xp.any(self.pairs(graph), axis=(0, 1))

    def other_samples(self) -> Rule:
        """Rule for rows of different samples, both there."""
        return OtherSamples() if self.mask is None else OtherSamples() & Present(self.mask)

    def rule(self, a: int, b: int) -> Rule:
        """The same for the rows of two certain views."""
        if self.mask is None:
            return OtherSamples()
        return OtherSamples() & Present(self.mask[a : a + 1, :], self.mask[b : b + 1, :])

    def with_targets(self) -> "MissingViews":
        """Leave out the only view of a sample too: it has no mean of others to be held against."""
        if self.mask is None:
            return self
        return MissingViews(self.views, self.mask & self.samples[None, :])

    def moving(self, r: int) -> Rule:
        """Rule for tuples of complete samples whose row in view r moves to another sample."""
        if self.mask is None:
            return OtherSamples()
        return OtherSamples() & Present(self.complete[None, :], self.mask[r : r + 1, :])
