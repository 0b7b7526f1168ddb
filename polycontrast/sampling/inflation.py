"""Weights of real samples beside generated ones."""

import math
from typing import Any

from polycontrast.arrays import Array, as_floats, device, is_array, kind_of, namespace


def adainf_weights(is_real: Array, *, dup: Any = 10.0) -> Array:
    r"""Weights of samples of a data set that was inflated by generated ones (AdaInf).

    Parameters
    ----------
    is_real : bool array (N,)
        False for generated samples.
    dup : float, > 0, default 10.0
        Weight of a real sample; a generated one has 1. The authors' number of copies.

    Returns
    -------
    weights : array (N,)
        In the library of `is_real` and its default real dtype. Weights of a sampler, or the
        `weights` of `weighted_nt_xent`.

    Raises
    ------
    TypeError
        When `is_real` holds no truth values, or `dup` is no number.
    ValueError
        When `is_real` has another shape, or `dup` is not finite and above 0.

    Notes
    -----
    With r real and g generated samples the share of real draws is :math:`d r / (d r + g)`. The
    authors repeat real samples; the use as weights of a loss is ours.

    References
    ----------
    Y. Wang, J. Zhang, Y. Wang, "Do Generated Data Always Help Contrastive Learning?", ICLR 2024,
    arXiv 2403.12448.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.adainf_weights(np.asarray([True, False, False]), dup=4).tolist()
    [4.0, 1.0, 1.0]
    """
    name = "adainf_weights"
    if not is_array(is_real) or not namespace(is_real).isdtype(is_real.dtype, "bool"):
        raise TypeError(f"{name}: is_real must be a bool array, got {kind_of(is_real)}")
    (dup,) = as_floats(name, dup=dup)
    if is_real.ndim != 1:
        raise ValueError(f"{name}: is_real must have shape (N,), got {tuple(is_real.shape)}")
    if not 0 < dup < math.inf:
        raise ValueError(f"{name}: dup must be finite and > 0, got {dup}")
    xp, where = namespace(is_real), device(is_real)
    dtype = xp.__array_namespace_info__().default_dtypes(device=where)["real floating"]
    ones = xp.ones(is_real.shape, dtype=dtype, device=where)
    return xp.where(is_real, dup * ones, ones)
