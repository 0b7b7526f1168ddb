"""The contrast of an image with its own hard captions."""

from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.losses.vision_language._captions import HardCaptions
from polycontrast.objective import Embeddings, Normalize, Reduction, Same, Temperature, objective


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("info_nce", symmetric=False, in_batch=False),),
)
def image_grounded_contrast(
    x: Embeddings,
    y: Embeddings,
    negatives: HardCaptions,
    *,
    temperature: Temperature = 0.07,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each image's caption among its own hard captions (DeGLA).

    .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{s_i} + \sum_k
              e^{\langle \hat x_i, \hat n_{ik} \rangle / \tau} \Big) - s_i \Big],\quad
              s_i = \langle \hat x_i, \hat y_i \rangle / \tau

    Parameters
    ----------
    x, y
        Images and captions.
    temperature
        CLIP's initial value.

    Notes
    -----
    Other samples of the batch are no negatives. So the cost is O(B K D) in time and memory, where
    the authors' code computes all captions for all images and masks them. ``K = 0``: 0.

    References
    ----------
    X. Hu et al., "Decoupled Global-Local Alignment for Improving Compositional Understanding"
    (DeGLA), 2025, arXiv 2504.16801.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, negatives = np.eye(3), np.ones((3, 2, 3))
    >>> float(pc.image_grounded_contrast(x, x, negatives, temperature=1.0).round(6))
    0.837514
    """
    losses, pull = info_nce.vjp(
        x,
        y,
        negatives,
        temperature=temperature,
        symmetric=False,
        in_batch=False,
        normalize=normalize,
        reduction="none",
        wrt=("x", "y", "negatives", "temperature"),
    )
    return losses, lambda g: pull(g)._asdict()
