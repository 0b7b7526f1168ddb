"""InfoNCE between the same places of two feature maps."""

from typing import Literal

from polycontrast.arrays import namespace
from polycontrast.losses.patches._place_contrast import Places, place_contrast
from polycontrast.objective import Held, Normalize, Reduction, Temperature, objective


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"), held=Held(named_by="stop_grad")
)
def patch_nce(
    query: Places,
    key: Places,
    *,
    temperature: Temperature = 0.07,
    stop_grad: Literal[None, "query", "key"] = None,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""InfoNCE between the same places of two feature maps; other places of the image are negative.

    .. math:: \frac{1}{N n} \sum_{b=1}^{N} \sum_{i=1}^{n} \Big[ \log \sum_j
              e^{\langle \hat q_{bi}, \hat k_{bj} \rangle / \tau}
              - \langle \hat q_{bi}, \hat k_{bi} \rangle / \tau \Big]

    Parameters
    ----------
    query, key
        CUT compares the features of the output with those of the input, which are held. CDS
        compares those of the reference, which are held, with those of the edit.
    temperature
        The papers' value.
    stop_grad
        The side whose gradient is 0.
    reduction
        There is one for each place.

    Returns
    -------
    loss : 0-d array, or (N, n) for ``reduction="none"``

    Notes
    -----
    The mean over the images of `info_nce` with ``symmetric=False`` of the places of each image. The
    loss of a place is computed as :math:`\mathrm{softplus}(N - d)` with the log-sum-exp over the
    other places. Matrices of n x n are computed in chunks of images. ``n = 1``: value 0.

    References
    ----------
    T. Park, A. A. Efros, R. Zhang, J.-Y. Zhu, "Contrastive Learning for Unpaired Image-to-Image
    Translation", ECCV 2020, arXiv 2007.15651. H. Nam, G. Kwon, G. Y. Park, J. C. Ye, "Contrastive
    Denoising Score for Text-guided Latent Diffusion Image Editing", CVPR 2024, arXiv 2311.18608.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> places = np.stack([np.eye(3)] * 2)
    >>> float(pc.patch_nce(places, places, temperature=1.0).round(6))
    0.551445
    """
    losses, pull = place_contrast(query, key, temperature, normalize, symmetric=False)

    def back(g):
        grads = pull(g)
        if stop_grad is not None:
            grads[stop_grad] = namespace(query).zeros_like(grads[stop_grad])
        return grads

    return losses, back
