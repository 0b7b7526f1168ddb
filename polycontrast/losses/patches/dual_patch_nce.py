"""Contrast of places in both directions, with a held source."""

from typing import Annotated, Any

from polycontrast.losses.patches._place_contrast import Places, place_contrast
from polycontrast.objective import Constant, Normalize, Reduction, Temperature, objective

_SOURCE = "Features of n places of each of N images; they have no gradient."
HeldPlaces = Annotated[Any, Constant("N n D", about=_SOURCE)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def dual_patch_nce(
    source: HeldPlaces,
    target: Places,
    *,
    temperature: Temperature = 0.07,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrast of the places of an edited image with those of its source, in both directions.

    .. math:: \frac{1}{N n} \sum_{b=1}^{N} \sum_{i=1}^{n} \Big[ \log \sum_j
              e^{\langle \hat s_{bi}, \hat t_{bj} \rangle / \tau}
              + \log \sum_j e^{\langle \hat s_{bj}, \hat t_{bi} \rangle / \tau}
              - 2 \langle \hat s_{bi}, \hat t_{bi} \rangle / \tau \Big]

    Parameters
    ----------
    source
        The reference.
    target
        Its edit.
    temperature
        The value of `patch_nce`.
    reduction
        There is one for each place.

    Returns
    -------
    loss : 0-d array, or (N, n) for ``reduction="none"``

    Notes
    -----
    The sum of `patch_nce` of source and target and of target and source, whose source is held, from
    one matrix for each image: twice the mean over the images of the symmetric `info_nce`. Written
    from the abstract of the paper: its second loss is a reading of it.

    References
    ----------
    S. M. Israr, F. Zhao, "Single-Reference Text-to-Image Manipulation with Dual Contrastive
    Denoising Score", 2025, arXiv 2508.12718.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> places = np.stack([np.eye(3)] * 2)
    >>> float(pc.dual_patch_nce(places, places, temperature=1.0).round(6))
    1.102889
    """
    losses, pull = place_contrast(source, target, temperature, normalize, symmetric=True)

    def back(g):
        grads = pull(g)
        return {"target": grads["key"], "temperature": grads["temperature"]}

    return losses, back
