"""Columns of mean 0, and of variance 1, over all ranks."""

from collections.abc import Callable

from polycontrast.arrays import Array, constant, namespace
from polycontrast.calculus.squared_products import Ranks


def centred_columns(x: Array, ranks: Ranks) -> tuple[Array, Callable[[Array], Array]]:
    """Rows minus the mean row; back ``dx = g - mean g``.

    The mean is taken twice: its rounding, of rows far from 0, is as large as close rows are apart.

    Parameters
    ----------
    x : array (B, D)
    ranks : Ranks
        The batch of all ranks.

    Returns
    -------
    out : array (B, D)
    back : callable
        From dL/dout to dL/dx.
    """

    def centred(t: Array) -> Array:
        return t - _mean(t, ranks)

    return centred(centred(x)), centred


def standard_columns(x: Array, eps: float, ranks: Ranks) -> tuple[Array, Callable[[Array], Array]]:
    """Columns of mean 0 and variance 1: ``z = (x - mean) / s`` with ``s = sqrt(var + eps)``.

    The variance is the biased one, and back is ``dx = (g - mean g - z mean(g z)) / s``. With
    ``eps = 0`` a column that is constant, up to rounding, becomes 0 and has gradient 0.

    Parameters
    ----------
    x : array (B, D)
    eps : float
        At least 0.
    ranks : Ranks
        The batch of all ranks.

    Returns
    -------
    out : array (B, D)
    back : callable
        From dL/dout to dL/dx.
    """
    xp = namespace(x)
    centred, centre = centred_columns(x, ranks)
    squares = _mean(centred * centred, ranks) + eps
    rounding = 0.0
    if not eps:
        rounding = (4 * xp.finfo(x.dtype).eps * _mean(constant(xp.abs(x)), ranks)) ** 2
    flat = squares <= rounding
    # No root of 0, which has no second derivative either.
    scale = xp.where(flat, xp.inf, xp.sqrt(xp.where(flat, 1.0, squares)))
    out = centred / scale

    def back(g: Array) -> Array:
        return (centre(g) - out * _mean(g * out, ranks)) / scale

    return out, back


def _mean(t: Array, ranks: Ranks) -> Array:
    """Mean row of all ranks, (1, D)."""
    total = ranks.sum(namespace(t).sum(t, axis=0, keepdims=True))
    return total / ranks.samples(t.shape[0])
