"""The contrastive loss with margins on distances."""

from typing import Annotated, Literal

from polycontrast.arrays import (
    add_,
    device,
    fill_,
    multiplied,
    namespace,
    positive_part_,
    rounding_of_products,
    safe_sqrt,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast import SquaredDistances, centred
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    Interval,
    Nonnegative,
    Normalize,
    objective,
    whole_batch,
)
from polycontrast.similarity import (
    SCORES,
    Every,
    Function,
    Labels,
    Map,
    OtherRows,
    Reading,
    Sum,
)
from polycontrast.similarity.scores import over_length


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "translation"),
    aliases=("ContrastiveLoss",),
)
def contrastive_margin(
    z: Embeddings,
    labels: ClassLabels,
    *,
    pos_margin: Nonnegative = 0.0,
    neg_margin: Nonnegative = 1.0,
    power: Annotated[float, Interval(1.0, 16.0)] = 1.0,
    average: Literal["nonzero", "pairs"] = "nonzero",
    normalize: Normalize = True,
):
    r"""Hinges on distances: rows of a class are drawn together, others are pushed apart.

    .. math:: \mathrm{avg}_{y_i = y_j} \max(d_{ij} - m_+, 0)^q
              + \mathrm{avg}_{y_i \ne y_j} \max(m_- - d_{ij}, 0)^q,
              \quad d_{ij} = |\hat z_i - \hat z_j|

    Parameters
    ----------
    pos_margin
        Distance :math:`m_+` that rows of a class may have.
    neg_margin
        Distance :math:`m_-` that rows of different classes should have.
    power
        Exponent q of the hinges.
    average
        Over the pairs whose term is above 0, or over all pairs of their kind. An average of no
        pair is 0.

    Notes
    -----
    Hadsell et al. have half of this with ``power=2, average="pairs"``, but one average over all
    pairs. The defaults are those of pytorch-metric-learning. Distances are
    roots of products of the rows less their mean. In float32 those of rows that lie close together
    are exact where all rows do; where clusters are apart, a distance below 1e-3 of their spread is
    lost in rounding, and one that is all rounding is 0. The slope of the distance of coincident
    rows is 0. Value and gradient take half of the tiles of one product each.

    References
    ----------
    R. Hadsell, S. Chopra, Y. LeCun, "Dimensionality Reduction by Learning an Invariant Mapping",
    CVPR 2006, doi 10.1109/CVPR.2006.100.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.contrastive_margin(np.eye(4), np.asarray([0, 0, 1, 1])).round(6))
    1.414214
    """
    xp, batch = namespace(z), whole_batch()
    u, u_back = unit_rows(z, normalize)
    (u,) = centred(u)
    # Scores are minus squared distances. Below this they are nothing but rounding.
    least = 2 * batch.max(rounding_of_products(u, u))
    distances = SquaredDistances(xp.ones((), dtype=u.dtype, device=device(u)), u, pairs=Every())

    def distance(s):
        far = multiplied(s, -1.0)
        return safe_sqrt(fill_(far, far < least, 0.0))

    def active(s, sign: float, margin: float):
        """Pairs inside a hinge. A zero row is 1 away from unit rows: so rounding has no effect."""
        return s + margin * margin < -least if sign > 0 else s + margin * margin > least

    def hinge(sign: float, margin: float) -> Map:
        """``max(sign (d - margin), 0)^power``."""

        def inside(d):
            return positive_part_(add_(multiplied(d, sign), -sign * margin))

        def value(s):
            h = inside(distance(s))
            return h if power == 1 else h**power

        def derivative(s):
            d, on = distance(s), active(s, sign, margin)
            slope = over_length(xp.astype(on, s.dtype), d) * (-sign * power / 2)
            if power == 1:
                return slope
            return slope * xp.where(on, inside(d), 1.0) ** (power - 1.0)

        return Map(value, derivative)

    def counted(sign: float, margin: float) -> Function:
        """1 for a pair that counts in the average."""

        def value(s):
            there = ~xp.isinf(s)
            if average == "nonzero":
                there = there & active(s, sign, margin)
            return xp.astype(there, s.dtype)

        return Function("count", value, xp.zeros_like)

    readings = []
    kinds = ((1.0, pos_margin, Labels(labels) & OtherRows()), (-1.0, neg_margin, None))
    for sign, margin, pairs in kinds:
        pairs = Labels(labels, same=False) if pairs is None else pairs
        readings.append(Reading(Sum(SCORES), pairs, hinge(sign, margin)))
        readings.append(Reading(Sum(counted(sign, margin)), pairs))
    (p, p_count, n, n_count), _, pull = distances.matrix.read(*readings)
    p_count, n_count = (xp.maximum(batch.sum(xp.sum(t)), 1.0) for t in (p_count, n_count))
    value = batch.sum(xp.sum(p)) / p_count + batch.sum(xp.sum(n)) / n_count

    def back(g):
        ones = xp.ones_like(p)
        pulled = pull((g / p_count * ones, None, g / n_count * ones, None))
        return {"z": u_back(distances.on_rows(pulled)[0])}

    return value, back
