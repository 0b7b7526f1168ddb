"""Prediction of the other modality, which is held."""

from polycontrast.losses.without_negatives._predictions import Target, distances_both_ways
from polycontrast.objective import Embeddings, Reduction, Same, objective


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("byol", of={"px": "p_x", "py": "p_y", "zx": "v_x", "zy": "v_y"}, factor=0.5),),
)
def siamlip(
    p_x: Embeddings, p_y: Embeddings, v_x: Target, v_y: Target, *, reduction: Reduction = "mean"
):
    r"""Mean of the squared distances of the predictions of two modalities to their targets.

    .. math:: \frac{1}{2B} \sum_i \Big[ 2 - 2 \langle \hat p^x_i, \hat v^y_i \rangle
              + 2 - 2 \langle \hat p^y_i, \hat v^x_i \rangle \Big]

    Parameters
    ----------
    p_x, p_y
        Predictions from two modalities.
    v_x, v_y
        Projections of both, by the same projector (SiamLIP) or by its moving average (BYOLIP).

    Returns
    -------
    value
        In [0, 4].

    Notes
    -----
    With A augmented views of each modality the authors average over all pairs of views. There are
    no negatives, so the sum of all cosines is that of one pair: of the sums of the unit rows. The
    authors add the loss to that of CLIP.

    References
    ----------
    E. Fini, P. Astolfi, A. Romero-Soriano, J. Verbeek, M. Drozdzal, "Improved Baselines for
    Vision-Language Pre-training", TMLR 2023, arXiv 2305.08675.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.ones((2, 2))
    >>> float(pc.siamlip(x, x, x, y).round(6))
    0.292893
    """
    total, pull = distances_both_ways(p_x, p_y, v_x, v_y)

    def back(g):
        gx, gy = pull(g)
        return {"p_x": gx, "p_y": gy}

    return total, back
