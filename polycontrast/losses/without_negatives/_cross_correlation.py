"""Distance of the cross-correlation of two sets of columns from the identity."""

from polycontrast.arrays import Array, namespace
from polycontrast.calculus import column_squares
from polycontrast.objective import whole_batch


def decorrelation(x: Array, y: Array, weight: float):
    """``sum_d (1 - C_dd)^2 + weight sum_{d != e} C_de^2`` of ``C = x^T y / B``, and its pullback.

    The diagonal has a sum of its own, and the rest is never a difference of large sums where C
    itself is computed.
    """
    xp, batch = namespace(x), whole_batch()
    samples = batch.samples(x.shape[0])
    diagonal = batch.sum(xp.sum(x * y, axis=0)) / samples
    missing = 1 - diagonal
    others, pull = column_squares(x, y, batch, own=False)
    factor = weight / samples**2

    def back(g):
        gx, gy = pull(factor * g)
        on_diagonal = (-2 / samples) * g * missing[None, :]
        return gx + on_diagonal * y, gy + on_diagonal * x

    return xp.sum(missing * missing) + factor * xp.sum(others), back
