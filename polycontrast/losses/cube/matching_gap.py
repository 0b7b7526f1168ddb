"""The multi-marginal matching gap."""

import itertools
import warnings
from typing import Annotated

from polycontrast.arrays import iterate, known, namespace, safe_log
from polycontrast.contrast import MissingViews
from polycontrast.cube import (
    balanced_pair_factors,
    both_ways,
    pair_sums,
    pull_pair_factors,
    row_sums,
)
from polycontrast.objective import (
    Count,
    Mask,
    Normalize,
    Positive,
    Role,
    Views,
    Weights,
    objective,
)

Tolerance = Annotated[float, Role("option", low=0.0)]


@objective(
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
    shards=False,
    tuples=True,
)
def matching_gap(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    *,
    epsilon: Positive = 0.2,
    normalize: Normalize = True,
    tol: Tolerance = 1e-3,
    max_iter: Count = 1000,
):
    r"""Cost of the given matching of n views less that of the best entropic one (M3G).

    .. math:: \frac{1}{B} \sum_i C_{(i,\dots,i)} - \epsilon \log B - \min_P \Big[ \sum_t P_t C_t
              + \epsilon \sum_t P_t \log P_t \Big], \quad C_t = 1 - \tfrac{1}{n^2} \Big|
              \sum_a x_a[t_a] \Big|^2

    Parameters
    ----------
    mask
        Incomplete samples are left out.
    weights
        They are the marginals, up to their sum.
    epsilon
        Entropic regularisation; the paper finds 0.05 to 1 robust. Below about 0.02 factors leave
        the range of float32.
    tol
        Largest error of a marginal (sum of absolute differences) at which Sinkhorn stops. Use 1e-10
        where gradients must be exact.
    max_iter
        Largest number of sweeps.

    Returns
    -------
    gap
        At least 0.

    Warns
    -----
    UserWarning
        When `max_iter` sweeps do not reach `tol`: the value is then an upper bound of the gap.
        Each sweep changes little where costs are many times `epsilon`; there 10^4 of them may leave
        errors of 1e-5 in the marginals.

    Notes
    -----
    .. math:: L = \sum_i w_i C_{d_i} + \epsilon \sum_i w_i \log w_i - \min_P \Big[ \sum_t P_t C_t
              + \epsilon \sum_t P_t \log P_t \Big]

    over all P on the cube with every marginal w (1 / B by default). Up to numbers of single rows,
    which change no plan, :math:`C_t = \sum_{a<b} |x_a - x_b|^2 / n^2`, so
    :math:`e^{-C_t/\epsilon}` is a product of pair factors and an update of n = 3 views one product
    of B x B matrices; n = 4 loops over one index. No cost tensor is formed. By the envelope
    theorem :math:`\partial L/\partial C_t = w_i [t = d_i] - P_t`: the solver is not
    differentiated. The entropy's constants are chosen here so that the gap is not negative (to be
    verified against the paper). At collapse it is :math:`\epsilon (n - 1) \log B`.

    References
    ----------
    Z. Piran, M. Klein, J. Thornton, M. Cuturi, "Contrasting Multiple Representations with the
    Multi-Marginal Matching Gap", ICML 2024, arXiv 2405.19532.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.ones((3, 4, 2))
    >>> float(pc.matching_gap(views).round(6)), round(float(0.4 * np.log(4)), 6)
    (0.554518, 0.554518)
    """
    xp = namespace(views)
    there = MissingViews(views, mask)
    z, z_back = there.unit_rows(normalize)
    n = z.shape[0]
    total = xp.ones_like(z[0, :, 0]) if weights is None else weights
    if there.complete is not None:
        total = xp.where(there.complete, total, 0.0)
    mass = xp.sum(total)
    w = total / xp.where(mass == 0, 1.0, mass)
    rate = xp.ones_like(mass) / (n * n * epsilon)
    some = weights is not None or there.complete is not None
    # Numbers of single rows change no plan; with them no row of the factors is all zeros.
    factors, logs = balanced_pair_factors(z, rate, w > 0 if some else None)
    k = both_ways(factors)
    v = _sinkhorn(k, w, n, max(tol, 32 * xp.finfo(z.dtype).eps), max_iter)
    potentials = [epsilon * (_finite_log(v[a]) + logs[a]) for a in range(n)]
    potential = sum(potentials[1:], start=potentials[0])
    from_mean = z - xp.mean(z, axis=0, keepdims=True)
    matched = xp.sum(from_mean * from_mean, axis=(0, 2)) / n
    entropy = epsilon * _finite_log(w)
    value = xp.sum(w * (matched + entropy - potential))

    def back(g):
        # The plan's cost is -epsilon sum_t P_t log K_t, the matching's is that of the diagonal.
        plan = {
            (a, b): epsilon * pair_sums(k, v, a, b, [c for c in range(n) if c not in (a, b)])
            for a, b in itertools.combinations(range(n), 2)
        }
        gz = (2 / n) * w[None, :, None] * from_mean + pull_pair_factors(z, rate, plan)
        on_w = matched + entropy + epsilon - potential
        on_weights = (on_w - xp.sum(w * on_w)) / xp.where(mass == 0, 1.0, mass)
        on_weights = xp.where(total > 0, on_weights, 0.0)
        return {"views": z_back(g * gz), "weights": g * on_weights}

    return value, back


def _sinkhorn(k, w, n, tol, max_iter):
    """Row weights of the best plan: each view's marginal is set to `w` in turn."""
    xp = namespace(w)

    def sweep(v):
        v, errors = dict(v), []
        for a in range(n):
            sums = row_sums(k, v, [a, *(b for b in range(n) if b != a)])
            errors.append(xp.sum(xp.abs(v[a] * sums - w)))
            v[a] = w / xp.where(sums > 0, sums, 1.0)
        return v, xp.max(xp.stack(errors))

    start = xp.astype(w > 0, w.dtype)
    v, error = iterate(sweep, dict.fromkeys(range(n), start), tol, max_iter)
    error = known(error)
    if error is not None and error > tol:
        text = f"matching_gap: Sinkhorn stopped after max_iter={max_iter} sweeps at an error of"
        warnings.warn(f"{text} {error:.1e}, tol={tol:.1e}", stacklevel=2)
    return v


def _finite_log(x):
    """Logarithm, 0 for rows of weight 0, which count nowhere."""
    xp = namespace(x)
    return xp.where(x > 0, safe_log(x), 0.0)
