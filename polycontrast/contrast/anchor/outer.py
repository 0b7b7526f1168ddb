"""Functions from the log-sum-exp of an anchor's negatives, minus its positive, to its loss."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace, softplus, softplus_with_slope

Outer = Callable[[Array], tuple[Array, Callable[[Array], Array]]]
"""From differences u to losses, and from the cotangent of the losses to that of u."""


def cross_entropy(u: Array) -> tuple[Array, Callable[[Array], Array]]:
    """InfoNCE: ``log(1 + exp(u))``, with the positive among the candidates."""
    losses, slope = softplus_with_slope(u)
    return losses, lambda g: g * slope()


def decoupled(u: Array) -> tuple[Array, Callable[[Array], Array]]:
    """The difference itself, without the positive among the candidates; 0 without a negative."""
    xp = namespace(u)
    alone = xp.isinf(u) & (u < 0)
    return xp.where(alone, 0.0, u), lambda g: xp.where(alone, 0.0, g)


def focal(gamma: float, held: bool = False) -> Outer:
    """Cross-entropy times ``(1 - p) ** gamma``, with the softmax p of the positive.

    With `held` this weight is constant in the gradient. All of it is in logarithms of p and 1 - p.
    """
    if gamma == 0:
        return cross_entropy

    def outer(u: Array) -> tuple[Array, Callable[[Array], Array]]:
        entropy, slope = softplus_with_slope(u)  # -log p and 1 - p
        weight = namespace(u).exp(-gamma * softplus(-u))

        def back(g: Array) -> Array:
            miss = slope()
            return g * weight * (miss if held else miss + gamma * (1 - miss) * entropy)

        return weight * entropy, back

    return outer
