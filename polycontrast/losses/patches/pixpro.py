"""Consistency of pixels of two crops with their propagated features."""

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.losses.patches._pixels import Keys, PixelPairs, Pixels, Values
from polycontrast.losses.patches._propagation import Clamp, Power, propagated
from polycontrast.objective import BadArgument, Nonnegative, Reduction, objective
from polycontrast.similarity import small_matrices


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def pixpro(
    x: Pixels,
    y: Pixels,
    x_target: Keys,
    y_target: Keys,
    mask: PixelPairs,
    x_values: Values | None = None,
    y_values: Values | None = None,
    *,
    p: Power = 2.0,
    clamp: Clamp = 0.0,
    eps: Nonnegative = 1e-6,
    reduction: Reduction = "mean",
):
    r"""Consistency of propagated pixels of one crop with the same places of the other.

    .. math:: -\frac{2}{B} \sum_b \Big[ \frac{\sum_{ij} m_{bij} \langle \hat o_{bi}, \hat y'_{bj}
              \rangle}{\sum_{ij} m_{bij} + \epsilon} + \text{the same from } y \Big]

    Parameters
    ----------
    x, y
        Two crops of each image.
    x_values, y_values
        Both or none.
    p
        The authors' value.
    clamp
        The authors' value.
    eps
        Number :math:`\epsilon`, the authors' value.
    reduction
        There is one for each image.

    Returns
    -------
    loss
        In [-4, 4].

    Raises
    ------
    ValueError
        When only one of `x_values` and `y_values` is given.

    Notes
    -----
    The features :math:`o` are those of `pixel_propagation`, scaled to unit length here, and
    :math:`y'` are the targets. The paper has no factor 2; this is the loss of the authors' code. No
    pair at all: value 0. Matrices of n x n are computed in chunks of images: two products for each
    direction of the value.

    References
    ----------
    Z. Xie, Y. Lin, Z. Zhang, Y. Cao, S. Lin, H. Hu, "Propagate Yourself: Exploring Pixel-Level
    Consistency for Unsupervised Visual Representation Learning", CVPR 2021, arXiv 2011.10043.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pixels = np.eye(3)[None, :, :]
    >>> float(pc.pixpro(pixels, pixels, pixels, pixels, pixels > 0).round(5))
    -4.0
    """
    if (x_values is None) != (y_values is None):
        raise BadArgument("x_values and y_values must be given together")
    flipped = namespace(mask).matrix_transpose(mask)
    of_x, x_pull = _consistency(x, x_values, y_target, mask, p, clamp, eps)
    of_y, y_pull = _consistency(y, y_values, x_target, flipped, p, clamp, eps)

    def back(g):
        (gx, gx_values), (gy, gy_values) = x_pull(-2 * g), y_pull(-2 * g)
        return {"x": gx, "y": gy, "x_values": gx_values, "y_values": gy_values}

    return -2 * (of_x + of_y), back


def _consistency(x, values, target, mask, p, clamp, eps):
    """Mean cosine of the pairs of each image, of propagated pixels and targets."""
    xp = namespace(x)
    out, out_pull = propagated(x, values, p, clamp)
    u, u_back = unit_rows(out)

    def read(cosines, mask):
        share = 1 / (xp.sum(xp.astype(mask, cosines.dtype), axis=(1, 2)) + eps)
        share = xp.where(xp.any(mask, axis=(1, 2)), share, 0.0)

        def back(g):
            return xp.where(mask, (g * share)[:, None, None], 0.0)

        return share * xp.sum(xp.where(mask, cosines, 0.0), axis=(1, 2)), back

    one = xp.asarray(1.0, dtype=x.dtype, device=device(x))
    means, pull = small_matrices(u, unit_rows(target)[0], one, read, mask)
    return means, lambda g: out_pull(u_back(pull(g)[0]))
