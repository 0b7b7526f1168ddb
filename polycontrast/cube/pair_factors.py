"""Pair factors: exponentials of minus squared distances between the rows of two views."""

import math

from polycontrast.arrays import (
    Array,
    constant,
    exp_,
    fill_,
    finite_or_zero,
    known,
    multiply_,
    namespace,
    row_dot,
    subtract_,
)
from polycontrast.cube.distances import pair_squares, pull_pairs
from polycontrast.similarity.statistics import SAFE_EXPONENT

Factors = dict[tuple[int, int], Array]


def pair_factors(z: Array, rate: Array, mask: Array | None = None) -> Factors:
    """``K_ab[i, j] = exp(-rate |z_ai - z_bj|^2)`` for every two views a < b.

    Parameters
    ----------
    z : array (n, B, D)
    rate : 0-d array
    mask : bool array (n, B), optional
        Rows that are there; factors with a missing row are 0.
    """
    factors = {}
    for (a, b), squares in pair_squares(z, rate):
        factor = exp_(multiply_(squares, -1))
        if mask is not None:
            factor = fill_(factor, ~(mask[a, :, None] & mask[b, None, :]), 0)
        factors[a, b] = factor
    return factors


def balanced_pair_factors(
    z: Array, rate: Array, there: Array | None = None
) -> tuple[Factors, list[Array]]:
    """Pair factors times numbers of single rows, so that no row or column of them vanishes.

    Parameters
    ----------
    z, rate
        As in `pair_factors`.
    there : bool array (B,), optional
        Samples that count. Default: all.

    Returns
    -------
    factors : dict
        The largest entry of each row and of each column, among samples that count, is about 1.
    logs : list of n arrays (B,)
        In the product of the factors of all pairs, row i of view a was multiplied by
        ``exp(logs[a][i])``. They have no derivative.
    """
    xp = namespace(z)
    logs = [xp.zeros_like(z[a, :, 0]) for a in range(z.shape[0])]
    # Exponents of all pairs of a tuple: at most 4 |z|^2 each.
    largest = known(4 * (z.shape[0] - 1) * rate * xp.max(row_dot(z, z)))
    if largest is not None and largest <= SAFE_EXPONENT[xp.finfo(z.dtype).bits]:
        return pair_factors(z, rate), logs
    factors = {}
    for (a, b), squares in pair_squares(z, rate):
        for view, axis in ((a, 1), (b, 0)):
            others = squares
            if there is not None:
                counts = xp.expand_dims(there, axis=1 - axis)
                others = xp.where(counts, squares, math.inf)
            nearest = constant(finite_or_zero(xp.min(others, axis=axis)))
            squares = subtract_(squares, xp.expand_dims(nearest, axis=axis))
            logs[view] = logs[view] + nearest
        factors[a, b] = exp_(multiply_(squares, -1))
    return factors, logs


def pull_pair_factors(z: Array, rate: Array, on_logs: Factors) -> Array:
    """dL/dz from ``E_ab = dL/dlog K_ab``.

    ``dz_a = 2 rate sum_b (E_ab z_b - rowsum(E_ab) z_a)``, with ``E_ba`` the transpose.
    """
    return pull_pairs(z, on_logs, -1.0) * (2 * rate)
