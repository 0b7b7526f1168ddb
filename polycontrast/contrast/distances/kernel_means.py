"""Means of Gaussian kernels between rows, as log-sum-exps, which do not underflow."""

import math
from collections.abc import Callable

from polycontrast.arrays import Array, namespace
from polycontrast.context import whole_batch
from polycontrast.contrast.distances.squared_distances import SquaredDistances
from polycontrast.similarity import OtherRows, OtherSamples


def log_kernel_sums(
    factor: Array, x: Array, y: Array | None = None
) -> tuple[Array, Callable[[Array], tuple[Array, Array | None]]]:
    """Logs of ``sum_j exp(-factor |x_i - y_j|^2)`` over the other samples j, and their pullback.

    Parameters
    ----------
    factor : 0-d array
    x : array (B, D)
    y : array (B, D), optional
        The other side; `x` itself by default.

    Returns
    -------
    sums : array (B,)
        -inf where there is no other sample.
    back : callable
        From a cotangent to the gradients of x and y, the latter None without `y`.
    """
    distances = SquaredDistances(factor, x, y, pairs=OtherRows() if y is None else OtherSamples())
    if y is None:
        sums, _, pull = distances.matrix.logsumexp()
        return sums, lambda g: distances.on_rows(pull(g))
    sums, _, pull = distances.matrix.logsumexp(columns=False)
    return sums, lambda g: distances.on_rows(pull(g, None))


def log_mean_kernel(
    factor: Array, x: Array, y: Array | None = None
) -> tuple[Array, Callable[[Array], tuple[Array, Array | None]]]:
    """Log of the mean kernel of two different samples of the whole batch, and its pullback.

    Arguments and gradients are those of `log_kernel_sums`. There are at least 2 samples.
    """
    batch, (sums, pull) = whole_batch(), log_kernel_sums(factor, x, y)
    n, total = batch.samples(x.shape[0]), batch.logsumexp(sums)
    return total - math.log(n * (n - 1)), lambda g: pull(g * namespace(x).exp(sums - total))
