"""The distance between matching rows."""

from polycontrast.arrays import namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import Embeddings, Normalize, Positive, Reduction, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale", "swap", "translation"))
def alignment(
    x: Embeddings,
    y: Embeddings,
    *,
    alpha: Positive = 2,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Mean power of the distance between matching rows; lower is closer.

    .. math:: \frac{1}{B} \sum_i |\hat x_i - \hat y_i|^\alpha

    Parameters
    ----------
    x, y
        Two views.
    alpha
        Power of the distance; the paper's value.

    Returns
    -------
    value
        In :math:`[0, 2^\alpha]` for unit rows.

    Notes
    -----
    Gradient :math:`\alpha |d|^{\alpha - 2} d / B` with :math:`d = x_i - y_i`; 0 at :math:`d = 0`,
    where it does not exist for :math:`\alpha \le 1`. The cost is O(B D).

    References
    ----------
    T. Wang, P. Isola, "Understanding Contrastive Representation Learning through Alignment and
    Uniformity on the Hypersphere", ICML 2020, arXiv 2005.10242.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.alignment(np.eye(2), np.eye(2)[::-1]).round(6))
    2.0
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    d = a - b
    squares = row_dot(d, d)
    if alpha == 2:
        powers, slopes = squares, 2
    else:
        # No power of 0, which has no derivatives either.
        apart = squares != 0
        safe = xp.where(apart, squares, 1.0)
        powers = xp.where(apart, safe ** (alpha / 2), 0.0)
        slopes = xp.where(apart, alpha * safe ** (alpha / 2 - 1), 0.0)

    def back(g):
        gd = (g * slopes)[:, None] * d
        return {"x": a_back(gd), "y": b_back(-gd)}

    return powers, back
