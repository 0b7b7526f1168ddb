"""The similarities of a tuple of rows.

With the sum ``s_t`` of a tuple's rows and ``V_t = sum_a |x_a|^2 - |s_t|^2 / n``, the deviation is
``1 - sqrt(V_t)``, the variance ``1 - V_t``, the norm ``|s_t|``, and the product
``sum_d prod_a x_a[d]``. Within the engine the constant 1 is left out: it cancels in every softmax.
Three of them are functions of ``U = alpha sum_a |x_a|^2 + beta sum_{a<b} <x_a, x_b>``, so that
products of pairs of views make them.
"""

import functools
import operator
from collections.abc import Callable, Sequence

from polycontrast.arrays import (
    Array,
    inner,
    is_numpy,
    known,
    namespace,
    row_dot,
    safe_sqrt,
    subtract_,
)
from polycontrast.similarity.scores import over_root

CONSTANT = {"deviation": 1.0, "variance": 1.0, "norm": 0.0, "product": 0.0}


def degree(kind: str, n: int) -> int:
    """Degree of homogeneity of the similarity, without its constant, in all rows together."""
    return {"deviation": 1, "variance": 2, "norm": 1, "product": n}[kind]


def quadratic_form(kind: str, n: int, scale: Array) -> tuple[Array, Array]:
    """``alpha`` and ``beta`` of U, such that the score of U is the similarity times the scale.

    Roots take the square of the scale, which costs no pass over the cube.
    """
    if kind == "norm":
        return scale * scale, 2 * scale * scale
    factor = scale * scale if kind == "deviation" else -scale
    return (1 - 1 / n) * factor, (-2 / n) * factor


def root_sign(kind: str) -> int | None:
    """Sign of the root of U that is the similarity; None where it is U itself."""
    return {"deviation": -1, "variance": None, "norm": 1}[kind]


def longest_row(z: Array) -> float | None:
    """Length of the longest row, or None where numbers are not known."""
    xp = namespace(z)
    return known(xp.sqrt(xp.max(row_dot(z, z))))


def largest_similarity(kind: str, n: int, length: float) -> float:
    """Bound of the similarity's size for rows of at most this length."""
    return {
        "deviation": n**0.5 * length,
        "variance": n * length**2,
        "norm": n * length,
        "product": length**n,
    }[kind]


def sees_differences(kind: str) -> bool:
    """True where a similarity is a function of differences of rows, so that no origin matters."""
    return kind in ("deviation", "variance")


def without_common_part(z: Array, ones: Array | None = None) -> Array:
    """Rows minus their mean, where the mean is nearly all of them; similarities stay the same.

    Squared distances are differences of squares, which lose the digits that rows have in common.
    Rows that have little in common would only be rounded once more.

    Parameters
    ----------
    z : array (n, B, D)
        Rows that are missing are 0.
    ones : array (n, B), optional
        1 for each row that is there, else 0. Default: all are there.
    """
    xp = namespace(z)
    count = z.shape[0] * z.shape[1] if ones is None else xp.maximum(xp.sum(ones), 1.0)
    mean = xp.sum(z, axis=(0, 1), keepdims=True) / count
    shared = xp.sum(mean * mean) * count > inner(z, z) * (15 / 16)
    if is_numpy(xp) and not shared:
        return z
    return z - xp.where(shared, mean, 0.0)


def entrywise_product(factors: Sequence[Array]) -> Array:
    """Product of arrays, entry by entry."""
    return functools.reduce(operator.mul, factors)


def product_of_others(z: list[Array], a: int) -> Array:
    """Entrywise product of all arrays but one."""
    return entrywise_product([t for b, t in enumerate(z) if b != a])


def diagonal_tuples(z: Array, kind: str) -> tuple[Array, Callable[[Array], Array]]:
    """Similarity of each sample's own tuple, from differences where they nearly cancel.

    Parameters
    ----------
    z : array (n, B, D)
    kind : {"deviation", "variance", "norm", "product"}

    Returns
    -------
    s : array (B,)
        Without the constant.
    back : callable
        From dL/ds to dL/dz.
    """
    xp = namespace(z)
    if kind == "product":
        rows = [z[a, :, :] for a in range(z.shape[0])]
        others = [product_of_others(rows, a) for a in range(z.shape[0])]
        s = row_dot(rows[0], others[0])
        return s, lambda g: xp.stack([g[:, None] * t for t in others], axis=0)
    if kind == "norm":
        total = xp.sum(z, axis=0, keepdims=True)
        squares = xp.sum(total * total, axis=(0, 2))
        zeros = xp.zeros_like(z)
        return safe_sqrt(squares), lambda g: over_root(g, squares)[None, :, None] * total + zeros
    # From the first view on, so that coincident rows differ by 0 and not by round-off of a mean.
    d = z - z[:1, :, :]
    d = subtract_(d, xp.sum(d, axis=0, keepdims=True) / z.shape[0])
    squares = xp.sum(row_dot(d, d), axis=0)
    if kind == "variance":
        return -squares, lambda g: -2 * g[None, :, None] * d
    return -safe_sqrt(squares), lambda g: -over_root(g, squares)[None, :, None] * d
