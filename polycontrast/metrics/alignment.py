"""The distance between matching rows."""

from polycontrast.arrays import namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import Embeddings, Normalize, Positive, Reduction, objective


@objective(
    family="metrics",
    formula=r"\frac{1}{B} \sum_i |\hat x_i - \hat y_i|^\alpha",
    source="Wang, Isola, ICML 2020, arXiv 2005.10242",
    cases=({"alpha": 1}, {"alpha": 3.0}, {"normalize": False}),
    invariances=("sample_permutation", "rotation", "row_scale", "swap", "translation"),
    shards=True,
)
def alignment(
    x: Embeddings,
    y: Embeddings,
    *,
    alpha: Positive = 2,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Mean power of the distance between matching rows; lower is closer.

    Parameters
    ----------
    x, y : array (B, D)
        Two views; row i of both belongs together.
    alpha : float, default 2
        Power of the distance, > 0; the paper's value.
    normalize : bool, default True
        Scale rows to unit length first.
    reduction : {"mean", "sum", "none"}, default "mean"
        Over the B pairs.

    Returns
    -------
    value : 0-d array, or (B,) for ``reduction="none"``
        In :math:`[0, 2^\alpha]` for unit rows.

    Raises
    ------
    ValueError, TypeError
        When shapes, dtypes, libraries or devices disagree, or `alpha` is not above 0.

    Notes
    -----
    .. math:: \frac{1}{B} \sum_i |x_i - y_i|^\alpha

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
