"""AMCL: several heads, each with a temperature for every pair."""

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

from polycontrast.arrays import (
    Array,
    constant,
    device,
    finite_or_zero,
    logsumexp,
    namespace,
    rounding_of_products,
    row_dot,
)
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    Nonnegative,
    Normalize,
    Reduction,
    Role,
    at_least_two,
    objective,
)
from polycontrast.similarity import full_rows, numbers_of_samples

_OF_MATCHES = "Temperatures of the match of each sample."
_OF_PAIRS = "Temperatures of each row of `x` with each row of `y`; the diagonal has no effect."
Heads = Annotated[Any, Role("rows", ("C B D",), about="C embeddings of each sample, by C heads.")]
OfMatches = Annotated[Any, Role("rows", ("C B",), low=0.0, open_low=True, about=_OF_MATCHES)]
OfPairs = Annotated[Any, Role("rows", ("C B B",), low=0.0, open_low=True, about=_OF_PAIRS)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"), shards=False)
def amcl(
    x: Heads,
    y: Heads,
    tau_pos: OfMatches,
    tau_neg: OfPairs,
    *,
    beta: Nonnegative = 0.1,
    pool: Literal["max", "lse"] = "max",
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Hardest negative against match in each of several heads, with a temperature for each pair.

    .. math:: \frac{1}{B} \sum_i \sum_c \Big[ - \frac{s^c_{ii}}{\tau^{c+}_i} + \beta \Omega
              (\tau^{c+}_i) + \frac{s^c_{ij^*}}{\tau^{c-}_{ij^*}} - \beta \Omega
              (\tau^{c-}_{ij^*}) \Big],\quad \Omega(\tau) = \frac{D}{2} \log \tau + \frac{1}{\tau}

    Parameters
    ----------
    tau_neg
        The method makes both of features of the pairs, see `adaptive_temperature`.
    beta
        Weight of the log-normaliser :math:`\Omega` of a Gaussian; 1 is the likelihood itself.
    pool
        "max": :math:`j^*` is the most similar other sample of the head. "lse": in place of its two
        terms, the log-sum-exp over all other samples.
    reduction
        The loss of a sample is the sum over its heads.

    Returns
    -------
    loss
        May be negative.

    Raises
    ------
    ValueError
        When ``B < 2``, as there is no negative.

    Notes
    -----
    Here :math:`s^c_{ij} = \langle \hat x^c_i, \hat y^c_j \rangle`. The loss is not bounded below:
    it falls as :math:`\tau^-` grows, as :math:`\tau^- \to 0` where :math:`s < \beta`, and as
    :math:`\tau^+ \to 0` where :math:`s > \beta`. So the bounds of `adaptive_temperature` belong to
    the method. It is equation 2.1 of the paper: the released classes have a form for two classes
    that does not run.

    With the weight p of a negative, 1 at :math:`j^*` or its softmax, the derivative by :math:`s` is
    :math:`p / \tau^-`, and that by :math:`\tau^-` is :math:`-p (s / (\tau^-)^2 + \beta \Omega')`.
    Similarities within rounding of the largest tie with it, and the first of them is taken.
    `tau_neg` and its gradient have the size of all similarities; these are computed in blocks.

    References
    ----------
    L. Wang, P. Koniusz, T. Gedeon, L. Zheng, "Adaptive Multi-head Contrastive Learning", ECCV 2024,
    arXiv 2310.05615.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)[None]
    >>> float(pc.amcl(x, x, np.full((1, 3), 0.5), np.ones((1, 3, 3))).round(6))
    -2.003972
    """
    xp, (heads, samples, dim) = namespace(x), x.shape
    at_least_two("x and y", samples, "a negative")
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    own, places = numbers_of_samples(a[0, :, :])
    one = xp.ones((), dtype=a.dtype, device=device(a))
    read = _of_hardest if pool == "max" else _of_all
    match = row_dot(a, b)
    prior, prior_slope = _log_normalizer(tau_pos, dim)
    losses = xp.sum(beta * prior - match / tau_pos, axis=0)
    pulls = []
    for c in range(heads):
        u, v = a[c, :, :], b[c, :, :]
        rounding = rounding_of_products(constant(u), constant(v))

        def read_others(S, tau, own, rounding=rounding):
            others = places[None, :] != own[:, None]
            return read(S, tau, others, beta, dim, rounding)

        found, pull = full_rows(u, v, one, read_others, (tau_neg[c, :, :], own))
        losses = losses + found
        pulls.append(pull)

    def back(g):
        found = [pull(g) for pull in pulls]
        of_match = -(g[None, :] / tau_pos)[:, :, None]
        on_tau = g[None, :] * (beta * prior_slope + match / (tau_pos * tau_pos))
        return {
            "x": a_back(xp.stack([t.x for t in found], axis=0) + of_match * b),
            "y": b_back(xp.stack([t.y for t in found], axis=0) + of_match * a),
            "tau_pos": on_tau,
            "tau_neg": xp.stack([t.beside[0] for t in found], axis=0),
        }

    return losses, back


def _log_normalizer(tau: Array, dim: int) -> tuple[Array, Array]:
    """Omega, and its slope."""
    inverse = 1 / tau
    return dim / 2 * namespace(tau).log(tau) + inverse, (dim / 2 - inverse) * inverse


def _of_hardest(
    S: Array, tau: Array, others: Array, beta: float, dim: int, rounding: Array
) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
    """The scaled score of the most similar other, less beta Omega."""
    xp = namespace(S)
    fixed = xp.where(others, constant(S), -math.inf)
    top = xp.max(fixed, axis=1)
    near = xp.astype(fixed >= top[:, None] - rounding, xp.int32)
    index = xp.argmax(near, axis=1)[:, None]
    # A nan has no largest; 0 * nan keeps it in the result.
    s = xp.take_along_axis(S, index, axis=1)[:, 0] + 0 * top
    t = xp.take_along_axis(tau, index, axis=1)[:, 0]
    prior, slope = _log_normalizer(t, dim)

    def pull(g: Array) -> tuple[Array, ...]:
        places = xp.arange(S.shape[1], dtype=index.dtype, device=device(S))
        here = xp.astype(places[None, :] == index, S.dtype)
        return here * (g / t)[:, None], here * (-g * (s / (t * t) + beta * slope))[:, None]

    return s / t - beta * prior, pull


def _of_all(
    S: Array, tau: Array, others: Array, beta: float, dim: int, rounding: Array
) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
    """The log-sum-exp over all others."""
    xp = namespace(S)
    prior, slope = _log_normalizer(tau, dim)
    logits = xp.where(others, S / tau - beta * prior, -math.inf)
    total = logsumexp(logits)

    def pull(g: Array) -> tuple[Array, ...]:
        weights = g[:, None] * xp.exp(logits - finite_or_zero(total)[:, None])
        return weights / tau, -weights * (S / (tau * tau) + beta * slope)

    return total, pull
