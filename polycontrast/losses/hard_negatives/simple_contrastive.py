"""The linear contrastive loss, which weighs all negatives alike."""

from polycontrast.arrays import device, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.losses.hard_negatives._hardest import Fraction, hardest, plain_sum
from polycontrast.objective import (
    Embeddings,
    Nonnegative,
    Normalize,
    Reduction,
    objective,
    whole_batch,
)


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def simple_contrastive(
    x: Embeddings,
    y: Embeddings,
    *,
    weight: Nonnegative = 1.0,
    hard_fraction: Fraction | None = None,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Similarities of the negatives minus that of the match, without a softmax.

    .. math:: \frac{1}{B} \sum_i \Big[ - \langle \hat x_i, \hat y_i \rangle
              + w \sum_{j \in A_i} \langle \hat x_i, \hat y_j \rangle \Big]

    Parameters
    ----------
    x, y
        Anchors and their matches.
    weight
        w of the formula: of a sum over negatives, not a mean.
    hard_fraction
        See `hard_contrastive`. By default :math:`A_i` holds all other samples.

    Returns
    -------
    loss
        May be negative.

    Notes
    -----
    All negatives pull alike, so easy ones as much as hard ones. The paper shows that this fails on
    all negatives, and works on the hardest. The loss of all negatives needs no similarity matrix:
    the sum over j is a product with the sum of the other rows, O(BD). The gradient by
    :math:`\hat x_i` is :math:`(w \sum_{j \in A_i} \hat y_j - \hat y_i) / B`. Which negatives are
    kept is constant. ``B = 1`` gives the negative cosine of the match.

    References
    ----------
    F. Wang, H. Liu, "Understanding the Behaviour of Contrastive Loss", CVPR 2021, arXiv 2012.09740.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(3), np.asarray([[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0]])
    >>> float(pc.simple_contrastive(x, y).round(6))
    -0.447214
    """
    xp, batch = namespace(x), whole_batch()
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    if hard_fraction is None:
        rest = batch.sum(xp.sum(b, axis=0, keepdims=True)) - b
        others = row_dot(a, rest)

        def pull(g):
            weighted = g[:, None] * a
            return g[:, None] * rest, batch.sum(xp.sum(weighted, axis=0, keepdims=True)) - weighted

    else:
        one = xp.ones((), dtype=a.dtype, device=device(a))
        others, pull_all = hardest(a, b, None, one, hard_fraction, None, plain_sum)

        def pull(g):
            return pull_all(g)[:2]

    def back(g):
        ga, gb = pull(weight * g)
        return {"x": a_back(ga - g[:, None] * b), "y": b_back(gb - g[:, None] * a)}

    return weight * others - row_dot(a, b), back
