"""The five bases of `metric_loss` and `metrix`: functions of sums over the pairs of each row."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from polycontrast.arrays import Array, finite_or_zero, namespace, sigmoid, softplus
from polycontrast.contrast import is_there
from polycontrast.losses.metric_learning._class_pairs import (
    TOTAL,
    Kind,
    hinge,
    lse_of,
    total_of,
)
from polycontrast.similarity import line

BaseName = Literal[
    "contrastive", "binomial_deviance", "multi_similarity", "lifted_structure", "nca"
]


class Outer(NamedTuple):
    """Losses of the rows, and their derivatives by the statistics of both kinds of pairs.

    A statistic is a sum x of terms, or its logarithm. ``factors exp(-exponents)`` is the derivative
    by x itself, which stays finite where the sum is empty.
    """

    losses: Array
    slopes: tuple[Array, Array]
    factors: tuple[Any, Any]
    exponents: tuple[Any, Any]


class Base(NamedTuple):
    """What is read of the pairs of a class and of the other pairs, and the function of both."""

    positive: Kind
    negative: Kind
    outer: Callable[[Array, Array], Outer]


def base_of(name: BaseName, like: Array, margin: float, b: float, c: float) -> Base:
    """A base by its name, with the scales b of positives and c of negatives."""
    xp = namespace(like)
    toward, away = line(-b, b * margin).value, line(c, -c * margin).value

    def soft_maxima(p: Array, n: Array) -> Outer:
        exponents = softplus(p), softplus(n)
        losses = exponents[0] / b + exponents[1] / c
        return Outer(losses, (sigmoid(p) / b, sigmoid(n) / c), (1 / b, 1 / c), exponents)

    def difference(sign: float) -> Callable[[Array, Array], Outer]:
        """``sign p + n`` of the rows with pairs of both kinds; above 0 where the sign is."""

        def outer(p: Array, n: Array) -> Outer:
            there, exponents = is_there(p) & is_there(n), (finite_or_zero(p), finite_or_zero(n))
            losses = xp.where(there, sign * exponents[0] + exponents[1], 0.0)
            slope = xp.astype(there, losses.dtype)
            if sign > 0:
                losses = xp.maximum(losses, 0.0)
                slope = xp.astype(losses > 0, losses.dtype)
            slopes = sign * slope, slope
            return Outer(losses, slopes, slopes, exponents)

        return outer

    def total(p: Array, n: Array) -> Outer:
        return Outer(p + n, (xp.ones_like(p), xp.ones_like(n)), (1.0, 1.0), (0.0, 0.0))

    return {
        "contrastive": lambda: Base(
            Kind(TOTAL, line(-1.0, 0.0)),
            total_of(lambda s: hinge(s, margin), lambda s: xp.astype(s > margin, s.dtype)),
            total,
        ),
        "binomial_deviance": lambda: Base(
            total_of(lambda s: softplus(toward(s)), lambda s: -b * sigmoid(toward(s))),
            total_of(lambda s: softplus(away(s)), lambda s: c * sigmoid(away(s))),
            total,
        ),
        "multi_similarity": lambda: Base(
            lse_of(-b, b * margin), lse_of(c, -c * margin), soft_maxima
        ),
        "lifted_structure": lambda: Base(lse_of(-1.0, 0.0), lse_of(1.0, -margin), difference(1.0)),
        "nca": lambda: Base(lse_of(b, 0.0), lse_of(c, 0.0), difference(-1.0)),
    }[name]()
