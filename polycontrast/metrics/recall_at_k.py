"""Recall of matching rows between two views."""

from collections.abc import Iterator
from typing import Any

from polycontrast.arrays import (
    Array,
    check_floating,
    computing_dtype,
    describe,
    device,
    is_number,
    namespace,
    plain,
    quiet,
    rounding_of_products,
    transpose,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast import row_blocks


@quiet
def recall_at_k(
    x: Array, y: Array, *, k: int | tuple[int, ...] = 1, normalize: bool = True
) -> Array:
    r"""Share of rows of one view that find their own row among the nearest `k` of another.

    Parameters
    ----------
    x : array (B, D)
        Queries.
    y : array (B, D)
        Candidates; row ``i`` is the right answer for row ``i`` of `x`.
    k : int or tuple of int, default 1
        How many of the nearest candidates count.
    normalize : bool, default True
        Compare by cosine; by inner product otherwise.

    Returns
    -------
    recall : array
        0-d for one `k`, else (len(k),), in the namespace and on the device of `x`. Chance is k / B.

    Notes
    -----
    A row's rank is the number of candidates more similar than the right one. Level similarities
    are ordered at random and the result is the expectation over that order, so views that collapse
    to one point score chance, k / B, and not 1. Two similarities are level when rounding may be
    all that tells them apart: when they differ by at most :math:`8 + \sqrt{D}` epsilons of the
    longest row of `x` times the longest of `y`. A nan or an infinity anywhere makes the result nan.

    B^2 D multiplications in blocks of rows; memory O(B) plus one block, never B x B for large B.

    Examples
    --------
    >>> import numpy as np
    >>> import polycontrast as pc
    >>> x = np.eye(4)
    >>> y = x[[0, 1, 3, 2]]  # the last two rows are swapped
    >>> print(pc.recall_at_k(x, y), pc.recall_at_k(x, np.ones((4, 4))))
    0.5 0.25
    """
    check_floating("recall_at_k", x=x, y=y)
    several = isinstance(k, tuple | list)
    given: Any = k if several else (k,)
    xp, ks = namespace(x), tuple(map(plain, given))
    if x.ndim != 2 or tuple(x.shape) != tuple(y.shape) or 0 in x.shape:
        got = f"{tuple(x.shape)} and {tuple(y.shape)}"
        raise ValueError(f"recall_at_k: x and y must have equal shapes (B, D); got {got}")
    # True is an int, and no count.
    if not ks or not all(is_number(one) and isinstance(one, int) and one >= 1 for one in ks):
        raise ValueError(f"recall_at_k: k must be one or more integers >= 1; got {describe(k)}")
    if not isinstance(normalize, bool):
        got = describe(normalize)
        raise TypeError(f"recall_at_k: normalize must be True or False, got {got}")
    dtype = computing_dtype(x)
    x, _ = unit_rows(xp.astype(x, dtype), normalize)
    y, _ = unit_rows(xp.astype(y, dtype), normalize)
    rows = y.shape[0]
    totals = [xp.zeros((), dtype=dtype, device=device(x)) for _ in ks]
    for better, equal in rivals(x, y):
        for n, one in enumerate(ks):
            totals[n] = totals[n] + xp.sum(found_among(one, better, equal))
    return xp.stack(totals) / rows if several else totals[0] / rows


def rivals(x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
    """Numbers of candidates above the right one and level with it, for blocks of rows of `x`."""
    rows, tolerance = y.shape[0], rounding_of_products(x, y)
    for start, stop in row_blocks(rows, rows):
        yield _rivals(x[start:stop, :] @ transpose(y), start, tolerance)


def found_among(k: int, better: Array, equal: Array) -> Array:
    """Share of the orders of level candidates that put the right one among the nearest `k`."""
    return namespace(better).clip((k - better) / (equal + 1), 0.0, 1.0)


def _rivals(S: Array, start: int, tolerance: Array) -> tuple[Array, Array]:
    """Numbers of candidates above the right one and level with it, for rows from `start` on."""
    xp, count, dtype = namespace(S), S.shape[0], S.dtype
    square = S[:, start : start + count]
    mine = xp.eye(count, dtype=xp.int8, device=device(S)) == 1
    own = xp.sum(xp.where(mine, square, 0.0), axis=1, keepdims=True)
    better = xp.sum(xp.astype(own + tolerance < S, dtype), axis=1)
    not_below = xp.sum(xp.astype(~(own - tolerance > S), dtype), axis=1)
    # A nan is neither above nor below; 0 * nan keeps it in the result.
    return better + 0 * (own[:, 0] + tolerance), not_below - better - 1
