"""The distance between two modalities as a whole."""

from polycontrast.arrays import namespace, row_dot, safe_sqrt
from polycontrast.calculus import unit_rows
from polycontrast.objective import Embeddings, Normalize, objective, whole_batch
from polycontrast.similarity.scores import over_length


@objective(invariances=("sample_permutation", "rotation", "row_scale", "swap", "translation"))
def centroid_gap(x: Embeddings, y: Embeddings, *, normalize: Normalize = True):
    r"""Distance between the centroids of two modalities: the modality gap.

    .. math:: \Big| \frac{1}{B} \sum_i \hat x_i - \frac{1}{B} \sum_i \hat y_i \Big|

    Parameters
    ----------
    x, y
        Two modalities. The order of the rows does not matter.

    Returns
    -------
    value
        In [0, 2] for unit rows.

    Notes
    -----
    With the difference d of the centroids the gradient is :math:`\pm d / (B |d|)` for every row of
    `x` and of `y`; 0 at :math:`d = 0`. The
    cost is O(B D). A gap of 0 does not mean that no classifier separates the modalities: see
    `linear_separability`.

    References
    ----------
    W. Liang, Y. Zhang, Y. Kwon, S. Yeung, J. Zou, "Mind the Gap: Understanding the Modality Gap
    in Multi-modal Contrastive Representation Learning", NeurIPS 2022, arXiv 2203.02053.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(2)
    >>> float(pc.centroid_gap(x, -x).round(6))
    1.414214
    """
    xp, batch = namespace(x), whole_batch()
    samples = batch.samples(x.shape[0])
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    d = batch.sum(xp.sum(a - b, axis=0, keepdims=True)) / samples
    gap = safe_sqrt(row_dot(d, d))

    def back(g):
        row = over_length((g / samples) * d, gap[:, None]) + xp.zeros_like(a)
        return {"x": a_back(row), "y": b_back(-row)}

    return gap[0], back
