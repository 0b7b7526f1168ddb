"""Logits of two views of an image, combined for the next token."""

import math
from typing import Any

from polycontrast.arrays import (
    Array,
    as_floats,
    check_floating,
    computing_dtype,
    infinite_to_nan,
    namespace,
    quiet,
)

LARGEST_FACTOR = 1e30  # differences of logits times it are finite in float32


@quiet
def ritual_logits(logits: Array, transformed: Array, *, alpha: Any = 3.0, beta: Any = 0.1) -> Array:
    r"""Logits of an image plus those of a transformed one (RITUAL).

    .. math:: l + \alpha\, l' \quad \text{where } l \ge \log \beta + \max l,
              \text{ else } -\infty

    Parameters
    ----------
    logits : array (..., V)
        Logits l of the next token, given the image.
    transformed : array (..., V)
        Logits l' given a random transformation of the image.
    alpha : float, default 3.0
        Weight of the transformed image. The authors' value.
    beta : float in [0, 1], default 0.1
        Least probability of a token that is kept, relative to the most probable one, by the image
        as it is. With 1 the search is greedy, with 0 all tokens are kept.

    Returns
    -------
    logits : array (..., V)
        In the dtype of `logits`, without a gradient. Temperature and sampling come afterwards.

    Raises
    ------
    TypeError
        When an array is no real floating array, libraries differ, or a number is no number.
    ValueError
        When shapes differ, there is no token, `alpha` is not finite or `beta` is outside [0, 1].

    Notes
    -----
    A constant added to either array changes no probability. A token of logit minus infinity, which
    the caller has ruled out, stays so. Other numbers that are not finite make nan.

    References
    ----------
    S. Woo, J. Jang, D. Kim, Y. Choi, C. Kim, "RITUAL: Random Image Transformations as a Universal
    Anti-hallucination Lever in Large Vision Language Models", 2024, arXiv 2405.17821.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.ritual_logits(np.asarray([2.0, 1.0, -9.0]), np.asarray([0.0, 1.0, 2.0])).tolist()
    [2.0, 4.0, -inf]
    """
    name = "ritual_logits"
    (alpha,) = _finite(name, alpha=alpha)
    return _combined(name, {"logits": logits, "transformed": transformed}, beta, 1 + alpha, alpha)


@quiet
def vcd_logits(logits: Array, distorted: Array, *, alpha: Any = 1.0, beta: Any = 0.1) -> Array:
    r"""Logits of an image, less those of a distorted one (visual contrastive decoding).

    .. math:: (1 + \alpha)\, l - \alpha\, l' \quad \text{where } l \ge \log \beta + \max l,
              \text{ else } -\infty

    Parameters
    ----------
    logits : array (..., V)
        Logits l of the next token, given the image.
    distorted : array (..., V)
        Logits l' given the image with noise, which show what the language alone suggests.
    alpha : float, default 1.0
        Weight of the difference. The authors' value.
    beta : float in [0, 1], default 0.1
        As in `ritual_logits`, and so are the result, the errors and what is not finite.

    Returns
    -------
    logits : array (..., V)

    Raises
    ------
    TypeError, ValueError
        As `ritual_logits` does.

    Notes
    -----
    `ritual_logits` with weight a is 1 + a times these logits at :math:`\alpha = -a / (1 + a)`: the
    same at another temperature.

    References
    ----------
    S. Leng et al., "Mitigating Object Hallucinations in Large Vision-Language Models through Visual
    Contrastive Decoding" (VCD), CVPR 2024, arXiv 2311.16922.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.vcd_logits(np.asarray([2.0, 1.0, -9.0]), np.asarray([2.0, 0.0, 0.0])).tolist()
    [2.0, 2.0, -inf]
    """
    name = "vcd_logits"
    (alpha,) = _finite(name, alpha=alpha)
    return _combined(name, {"logits": logits, "distorted": distorted}, beta, 1.0, -alpha)


@quiet
def m3id_logits(
    logits: Array, unconditioned: Array, *, step: Any, decay: Any = 0.02, beta: Any = 0.1
) -> Array:
    r"""Logits with the image moved away from those without it, more so with each token (M3ID).

    .. math:: l + (l - l') \frac{1 - g}{g}, \quad g = e^{-\lambda t}, \quad
              \text{where } l \ge \log \beta + \max l, \text{ else } -\infty

    Parameters
    ----------
    logits : array (..., V)
        Logits l of the next token, given the image.
    unconditioned : array (..., V)
        Logits l' given the text alone.
    step : int, >= 0
        Number t of tokens that were generated before.
    decay : float, >= 0, default 0.02
        How fast the image is forgotten, :math:`\lambda`. The authors' value.
    beta : float in [0, 1], default 0.1
        As in `ritual_logits`, and so are the result, the errors and what is not finite.

    Returns
    -------
    logits : array (..., V)

    Raises
    ------
    TypeError, ValueError
        As `ritual_logits` does, and when `step` or `decay` is negative, or their product above 69:
        the factor of the difference would then be above 1e30.

    References
    ----------
    A. Favero et al., "Multi-Modal Hallucination Control by Visual Information Grounding" (M3ID),
    CVPR 2024, arXiv 2403.14003.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> given, alone = np.asarray([2.0, 1.0]), np.asarray([2.0, 0.0])
    >>> pc.m3id_logits(given, alone, step=50).round(6).tolist()
    [2.0, 2.718282]
    """
    name = "m3id_logits"
    step, decay = _finite(name, step=step, decay=decay)
    for what, number in {"step": step, "decay": decay}.items():
        if number < 0:
            raise ValueError(f"{name}: {what} must be >= 0, got {number:g}")
    if decay * step > math.log(LARGEST_FACTOR):
        text = f"step must be at most {math.log(LARGEST_FACTOR) / decay:.0f} for decay={decay:g}"
        raise ValueError(f"{name}: {text}, got {step:g}")
    both = {"logits": logits, "unconditioned": unconditioned}
    return _combined(name, both, beta, 1.0, -math.expm1(decay * step))


def _finite(name: str, **given: Any) -> list[float]:
    """Numbers, of which none is nan or infinite."""
    numbers = as_floats(name, **given)
    for what, number in zip(given, numbers, strict=True):
        if not math.isfinite(number):
            raise ValueError(f"{name}: {what} must be finite, got {number}")
    return numbers


def _combined(name: str, both: dict[str, Array], beta: Any, total: float, weight: float) -> Array:
    """``total l + weight (l' - l)`` for the tokens that the first logits make plausible."""
    check_floating(name, **both)
    (beta,) = as_floats(name, beta=beta)
    if not 0 <= beta <= 1:
        raise ValueError(f"{name}: beta must be in [0, 1], got {beta:g}")
    (logits, others), shapes = both.values(), [tuple(t.shape) for t in both.values()]
    if shapes[0] != shapes[1] or not shapes[0] or not shapes[0][-1]:
        text = f"{' and '.join(both)} must have one shape (..., V) with V > 0"
        raise ValueError(f"{name}: {text}, got {shapes[0]} and {shapes[1]}")
    xp, dtype = namespace(logits), computing_dtype(logits)
    given, other = (xp.astype(t, dtype, copy=False) for t in (logits, others))
    out = given == -xp.inf
    given = infinite_to_nan(xp.where(out, 0.0, given))
    largest = xp.max(xp.where(out, -xp.inf, given), axis=-1, keepdims=True)
    if beta > 0:
        out = out | (given < largest + math.log(beta))
    combined = total * given + weight * (infinite_to_nan(other) - given)
    return xp.astype(xp.where(out, -xp.inf, combined), logits.dtype)
