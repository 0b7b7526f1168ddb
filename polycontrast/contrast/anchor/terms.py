"""Losses as sums of terms, each of which compares a positive with blocks of negatives."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from polycontrast.arrays import Array, finite_or_zero, namespace
from polycontrast.contrast.anchor.logits import Cotangents, Grads, Logits
from polycontrast.contrast.anchor.outer import Outer

Linear = Sequence[tuple[Array, Logits]]
"""Logits that enter the losses as they are, each with a factor."""


class Term(NamedTuple):
    """A positive, and the log-sum-exps of blocks of its negatives."""

    positive: Logits
    negatives: list[Logits]


def mean_of_terms(
    terms: Sequence[Term], outer: Outer, plus: Linear = ()
) -> tuple[Array, Callable[[Array], Grads]]:
    r"""Losses :math:`\frac{1}{T} \sum_t h(N_t - d_t) + \sum_k c_k l_k`, and their pullback.

    Parameters
    ----------
    terms : sequence of Term
        With T positives :math:`d_t`, and log-sum-exps :math:`N_t` of all negatives of a term. Terms
        may share logits, which are then pulled back once.
    outer : Outer
        The function h.
    plus : sequence of (array, Logits)
        Factors :math:`c_k` and logits :math:`l_k`.

    Returns
    -------
    losses : array (B,)
    back : callable
        To the gradients of the rows.
    """
    losses: Any = None
    totals, slopes, count = [], [], len(terms)
    for positive, negatives in terms:
        total = negatives[0].values if len(negatives) == 1 else _joined(positive, negatives)
        one, slope = outer(total - positive.values)
        losses = one if losses is None else losses + one
        totals.append(total)
        slopes.append(slope)
    if count > 1:
        losses = losses / count
    for factor, logits in plus:
        losses = losses + factor * logits.values

    def back(g: Array) -> Grads:
        cotangents = Cotangents()
        each = g / count if count > 1 else g
        found = [slope(each) for slope in slopes]
        for (positive, _), on_total in zip(terms, found, strict=True):
            cotangents.add(positive, -on_total)
        for (_, negatives), on_total, total in zip(terms, found, totals, strict=True):
            for logits in negatives:
                share = on_total if len(negatives) == 1 else on_total * _share(logits, total)
                cotangents.add(logits, share)
        for factor, logits in plus:
            cotangents.add(logits, factor * g)
        return cotangents.pulled()

    return losses, back


def _joined(positive: Logits, negatives: Sequence[Logits]) -> Array:
    """Log-sum-exp over blocks; -inf over none."""
    xp = namespace(positive.values)
    if not negatives:
        return xp.full_like(positive.values, -xp.inf)
    return functools.reduce(xp.logaddexp, [logits.values for logits in negatives])


def _share(logits: Logits, total: Array) -> Array:
    """Share of a block in the sum of all."""
    return namespace(total).exp(logits.values - finite_or_zero(total))
