"""Softplus of the standardised score of the true class."""

from typing import Annotated, Any

from polycontrast.arrays import (
    as_index,
    constant,
    namespace,
    row_dot,
    segment_sum,
    sigmoid,
    softplus,
)
from polycontrast.calculus import row_squares, unit_rows
from polycontrast.objective import Embeddings, IndexInto, Reduction, Role, Scalar, objective

_SLOPE = "Slope of the softplus, differentiable."
Slope = Annotated[Any, Role("scalar", low=0.0, open_low=True, about=_SLOPE)]
ClassRows = Annotated[Any, Role("rows", ("C D",), about="Row c stands for class c.")]
Labels = Annotated[Any, IndexInto("C", "B", about="Class of each sample.")]


@objective(invariances=("sample_permutation", "rotation"))
def z_loss(
    h: Embeddings,
    w: ClassRows,
    labels: Labels,
    *,
    a: Slope = 1.0,
    b: Scalar = 0.0,
    reduction: Reduction = "mean",
):
    r"""Softplus of the Z-score of the true class among the scores of all classes.

    .. math:: \frac{1}{B} \sum_i \frac{1}{a} \log \big( 1 + e^{a (b - z_i)} \big),\quad
              z_i = \frac{o_{i y_i} - \mu_i}{\sigma_i},\quad o_{ik} = \langle w_k, h_i \rangle

    Parameters
    ----------
    h
        Features.
    w
        Rows of a linear classifier; the identity matrix where scores are given as `h`. With
        ``comm=``, all ranks have the same.
    a
        With the authors' value 1 as the default.
    b
        Z-score at which the softplus bends. The authors tune it.

    Notes
    -----
    :math:`\mu_i` and :math:`\sigma_i` are mean and standard deviation of the C scores of a sample,
    over C. The value does not change where the scores of a sample are multiplied by a positive
    number, or where one is added to them. Where all scores are equal, z is 0 and the gradient
    by `h` and `w` is 0. Since :math:`|z| \le \sqrt{C - 1}`, the loss is bounded below.

    The loss is of the spherical family: it depends on the score of the class, and on the sum and
    the squares of all scores. With the centred rows :math:`w'` the squares are
    :math:`h^\top (w'^\top w') h`, so the scores are not formed where they are many: O((B + C) D^2)
    operations, O(D^2) memory. Two views of B samples, with ``labels=arange(B)``, are contrasted in
    time linear in B. `SphericalLayer` takes gradient steps whose cost does not depend on C.

    References
    ----------
    A. de Brébisson, P. Vincent, "The Z-loss: a shift and scale invariant classification loss
    belonging to the Spherical Family", 2016, arXiv 1604.08859.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.z_loss(np.eye(3), np.eye(3), np.arange(3)).round(6))
    0.217622
    """
    xp, count = namespace(h), w.shape[0]
    # The value does not depend on the lengths of rows of h, nor on a scale of all w.
    u, u_back = unit_rows(h)
    rows, rows_back = _centred(w)
    squares, pull = row_squares(u, rows)
    index = as_index(labels)
    own = xp.take(rows, index, axis=0)
    variance = squares / count
    flat = variance <= xp.finfo(h.dtype).eps ** 2
    safe = xp.where(flat, 1.0, variance)
    sigma = xp.where(flat, xp.inf, xp.sqrt(safe))
    z = row_dot(u, own) / sigma
    logits = a * (b - z)
    losses = softplus(logits) / a

    def back(g):
        p = g * sigmoid(logits)
        on_own = (-p / sigma)[:, None]
        gu, gw = pull(p * z / (2 * count * safe))
        gw = gw + segment_sum(on_own * u, index, count)
        return {
            "h": u_back(gu + on_own * own),
            "w": rows_back(gw),
            "a": xp.sum(p * (b - z) - g * losses) / a,
            "b": xp.sum(p),
        }

    return losses, back


def _centred(w):
    """Rows minus their mean, over their largest entry; rows that are equal become 0."""
    xp = namespace(w)
    c = w - xp.mean(w, axis=0, keepdims=True)
    c = c - xp.mean(c, axis=0, keepdims=True)
    peak, largest = xp.max(xp.abs(constant(c))), xp.max(xp.abs(constant(w)))
    peak = xp.where(peak <= 4 * float(xp.finfo(w.dtype).eps) * largest, xp.inf, peak)
    return c / peak, lambda g: (g - xp.mean(g, axis=0, keepdims=True)) / peak
