"""Features of pixels, propagated to similar pixels of the image."""

from polycontrast.losses.patches._pixels import Pixels, Values
from polycontrast.losses.patches._propagation import Clamp, Power, propagated
from polycontrast.objective import objective


@objective(invariances=("sample_permutation", "row_scale"))
def pixel_propagation(
    f: Pixels, values: Values | None = None, *, p: Power = 2.0, clamp: Clamp = 0.0
):
    r"""Features of each pixel as a sum over all pixels of the image, by their similarity.

    .. math:: o_{bi} = \sum_j \max(\langle \hat f_{bi}, \hat f_{bj} \rangle, c)^p \; \hat v_{bj}

    Parameters
    ----------
    p
        The authors' value.
    clamp
        Least similarity c, the authors' value.

    Returns
    -------
    features : array (B, n, D)
        `pixel_propagation.vjp` takes a cotangent of this shape.

    Notes
    -----
    Rows of both arrays are scaled to unit length. The own pixel counts as well. Where a similarity
    is not above c it has no gradient. The matrices of n x n are computed in chunks of images. It is
    the module inside of `pixpro`.

    References
    ----------
    Z. Xie, Y. Lin, Z. Zhang, Y. Cao, S. Lin, H. Hu, "Propagate Yourself: Exploring Pixel-Level
    Consistency for Unsupervised Visual Representation Learning", CVPR 2021, arXiv 2011.10043.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pixels = np.asarray([[[2.0, 0.0], [3.0, 4.0]]])
    >>> pc.pixel_propagation(pixels).round(4).tolist()
    [[[1.216, 0.288], [0.96, 0.8]]]
    """
    out, pull = propagated(f, values, p, clamp)
    return out, lambda g: dict(zip(("f", "values"), pull(g), strict=True))
