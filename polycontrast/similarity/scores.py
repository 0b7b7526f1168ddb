"""Scores that are a function of inner products: roots of squared lengths."""

from typing import Protocol

from polycontrast.arrays import Array, namespace


class Score(Protocol):
    """An elementwise map from what a matrix of products holds to scores."""

    def forward(self, products: Array) -> Array:
        """Scores of a tile of products."""

    def pull(self, products: Array, weights: Array) -> Array:
        """dL/dproducts from dL/dscores."""


def root(squares: Array) -> Array:
    """Square root with round-off below zero taken as zero."""
    xp = namespace(squares)
    return xp.sqrt(xp.maximum(squares, xp.zeros_like(squares)))


def over_root(weights: Array, squares: Array) -> Array:
    """``weights / sqrt(squares)``, and 0 where the root is 0: the subgradient of a norm at 0."""
    xp = namespace(squares)
    positive = squares > 0
    safe = xp.where(positive, squares, xp.ones_like(squares))
    return xp.where(positive, weights / xp.sqrt(safe), xp.zeros_like(weights))


class Root:
    """``S = sqrt(V)``, a length."""

    def forward(self, products: Array) -> Array:
        """Roots."""
        return root(products)

    def pull(self, products: Array, weights: Array) -> Array:
        """``dS/dV = 1 / (2 sqrt(V))``."""
        return over_root(weights, products) / 2


class NegativeRoot:
    """``S = -sqrt(V)``, minus a distance."""

    def forward(self, products: Array) -> Array:
        """Minus the roots."""
        return -root(products)

    def pull(self, products: Array, weights: Array) -> Array:
        """``dS/dV = -1 / (2 sqrt(V))``."""
        return over_root(weights, products) / -2
