"""Eigenvalues of symmetric matrices, on every kind of array."""

import numpy as np

from polycontrast.arrays.conversion import like, to_numpy
from polycontrast.arrays.namespaces import Array, namespace
from polycontrast.arrays.stand_ins.abstract import is_abstract
from polycontrast.arrays.stand_ins.dual import DualArray, constant, dual
from polycontrast.arrays.stand_ins.in_files import loaded


def eigh(x: Array) -> tuple[Array, Array]:
    """Eigenvalues and eigenvectors of symmetric matrices, without a derivative on any tape.

    The derivative of an eigenvector is infinite where eigenvalues coincide, while functions of the
    matrix are smooth there: write their derivatives down. A matrix with an entry that is not finite
    has eigenvectors nan.

    Parameters
    ----------
    x : array (..., d, d)

    Returns
    -------
    values : array (..., d)
        In ascending order.
    vectors : array (..., d, d)
        In columns.
    """
    x = loaded(constant(x))
    if isinstance(x, DualArray):
        values, vectors = map(dual, eigh(x.value))
        return values, vectors
    if is_abstract(x):
        return x[..., 0], x
    xp = namespace(x)
    finite = xp.all(xp.isfinite(x), axis=(-2, -1))
    values, vectors = _decomposed(xp.where(finite[..., None, None], x, xp.zeros_like(x)))
    return values, xp.where(finite[..., None, None], vectors, xp.nan)


def _decomposed(x: Array) -> tuple[Array, Array]:
    """By the library itself, or by NumPy where it has no linear algebra."""
    try:
        values, vectors = namespace(x).linalg.eigh(x)
    except (AttributeError, RuntimeError):
        values, vectors = (like(t, x) for t in np.linalg.eigh(to_numpy(x)))
    return values, vectors
