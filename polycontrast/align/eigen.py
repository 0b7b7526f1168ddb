"""Eigenvectors of symmetric matrices on the host."""

from contextlib import nullcontext

import numpy as np
from scipy.linalg import eigh

from polycontrast.align.interrupts import interruptible
from polycontrast.arrays import one_blas_thread

ONE_THREAD_UP_TO = 2_000  # rows
QUICK_UP_TO = 600  # rows: solved in less than a second


def leading_eigenvectors(
    matrix: np.ndarray, own: np.ndarray | None = None, count: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Solve ``matrix v = value v``, or ``matrix v = value own v``, largest values first.

    Parameters
    ----------
    matrix, own : array (n, n)
        Symmetric; `own` positive definite.
    count : int, optional
        How many; default all.

    Returns
    -------
    values : array (count,)
    vectors : array (n, count)
        Eigenvectors leave their sign open: here the largest entry of each is positive.
    """
    size = len(matrix)
    subset = None if count is None else (size - count, size - 1)
    few = size <= ONE_THREAD_UP_TO

    def solve() -> tuple[np.ndarray, np.ndarray]:
        with one_blas_thread if few else nullcontext():
            return eigh(matrix, own, subset_by_index=subset)

    values, vectors = solve() if size <= QUICK_UP_TO else interruptible(solve)
    largest = np.argmax(np.abs(vectors), axis=0)
    vectors = vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])
    return values[::-1], vectors[:, ::-1]
