"""Triplets of each anchor, mined from whole rows of distances."""

from collections.abc import Callable
from typing import NamedTuple

from polycontrast.arrays import (
    Array,
    as_index,
    cumulative_max,
    device,
    is_abstract,
    known,
    namespace,
    segment_sum,
    sigmoid,
    softplus,
    total,
    unsorted,
)
from polycontrast.calculus import RowOrder

Mined = tuple[Array, Array, Array, Callable[[Array], Array]]
"""The sum of the terms of each anchor, how many terms are above 0, how many there are, and the
pullback from dL/dsums to the distances."""


class Triplets(NamedTuple):
    """Distances (b, n) of anchors, and which of them are to positives and to negatives.

    An anchor that lacks either has neither. A term is ``h(d_ap - d_an + margin)``, where h is the
    softplus if `smooth`, else the positive part.
    """

    distances: Array
    positive: Array
    negative: Array
    margin: float
    smooth: bool

    def hardest(self) -> Mined:
        """The farthest positive and the nearest negative."""
        d, xp = self.distances, namespace(self.distances)

        def chosen(side: Array, sign: float) -> tuple[Array, Array]:
            place = xp.argmax(xp.where(side, sign * d, -xp.inf), axis=1)[:, None]
            mask = _places(d) == xp.astype(place, xp.int32)
            return xp.take_along_axis(d, place, axis=1), xp.astype(mask, d.dtype)

        (far, of_far), (near, of_near) = chosen(self.positive, 1.0), chosen(self.negative, -1.0)
        there = xp.any(self.positive, axis=1)[:, None]
        *sums, slopes = self._terms(far - near, there)
        return *sums, lambda g: g[:, None] * slopes * (of_far - of_near)

    def semihard(self) -> Mined:
        """Each positive, and the nearest negative beyond it; the farthest one if there is none."""
        d, xp = self.distances, namespace(self.distances)
        order, place, (rows, n) = RowOrder(d), _places(d), d.shape
        positive, negative = order.sorted(self.positive), order.sorted(self.negative)
        # The first negative from each place on; n if none follows.
        backwards = xp.flip(xp.where(negative, n - place, 0), axis=1)
        following = n - xp.flip(cumulative_max(backwards), axis=1)
        beyond = order.last + 1
        chosen = xp.take_along_axis(following, xp.where(beyond < n, beyond, n - 1), axis=1)
        farthest = xp.max(xp.where(negative, place, 0), axis=1)[:, None]
        chosen = as_index(xp.where((beyond < n) & (chosen < n), chosen, farthest))
        gap = order.keys - xp.take_along_axis(order.keys, chosen, axis=1)
        *sums, slopes = self._terms(gap, positive)

        def pull(g: Array) -> Array:
            w = g[:, None] * slopes
            start = n * xp.arange(rows, dtype=chosen.dtype, device=device(d))
            segments = xp.reshape(chosen + start[:, None], (-1,))
            on_negatives = segment_sum(xp.reshape(w, (-1,)), segments, rows * n)
            return order.unsorted(w - xp.reshape(on_negatives, (rows, n)))

        return *sums, pull

    def every(self) -> Mined:
        """All pairs of a positive and a negative."""
        return self._every_softplus() if self.smooth else self._every_hinge()

    def _every_hinge(self) -> Mined:
        """From one order of ``d_ap + margin`` and ``d_an``.

        Between two neighbours in that order, the hinges of all negatives up to there and all
        positives from there on grow by their distance. So their sum has only positive terms.
        """
        d, xp = self.distances, namespace(self.distances)
        keys = xp.where(self.positive, d + self.margin, xp.where(self.negative, d, xp.inf))
        order = RowOrder(keys)
        positive, negative = (
            xp.astype(order.sorted(t), d.dtype) for t in (self.positive, self.negative)
        )
        before = xp.cumulative_sum(negative, axis=1)
        after = xp.sum(positive, axis=1)[:, None] - xp.cumulative_sum(positive, axis=1)
        pairs = before[:, :-1] * after[:, :-1]
        steps = xp.where(pairs > 0, order.keys[:, 1:] - order.keys[:, :-1], 0.0)
        # Of equal keys the term is 0, and so is its slope.
        below = positive * xp.take_along_axis(before - negative, order.first, axis=1)
        above = negative * xp.take_along_axis(after, order.last, axis=1)
        active, there = xp.sum(below, axis=1), self._count(self.positive, self.negative)

        def pull(g: Array) -> Array:
            return g[:, None] * order.unsorted(below - above)

        return xp.sum(pairs * steps, axis=1), active, there, pull

    def _every_softplus(self) -> Mined:
        """One positive of each anchor after another."""
        d, xp, place = self.distances, namespace(self.distances), _places(self.distances)
        order = xp.argsort(xp.astype(~self.positive, xp.int8), axis=1, stable=True)
        positives, there = (xp.take_along_axis(t, order, axis=1) for t in (d, self.positive))

        def pairs(k: Array) -> tuple[Array, Array]:
            """Arguments of the terms of the positives k, and which of them there are."""
            here = place == k
            chosen = xp.sum(xp.where(here, positives, 0.0), axis=1)[:, None]
            return chosen - d + self.margin, self.negative & xp.any(here & there, axis=1)[:, None]

        def value(k: Array) -> Array:
            t, counts = pairs(k)
            return xp.sum(xp.where(counts, softplus(t), 0.0), axis=1)

        def slopes(k: Array) -> Array:
            t, counts = pairs(k)
            w = xp.where(counts, sigmoid(t), 0.0)
            return xp.stack([xp.where(place == k, xp.sum(w, axis=1)[:, None], 0.0), -w])

        most = 1 if is_abstract(d) or 0 in d.shape else known(xp.max(self._count(self.positive)))
        steps = max(1, d.shape[1] - 1 if most is None else int(most))

        def pull(g: Array) -> Array:
            on_positives, on_negatives = (total(slopes, steps, d)[k, ...] for k in (0, 1))
            return g[:, None] * (unsorted(on_positives, order) + on_negatives)

        count = self._count(self.positive, self.negative)
        return total(value, steps, d), count, count, pull

    def _terms(self, gap: Array, there: Array) -> tuple[Array, Array, Array, Array]:
        """Sums and counts of the terms of differences of distances, and the slopes of all."""
        xp, t = namespace(gap), gap + self.margin
        active = there if self.smooth else there & ~(t <= 0)  # a nan stays
        value, slope = (softplus(t), sigmoid(t)) if self.smooth else (t, xp.ones_like(t))
        sums = xp.sum(xp.where(active, value, 0.0), axis=1)
        return sums, self._count(active), self._count(there), xp.where(active, slope, 0.0)

    def _count(self, *masks: Array) -> Array:
        """How many entries of each row are true; the product of that for several masks."""
        xp, dtype = namespace(self.distances), self.distances.dtype
        first, *others = (xp.sum(xp.astype(mask, dtype), axis=1) for mask in masks)
        return first * others[0] if others else first


def _places(d: Array) -> Array:
    """Numbers of the columns."""
    xp = namespace(d)
    return xp.arange(d.shape[1], dtype=xp.int32, device=device(d))[None, :]
