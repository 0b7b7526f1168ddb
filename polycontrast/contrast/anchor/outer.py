"""Functions from the log-sum-exp of an anchor's negatives, minus its positive, to its loss."""

from collections.abc import Callable

from polycontrast.arrays import Array, softplus_with_slope

Outer = Callable[[Array], tuple[Array, Callable[[Array], Array]]]
"""From differences u to losses, and from the cotangent of the losses to that of u."""


def cross_entropy(u: Array) -> tuple[Array, Callable[[Array], Array]]:
    """InfoNCE: ``log(1 + exp(u))``, with the positive among the candidates."""
    losses, slope = softplus_with_slope(u)
    return losses, lambda g: g * slope()
