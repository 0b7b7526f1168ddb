"""Temperatures between two bounds, of numbers that a network may predict."""

from typing import Annotated, Any

from polycontrast.arrays import infinite_to_nan, sigmoid
from polycontrast.objective import BadArgument, Positive, Role, objective

_ABOUT = "Any real numbers: one for each head and pair, or each head and sample."
Logits = Annotated[Any, Role("rows", ("C B B", "C B"), about=_ABOUT)]


@objective(shards=False)
def adaptive_temperature(logit: Logits, *, low: Positive = 1e-5, high: Positive = 2.0):
    r"""Temperatures between two bounds, by a sigmoid.

    .. math:: \tau = l + (h - l) \, \sigma(z)

    Parameters
    ----------
    logit
        z of the formula. In AMCL a small network makes them of the features of a pair.
    low
        The lower bound l; AMCL's value.
    high
        The upper bound h; AMCL's value.

    Returns
    -------
    temperature : array
        In the shape of `logit`.

    Raises
    ------
    ValueError
        When `low` is not below `high`.

    Notes
    -----
    The derivative is :math:`(h - l) \, \sigma (1 - \sigma)`. See `amcl`, which takes them.

    References
    ----------
    L. Wang, P. Koniusz, T. Gedeon, L. Zheng, "Adaptive Multi-head Contrastive Learning", ECCV 2024,
    arXiv 2310.05615.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.adaptive_temperature(np.asarray([[-3.0, 0.0, 3.0]])).round(6)
    array([[0.094861, 1.000005, 1.905149]])
    """
    if not low < high:
        raise BadArgument(f"low must be below high, {high:g}, got {low:g}")
    logit = infinite_to_nan(logit)
    rise, fall = sigmoid(logit), sigmoid(-logit)
    return low + (high - low) * rise, lambda g: {"logit": (high - low) * g * rise * fall}
