"""Sums of rows by index, which the Array API lacks: the reverse of a gather."""

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.namespaces import Array, device, namespace


def sum_by_index(rows: Array, index: Array, length: int) -> Array:
    """Sum of the rows of each index, 0 where there is none.

    Parameters
    ----------
    rows : array (P, D)
    index : integer array (P,)
        From 0 to ``length - 1``.
    length : int

    Returns
    -------
    array (length, D)
    """
    xp = namespace(rows)
    shape = (length, rows.shape[1])
    if type(rows) is np.ndarray:
        return _sorted_sums(rows, index, shape)
    if compat.is_torch_array(rows) or compat.is_jax_array(rows):
        zeros = xp.zeros(shape, dtype=rows.dtype, device=device(rows))
        if compat.is_jax_array(rows):
            return zeros.at[index].add(rows)
        return zeros.index_add(0, index, rows)
    # Arrays that stand in for numbers, and libraries without such a function: a product.
    places = xp.arange(length, dtype=index.dtype, device=device(rows))
    return xp.matmul(xp.astype(places[:, None] == index[None, :], rows.dtype), rows)


def _sorted_sums(rows: np.ndarray, index: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The same for NumPy: sums of neighbours, in the order of the index."""
    sums = np.zeros(shape, dtype=rows.dtype)
    if index.size:
        order = np.argsort(index, kind="stable")
        found = index[order]
        starts = np.flatnonzero(np.concatenate(([True], found[1:] != found[:-1])))
        sums[found[starts]] = np.add.reduceat(rows[order], starts, axis=0)
    return sums
