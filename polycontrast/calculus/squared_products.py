"""Sums of squared inner products of rows or of columns, in the cheaper of two forms."""

from collections.abc import Callable
from typing import Protocol

from polycontrast.arrays import (
    Array,
    as_index,
    device,
    fill_along_,
    matmul,
    namespace,
    row_dot,
    transpose,
)

Pulled = tuple[Array, Callable[[Array], tuple[Array, Array]]]


class Ranks(Protocol):
    """The batch of all ranks, as `whole_batch` returns it."""

    size: int

    def samples(self, here: int) -> int:
        """Number of samples of all ranks."""

    def sum(self, t: Array) -> Array:
        """Sum over the ranks."""


def row_squares(
    x: Array, y: Array, ranks: Ranks | None = None, *, own: bool = True, crossed: float = 0.0
) -> Pulled:
    """Squared inner products of each row of x with all rows of y: ``sum_j <x_i, y_j>^2``.

    With ``M = x y^T`` that is ``|M_i|^2``, or ``x_i^T (y^T y) x_i`` without any pair. The first
    form costs 6 P Q D operations with the gradient, the second one 4 (P + Q) D^2.

    Parameters
    ----------
    x : array (P, D)
    y : array (Q, D)
    ranks : Ranks, optional
        Where given, both arrays are the rows of this rank; y counts with the rows of all.
    own : bool, default True
        Whether ``j = i`` counts.
    crossed : float, default 0.0
        Weight of ``sum_j <x_i, y_j> <x_j, y_i>``, which is added; `back` takes one number then.

    Returns
    -------
    sums : array (P,)
    back : callable
        From dL/dsums, or from a 0-d array that holds for all of them, to dL/dx and dL/dy.
    """
    total = _itself if ranks is None else ranks.sum
    alone = ranks is None or ranks.size == 1
    form = _of_products if alone and _are_few(x, y) else _of_grams
    return form(x, y, total, own, crossed)


def column_squares(x: Array, y: Array, ranks: Ranks, *, own: bool = True) -> Pulled:
    """Squared inner products of each column of x with all columns of y, over all ranks.

    Parameters
    ----------
    x : array (B, D)
    y : array (B, E)
    ranks : Ranks
    own : bool, default True
        Whether products of columns at the same place count.

    Returns
    -------
    sums : array (D,)
        The same on all ranks.
    back : callable
        From dL/dsums, or from a 0-d array that holds for all of them, to dL/dx and dL/dy.
    """
    p, q = transpose(x), transpose(y)
    form = _of_products if ranks.size > 1 or _are_few(p, q) else _of_grams
    sums, pull = form(p, q, ranks.sum, own, 0.0)

    def back(g: Array) -> tuple[Array, Array]:
        gp, gq = pull(g)
        return transpose(gp), transpose(gq)

    return sums, back


def _are_few(p: Array, q: Array) -> bool:
    """Whether the products cost less than the Gram matrices."""
    (rows, width), others = p.shape, q.shape[0]
    return 3 * rows * others <= 2 * (rows + others) * width


def _itself(t: Array) -> Array:
    return t


def _column(g: Array) -> Array:
    return g[:, None] if g.ndim else g


def _of_products(
    p: Array, q: Array, total: Callable[[Array], Array], own: bool, crossed: float
) -> Pulled:
    xp = namespace(p)
    m = total(matmul(p, transpose(q)))
    if not own:
        places = xp.arange(m.shape[0], dtype=xp.int32, device=device(m))
        m = fill_along_(m, as_index(places), 0.0)
    sums = row_dot(m, m)
    if crossed:
        sums = sums + crossed * row_dot(m, transpose(m))

    def back(g: Array) -> tuple[Array, Array]:
        weights = (2 * _column(g)) * m
        if crossed:
            weights = weights + (2 * crossed * g) * transpose(m)
        return matmul(weights, q), matmul(transpose(weights), p)

    return sums, back


def _of_grams(
    p: Array, q: Array, total: Callable[[Array], Array], own: bool, crossed: float
) -> Pulled:
    """With ``G = q^T q`` and ``R = q^T p``, the sums are ``p_i^T G p_i`` and ``p_i^T R q_i``."""
    xp = namespace(p)
    products = [matmul(transpose(q), t) for t in ((q, p) if crossed else (q,))]
    products = total(xp.stack(products, axis=0))
    pg = matmul(p, products[0, :, :])
    sums = row_dot(p, pg)
    if crossed:
        r = products[1, :, :]
        pr = matmul(p, r)
        sums = sums + crossed * row_dot(pr, q)
    if not own:
        d = row_dot(p, q)[:, None]
        sums = sums - (d * d)[:, 0]

    def back(g: Array) -> tuple[Array, Array]:
        w, flipped = _column(g), transpose(p)
        # The product with its own transpose costs half.
        gram = total(matmul(flipped, w * p)) if g.ndim else g * total(matmul(flipped, p))
        gp, gq = (2 * w) * pg, matmul(q, 2 * gram)
        if not own:
            gp, gq = gp - 2 * w * d * q, gq - 2 * w * d * p
        if crossed:
            twice = 2 * crossed * g
            gp, gq = gp + twice * matmul(q, transpose(r)), gq + twice * pr
        return gp, gq

    return sums, back
