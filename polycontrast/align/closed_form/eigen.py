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
    with one_blas_thread if size <= ONE_THREAD_UP_TO else nullcontext():
        if own is not None or size <= QUICK_UP_TO:
            values, vectors = eigh(matrix, own, subset_by_index=subset)
        else:  # unlike SciPy, NumPy lets other threads of Python run meanwhile
            values, vectors = interruptible(lambda: np.linalg.eigh(matrix))
            values, vectors = values[size - (count or size) :], vectors[:, size - (count or size) :]
    largest = np.argmax(np.abs(vectors), axis=0)
    vectors = vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])
    return values[::-1], vectors[:, ::-1]
