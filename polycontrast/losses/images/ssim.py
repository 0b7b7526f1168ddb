"""One minus the structural similarity of two images."""

from polycontrast.arrays import namespace
from polycontrast.calculus import GaussianWindow
from polycontrast.losses.images._structure import (
    DataRange,
    Images,
    LightRoot,
    StructureRoot,
    WindowSize,
    WindowWidth,
    check_sides,
    structure_loss,
)
from polycontrast.objective import Reduction, objective


@objective(invariances=("sample_permutation", "swap"))
def ssim(
    x: Images,
    y: Images,
    *,
    data_range: DataRange = 1.0,
    window_size: WindowSize = 11,
    sigma: WindowWidth = 1.5,
    k1: LightRoot = 0.01,
    k2: StructureRoot = 0.03,
    reduction: Reduction = "mean",
):
    r"""One minus the structural similarity, the mean of luminance times contrast and structure.

    .. math:: 1 - \frac{1}{C P} \sum_{c, p} l_{cp} \, s_{cp},\quad
              l = \frac{2 \mu_x \mu_y + c_1}{\mu_x^2 + \mu_y^2 + c_1},\quad
              s = \frac{2 \sigma_{xy} + c_2}{\sigma_x^2 + \sigma_y^2 + c_2}

    Parameters
    ----------
    window_size
        The authors' value.
    sigma
        The authors' value.
    k1
        The authors' value.
    k2
        The authors' value.
    reduction
        There is one for each image.

    Returns
    -------
    loss
        In [0, 2], 0 for equal images. It is a loss: the similarity is ``1 - ssim``.

    Raises
    ------
    ValueError
        When an image is smaller than the window.

    Notes
    -----
    Means :math:`\mu`, variances :math:`\sigma^2` and the covariance are those of the pixels under a
    Gaussian window, at the P positions p at which it lies inside of the image. The constants are
    :math:`c_i = (k_i R)^2` for the data range R. A mean under the window takes a product with a
    banded matrix for each axis, and its adjoint with the transpose: four such means for the value,
    four more for both gradients. Long axes are divided into blocks. Averages of :math:`(x - y)^2`
    in place of those of :math:`x y` keep the digits of a small loss. For equal images the gradient
    is 0.

    References
    ----------
    Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image Quality Assessment: From Error
    Visibility to Structural Similarity", IEEE Transactions on Image Processing 13, 2004. As a loss:
    J. Snell et al., "Learning to Generate Images with Perceptual Similarity Metrics", ICIP 2017,
    arXiv 1511.06409.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.linspace(0, 1, 144).reshape(1, 1, 12, 12)
    >>> float(pc.ssim(x, x)), float(pc.ssim(x, 1 - x).round(6))
    (0.0, 1.93168)
    """
    check_sides(x.shape, window_size, scales=1)
    window = GaussianWindow(x, window_size, sigma)
    c1, c2 = (k1 * data_range) ** 2, (k2 * data_range) ** 2
    losses, pull = structure_loss(x, y, window, c1, c2, luminance=True)

    def back(g):
        each = (g / losses.shape[1])[:, None]
        gx, gy = pull(namespace(g).broadcast_to(each, losses.shape))
        return {"x": gx, "y": gy}

    return namespace(x).mean(losses, axis=1), back
