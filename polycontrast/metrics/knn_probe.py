"""The accuracy of a weighted vote of the nearest rows."""

from typing import Any

import numpy as np

from polycontrast.arrays import (
    Array,
    as_count,
    as_floats,
    check_integers,
    check_matrices,
    computing_dtype,
    device,
    like,
    namespace,
    quiet,
    segment_sum,
    to_numpy,
    transpose,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast import row_blocks


@quiet
def knn_probe(
    z: Array,
    labels: Any,
    queries: Array,
    query_labels: Any,
    *,
    k: int = 200,
    temperature: float = 0.07,
) -> Array:
    r"""Share of queries whose class wins the weighted vote of the nearest labelled rows.

    .. math:: \hat c_q = \arg\max_c \sum_{i \in K_q,\, y_i = c} e^{\cos(q, z_i) / \tau}

    Parameters
    ----------
    z : array (N, D)
        Rows with known classes.
    labels : integer array (N,)
        Their classes.
    queries : array (Q, D)
        Rows of which the class is guessed.
    query_labels : integer array (Q,)
        Their classes. One that no row of `z` has is never guessed.
    k : int, default 200
        Number of nearest rows :math:`K_q`, by cosine; all rows where there are fewer. The authors'
        value.
    temperature : float, > 0, default 0.07
        :math:`\tau`. The authors' value.

    Returns
    -------
    accuracy : 0-d array
        In the namespace and on the device of `z`. A nan or an infinity anywhere makes it nan.

    Raises
    ------
    TypeError
        When `z` and `queries` are not real floating arrays of one library and dtype, labels are no
        integer arrays, or `temperature` is no number.
    ValueError
        When shapes do not fit, an array is empty, `k` is no integer above 0, or `temperature` is
        not finite and above 0.

    Notes
    -----
    Of equal cosines the lowest index counts first, of equal votes the lowest class wins. The
    largest cosine is subtracted before the exponential. No gradient is defined. N Q D
    multiplications in blocks of queries; never N x Q for large sets.

    References
    ----------
    Z. Wu, Y. Xiong, S. Yu, D. Lin, "Unsupervised Feature Learning via Non-Parametric Instance
    Discrimination", CVPR 2018, arXiv 1805.01978.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z, labels = np.asarray([[1.0, 0.0], [1.0, 0.2], [0.0, 1.0]]), np.asarray([0, 0, 1])
    >>> queries = np.asarray([[1.0, 0.1], [0.3, 1.0]])
    >>> float(pc.knn_probe(z, labels, queries, np.asarray([0, 1]), k=1))
    1.0
    """
    name = "knn_probe"
    check_matrices(name, z=z, queries=queries)
    check_integers(name, labels=labels, query_labels=query_labels)
    if z.dtype != queries.dtype:
        got = f"{z.dtype} and {queries.dtype}"
        raise TypeError(f"{name}: z and queries must have the same dtype, got {got}")
    given = ("labels", labels, "z", z), ("query_labels", query_labels, "queries", queries)
    for what, classes, of, rows in given:
        if tuple(classes.shape) != (rows.shape[0],):
            text = f"{what} must have one class for each row of {of}, shape ({rows.shape[0]},)"
            raise ValueError(f"{name}: {text}, got {tuple(classes.shape)}")
    (temperature,) = as_floats(name, temperature=temperature)
    if not 0 < temperature < np.inf:
        raise ValueError(f"{name}: temperature must be finite and > 0, got {temperature}")
    k = min(as_count(name, "k", k), z.shape[0])
    xp, dtype, where = namespace(z), computing_dtype(z), device(z)
    known, numbers = np.unique(to_numpy(labels), return_inverse=True)
    found = np.searchsorted(known, to_numpy(query_labels))
    is_known = known[np.minimum(found, known.size - 1)] == to_numpy(query_labels)
    of_rows, wanted = (like(t, z, xp.int32) for t in (numbers, np.where(is_known, found, -1)))
    a, _ = unit_rows(xp.astype(queries, dtype))
    b, _ = unit_rows(xp.astype(z, dtype))
    right = xp.zeros((), dtype=dtype, device=where)
    for start, stop in row_blocks(a.shape[0], b.shape[0]):
        cosines = a[start:stop, :] @ transpose(b)
        order = xp.argsort(-cosines, axis=1, stable=True)[:, :k]
        near = xp.take_along_axis(cosines, order, axis=1)
        votes = xp.exp((near - xp.max(near, axis=1, keepdims=True)) / temperature)
        row = xp.arange(stop - start, dtype=of_rows.dtype, device=where)[:, None]
        voters = xp.reshape(xp.take(of_rows, xp.reshape(order, (-1,)), axis=0), order.shape)
        places = xp.reshape(row * known.size + voters, (-1,))
        totals = segment_sum(xp.reshape(votes, (-1,)), places, (stop - start) * known.size)
        guess = xp.argmax(xp.reshape(totals, (stop - start, known.size)), axis=1)
        hits = xp.astype(xp.astype(guess, xp.int32) == wanted[start:stop], dtype)
        right = right + xp.sum(hits) + 0 * xp.sum(cosines)
    return right / a.shape[0]
