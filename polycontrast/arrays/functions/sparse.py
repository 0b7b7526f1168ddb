"""Sparse matrices in main memory, as factors of products."""

from typing import Any

import numpy as np

from polycontrast.arrays.namespaces import Array


class Sparse:
    """A sparse matrix that can be multiplied by a dense one.

    Parameters
    ----------
    matrix : scipy.sparse array
    """

    def __init__(self, matrix: Any):
        self.matrix = matrix

    def transposed(self) -> "Sparse":
        """The transpose, with the same entries."""
        return Sparse(self.matrix.T)

    def times(self, y: Array, out: Array | None = None) -> Array:
        """The product with a dense matrix."""
        product = self.matrix @ y
        if out is None:
            return product
        out[...] = product
        return out


def sparse_rows(entries: Array, places: Array, columns: int) -> Sparse:
    """Matrix with the same number of entries in each row.

    Parameters
    ----------
    entries : NumPy array (rows, n)
    places : integer NumPy array (rows, n)
        Their columns, different within a row.
    columns : int
    """
    from scipy import sparse  # takes longer to import than all of this package

    rows, n = entries.shape
    starts = np.arange(0, rows * n + 1, n, dtype=places.dtype)
    parts = entries.ravel(), places.ravel(), starts
    return Sparse(sparse.csr_array(parts, shape=(rows, columns)))
