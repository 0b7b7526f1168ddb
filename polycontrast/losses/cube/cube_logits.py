"""The similarities of all tuples."""

from typing import Annotated, Any, Literal

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.cube import CONSTANT, Cube, diagonal_tuples, sees_differences, without_common_part
from polycontrast.cube.diagonal import on_diagonal_tuples, take_diagonal
from polycontrast.objective import Normalize, Role, Views, objective

TupleWeights = Annotated[Any, Role("rows", ("B**M",))]


@objective(shards=False, tuples=True)
def cube_logits(
    views: Views,
    weights: TupleWeights | None = None,
    *,
    similarity: Literal["deviation", "variance", "norm", "product"] = "deviation",
    normalize: Normalize = True,
):
    r"""Similarity of every tuple of rows, one of each view: an array with n axes of length B.

    .. math:: S_t = 1 - \sqrt{V_t}, \quad V_t = \sum_a |\hat x_a[t_a]|^2 - \tfrac{1}{n} \big|
              \sum_a \hat x_a[t_a] \big|^2

    Parameters
    ----------
    weights
        With n axes. The value is then the weighted sum of all similarities, and needs no array of
        B^n entries besides the weights.
    similarity
        The similarity of a tuple, see the notes.
    normalize
        The authors' training code does so.

    Returns
    -------
    logits : array (B, ..., B), or 0-d array with `weights`
        No temperature: divide by it outside.

    Notes
    -----
    With :math:`s_t = \sum_a x_a[t_a]` and :math:`V_t = \sum_a |x_a[t_a]|^2 - |s_t|^2/n`: deviation
    :math:`1 - \sqrt{V_t}`, variance :math:`1 - V_t`, norm :math:`|s_t|`, product
    :math:`\sum_d \prod_a x_a[t_a]_d`. The first three are made from n (n - 1) / 2 products of pairs
    of views by broadcasting, the last from entrywise products of rows times one view.

    `cube_logits.value_and_grad` needs `weights` (it is the vector-Jacobian product);
    `cube_logits.vjp` takes a cotangent of the array's shape. The diagonal tuples are computed from
    differences. At :math:`V_t = 0` or :math:`s_t = 0` the gradient of the root is taken as 0.

    References
    ----------
    S. Mander, S. Piao, H. Rahmani, "Contrastive Training with More Data", ICLR 2023 tiny papers.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(2)] * 3)
    >>> pc.cube_logits(views, similarity="variance").shape
    (2, 2, 2)
    """
    xp = namespace(views)
    z, z_back = unit_rows(views, normalize)
    one = xp.ones((), dtype=z.dtype, device=device(z))
    if sees_differences(similarity):
        z = without_common_part(z)
    cube, (s, s_back) = Cube(z, similarity, one), diagonal_tuples(z, similarity)
    constant = CONSTANT[similarity]
    # Rows of diagonal tuples nearly coincide, so these are computed apart in both directions.
    if weights is None:
        whole, pull = cube.array()

        def back(g):
            own, rest = take_diagonal(g), on_diagonal_tuples(g, xp.zeros_like(s))
            return {"views": z_back(pull(rest) + s_back(own))}

        return on_diagonal_tuples(whole, s) + constant, back

    own, rest = take_diagonal(weights), on_diagonal_tuples(weights, xp.zeros_like(s))
    total, pull = cube.weighted_sum(rest)
    value = total + xp.sum(own * s) + constant * xp.sum(weights)

    def back_of_sum(g):
        whole, _ = cube.array()
        on_weights = g * (on_diagonal_tuples(whole, s) + constant)
        return {"views": z_back(pull(g) + s_back(g * own)), "weights": on_weights}

    return value, back_of_sum
