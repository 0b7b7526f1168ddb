"""AnglE: angles in the complex plane in the order of targets."""

from typing import Literal

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.losses.ranking._arguments import Targets
from polycontrast.losses.ranking._order_loss import order_loss
from polycontrast.objective import BadArgument, Embeddings, Temperature, objective


@objective(invariances=("sample_permutation", "row_scale"), shards=False, aliases=("AnglELoss",))
def angle(
    x: Embeddings,
    y: Embeddings,
    target: Targets,
    *,
    temperature: Temperature = 0.05,
    pooling: Literal["sum", "mean"] = "sum",
):
    r"""CoSENT with the similarity of AnglE: angles of complex numbers in place of cosines.

    .. math:: \log \Big( 1 + \sum_{(i,j):\, t_i < t_j} e^{(s_i - s_j) / \tau} \Big), \quad
              s_i = \Big| \sum_k (\mathrm{Re} + \mathrm{Im}) \frac{z_{ik} \bar w_{ik}}{|x_i||y_i|}
              \Big|

    Parameters
    ----------
    x, y
        Two texts of each sample. The halves of a row are the real and the imaginary parts of
        complex numbers z and w, so D is even.
    target
        Judged similarity t. Only the order counts.
    temperature
        The published code multiplies similarities by 20.
    pooling
        Sum over k, or that sum over D.

    Raises
    ------
    ValueError
        When D is odd.

    Notes
    -----
    With :math:`J(c, d) = (-d, c)`, multiplication by i, the similarity is :math:`|\langle \hat x,
    \hat y + J \hat y \rangle|`: :math:`\sqrt 2` times the absolute cosine of x and of y turned by
    45 degrees in every complex coordinate. So the loss is `cosent` with a rotated `y`, a factor and
    an absolute value, and costs as much. At a similarity of 0, where it has a kink, the gradient is
    0.

    A row has the similarity 1 with itself. The largest one is :math:`\sqrt 2`, opposite rows are as
    similar as equal ones, and x and y may not be exchanged. Equal targets or ``B = 1``: 0.

    References
    ----------
    X. Li, J. Li, "AoE: Angle-optimized Embeddings for Semantic Textual Similarity" (AnglE), ACL
    2024, arXiv 2309.12871.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
    >>> float(pc.angle(x, y, np.asarray([0.0, 1.0]), temperature=1.0).round(6))
    0.513015
    """
    xp, dimension = namespace(x), x.shape[1]
    if dimension % 2:
        raise BadArgument(f"x and y must have an even dimension, got {dimension}")
    a, a_back = unit_rows(x)
    b, b_back = unit_rows(y)
    turned = b + _times_i(b)
    products = row_dot(a, turned)
    scale = 1 / dimension if pooling == "mean" else 1.0
    value, pull = order_loss(scale * xp.abs(products), target, temperature)

    def back(g):
        on_similarities, gt = pull(g)
        sides = xp.where(products < 0, -on_similarities, on_similarities)
        h = scale * xp.where(products == 0, 0.0, sides)[:, None]
        # The transpose of multiplication by i is that by -i.
        return {"x": a_back(h * turned), "y": b_back(h * (a - _times_i(a))), "temperature": gt}

    return value, back


def _times_i(t: Array) -> Array:
    """Rows of complex numbers, real parts first, times i."""
    half = t.shape[1] // 2
    return namespace(t).concat([-t[:, half:], t[:, :half]], axis=1)
