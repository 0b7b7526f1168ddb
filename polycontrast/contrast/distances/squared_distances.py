"""Squared distances of rows, from inner products, as scores of a matrix."""

import math

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.context import whole_batch
from polycontrast.similarity import MatrixGradients, Rule, Similarity


class SquaredDistances:
    """Scores ``-factor |x_i - y_j|^2``.

    Products of rows far from the origin cost digits of their distances: see `centred`.

    Parameters
    ----------
    factor : 0-d array
    x : array (B, D)
    y : array (B, D), optional
        The other side. Without it both sides are the same rows.
    pairs : Rule
        Pairs that count.

    Attributes
    ----------
    matrix : Similarity
        The scores.
    """

    def __init__(self, factor: Array, x: Array, y: Array | None = None, *, pairs: Rule):
        self.factor, self.x, self.y = factor, x, y
        squares = tuple(-factor * row_dot(t, t) for t in (x, x if y is None else y))
        self.matrix = Similarity(x, y, scale=2 * factor, pairs=pairs, offsets=squares)

    def on_rows(self, pulled: MatrixGradients) -> tuple[Array, Array | None]:
        """Gradients of x and of y from those of the matrix; None for y where there is none."""
        gx = pulled.x - 2 * self.factor * pulled.of_rows[:, None] * self.x
        if self.y is None:
            return gx, None
        return gx, pulled.y - 2 * self.factor * pulled.of_columns[:, None] * self.y


def centred(rows: Array, *others: Array) -> list[Array]:
    """Rows, and others along with them, minus the mean row over all ranks.

    Distances do not depend on the origin. Near the rows it costs the fewest digits.

    Parameters
    ----------
    rows : array (..., B, D)
    *others : array (..., B, D)
        With as many axes.
    """
    xp, batch, axes = namespace(rows), whole_batch(), tuple(range(rows.ndim - 1))
    count = math.prod(rows.shape[:-2]) * batch.samples(rows.shape[-2])
    mean = batch.sum(xp.sum(rows, axis=axes, keepdims=True)) / count
    return [t - mean for t in (rows, *others)]
