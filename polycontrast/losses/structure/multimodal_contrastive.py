"""The contrastive base loss of two augmented modalities."""

from polycontrast.calculus import unit_rows
from polycontrast.contrast import weighted_sum
from polycontrast.losses.structure._in_modal import Denominator, in_modal
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import Embeddings, Ids, Normalize, Temperature, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale", "swap"))
def multimodal_contrastive(
    x: Embeddings,
    y: Embeddings,
    x_aug: Embeddings,
    y_aug: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.07,
    denominator: Denominator = "augmented",
    normalize: Normalize = True,
):
    r"""Four contrasts of two modalities: across, in both directions, and within each.

    .. math:: \frac{1}{4} \big[ C(X, Y; Y) + C(Y, X; X) + C(X, X'; A_X)
              + C(Y, Y'; A_Y) \big],\quad C(Z, P; A) = \frac{1}{B}
              \sum_j \Big[ \log \sum_k e^{\langle Z_j, A_k \rangle / \tau}
              - \langle Z_j, P_j \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Two modalities.
    x_aug, y_aug
        Augmented versions of the same samples.
    temperature
        CLIP's initial value.
    denominator
        Candidates within a modality: the augmented rows, as in the code of CyCLIP, on which Jiang
        et al. build; or the original rows, with the anchor among them, as in the formula of Jiang
        et al.

    Notes
    -----
    Here :math:`X'` is the augmented X, and :math:`A_X = X'` (``"augmented"``) or :math:`A_X = X`
    (``"original"``). The first two contrasts are half of `info_nce`. The gradients of all contrasts
    are added. With ``"original"`` and a small temperature the anchor's product with itself
    dominates, and the loss becomes the alignment :math:`(1 - \langle X_j, X'_j \rangle)/\tau`. So
    it does for an anchor that `ids` leave without a negative.
    The cost is three matrices of similarities; ``"original"`` computes half of the tiles of two of
    them.

    References
    ----------
    S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP", NeurIPS 2022,
    arXiv 2205.14459. Q. Jiang, C. Chen, H. Zhao, L. Chen, Q. Ping, S. D. Tran, Y. Xu, B. Zeng,
    T. Chilimbi, "Understanding and Constructing Latent Modality Structures in Multi-modal
    Representation Learning", CVPR 2023, arXiv 2303.05952.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.multimodal_contrastive(x, x, x, x, temperature=1.0).round(6))
    0.551445
    """
    rows = {
        "x": unit_rows(x, normalize),
        "y": unit_rows(y, normalize),
        "x_aug": unit_rows(x_aug, normalize),
        "y_aug": unit_rows(y_aug, normalize),
    }
    a, b, c, d = (unit for unit, _ in rows.values())
    wrt = ("x", "y", "temperature")
    options = dict(temperature=temperature, normalize=False, wrt=wrt, ids=ids)
    within = temperature, denominator, ids
    return weighted_sum(
        rows,
        temperature,
        (1 / 2, wrt, lambda: info_nce.vjp(a, b, **options)),
        (1 / 4, ("x", "x_aug", "temperature"), lambda: in_modal(a, c, *within)),
        (1 / 4, ("y", "y_aug", "temperature"), lambda: in_modal(b, d, *within)),
    )
