"""The rows of a queue that are hardest to tell from an anchor."""

from polycontrast.arrays import (
    Array,
    as_count,
    check_finite,
    check_floating,
    computing_dtype,
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
    check_floating(name, x=x, negatives=negatives)
    shapes = tuple(x.shape), tuple(negatives.shape)
    if any(len(s) != 2 or not s[1] for s in shapes) or shapes[0][1] != shapes[1][1]:
        text = "x and negatives must have the shapes (B, D) and (K, D)"
        raise ValueError(f"{name}: {text}, got {shapes[0]} and {shapes[1]}")
    k = as_count(name, "k", k, most=shapes[1][0])
    check_finite(name, x=x, negatives=negatives)
    xp, dtype, found = namespace(x), computing_dtype(x), []
    a, b = (unit_rows(xp.astype(t, dtype))[0] for t in (x, negatives))
    for i0, i1 in row_blocks(*(s[0] for s in shapes)):
        cosines = xp.matmul(a[i0:i1, :], transpose(b))
        index = xp.argsort(-cosines, axis=1, stable=True)[:, :k]
        lost = xp.isnan(xp.take_along_axis(cosines, index, axis=1))
        found.append(xp.where(lost, shapes[1][0], index))
    return xp.concat(found, axis=0)
