"""Variance, invariance and covariance of two views."""

from polycontrast.arrays import Array, namespace
from polycontrast.calculus import centred_columns, column_squares
from polycontrast.objective import (
    Embeddings,
    Nonnegative,
    at_least_two,
    objective,
    whole_batch,
)


@objective(invariances=("sample_permutation", "swap", "translation"))
def vicreg(
    x: Embeddings,
    y: Embeddings,
    *,
    sim_weight: Nonnegative = 25.0,
    var_weight: Nonnegative = 25.0,
    cov_weight: Nonnegative = 1.0,
    gamma: Nonnegative = 1.0,
    eps: Nonnegative = 1e-4,
):
    r"""Squared difference of two views, while columns of each keep a variance and no covariance.

    .. math:: \frac{s}{BD} \sum_{id} (X_{id} - Y_{id})^2 + \sum_{Z \in \{X, Y\}} \Big[
              \frac{v}{2D} \sum_d \max \big( 0, \gamma - \sqrt{\Sigma_{dd} + \epsilon} \big)
              + \frac{c}{D} \sum_{d \ne e} \Sigma_{de}^2 \Big],\quad \Sigma = \mathrm{cov}(Z)

    Parameters
    ----------
    x, y
        Two views with at least two rows, which are not normalised.
    sim_weight, var_weight
        Weights s and v of the differences and of the variances; the authors' values.
    cov_weight
        Weight c of the covariances; the authors' value.
    gamma
        Standard deviation from which a column is not pushed; the authors' value.
    eps
        Number :math:`\epsilon` that is added to the variances.

    Returns
    -------
    value
        At least 0.

    Raises
    ------
    ValueError
        When there is a single sample.

    Notes
    -----
    Covariances are unbiased, over B - 1 and the batch of all ranks. The factor 1/2 of the hinge is
    that of the authors' code, which is the mean over the two views; other code leaves it out. A
    column at the hinge, or of variance 0 with ``eps=0``, has slope 0. Adding one row to all rows
    of both views changes nothing. Covariances cost 6 B D^2 operations a view with the gradient.
    For D > 4 B / 3 their squares come from B x B Gram matrices, but not over ranks.

    References
    ----------
    A. Bardes, J. Ponce, Y. LeCun, "VICReg: Variance-Invariance-Covariance Regularization for
    Self-Supervised Learning", ICLR 2022, arXiv 2105.04906.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.asarray([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    >>> float(pc.vicreg(x, x)), float(pc.vicreg(x, x + 0.2).round(6))
    (0.0, 1.0)
    >>> float(pc.vicreg(0 * x, 0 * x))  # a collapse
    24.75
    """
    xp = namespace(x)
    samples, width = at_least_two("x and y", x.shape[0], "a variance"), x.shape[1]
    apart = x - y
    of_x, x_back = _spread(x, samples, var_weight, cov_weight, gamma, eps)
    of_y, y_back = _spread(y, samples, var_weight, cov_weight, gamma, eps)
    factor = sim_weight / (samples * width)

    def back(g):
        moved = 2 * factor * g * apart
        return {"x": x_back(g) + moved, "y": y_back(g) - moved}

    return factor * whole_batch().sum(xp.sum(apart * apart)) + of_x + of_y, back


def _spread(z: Array, samples: int, var_weight: float, cov_weight: float, gamma: float, eps: float):
    """Hinges of the standard deviations and squares of the covariances of one view.

    With centred rows u, columns of ``sum_d f(u_d) u_d`` have mean 0, so centring needs no pullback.
    """
    xp, batch, width = namespace(z), whole_batch(), z.shape[1]
    u, _ = centred_columns(z, batch)
    squares = batch.sum(xp.sum(u * u, axis=0)) / (samples - 1) + eps
    flat = squares <= 0
    deviation = xp.where(flat, 0.0, xp.sqrt(xp.where(flat, 1.0, squares)))
    hinge = gamma - deviation
    active = hinge > 0
    shortfall = xp.sum(xp.where(active, hinge, 0.0 * hinge))
    others, pull = column_squares(u, u, batch, own=False)
    of_hinge, of_others = var_weight / (2 * width), cov_weight / (width * (samples - 1) ** 2)

    def back(g):
        slopes = xp.where(active & ~flat, -1 / xp.where(flat, 1.0, deviation), 0.0)
        one, two = pull(of_others * g)
        return one + two + (of_hinge / (samples - 1)) * g * slopes[None, :] * u

    return of_hinge * shortfall + of_others * xp.sum(others), back
