"""Pair factors: exponentials of minus squared distances between the rows of two views."""

import itertools

from polycontrast.arrays import (
    Array,
    add_,
    exp_,
    fill_,
    matmul,
    multiply_,
    namespace,
    positive_part_,
    row_dot,
    transpose,
)

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
    q = rate * row_dot(z, z)
    scaled = -2 * rate * z
    factors = {}
    for a, b in itertools.combinations(range(z.shape[0]), 2):
        squares = matmul(scaled[a, ...], transpose(z[b, ...]))
        squares = positive_part_(add_(add_(squares, q[a, :, None]), q[b, None, :]))
        factor = exp_(multiply_(squares, -1))
        if mask is not None:
            factor = fill_(factor, ~(mask[a, :, None] & mask[b, None, :]), 0)
        factors[a, b] = factor
    return factors


def pull_pair_factors(z: Array, rate: Array, on_logs: Factors) -> Array:
    """dL/dz from ``E_ab = dL/dlog K_ab``.

    ``dz_a = -2 rate sum_b (rowsum(E_ab) z_a - E_ab z_b)``, with ``E_ba`` the transpose.
    """
    xp = namespace(z)
    grads = [xp.zeros_like(z[a, ...]) for a in range(z.shape[0])]
    for (a, b), e in on_logs.items():
        for one, two, t in ((a, b, e), (b, a, transpose(e))):
            own = xp.sum(t, axis=1)[:, None] * z[one, ...]
            grads[one] = grads[one] + own - matmul(t, z[two, ...])
    return xp.stack(grads, axis=0) * (-2 * rate)
