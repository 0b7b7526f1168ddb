"""The rows of a queue that are hardest to tell from an anchor."""

from polycontrast.arrays import (
    Array,
    as_count,
    check_floating,
    computing_dtype,
    constant,
    device,
    largest_entries,
    namespace,
    quiet,
    transpose,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast.blocks_of_rows import row_blocks


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
        By falling cosine; of equal ones the lower index first.

    Raises
    ------
    TypeError
        When an array is no real floating matrix, or both are of different libraries.
    ValueError
        When shapes disagree, or `k` is no integer from 1 to K.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> queue = np.asarray([[1.0, 0.1], [0.0, 1.0], [-1.0, 0.2]])
    >>> pc.hardest_negatives(np.eye(2), queue, 2).tolist()
    [[0, 1], [1, 2]]
    """
    name = "hardest_negatives"
    check_floating(name, x=x, negatives=negatives)
    shapes = tuple(x.shape), tuple(negatives.shape)
    if any(len(s) != 2 or not s[1] for s in shapes) or shapes[0][1] != shapes[1][1]:
        text = "x and negatives must have the shapes (B, D) and (K, D)"
        raise ValueError(f"{name}: {text}, got {shapes[0]} and {shapes[1]}")
    k = as_count(name, "k", k, most=shapes[1][0])
    xp, dtype = namespace(x), computing_dtype(x)
    a, b = (unit_rows(xp.astype(t, dtype))[0] for t in (x, negatives))
    return most_similar(a, b, k)


def most_similar(a: Array, b: Array, k: int, others: bool = False) -> Array:
    """Places (B, k) of the rows of `b` with the largest products with each row of `a`.

    They come by falling product, of equal ones the lower place first. With `others` a row does not
    find that in its own place. Constant on any tape.
    """
    xp, where = namespace(a), device(a)
    a, b = constant(a), constant(b)
    places = xp.arange(b.shape[0], dtype=xp.int32, device=where)
    found = []
    for i0, i1 in row_blocks(a.shape[0], b.shape[0]):
        S = xp.matmul(a[i0:i1, :], transpose(b))
        if others:
            S = xp.where(places[None, :] == places[i0:i1, None], -xp.inf, S)
        found.append(largest_entries(S, k))
    return xp.concat(found, axis=0)
