"""InfoNCE between the pixels of two crops."""

from polycontrast.arrays import finite_or_zero, logsumexp, namespace, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature
from polycontrast.losses.patches._pixels import Keys, PixelPairs, Pixels
from polycontrast.objective import BadArgument, Normalize, Reduction, Temperature, objective
from polycontrast.similarity import small_matrices


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def pix_contrast(
    x: Pixels,
    y: Pixels,
    mask: PixelPairs,
    x_target: Keys | None = None,
    y_target: Keys | None = None,
    *,
    temperature: Temperature = 0.3,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""InfoNCE between the pixels of two crops of an image, with pixels of one place as positives.

    .. math:: \frac{1}{2B} \sum_b \Big[ \frac{1}{|V_b|} \sum_{i \in V_b} \ell_{bi}
              + \text{the same from } y \Big],\quad
              \ell_{bi} = \log \sum_j e^{s_{bij}} - \log \sum_{j : m_{bij}} e^{s_{bij}}

    Parameters
    ----------
    x, y
        Two crops of each image.
    x_target, y_target
        Both or none; by default the pixels of the crops themselves are the keys.
    temperature
        The paper's value.
    reduction
        There is one for each image.

    Raises
    ------
    ValueError
        When only one of `x_target` and `y_target` is given.

    Notes
    -----
    Here :math:`s_{bij} = \langle \hat x_{bi}, \hat y_{bj} \rangle / \tau`, with the targets
    :math:`\langle \hat x_{bi}, \hat y'_{bj} \rangle / \tau` and :math:`\langle \hat y_{bi}, \hat
    x'_{bj} \rangle / \tau`, and :math:`V_b` holds the pixels with a positive. An image without any
    adds 0. The loss of a pixel is the softplus of the difference of two log-sum-exps, over the
    negatives and over the positives; its gradient is a softmax over all pixels minus one over the
    positives. Matrices of n x n are computed in chunks of images, one for both directions without
    targets. The average over the pixels of an image is from recollection of the paper; published
    code holds another variant. The symmetric `info_nce` of each image where only equal indices are
    positives.

    References
    ----------
    Z. Xie, Y. Lin, Z. Zhang, Y. Cao, S. Lin, H. Hu, "Propagate Yourself: Exploring Pixel-Level
    Consistency for Unsupervised Visual Representation Learning", CVPR 2021, arXiv 2011.10043.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pixels = np.eye(3)[None, :, :]
    >>> float(pc.pix_contrast(pixels, pixels, pixels > 0, temperature=1.0).round(6))
    0.551445
    """
    if (x_target is None) != (y_target is None):
        raise BadArgument("x_target and y_target must be given together")
    xp, scale = namespace(x), 1 / temperature
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    if x_target is None:
        losses, pull = small_matrices(a, b, scale, _both_ways, mask)
    else:
        keys_x, keys_y = (unit_rows(t, normalize)[0] for t in (x_target, y_target))
        from_x, x_pull = small_matrices(a, keys_y, scale, _from_rows, mask)
        from_y, y_pull = small_matrices(b, keys_x, scale, _from_rows, xp.matrix_transpose(mask))
        losses = from_x + from_y

        def pull(g):
            return x_pull(g)[0], y_pull(g)[0]

    def back(g):
        ga, gb = pull(g / 2)
        # Without targets each product has both its factors among the rows.
        degree = 2 if x_target is None else 1
        on_tau = on_temperature(temperature, degree, (a, ga), (b, gb))
        return {"x": a_back(ga), "y": b_back(gb), "temperature": on_tau}

    return losses / 2, back


def _from_rows(scores, mask):
    """Loss of each image with the rows of its matrix as anchors."""
    xp = namespace(scores)
    positives = logsumexp(xp.where(mask, scores, -xp.inf))
    negatives = logsumexp(xp.where(mask, -xp.inf, scores))
    some = xp.any(mask, axis=-1)
    logits = xp.where(some, negatives - finite_or_zero(positives), -xp.inf)
    share = xp.astype(some, scores.dtype)
    count = xp.sum(share, axis=-1, keepdims=True)
    share = share / xp.where(count == 0, 1.0, count)

    def back(g):
        weights = (g[:, None] * share * sigmoid(logits))[..., None]
        total = xp.where(mask, positives[..., None], negatives[..., None])
        softmax = xp.exp(scores - finite_or_zero(total))
        return xp.where(mask, -weights, weights) * softmax

    return xp.sum(share * softplus(logits), axis=-1), back


def _both_ways(scores, mask):
    """Sum of the losses of the rows and of the columns."""
    transpose = namespace(scores).matrix_transpose
    rows, rows_back = _from_rows(scores, mask)
    columns, columns_back = _from_rows(transpose(scores), transpose(mask))
    return rows + columns, lambda g: rows_back(g) + transpose(columns_back(g))
