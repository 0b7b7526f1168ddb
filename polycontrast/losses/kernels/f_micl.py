"""Contrastive learning from a divergence in place of the one of Kullback and Leibler."""

import math
from typing import Annotated, Any, Literal

from polycontrast.arrays import inner, namespace, row_dot, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import SquaredDistances, centred
from polycontrast.objective import (
    Embeddings,
    Nonnegative,
    Normalize,
    Reduction,
    Role,
    at_least_two,
    objective,
)
from polycontrast.similarity import EXP, SOFTPLUS, Function, OtherSamples

_WIDTH = r"Width :math:`\sigma` of the Gaussian, differentiable."
Width = Annotated[Any, Role("scalar", low=0.0, open_low=True, about=_WIDTH)]


def _power(p):
    """``e^(p s)`` of the logarithm s of the similarity."""

    def value(s):
        return namespace(s).exp(p * s)

    return Function(f"power {p}", value, lambda s: p * value(s))


# Of the logarithm s of the similarity: f' and its derivative, then f* of f' as a function that is
# 0 at -inf and a constant.
_DIVERGENCES = {
    "kl": (lambda s: 1 + s, lambda s: namespace(s).ones_like(s), EXP, 0.0),
    "chi2": (
        lambda s: 2 * namespace(s).expm1(s),
        lambda s: 2 * namespace(s).exp(s),
        _power(2),
        -1.0,
    ),
    "js": (
        lambda s: math.log(2) - softplus(-s),
        lambda s: sigmoid(-s),
        SOFTPLUS,
        -math.log(2),
    ),
    "hellinger": (
        lambda s: -namespace(s).expm1(-s / 2),
        lambda s: namespace(s).exp(-s / 2) / 2,
        _power(0.5),
        -1.0,
    ),
}


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def f_micl(
    x: Embeddings,
    y: Embeddings,
    *,
    divergence: Literal["kl", "chi2", "js", "hellinger"] = "kl",
    sigma: Width = 1.0,
    weight: Nonnegative = 1.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Lower bound of an f-divergence between matching and other rows, with Gaussian similarity.

    .. math:: \frac{1}{B} \sum_i \Big[ -f'(u(\hat x_i, \hat y_i))
              + \frac{w}{B - 1} \sum_{j \ne i} f^*\big(f'(u(\hat x_i, \hat x_j))\big) \Big],
              \quad u(a, b) = e^{-|a - b|^2 / (2 \sigma^2)}

    Parameters
    ----------
    x, y
        Two views of at least 2 samples. Other rows are those of `x`.
    divergence
        The function f, see below.
    weight
        Weight w of the other rows.

    Raises
    ------
    ValueError
        When ``B < 2``, as there is no other row.

    Notes
    -----
    Both functions are computed from the logarithm s of u, which does not underflow:

    ========= ============================== ============================
    f         :math:`f'(u)`                  :math:`f^*(f'(u))`
    ========= ============================== ============================
    kl        :math:`1 + s`                  :math:`u`
    chi2      :math:`2(u - 1)`               :math:`u^2 - 1`
    js        :math:`\log(2 u / (1 + u))`    :math:`\log((1 + u) / 2)`
    hellinger :math:`1 - u^{-1/2}`           :math:`u^{1/2} - 1`
    ========= ============================== ============================

    With "kl" the loss is ``alignment / (2 sigma^2) - 1`` plus the mean of u. The gradient of a row
    is :math:`-(x_i - x_j) / \sigma^2` times the derivative by s. As s has degree 2 in the rows
    and -2 in :math:`\sigma`, the latter needs no pass over the pairs. Half of the tiles of the Gram
    matrix of `x` are computed. Rows are centred first. With "hellinger", u of a match must not
    underflow: :math:`u^{-1/2}` would be infinite. There are no `ids`, as the divergence is one of
    independent pairs. The formula follows the paper's summary, the defaults are not verified.

    References
    ----------
    Y. Lu, G. Zhang, S. Sun, H. Guo, Y. Yu, "f-MICL: Understanding and Generalizing InfoNCE-based
    Contrastive Learning", TMLR 2023, arXiv 2402.10150.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.f_micl(x, x).round(6))
    -0.632121
    """
    n = at_least_two("x and y", x.shape[0], "another")
    slope, slope_of, function, constant = _DIVERGENCES[divergence]
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    a, b = centred(a, b)
    factor = 1 / (2 * sigma**2)
    d = a - b
    match = -factor * row_dot(d, d)
    distances = SquaredDistances(factor, a, pairs=OtherSamples())
    share = weight / (n - 1)
    others, _, pull = distances.matrix.sums_of(function, like=match, share=lambda g: (share * g,))

    def back(g):
        ga, _ = distances.on_rows(pull(g))
        on_match = (2 * factor * g * slope_of(match))[:, None] * d
        ga, gb = ga + on_match, -on_match
        # Every exponent is a square of a difference over sigma^2: Euler's theorem.
        on_sigma = -(inner(a, ga) + inner(b, gb)) / sigma
        return {"x": a_back(ga), "y": b_back(gb), "sigma": on_sigma}

    return share * others + weight * constant - slope(match), back
