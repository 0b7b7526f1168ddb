"""Temperatures from logits."""

import math

from polycontrast.arrays import (
    Array,
    as_floats,
    check_floating,
    computing_dtype,
    namespace,
    quiet,
    sigmoid,
)


@quiet
def adaptive_temperature(logit: Array, *, low: float = 1e-5, high: float = 2.0) -> Array:
    r"""Temperatures between two bounds, from logits that a network predicts.

    .. math:: \tau = l + (h - l) \, \sigma(t)

    Parameters
    ----------
    logit : array
        Logits t of any shape. In the paper they are those of a small network of the features of
        each pair.
    low, high : float, default 1e-5, 2.0
        Bounds l and h. (The authors' values.)

    Returns
    -------
    temperature : array of the shape and dtype of `logit`
        torch and JAX differentiate it. By hand, the derivative is
        :math:`(\tau - l)(h - \tau)/(h - l)`.

    Raises
    ------
    ValueError, TypeError
        When `logit` is not real floating, or ``0 < low < high`` is false.

    Notes
    -----
    The lower bound belongs to the method: without it the likelihood has no maximum in the
    temperature.

    References
    ----------
    L. Wang, P. Koniusz, T. Gedeon, L. Zheng, "Adaptive Multi-head Contrastive Learning", ECCV 2024,
    arXiv 2310.05615.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.adaptive_temperature(np.asarray([0.0, 100.0]), low=0.5, high=1.5).tolist()
    [1.0, 1.5]
    """
    name = "adaptive_temperature"
    check_floating(name, logit=logit)
    low, high = as_floats(name, low=low, high=high)
    if not 0 < low < high < math.inf:
        raise ValueError(f"{name}: 0 < low < high must hold, got low={low} and high={high}")
    xp = namespace(logit)
    share = sigmoid(xp.astype(logit, computing_dtype(logit)))
    return xp.astype(low + (high - low) * share, logit.dtype)
