"""Bookkeeping of views that some samples lack, and of samples that stand for one item."""

from collections.abc import Callable

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.calculus import unit_rows
from polycontrast.context import whole_batch
from polycontrast.contrast.views.other_items import is_there, other_items
from polycontrast.similarity import OtherSamples, Present, Rule

Graph = list[tuple[int, int]]


class MissingViews:
    """Bookkeeping of missing views: a missing row is no anchor, no positive and no negative.

    Missing rows are set to 0 before anything else. So the numbers in their place have no effect,
    and their gradient is 0.

    Parameters
    ----------
    views : array (M, B, D)
    mask : bool array (M, B), optional
        True where a view of a sample exists. Default: all exist.
    ids : integer array (B,), optional
        Samples of one item are no negatives of each other.
    """

    def __init__(self, views: Array, mask: Array | None, ids: Array | None = None):
        self.xp = arrays.namespace(views)
        self.mask: Array = mask
        self.ids: Array = ids
        self.views = views
        self.samples: Array = None
        """Samples with at least two views, the others have no term; None where all views exist."""
        ones = self.xp.ones_like(views[:, :, 0])
        if mask is not None:
            self.views = self.xp.where(mask[:, :, None], views, 0.0)
            ones = self.xp.where(mask, ones, 0.0)
        self.ones = ones
        """1 for each row that exists, else 0: an array (M, B)."""
        count = self.xp.sum(ones, axis=0)
        self.count = self.xp.maximum(count, 1.0)
        """Number of views of each sample, at least 1."""
        others = self.count - 1
        self.others = self.xp.where(others > 0, others, 1.0)
        """Number of other views that each view has, at least 1."""
        self.complete: Array = None
        """Samples with all views; None where all views exist."""
        if mask is not None:
            self.samples = count > 1.5
            self.complete = self.xp.all(mask, axis=0)

    def unit_rows(self, normalize: bool) -> tuple[Array, Callable[[Array], Array]]:
        """Rows that exist, with `normalize` of unit length, and the pullback to the views."""
        z, back = unit_rows(self.views, normalize)
        if self.mask is None:
            return z, back
        # Means of other views use the zeros that stand for missing rows; these get no gradient.
        return z, lambda g: back(g * self.ones[:, :, None])

    def pairs(self, graph: Graph | None = None) -> Array:
        """Booleans (M, M, B) or (M, M, 1): two different views (of the graph) that both exist."""
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
        """Samples that have both views of some pair of the graph; None where all views exist."""
        return None if self.mask is None else self.xp.any(self.pairs(graph), axis=(0, 1))

    def other_samples(self) -> Rule:
        """Rule for rows of different samples, and items, that both exist."""
        others = other_items(self.ids)
        return others if self.mask is None else others & Present(self.mask)

    def rule(self, a: int, b: int) -> Rule:
        """The same for the rows of two certain views."""
        others = other_items(self.ids)
        if self.mask is None:
            return others
        return others & Present(self.mask[a : a + 1, :], self.mask[b : b + 1, :])

    def without_energy(self, energies: Array) -> tuple[Array, Array] | None:
        """Rows without a negative, and those of them that `ids` leave so; None without `ids`.

        Parameters
        ----------
        energies : array (M, B)
            Log-sum-exp over the other rows of the own view; -inf where there is none.
        """
        if self.ids is None:
            return None
        xp = self.xp
        rows = whole_batch().sum(xp.sum(self.ones, axis=1))
        none = ~is_there(energies)
        return none, none & (self.ones > 0) & (rows[:, None] > 1.5)

    def with_targets(self) -> "MissingViews":
        """Leave out the only view of a sample too: no other view is there to compare it with."""
        if self.mask is None:
            return self
        return MissingViews(self.views, self.mask & self.samples[None, :], self.ids)

    def moving(self, r: int) -> Rule:
        """Rule for tuples of complete samples whose row in view r moves to another sample."""
        if self.mask is None:
            return OtherSamples()
        return OtherSamples() & Present(self.complete[None, :], self.mask[r : r + 1, :])
