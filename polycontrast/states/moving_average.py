"""Moving averages: of parameters, and of numbers that are stored as logarithms."""

import math
from collections.abc import Mapping
from typing import Any

from polycontrast.arrays import (
    Array,
    as_floats,
    computing_dtype,
    describe,
    detach,
    holds_reals,
    is_array,
    is_number,
    is_traced,
    kind_of,
    namespace,
    quiet,
    same_library,
)


@quiet
def ema(old: Any, new: Any, momentum: Any) -> Any:
    r"""Moving average :math:`m\, a + (1 - m)\, b`, for the parameters of a teacher or for keys.

    Parameters
    ----------
    old : array, or sequence or mapping of them
        The average a before: the parameters of the teacher, one array or many, also nested.
    new : the same structure
        The numbers b that are averaged: the parameters of the student.
    momentum : float or 0-d array in [0, 1]
        Weight m of `old`. MoCo has 0.999, and BYOL starts at 0.996. BYOL and PixPro let it rise to
        1 by a cosine: :math:`1 - (1 - m_0) (\cos(\pi t / T) + 1) / 2` at step t of T. (Where JAX
        traces one that is outside of the interval, the average is nan.)

    Returns
    -------
    average : the same structure
        New arrays, in the dtypes of `old`, without a gradient; the given ones are unchanged. Half
        precision is averaged in float32. Integers, such as counts of batches, are those of `new`.

    Raises
    ------
    TypeError
        When something is no array of numbers, libraries or structures differ, or `momentum` is no
        number.
    ValueError
        When shapes, lengths or names differ, or `momentum` is outside [0, 1].

    Notes
    -----
    In half precision a small change is lost: keep averages in float32.

    References
    ----------
    K. He, H. Fan, Y. Wu, S. Xie, R. Girshick, "Momentum Contrast for Unsupervised Visual
    Representation Learning" (MoCo), CVPR 2020, arXiv 1911.05722. J.-B. Grill et al., "Bootstrap
    Your Own Latent" (BYOL), NeurIPS 2020, arXiv 2006.07733.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.ema(np.asarray([0.0, 4.0]), np.asarray([1.0, 0.0]), 0.75).tolist()
    [0.25, 3.0]
    >>> pc.ema({"bias": np.zeros(2)}, {"bias": np.ones(2)}, 0.5)
    {'bias': array([0.5, 0.5])}
    """
    share = momentum
    if is_array(momentum) and is_traced(momentum) and momentum.ndim == 0:
        xp = namespace(momentum)
        share = xp.where((momentum >= 0) & (momentum <= 1), momentum, xp.nan)
    else:
        (share,) = as_floats("ema", momentum=momentum)
        if not 0 <= share <= 1:
            raise ValueError(f"ema: momentum must be from 0 to 1, got {share:g}")
    return _average(old, new, share, "")


def _average(old: Any, new: Any, share: Any, place: str) -> Any:
    """The average of what stands at a place of both structures."""
    for kind, word in ((Mapping, "mapping"), ((list, tuple), "sequence")):
        if isinstance(old, kind) and isinstance(new, kind):
            names = list(old) if kind is Mapping else range(len(old))
            others = list(new) if kind is Mapping else range(len(new))
            if sorted(map(str, names)) != sorted(map(str, others)):
                got = f"{len(old)} and {len(new)}"
                raise ValueError(f"ema: old{place} and new{place} must hold the same, got {got}")
            each = {k: _average(old[k], new[k], share, f"{place}[{k!r}]") for k in names}
            return each if kind is Mapping else tuple(each.values())
        if isinstance(old, kind) or isinstance(new, kind):
            what = kind_of(new if isinstance(old, kind) else old)
            raise TypeError(f"ema: old{place} and new{place} must both be a {word}, got {what}")
    return _of_arrays(old, new, share, place)


def _of_arrays(old: Array, new: Array, share: Any, place: str) -> Array:
    for name, value in {f"old{place}": old, f"new{place}": new}.items():
        if not holds_reals(value):
            raise TypeError(f"ema: {name} must be an array of real numbers, got {kind_of(value)}")
    if not same_library(old, new):
        got = f"{type(old).__module__} and {type(new).__module__}"
        raise TypeError(f"ema: old{place} and new{place} must be of the same library, got {got}")
    if tuple(old.shape) != tuple(new.shape):
        got = f"{tuple(old.shape)} and {tuple(new.shape)}"
        raise ValueError(f"ema: old{place} and new{place} must have equal shapes, got {got}")
    xp = namespace(old)
    old, new = detach(old), detach(new)
    if not xp.isdtype(old.dtype, "real floating"):
        return xp.astype(new, old.dtype)
    dtype = computing_dtype(old)
    share = xp.astype(share, dtype) if is_array(share) else share
    both = share * xp.astype(old, dtype) + (1 - share) * xp.astype(new, dtype)
    return xp.astype(both, old.dtype)


@quiet
def log_moving_average(old: Array, new: Array, gamma: float) -> Array:
    """Logarithm of ``(1 - gamma) e^old + gamma e^new``; where one is -inf (no state), the other."""
    xp = namespace(old)
    unseen, nothing = old == -xp.inf, new == -xp.inf
    if gamma == 1:
        return xp.where(nothing, old, new)
    mixed = xp.logaddexp(xp.where(unseen, new, old) + math.log1p(-gamma), new + math.log(gamma))
    return xp.where(unseen, new, xp.where(nothing, old, mixed))


def check_gamma(name: str, gamma: float) -> None:
    """Refuse a value that is not a weight in (0, 1]."""
    if not (is_number(gamma) and 0 < gamma <= 1):
        raise ValueError(f"{name}: gamma must be a number in (0, 1], got {describe(gamma)}")
