"""The nearest rows of a queue."""

from polycontrast.arrays import (
    Array,
    check_matrices,
    computing_dtype,
    constant,
    namespace,
    quiet,
    transpose,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast.queues.blocks_of_rows import row_blocks


@quiet
def nearest_neighbours(x: Array, queue: Array) -> tuple[Array, Array]:
    """The row of a queue that is nearest to each row, by cosine.

    Parameters
    ----------
    x : array (B, D)
        Rows of any length above 0.
    queue : array (K, D)
        Candidates, such as embeddings of earlier steps.

    Returns
    -------
    indices : integer array (B,)
        Of equal cosines the lowest index.
    rows : array (B, D)
        The rows at these indices, as they are in the queue. A row of `x` that is not finite gets a
        row of nan.

    Raises
    ------
    ValueError, TypeError
        When the arrays are not real floating matrices of one library, with equal dimensions and at
        least one row.

    Notes
    -----
    B K D multiplications in blocks of rows; never B x K for large B. There is no gradient.

    Examples
    --------
    >>> import numpy as np
    >>> import polycontrast as pc
    >>> queue = np.asarray([[0.0, 3.0], [2.0, 0.0], [1.0, 1.0]])
    >>> indices, rows = pc.nearest_neighbours(np.asarray([[5.0, 1.0], [1.0, 1.2]]), queue)
    >>> indices.tolist(), rows.tolist()
    ([1, 2], [[2.0, 0.0], [1.0, 1.0]])
    """
    check_matrices("nearest_neighbours", x=x, queue=queue)
    return nearest(x, queue)


def nearest(x: Array, queue: Array) -> tuple[Array, Array]:
    """`nearest_neighbours` of arrays that were checked; constant on any tape."""
    xp, queue = namespace(x), constant(queue)
    indices, cosines = nearest_index(x, queue)
    # A nan has no nearest row; 0 * nan keeps it in the result.
    lost = xp.astype(0 * cosines, queue.dtype)
    return indices, xp.take(queue, indices, axis=0) + lost[:, None]


def nearest_index(x: Array, queue: Array) -> tuple[Array, Array]:
    """Index of the nearest row of a queue for each row, and their cosine, which shows a nan."""
    xp, dtype = namespace(x), computing_dtype(x)
    a, _ = unit_rows(xp.astype(constant(x), dtype))
    b, _ = unit_rows(xp.astype(constant(queue), dtype))
    found, cosines = [], []
    for start, stop in row_blocks(a.shape[0], b.shape[0]):
        S = a[start:stop, :] @ transpose(b)
        found.append(xp.argmax(S, axis=1))
        cosines.append(xp.max(S, axis=1))
    return xp.concat(found, axis=0), xp.concat(cosines, axis=0)
