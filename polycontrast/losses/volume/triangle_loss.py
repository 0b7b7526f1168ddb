"""Contrastive loss on areas of triangles."""

from typing import Annotated

from polycontrast.arrays import namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import centred, on_temperature
from polycontrast.losses.volume._both_ways import both_ways
from polycontrast.objective import (
    Embeddings,
    Interval,
    Normalize,
    Reduction,
    Temperature,
    objective,
    whole_batch,
)
from polycontrast.similarity import OtherSamples, Score, Similarity


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def triangle_loss(
    anchor: Embeddings,
    x: Embeddings,
    y: Embeddings,
    *,
    temperature: Temperature = 0.07,
    label_smoothing: Annotated[float, Interval(0.0, 1.0)] = 0.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Symmetric contrastive loss with minus the squared area of a triangle (TRIANGLE).

    .. math:: \frac{1}{2B} \sum_i \big[ -\log \mathrm{softmax}_j(s_{ij})_i
              - \log \mathrm{softmax}_j(s_{ji})_i \big], \quad s_{ij} = -\frac{|u|^2 |w|^2 -
              \langle u, w \rangle^2}{2 \tau}, \quad u = \hat x_j - \hat a_i, \quad w = \hat y_j -
              \hat a_i

    Parameters
    ----------
    anchor
        The modality a that is compared with all pairs.
    x, y
        The two other modalities; row j of both makes the pair j.
    temperature
        The authors' value.
    label_smoothing
        Share of the target that is spread over all candidates; 0.1 in the authors' code.

    Notes
    -----
    The score is minus twice the squared area of the triangle of :math:`a_i`, :math:`x_j` and
    :math:`y_j`, over the temperature. It holds no root, so gradients exist where the area is 0.
    With ``x = y`` all areas are 0: the value is log B, and there is no gradient. By Heron's formula
    the area follows from the squared distances of the corners. Two of the three come from products
    of B x B x D, the third belongs to the pair. Rows are centred first, which changes no area and
    keeps the digits of distances; matches are computed from differences. ``B = 1``: 0.

    References
    ----------
    G. Cicchetti, E. Grassucci, D. Comminiello, "A TRIANGLE Enables Multimodal Alignment Beyond
    Cosine Similarity", NeurIPS 2025, arXiv 2509.24734.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> a = np.eye(3)
    >>> float(pc.triangle_loss(a, a, a[[1, 2, 0]], temperature=1.0).round(6))
    0.798916
    """
    xp, samples = namespace(anchor), whole_batch().samples(anchor.shape[0])
    a, a_back = unit_rows(anchor, normalize)
    b, b_back = unit_rows(x, normalize)
    c, c_back = unit_rows(y, normalize)
    a, b, c = centred(a, b, c)
    u, w, third = b - a, c - a, b - c
    uu, ww, uw = row_dot(u, u), row_dot(w, w), row_dot(u, w)
    positive = -(uu * ww - uw * uw) / (2 * temperature)
    rows, pairs = _corner(a), xp.stack([_opposite(b), _opposite(c)], axis=0)
    one, score = xp.ones_like(temperature), Area(row_dot(third, third), 1 / temperature)
    matrix = Similarity(rows, pairs, scale=one, pairs=OtherSamples(), score=score)
    losses, losses_back = both_ways(matrix, positive, label_smoothing, lambda: (samples, samples))

    def back(g):
        on_positive, on_matrix = losses_back(g)
        of_match = (-on_positive / temperature)[:, None]
        gu = of_match * (ww[:, None] * u - uw[:, None] * w)
        gw = of_match * (uu[:, None] * w - uw[:, None] * u)
        on_third = 2 * on_matrix.of_columns[:, None] * third
        ga = _pull_corner(a, on_matrix.x) - gu - gw
        gb = _pull_opposite(b, on_matrix.y[0, ...]) + on_third + gu
        gc = _pull_opposite(c, on_matrix.y[1, ...]) - on_third + gw
        return {
            "anchor": a_back(ga),
            "x": b_back(gb),
            "y": c_back(gc),
            "temperature": on_temperature(temperature, 4, (a, ga), (b, gb), (c, gc)),
        }

    return losses, back


# Inner products of these longer rows are squared distances of the rows.


def _corner(a):
    squares = row_dot(a, a)[:, None]
    xp = namespace(a)
    return xp.concat([a, squares, xp.ones_like(squares)], axis=1)


def _pull_corner(a, g):
    depth = a.shape[1]
    return g[:, :depth] + 2 * g[:, depth : depth + 1] * a


def _opposite(b):
    squares = row_dot(b, b)[:, None]
    xp = namespace(b)
    return xp.concat([-2 * b, xp.ones_like(squares), squares], axis=1)


def _pull_opposite(b, g):
    depth = b.shape[1]
    return 2 * g[:, depth + 1 :] * b - 2 * g[:, :depth]


class Area(Score):
    """Minus twice the squared area of the triangles of a row with two columns, times a scale.

    The products of both columns of a sample are its squared distances A and C from the row. With
    their squared distance F from each other, four squared areas are ``A C - E^2`` where
    ``E = (A + C - F) / 2``.

    Parameters
    ----------
    third : array (B,)
        Squared distances F.
    scale : 0-d array
    """

    collapses = True
    sums = True

    def __init__(self, third, scale):
        self.third, self.scale = third, scale

    def _sides(self, products, tile):
        both = namespace(products).reshape(products, tile.shape[1:])
        a, c = both[:, 0, :], both[:, 1, :]
        return a, c, (a + c - tile.of_columns(self.third)[None, :]) / 2

    def forward(self, products, tile):
        """``-scale (A C - E^2) / 2``."""
        a, c, e = self._sides(products, tile)
        scores = (-self.scale / 2) * (a * c - e * e)
        return scores, scores

    def pull(self, products, weights, tile):
        """``dS/dA = -scale (C - E) / 2``, C likewise; column sums are dL/dF."""
        xp = namespace(products)
        a, c, e = self._sides(products, tile)
        w = (-self.scale / 2) * weights[0]
        on_sides = xp.stack([w * (c - e), w * (a - e)], axis=1)
        return xp.reshape(on_sides, tuple(products.shape)), w * e, w * e

    def column_arrays(self):
        """Squared distances F."""
        return (self.third,)

    def with_columns(self, arrays):
        """Other pairs."""
        return Area(arrays[0], self.scale)
