"""InfoNCE with a margin on the match."""

import math
from typing import Annotated, Any, Literal

from polycontrast.contrast.anchor import Contrast, Term, angular_margin, cosine_margin
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Reduction,
    Role,
    Same,
    Temperature,
    objective,
)

Negatives = Annotated[Any, Role("rows", ("K D", "B K D"))]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("info_nce", when={"margin": 0.0}, symmetric=False, in_batch=False),),
)
def margin_info_nce(
    x: Embeddings,
    y: Embeddings,
    negatives: Negatives,
    *,
    temperature: Temperature = 0.2,
    margin: float = -0.5,
    kind: Literal["cos", "arc"] = "cos",
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each match among negatives, with a margin on its cosine or its angle.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{\varphi(c_i) / \tau} + \sum_k e^{\langle \hat
              x_i, \hat n_k \rangle / \tau} \Big) - \varphi(c_i) / \tau \Big],\quad
              c_i = \langle \hat x_i, \hat y_i \rangle

    Parameters
    ----------
    x, y
        Anchors and their matches. Rows are always scaled to unit length.
    negatives
        Shared by all rows, or K for each row. With ``comm=`` shared ones are the same on all ranks.
    temperature
        The paper's value.
    margin
        The margin m. One below 0 loosens the boundary.
    kind
        :math:`\varphi(c) = c - m`, or :math:`\varphi(c) = \cos(\arccos c + m)`.

    Raises
    ------
    ValueError
        When ``kind="arc"`` has a margin beyond :math:`\pm \pi`.

    Notes
    -----
    ``"cos"`` is the same as a factor :math:`e^{m / \tau}` on all negatives. Where :math:`\arccos c
    + m` leaves the angles from 0 to :math:`\pi`, ``"arc"`` is a line of slope 1, as in the authors'
    code: :math:`c - m \sin m` for m > 0 and :math:`c \le -\cos m`, :math:`c + m \sin m` for m < 0
    and :math:`c \ge \cos m`. It jumps there, in the direction in which it grows anyway. Its slope
    elsewhere is :math:`\cos m + c \sin m / \sqrt{1 - c^2}`, with :math:`1 - c^2` at least 1e-12,
    where the root counts as constant. The derivative by the temperature is that of :math:`\varphi /
    \tau`.

    References
    ----------
    J. Xie, X. Zhan, Z. Liu, Y. S. Ong, C. C. Loy, "Delving into Inter-Image Invariance for
    Unsupervised Visual Representations", IJCV 2022, arXiv 2008.11702.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, queue = np.eye(3), np.ones((2, 3))
    >>> float(pc.margin_info_nce(x, x, queue, temperature=1.0).round(6))
    0.584965
    """
    if kind == "arc" and abs(margin) > math.pi:
        raise BadArgument(f'margin must be from -pi to pi with kind="arc", got {margin:g}')
    rows = Contrast(temperature, True, x=x, y=y, negatives=negatives)
    mapped = cosine_margin(margin) if kind == "cos" else angular_margin(margin)
    match = rows.match_with_margin("x", "y", mapped)
    return rows.losses(Term(match, [rows.queue("x", "negatives")]))
