"""Functions of matching rows: on a GPU some rows at a time, so that temporaries stay small."""

from collections.abc import Callable
from typing import Any

import array_api_compat as compat

from polycontrast.arrays.namespaces import NUMPY_ARRAYS, Array, namespace

BLOCK_BYTES = 8 * 2**20  # of a matrix; larger ones save few launches


def rowwise(function: Callable[..., Any], *given: Array, out: Array | None = None) -> Any:
    """A function of each row of some arrays, as one array or a tuple of arrays.

    Large matrices of CuPy are given to the function in blocks of rows. Other arrays are given
    whole.

    Parameters
    ----------
    function : callable
        From arrays with as many rows to an array, or a tuple of arrays, with as many rows.
    *given : array
        The first has two axes if it is to be cut; all others then have as many rows.
    out : array, optional
        Memory for the result where rows come in blocks; it may be that of a given array, which is
        then overwritten.
    """
    first = given[0]
    if type(first) in NUMPY_ARRAYS or not compat.is_cupy_array(first):
        return function(*given)
    if first.ndim != 2 or first.nbytes <= BLOCK_BYTES:
        return function(*given)
    rows, xp = first.shape[0], namespace(first)
    step = max(1, BLOCK_BYTES * rows // first.nbytes)
    made: Any = None if out is None else (out,)
    single = True
    for i in range(0, rows, step):
        parts = function(*(t[i : i + step, ...] for t in given))
        single = not isinstance(parts, tuple)
        parts = (parts,) if single else parts
        if made is None:
            made = tuple(xp.empty((rows, *t.shape[1:]), dtype=t.dtype) for t in parts)
        for whole, part in zip(made, parts, strict=True):
            whole[i : i + step, ...] = part
    return made[0] if single else made
