"""Regression of the margins between documents that a reranker finds."""

from typing import Annotated, Any

from polycontrast.arrays import infinite_to_nan, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    Embeddings,
    Normalize,
    Reduction,
    Role,
    objective,
)

_HARD = "Hard negatives of each query."
_TARGET = "Score that a teacher gives to the document of a query, less that of each negative."
HardNegatives = Annotated[Any, Role("rows", ("B K D",), ragged="K", about=_HARD)]
Margins = Annotated[Any, Role("rows", ("B K",), constant=True, ragged="K", about=_TARGET)]


@objective(invariances=("sample_permutation", "rotation"), aliases=("MarginMSELoss",))
def margin_mse(
    x: Embeddings,
    y: Embeddings,
    negatives: HardNegatives,
    target: Margins,
    *,
    normalize: Normalize = False,
    reduction: Reduction = "mean",
):
    r"""Squared difference of the margins of a model and those of a teacher (MarginMSE).

    .. math:: \frac{1}{BK} \sum_{i, k} \big( \langle x_i, y_i - n_{ik} \rangle - t_{ik} \big)^2

    Parameters
    ----------
    x, y
        Queries, and the document of each.
    normalize
        The paper takes rows as they are, since margins of a reranker have no bound.

    Notes
    -----
    With the errors :math:`e_{ik}` of the margins, the gradient is :math:`2 \sum_k e_{ik} (y_i -
    n_{ik}) / (BK)` for a query, :math:`2 \sum_k e_{ik} x_i / (BK)` for its document, and
    :math:`-2 e_{ik} x_i / (BK)` for a negative. A margin is the product with a difference of rows,
    so it keeps its digits where documents are alike. A constant that a query's scores have in
    common changes nothing. The cost is O(B K D).

    References
    ----------
    S. Hofstätter, S. Althammer, M. Schröder, M. Sertkan, A. Hanbury, "Improving Efficient Neural
    Ranking Models with Cross-Architecture Knowledge Distillation", 2020, arXiv 2010.02666.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, negatives = np.eye(3), np.zeros((3, 2, 3))
    >>> target = np.asarray([[1.0, 2.0]] * 3)
    >>> float(pc.margin_mse(x, x, negatives, target))
    0.5
    """
    xp, count = namespace(x), negatives.shape[1]
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    c, c_back = unit_rows(negatives, normalize)
    apart = b[:, None, :] - c
    errors = infinite_to_nan(row_dot(apart, a[:, None, :]) - target)

    def back(g):
        weights = (2 * g / count)[:, None] * errors
        on_margins = weights[:, :, None] * a[:, None, :]
        return {
            "x": a_back(xp.matmul(weights[:, None, :], apart)[:, 0, :]),
            "y": b_back(xp.sum(on_margins, axis=1)),
            "negatives": c_back(-on_margins),
        }

    return xp.mean(errors * errors, axis=1), back
