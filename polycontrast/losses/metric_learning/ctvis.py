"""CTVIS: instances of a video against candidates of which several match."""

from collections.abc import Callable
from typing import Annotated, Any

from polycontrast.arrays import Array, finite_or_zero, logsumexp, namespace, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import is_there
from polycontrast.objective import Nonnegative, Reduction, Role, objective

Anchor = Annotated[Any, Role("rows", ("B D",), about="One row of each instance.")]
Candidates = Annotated[Any, Role("rows", ("B C D",), about="C candidates of each instance.")]
_MATCHES = "True for the candidates that are the same instance, False for negatives."
Matches = Annotated[Any, Role("rows", ("B C",), dtype="bool", about=_MATCHES)]


@objective(invariances=("sample_permutation", "rotation"))
def ctvis(
    anchor: Anchor,
    candidates: Candidates,
    positive: Matches,
    *,
    weight: Nonnegative = 2.0,
    aux_weight: Nonnegative = 3.0,
    reduction: Reduction = "mean",
):
    r"""Log of all differences of a negative and a positive, with a regression of the cosines.

    .. math:: \frac{1}{B} \sum_i \Big[ w \log \Big( 1 + \sum_{n, p} e^{s_{in} - s_{ip}} \Big)
              + \frac{w'}{C} \sum_k (\cos(a_i, c_{ik}) - y_{ik})^2 \Big],\quad
              s_{ik} = \langle a_i, c_{ik} \rangle

    Parameters
    ----------
    anchor
        In the paper the embedding of an instance in a frame.
    candidates
        In the paper an earlier embedding or the memory of the instance, and all other queries of
        the frame before. Products are of the rows as they are.
    positive
        y of the formula.
    weight
        w; the authors' value.
    aux_weight
        w'; the authors' value.

    Notes
    -----
    The sum over pairs is a product of two sums, so the first term is
    :math:`\mathrm{softplus}(\mathrm{LSE}_n(s) + \mathrm{LSE}_p(-s))`: O(C) numbers, where the
    authors' code has :math:`C^2`. It is 0 without a positive, and without a negative. With the
    sigmoid r of that sum, the gradient weight of a negative is r times its softmax, that of a
    positive -r times the softmax of -s. With one positive it is a cross-entropy. In the cosines a
    zero row counts as 0 and gets no gradient.

    References
    ----------
    K. Ying et al., "CTVIS: Consistent Training for Online Video Instance Segmentation", ICCV 2023,
    arXiv 2307.12616.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> anchor, candidates = np.eye(2), np.stack([np.eye(2)] * 2)
    >>> float(pc.ctvis(anchor, candidates, np.eye(2) > 0).round(6))
    0.626523
    """
    xp = namespace(anchor)
    a, _ = unit_rows(anchor, normalize=False)
    c, _ = unit_rows(candidates, normalize=False)
    u, u_back = unit_rows(anchor)
    v, v_back = unit_rows(candidates)
    (s, s_back), (cosines, cosines_back) = _products(a, c), _products(u, v)
    of_negatives = xp.where(positive, -xp.inf, s)
    of_positives = xp.where(positive, -s, -xp.inf)
    far, near = logsumexp(of_negatives), logsumexp(of_positives)
    there = is_there(far) & is_there(near)
    far, near = finite_or_zero(far), finite_or_zero(near)
    apart = cosines - xp.astype(positive, cosines.dtype)
    losses = weight * xp.where(there, softplus(near + far), 0.0)
    losses = losses + aux_weight * xp.mean(apart * apart, axis=1)

    def back(g):
        on_sum = xp.where(there, weight * g * sigmoid(near + far), 0.0)[:, None]
        shares = xp.exp(of_negatives - far[:, None]) - xp.exp(of_positives - near[:, None])
        ga, gc = s_back(on_sum * shares)
        gu, gv = cosines_back((2 * aux_weight / apart.shape[1]) * g[:, None] * apart)
        return {"anchor": ga + u_back(gu), "candidates": gc + v_back(gv)}

    return losses, back


def _products(a: Array, c: Array) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
    """Products (B, C) of rows (B, D) with rows (B, C, D) of their own."""
    xp = namespace(a)

    def back(g: Array) -> tuple[Array, Array]:
        return xp.matmul(g[:, None, :], c)[:, 0, :], g[:, :, None] * a[:, None, :]

    return xp.matmul(c, a[:, :, None])[:, :, 0], back
