"""Regression of the normalised target of the other view."""

from polycontrast.losses.without_negatives._predictions import Target, distances_both_ways
from polycontrast.objective import Embeddings, Reduction, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def byol(px: Embeddings, py: Embeddings, zx: Target, zy: Target, *, reduction: Reduction = "mean"):
    r"""Squared distance of the prediction of each view to the target projection of the other.

    .. math:: \frac{1}{B} \sum_i \Big[ 2 - 2 \langle \hat p^x_i, \hat z^y_i \rangle
              + 2 - 2 \langle \hat p^y_i, \hat z^x_i \rangle \Big]

    Parameters
    ----------
    px, py
        Predictions of the online network from the two views.
    zx, zy
        Projections of the two views by the target network, a moving average.

    Returns
    -------
    value
        In [0, 8].

    Notes
    -----
    It equals ``4 + 4 * simsiam``. The squares are those of the difference of unit rows, so a small
    loss keeps its digits. A zero row has cosine 0, distance 2.

    References
    ----------
    J.-B. Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020, arXiv 2006.07733.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.ones((2, 2))
    >>> float(pc.byol(x, x, x, y).round(6))
    0.585786
    """
    total, pull = distances_both_ways(px, py, zx, zy)

    def back(g):
        gx, gy = pull(2 * g)
        return {"px": gx, "py": gy}

    return 2 * total, back
