"""A fixed head that gives columns unequal weights."""

import math
import warnings

from polycontrast.arrays import (
    Array,
    as_floats,
    check_floating,
    computing_dtype,
    device,
    namespace,
    quiet,
)


@quiet
def reweighting_head(x: Array, *, kappa: float) -> Array:
    r"""Rows whose columns fall off as powers of a number: a projection head without training.

    .. math:: z_{id} = x_{id} \, \kappa^{-d}, \quad d = 0, \dots, D - 1

    Parameters
    ----------
    x : array (..., D)
        Representations.
    kappa : float
        Base :math:`\kappa > 0` of the weights. With 1 the rows stay as they are.

    Returns
    -------
    z : array (..., D)
        In the dtype of `x`. torch and JAX differentiate it. By hand, the gradient of x is
        ``reweighting_head(g, kappa=kappa)`` of the gradient g of z.

    Raises
    ------
    ValueError, TypeError
        When `x` is not real floating or has no axis, or `kappa` is no finite number above 0.

    Warns
    -----
    UserWarning
        When the last weight is below the normal numbers of the dtype of `x`, or above its largest.

    Notes
    -----
    Train with a loss of z, and use x afterwards.

    References
    ----------
    Y. Xue, E. Gan, J. Ni, S. Joshi, B. Mirzasoleiman, "Investigating the Benefits of Projection
    Head for Representation Learning", ICLR 2024, arXiv 2403.11391.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.reweighting_head(np.ones((1, 4)), kappa=2.0).tolist()
    [[1.0, 0.5, 0.25, 0.125]]
    """
    name = "reweighting_head"
    check_floating(name, x=x)
    (kappa,) = as_floats(name, kappa=kappa)
    if not 0 < kappa < math.inf:
        raise ValueError(f"{name}: kappa must be finite and > 0, got {kappa}")
    if x.ndim == 0:
        raise ValueError(f"{name}: x must have shape (..., D), got ()")
    xp, last = namespace(x), x.shape[-1] - 1
    kinds, exponent = xp.finfo(x.dtype), -last * math.log(kappa)
    if not math.log(kinds.smallest_normal) <= exponent <= math.log(kinds.max):
        text = f"{name}: kappa={kappa:g} leaves the range of {x.dtype} within {last + 1} columns"
        warnings.warn(text, stacklevel=3)  # of the caller, below `quiet`
    column = xp.arange(last + 1, dtype=computing_dtype(x), device=device(x))
    weights = xp.astype(kappa ** (-column), x.dtype)
    return x * xp.reshape(weights, (*[1] * (x.ndim - 1), last + 1))
