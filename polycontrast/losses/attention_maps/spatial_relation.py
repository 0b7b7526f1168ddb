"""The order of the centres of two attention maps."""

from typing import Literal

from polycontrast.arrays import device, namespace, row_dot, sigmoid
from polycontrast.losses.attention_maps._maps import RelatedMasses, flat, shares, unflat
from polycontrast.objective import Reduction, objective


@objective(invariances=("sample_permutation",))
def spatial_relation(
    first: RelatedMasses,
    second: RelatedMasses,
    *,
    axis: Literal["x", "y"] = "x",
    reduction: Reduction = "sum",
):
    r"""Sigmoid of the distance by which the first map's centre comes after the second's.

    .. math:: \sum_r \sigma(c(m_r) - c(n_r)),\quad c(m) = \frac{\sum_u t_u m_u}{\sum_u m_u}

    Parameters
    ----------
    axis
        With "x" the first should be left of the second, with "y" above it. Exchange the maps for
        right and below.
    reduction
        There is one for each relation; the authors add them.

    Returns
    -------
    loss : 0-d array, or (N,) for ``reduction="none"``
        That of a relation is in (0, 1).

    Notes
    -----
    Here t is the column of a place, or its row. The sum of a map does not matter. The gradient of a
    centre is :math:`(t - c) / \sum_u m_u`. The centre of a map of zeros is the middle, and it has
    gradient 0. The authors take a softmax of 100 times the attention over the words of the prompt.

    References
    ----------
    A. M. Izadi, S. M. H. Hosseini, S. Vafaie Tabar, A. Abdollahi, A. Saghafian, M. Soleymani
    Baghshah, "Fine-Grained Alignment and Noise Refinement for Compositional Text-to-Image
    Generation", 2025, arXiv 2503.06506.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> left, right = np.asarray([[[1.0, 0.0, 0.0]]]), np.asarray([[[0.0, 0.0, 1.0]]])
    >>> [float(pc.spatial_relation(a, b).round(4)) for a, b in ((left, right), (right, left))]
    [0.1192, 0.8808]
    """
    xp, (_, height, width) = namespace(first), first.shape
    size = width if axis == "x" else height
    line = xp.arange(size, dtype=first.dtype, device=device(first)) - (size - 1) / 2
    line = line[None, :] if axis == "x" else line[:, None]
    places = xp.reshape(xp.broadcast_to(line, (height, width)), (1, -1))
    a, a_back = shares(flat(first))
    b, b_back = shares(flat(second))
    after = row_dot(a - b, places)
    losses = sigmoid(after)

    def back(g):
        slopes = (g * losses * sigmoid(-after))[:, None] * places
        return {"first": unflat(a_back(slopes), first), "second": unflat(b_back(-slopes), second)}

    return losses, back
