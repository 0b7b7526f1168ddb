"""Prediction of the other view, which is held."""

from polycontrast.losses.without_negatives._predictions import Target, distances_both_ways
from polycontrast.objective import Embeddings, Reduction, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def simsiam(
    px: Embeddings, py: Embeddings, zx: Target, zy: Target, *, reduction: Reduction = "mean"
):
    r"""Negative cosine of the prediction of each view with the held projection of the other.

    .. math:: -\frac{1}{2B} \sum_i \Big[ \langle \hat p^x_i, \hat z^y_i \rangle
              + \langle \hat p^y_i, \hat z^x_i \rangle \Big]

    Parameters
    ----------
    px, py
        Predictions from the two views.
    zx, zy
        Projections of the two views.

    Returns
    -------
    value
        In [-1, 1].

    Notes
    -----
    The mean of `negative_cosine` of both pairs, with the projection held. `byol` is 4 times this
    loss, plus 4. The cosine of a zero row is 0.

    References
    ----------
    X. Chen, K. He, "Exploring Simple Siamese Representation Learning", CVPR 2021,
    arXiv 2011.10566.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.ones((2, 2))
    >>> float(pc.simsiam(x, x, x, y).round(6))
    -0.853553
    """
    total, pull = distances_both_ways(px, py, zx, zy)

    def back(g):
        gx, gy = pull(g / 2)
        return {"px": gx, "py": gy}

    return total / 2 - 1, back
