"""One minus the structural similarity of two images at several scales."""

from typing import Annotated

from polycontrast.arrays import device, namespace
from polycontrast.calculus import GaussianWindow, halved
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
from polycontrast.objective import Reduction, Role, objective

_WEIGHTS = "Exponent of each scale, from fine to coarse."
Exponents = Annotated[tuple[float, ...], Role("option", low=0.0, open_low=True, about=_WEIGHTS)]


@objective(invariances=("sample_permutation", "swap"))
def ms_ssim(
    x: Images,
    y: Images,
    *,
    data_range: DataRange = 1.0,
    window_size: WindowSize = 11,
    sigma: WindowWidth = 1.5,
    k1: LightRoot = 0.01,
    k2: StructureRoot = 0.03,
    weights: Exponents = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    reduction: Reduction = "mean",
):
    r"""One minus the structural similarity at several scales.

    .. math:: 1 - \frac{1}{C} \sum_c \prod_j \max(m_{cj}, 0)^{w_j}

    Parameters
    ----------
    weights
        There are as many scales as weights. The values of Wang et al.; the parameters above are
        those of `ssim`.
    reduction
        There is one for each image.

    Returns
    -------
    loss
        In [0, 1], 0 for equal images.

    Raises
    ------
    ValueError
        When a side is not above ``(window_size - 1) * 2 ** (scales - 1)``: 160 pixels by default.

    Notes
    -----
    Here :math:`m_{cj}` is the mean of the contrast and structure s of channel c at scale j, at the
    last scale that of :math:`l s`, see `ssim`. From one scale to the next, squares of 2 x 2 pixels
    are averaged; an odd side gets a row of zeros at its start first. Where some :math:`m_{cj}` is
    not above 0, the product and its gradient are 0. The product is computed from the logarithms of
    :math:`m`, so a small loss keeps its digits. The gradient of a scale has the factor
    :math:`w_j \prod / m_{cj}`; that of coarse pixels goes by quarters to the finer ones. With one
    weight of 1 it is `ssim`, for similarities above 0.

    References
    ----------
    J. Snell, K. Ridgeway, R. Liao, B. D. Roads, M. C. Mozer, R. S. Zemel, "Learning to Generate
    Images with Perceptual Similarity Metrics", ICIP 2017, arXiv 1511.06409. Z. Wang,
    E. P. Simoncelli, A. C. Bovik, "Multiscale Structural Similarity for Image Quality Assessment",
    Asilomar Conference on Signals, Systems and Computers 2003.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.linspace(0, 1, 1024).reshape(1, 1, 32, 32)
    >>> float(pc.ms_ssim(x, x**2, weights=(0.5, 0.5)).round(6))
    0.148775
    """
    xp, scales = namespace(x), len(weights)
    check_sides(x.shape, window_size, scales)
    c1, c2 = (k1 * data_range) ** 2, (k2 * data_range) ** 2
    pair, levels, halvings = (x, y), [], []
    for j in range(scales):
        if j > 0:
            pair, to_finer = zip(*map(halved, pair), strict=True)
            halvings.append(to_finer)
        window = GaussianWindow(pair[0], window_size, sigma)
        levels.append(structure_loss(*pair, window, c1, c2, luminance=j == scales - 1))
    excess = xp.stack([loss for loss, _ in levels], axis=0)  # 1 - m, (scales, B, C)
    dead = xp.any(excess >= 1, axis=0)
    excess = xp.where(dead, 0.0, excess)
    powers = xp.asarray(weights, dtype=x.dtype, device=device(x))[:, None, None]
    logarithm = xp.sum(powers * xp.log1p(-excess), axis=0)
    losses = xp.where(dead, 1.0, -xp.expm1(logarithm))

    def back(g):
        products = xp.where(dead, 0.0, xp.exp(logarithm))
        each = ((g / losses.shape[1])[:, None] * products)[None, :, :] * powers / (1 - excess)
        grads = levels[-1][1](each[-1, ...])
        for j in range(scales - 2, -1, -1):
            carried = (pull(grad) for pull, grad in zip(halvings[j], grads, strict=True))
            grads = [a + b for a, b in zip(levels[j][1](each[j, ...]), carried, strict=True)]
        return dict(zip(("x", "y"), grads, strict=True))

    return xp.mean(losses, axis=1), back
