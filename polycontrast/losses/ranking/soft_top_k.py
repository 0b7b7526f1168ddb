"""The soft top-k operator."""

from typing import Annotated, Any

from polycontrast.arrays import Array, infinite_to_nan, inner, known, namespace
from polycontrast.calculus.scores import sigmoids_with_sum
from polycontrast.objective import BadArgument, Positive, Role, objective

Table = Annotated[Any, Role("rows", ("B L",), about="Scores of each row.")]
_ABOUT = "Sum of each row, above 0 and below L; one number, or one of each row. Without a gradient."
Sums = Annotated[Any, Role("scalar", ("B",), low=0.0, open_low=True, constant=True, about=_ABOUT)]


@objective(invariances=("sample_permutation",), shards=False)
def soft_top_k(
    scores: Table,
    cotangent: Table | None = None,
    *,
    k: Sums = 5,
    alpha: Positive = 2.0,
):
    r"""Smooth indicator of the k largest scores of each row.

    .. math:: p_{ij} = \sigma \big( \alpha (s_{ij} + t_i) \big), \quad t_i \text{ such that }
              \sum_j p_{ij} = k_i

    Parameters
    ----------
    cotangent
        Weight of each entry. The value is then the weighted sum of all entries.
    alpha
        Sharpness; at large ones the operator is the indicator itself. The published value.

    Returns
    -------
    indicator : array (B, L), or 0-d array with `cotangent`
        Each row adds up to k.

    Raises
    ------
    ValueError
        When k is not below L. Where JAX traces k, the result is then nan.

    Notes
    -----
    With :math:`v = \alpha p (1 - p)` the pullback of g is :math:`v g - v \sum_j v g / \sum_j v`. So
    each row of the Jacobian adds up to 0, and a shift of a row changes nothing.

    The shift t is the root of a function in logarithms, which has no cancellation, by Newton's
    method with a bracket: a sort and usually 2 to 6 passes. The published code halves an interval
    32 times. `soft_top_k.value_and_grad` needs `cotangent`; `soft_top_k.vjp` takes one of the
    array's shape.

    References
    ----------
    N. Gupta et al., "Dual-Encoders for Extreme Multi-Label Classification", ICLR 2024,
    arXiv 2310.10636.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.soft_top_k(np.asarray([[3.0, 1.0, -1.0, -3.0]]), k=2).round(6)
    array([[0.997527, 0.880797, 0.119203, 0.002473]])
    """
    _check(k, scores.shape[1])
    out, pull = sigmoids_with_sum(infinite_to_nan(scores), k, alpha)
    if cotangent is None:
        return out, lambda g: {"scores": pull(g)}

    cotangent = infinite_to_nan(cotangent)

    def back(g):
        return {"scores": pull(g * cotangent), "cotangent": g * out}

    return inner(out, cotangent), back


def _check(k: Array, size: int) -> None:
    largest = known(namespace(k).max(k)) if k.ndim else known(k)
    if largest is not None and not largest < size:
        raise BadArgument(f"k must be below the number of scores of a row, {size}, got {largest:g}")
