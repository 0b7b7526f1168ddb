"""Redundancy reduction between two views."""

from polycontrast.calculus import standard_columns
from polycontrast.losses.without_negatives._cross_correlation import decorrelation
from polycontrast.objective import Embeddings, Nonnegative, objective, whole_batch


@objective(invariances=("sample_permutation", "swap", "translation"))
def barlow_twins(
    x: Embeddings, y: Embeddings, *, weight: Nonnegative = 0.0051, eps: Nonnegative = 1e-5
):
    r"""Squared distance of the cross-correlation of two views from the identity.

    .. math:: \sum_d (1 - C_{dd})^2 + w \sum_{d \ne e} C_{de}^2,\qquad
              C = \frac{1}{B} \tilde X^\top \tilde Y,\quad
              \tilde X_{id} = \frac{X_{id} - \mu_d}{\sqrt{\sigma_d^2 + \epsilon}}

    Parameters
    ----------
    x, y
        Two views; rows are not normalised.
    weight
        Weight w of the entries off the diagonal; the authors' value.
    eps
        Number :math:`\epsilon` that is added to the variances, as in batch normalisation.

    Returns
    -------
    value
        At least 0.

    Notes
    -----
    Means and biased variances are those of the columns, over the batch of all ranks. With
    ``eps=0`` the value does not depend on the scale of a column, and a constant column has
    gradient 0. A constant column adds 1, and so does each column of a single sample. C costs
    6 B D^2 operations with the gradient. For D > 4 B / 3 its squares are the products of the
    B x B Gram matrices of both views, in 8 B^2 D operations, but not over ranks.

    References
    ----------
    J. Zbontar, L. Jing, I. Misra, Y. LeCun, S. Deny, "Barlow Twins: Self-Supervised Learning via
    Redundancy Reduction", ICML 2021, arXiv 2103.03230.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.asarray([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    >>> float(pc.barlow_twins(x, x).round(6)), float(pc.barlow_twins(x, -x).round(4))
    (0.0, 7.9999)
    """
    batch = whole_batch()
    u, u_back = standard_columns(x, eps, batch)
    v, v_back = standard_columns(y, eps, batch)
    value, pull = decorrelation(u, v, weight)

    def back(g):
        gu, gv = pull(g)
        return {"x": u_back(gu), "y": v_back(gv)}

    return value, back
