"""Training diagnostics of a batch, computed during the walk over tiles."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from polycontrast.arrays import Array, finite_or_zero, namespace, softplus
from polycontrast.distributed import Alone


class Diagnostics(NamedTuple):
    """State of a batch, see `Objective.value_and_grad`; each is a 0-d array, or None.

    A figure is None where it has no meaning:

    - `recall_y` where only `x` are anchors, and for more than two views;
    - `alignment` and `uniformity` with ``normalize=False``;
    - `effective_negatives` and `information` where the objective has no temperature;
    - `uniformity` and `information` where anchors differ in their number of negatives (`ids`, a
      mask), and for a sum over pairs that has no normaliser;
    - `information` for more than two views whose matches are averaged;
    - all but `positive`, `alignment` and `uniformity` where the objective compares no samples.
    """

    recall_x: Array
    """Share of rows of x whose match is more similar than every negative: recall@1. A match that
    is level with n negatives counts 1 / (n + 1), as in `recall_at_k`. Of more than two views it is
    the share among the rows of all views."""
    recall_y: Array
    """The same for the rows of y."""
    positive: Array
    """Mean similarity of matches."""
    hardest_negative: Array
    """Mean over the anchors of the similarity of their most similar negative."""
    effective_negatives: Array
    r"""Mean over the anchors of :math:`(\sum_j w_j)^2 / \sum_j w_j^2` with
    :math:`w_j = e^{s_j/\tau}` over the negatives: the number of them that matters. Where each pair
    has a loss of its own, :math:`w_j = \sigma(l_j)`, its part of the gradient."""
    alignment: Array
    """Mean squared distance of matches, ``2 - 2 positive``."""
    uniformity: Array
    r"""Log of the mean over negative pairs of :math:`e^{-t |z - z'|^2}` at the width
    :math:`t = 1/(2\tau)` of the loss; :math:`t = 2` where it has no temperature."""
    information: Array
    r"""InfoNCE's lower bound of the mutual information in nats: :math:`\log K - \ell` with
    K candidates an anchor, the match among them."""


@dataclass(frozen=True)
class Anchors:
    """Anchors of one side: the logit of each match, and statistics of its negatives."""

    positives: Array
    negatives: Array
    """Logarithm of the sum of their weights: exponentials, or derivatives of a sum."""
    hardest: Array
    log_squares: Array
    """Logarithm of the sum of the squared weights."""
    level: Array
    """Number of negatives that are level with the hardest."""
    exists: Array | None = None
    """Which anchors have a match; None where all samples of the batch are anchors."""


class Watch:
    """Collects statistics of the anchors during a walk, to be read when the call is done.

    Parameters
    ----------
    batch : Alone or Shards
        The batch of the call.
    """

    def __init__(self, batch: Alone):
        self.batch = batch
        self.sides: list[Anchors] = []
        self.scale: Any = None
        self.shift: Any = 0.0
        """A logit is a similarity times the scale, and the shift."""
        self.tolerance: Any = 0.0
        """Logits that differ by no more are level."""
        self.negatives: int | None = None
        """Number of negatives of each anchor, where it is the same for all."""
        self.compares = False
        """Whether the call, or one inside it, compared rows of the batch with others."""
        self.absent: set[str] = set()
        """Figures that have no meaning for the objective."""

    def diagnostics(self, normalized: bool) -> Diagnostics:
        """Averages over the anchors of all ranks; with `normalized`, rows have unit length."""
        recalls = [self._mean(self._recall, [s]) for s in self.sides]
        if len(recalls) > 2:
            recalls = [self._mean(self._recall)]
        positive = self._similarity(lambda s: s.positives)
        count, uniformity, information = self.negatives, None, None
        if count:
            information = math.log(count + 1) - self._mean(
                lambda s: softplus(s.negatives - s.positives)
            )
        if count and normalized:
            uniformity = self._log_mean(lambda s: s.negatives - self.scale) - math.log(count)
        found = Diagnostics(
            recall_x=recalls[0],
            recall_y=recalls[1] if len(recalls) > 1 else None,
            positive=positive,
            hardest_negative=self._similarity(lambda s: finite_or_zero(s.hardest)),
            effective_negatives=self._mean(_effective),
            alignment=2 - 2 * positive if normalized else None,
            uniformity=uniformity,
            information=information,
        )
        return found._replace(**dict.fromkeys(self.absent))

    def _recall(self, side: Anchors) -> Array:
        """1 where the match of an anchor is first; its share where others are level with it."""
        xp, positives = namespace(side.positives), side.positives
        share = 1 / (side.level + 1) + 0 * positives  # which keeps a nan
        share = xp.where(positives > side.hardest + self.tolerance, xp.ones_like(share), share)
        return xp.where(positives < side.hardest - self.tolerance, xp.zeros_like(share), share)

    def _similarity(self, of: Any) -> Array:
        """Mean similarity, from the logits."""
        return (self._mean(of) - self.shift) / self.scale

    def _mean(self, of: Any, sides: list[Anchors] | None = None) -> Array:
        """Mean over anchors, sides with equal shares."""
        total, count = 0.0, 0
        for side in sides or self.sides:
            xp, numbers = namespace(side.positives), of(side)
            numbers = xp.astype(numbers, side.positives.dtype)
            if side.exists is not None:
                numbers = xp.where(side.exists, numbers, 0.0)
            total = total + self.batch.sum(xp.sum(numbers))
            count = count + self._count(side)
        return total / count

    def _log_mean(self, of: Any) -> Array:
        """Logarithm of the mean of exponentials over all anchors."""
        xp = namespace(self.sides[0].positives)
        joined = xp.concat([of(side) for side in self.sides])
        count = self._count(self.sides[0]) * len(self.sides)
        log_count = math.log(count) if isinstance(count, int) else xp.log(count)
        return self.batch.logsumexp(joined) - log_count

    def _count(self, side: Anchors) -> Any:
        """Number of anchors of a side, of all ranks."""
        if side.exists is None:
            return self.batch.samples(side.positives.shape[0])
        xp = namespace(side.positives)
        return self.batch.sum(xp.sum(xp.astype(side.exists, side.positives.dtype)))


def _effective(side: Anchors) -> Array:
    """Effective number of negatives; zero where an anchor has none."""
    xp = namespace(side.negatives)
    has_negatives = ~xp.isinf(side.negatives)
    ratio = 2 * finite_or_zero(side.negatives) - finite_or_zero(side.log_squares)
    return xp.where(has_negatives, xp.exp(ratio), 0.0)
