"""The rows of a queue that are hardest to tell from an anchor."""

from typing import Any

from polycontrast.arrays import (
    Array,
    as_count,
    check_finite,
    check_matrices,
    computing_dtype,
    constant,
    device,
    largest_entries,
    namespace,
    quiet,
    rounding_of_products,
)
from polycontrast.calculus import unit_rows
from polycontrast.similarity.full_rows import full_rows


@quiet
def hardest_negatives(x: Array, negatives: Array, k: int) -> Array:
    """The rows of a queue that are most similar to each row.

    Parameters
    ----------
    x : array (B, D)
    negatives : array (K, D)
    k : int
        How many, from 1 to K.

    Returns
    -------
    index : integer array (B, k)
        By falling cosine; of equal ones the lower index first. Where JAX traces the arrays, K,
        which is no row, stands for what a nan hides.

    Raises
    ------
    TypeError
        When an array is no real floating matrix, or both are of different libraries.
    ValueError
        When shapes disagree, an entry is not finite, or `k` is no integer from 1 to K.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> queue = np.asarray([[1.0, 0.1], [0.0, 1.0], [-1.0, 0.2]])
    >>> pc.hardest_negatives(np.eye(2), queue, 2).tolist()
    [[0, 1], [1, 2]]
    """
    name = "hardest_negatives"
    check_matrices(name, x=x, negatives=negatives)
    k = as_count(name, "k", k, most=negatives.shape[0])
    check_finite(name, x=x, negatives=negatives)
    xp, dtype = namespace(x), computing_dtype(x)
    a, b = (unit_rows(xp.astype(t, dtype))[0] for t in (x, negatives))
    index = most_similar(a, b, k)
    hidden, found = xp.isnan(xp.sum(a, axis=1)), xp.isnan(xp.sum(b, axis=1))
    found = xp.reshape(xp.take(found, xp.reshape(index, (-1,))), index.shape)
    return xp.where(hidden[:, None] | found, negatives.shape[0], index)


def most_similar(a: Array, b: Array, k: int, own: Array | None = None) -> Array:
    """Places (B, k) of the rows of `b` with the largest products with each row of `a`.

    They come by falling product, of equal ones the lower place first. Products are compared in
    units of their rounding, so that those of equal rows are equal. A row does not find that in its
    `own` place (B,). Constant on any tape.
    """
    a, b = constant(a), constant(b)
    xp = namespace(a)
    places = xp.arange(b.shape[0], dtype=xp.int32, device=device(b))
    unit = unit_of_products(a, b)

    def read(S: Array, *own: Array) -> tuple[Array, Any]:
        S = xp.floor(S + 0.5)
        for here in own:
            S = xp.where(places[None, :] == here[:, None], -xp.inf, S)
        return largest_entries(S, k), None

    return full_rows(a, b, 1 / unit, read, () if own is None else (own,), everywhere=True)[0]


def unit_of_products(a: Array, b: Array) -> Array:
    """Number, in whose multiples products of equal rows are equal once they are rounded; 0-d."""
    xp, unit = namespace(a), rounding_of_products(a, b)
    return xp.where(xp.isfinite(unit) & (unit > 0), unit, xp.finfo(a.dtype).eps)
