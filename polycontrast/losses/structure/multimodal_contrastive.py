"""The contrastive base loss of two augmented modalities."""

from polycontrast.calculus import unit_rows
from polycontrast.contrast import weighted_sum
from polycontrast.losses.structure._in_modal import Denominator, in_modal
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import Embeddings, Normalize, Temperature, objective


@objective(
    family="structure",
    formula=r"\frac{1}{4} \big[ C(X, Y; Y) + C(Y, X; X) + C(X, X'; A_X) + C(Y, Y'; A_Y) \big],"
    r"\quad C(Z, P; A) = \frac{1}{B} \sum_j \Big[ \log \sum_k e^{\langle Z_j, A_k \rangle / \tau} "
    r"- \langle Z_j, P_j \rangle / \tau \Big]",
    source="Goel et al., CyCLIP, NeurIPS 2022, arXiv 2205.14459; Jiang et al., Understanding and "
    "Constructing Latent Modality Structures, CVPR 2023, arXiv 2303.05952",
    cases=(
        {"denominator": "original"},
        {"denominator": "original", "normalize": False, "temperature": 0.5},
        {"temperature": 0.5},
        {"normalize": False},
    ),
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    shards=True,
)
def multimodal_contrastive(
    x: Embeddings,
    y: Embeddings,
    x_aug: Embeddings,
    y_aug: Embeddings,
    *,
    temperature: Temperature = 0.07,
    denominator: Denominator = "augmented",
    normalize: Normalize = True,
):
    r"""Four contrasts of two modalities: across, in both directions, and within each.

    Parameters
    ----------
    x, y : array (B, D)
        Two modalities; row i of both belongs together.
    x_aug, y_aug : array (B, D)
        Augmented versions of the same samples.
    temperature : float or 0-d array, default 0.07
        :math:`\tau > 0`, differentiable. CLIP's initial value.
    denominator : {"augmented", "original"}, default "augmented"
        Candidates within a modality: the augmented rows, as in the code of CyCLIP, on which
        Jiang et al. build; or the original rows, with the anchor among them, as in the formula of
        Jiang et al.
    normalize : bool, default True
        Scale rows to unit length first.

    Returns
    -------
    loss : 0-d array

    Raises
    ------
    ValueError, TypeError
        When shapes, dtypes, libraries or devices disagree, the temperature is not above 0 or the
        denominator is not one of the two.

    Notes
    -----
    With :math:`C(Z, P; A) = \frac1B \sum_j [\log \sum_k e^{\langle Z_j, A_k\rangle/\tau} -
    \langle Z_j, P_j \rangle/\tau]` the loss is

    .. math:: \tfrac14 \big[ C(X, Y; Y) + C(Y, X; X) + C(X, X_{aug}; A_X) + C(Y, Y_{aug}; A_Y)
              \big]

    with :math:`A_X = X_{aug}` (``"augmented"``) or :math:`A_X = X` (``"original"``). The first
    two are half of `info_nce`. The gradients of all contrasts are added. With
    ``"original"`` and a small temperature the anchor's product with itself dominates, and the
    loss becomes the alignment :math:`(1 - \langle X_j, X_{aug,j} \rangle)/\tau`. The cost
    is three matrices of similarities; ``"original"`` computes half of the tiles of two of them.

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
    options = dict(temperature=temperature, normalize=False, wrt=wrt)
    return weighted_sum(
        rows,
        temperature,
        (1 / 2, wrt, lambda: info_nce.vjp(a, b, **options)),
        (1 / 4, ("x", "x_aug", "temperature"), lambda: in_modal(a, c, temperature, denominator)),
        (1 / 4, ("y", "y_aug", "temperature"), lambda: in_modal(b, d, temperature, denominator)),
    )
