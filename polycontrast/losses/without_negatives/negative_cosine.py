"""Negative cosine similarity of matching rows."""

from typing import Literal

from polycontrast.arrays import row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import Embeddings, Held, Reduction, objective


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"), held=Held(named_by="stop_grad")
)
def negative_cosine(
    x: Embeddings,
    y: Embeddings,
    *,
    stop_grad: Literal["x", "y"] | None = None,
    reduction: Reduction = "mean",
):
    r"""Minus the cosine of matching rows.

    .. math:: -\frac{1}{B} \sum_i \langle \hat x_i, \hat y_i \rangle

    Parameters
    ----------
    x, y
        Two views, or predictions and their targets.
    stop_grad
        The argument that is a constant; its gradient is 0.

    Returns
    -------
    value
        In [-1, 1].

    Notes
    -----
    The cosine of a zero row is 0. Without a predictor and a held side all rows collapse to one:
    see `simsiam`. The cost is O(B D).

    References
    ----------
    X. Chen, K. He, "Exploring Simple Siamese Representation Learning", CVPR 2021,
    arXiv 2011.10566.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.negative_cosine(np.eye(2), np.ones((2, 2))).round(6))
    -0.707107
    """
    a, a_back = unit_rows(x)
    b, b_back = unit_rows(y)

    def back(g):
        g = -g[:, None]
        of_x, of_y = (0 * g if stop_grad == name else g for name in ("x", "y"))
        return {"x": a_back(of_x * b), "y": b_back(of_y * a)}

    return -row_dot(a, b), back
